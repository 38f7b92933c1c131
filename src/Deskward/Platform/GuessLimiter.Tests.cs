using System.Net;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Deskward.Platform;

public sealed class GuessLimiterTests
{
    private const string Alice = "ALICE@CONTOSO.EXAMPLE";
    private static readonly IPAddress Here = IPAddress.Parse("192.0.2.1");
    private readonly FakeTimeProvider _time = new();
    private readonly GuessLimiter _limiter;

    public GuessLimiterTests() => _limiter = new GuessLimiter(_time);

    [Fact]
    public void A_few_slips_cost_nothing()
    {
        Fail(GuessLimiter.FreeGuesses - 1, Here);
        Assert.Null(_limiter.MustWait(Alice, Here));
    }

    [Fact]
    public void Each_further_guess_doubles_the_wait_up_to_a_quarter_of_an_hour()
    {
        Fail(GuessLimiter.FreeGuesses, Here);
        Assert.Equal(TimeSpan.FromSeconds(2), _limiter.MustWait(Alice, Here));
        Fail(1, Here);
        Assert.Equal(TimeSpan.FromSeconds(4), _limiter.MustWait(Alice, Here));
        Fail(50, Here);
        Assert.Equal(TimeSpan.FromMinutes(15), _limiter.MustWait(Alice, Here));
        _time.Advance(TimeSpan.FromMinutes(15));
        Assert.Null(_limiter.MustWait(Alice, Here));
    }

    [Fact]
    public void A_guesser_elsewhere_locks_nobody_out()
    {
        Fail(100, IPAddress.Parse("203.0.113.9"));
        Assert.Null(_limiter.MustWait(Alice, Here));
        Assert.Null(_limiter.MustWait("BOB@CONTOSO.EXAMPLE", IPAddress.Parse("203.0.113.9")));
    }

    [Fact]
    public void A_site_with_many_addresses_of_IPv6_is_one_source()
    {
        Fail(GuessLimiter.FreeGuesses, IPAddress.Parse("2001:db8:1:2::1"));
        Assert.NotNull(_limiter.MustWait(Alice, IPAddress.Parse("2001:db8:1:2:ffff::9")));
        Assert.Null(_limiter.MustWait(Alice, IPAddress.Parse("2001:db8:1:3::1")));
    }

    [Fact]
    public void An_address_of_IPv4_is_the_same_in_either_spelling()
    {
        Fail(GuessLimiter.FreeGuesses, Here);
        Assert.NotNull(_limiter.MustWait(Alice, Here.MapToIPv6()));
    }

    [Fact]
    public void A_right_code_wipes_the_slate()
    {
        Fail(GuessLimiter.FreeGuesses, Here);
        _limiter.Succeeded(Alice, Here);
        Assert.Null(_limiter.MustWait(Alice, Here));
    }

    [Fact]
    public void An_hour_of_peace_is_forgotten()
    {
        Fail(40, Here);
        _time.Advance(TimeSpan.FromHours(1) + TimeSpan.FromSeconds(1));
        Fail(1, Here);
        Assert.Null(_limiter.MustWait(Alice, Here));
    }

    [Fact]
    public void A_stranger_cannot_fill_the_memory()
    {
        for (var number = 0; number < 20_000; number++)
        {
            _limiter.Failed($"P{number}", Here);
        }

        Assert.Equal(10_000, _limiter.Count);
    }

    private void Fail(int times, IPAddress source)
    {
        for (var time = 0; time < times; time++)
        {
            _limiter.Failed(Alice, source);
        }
    }
}
