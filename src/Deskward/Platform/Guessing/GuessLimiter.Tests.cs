using System.Net;
using Deskward.Fixture;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.EntityFrameworkCore;
using Xunit;

namespace Deskward.Platform.Guessing;

public sealed class GuessLimiterTests(Services services)
{
    private static readonly IPAddress Here = IPAddress.Parse("192.0.2.1");
    private static readonly IPAddress Elsewhere = IPAddress.Parse("203.0.113.9");
    private readonly string _alice = $"ALICE-{Guid.CreateVersion7()}@CONTOSO.EXAMPLE";

    public static TheoryData<Engine> Engines => [Engine.Sqlite, Engine.Postgres];

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task A_few_slips_cost_nothing_and_one_more_costs_a_wait(Engine engine)
    {
        var limiter = Limiter(await services.SharedAsync(engine));
        await FailAsync(limiter, GuessLimiter.FreeGuesses - 1, Here);
        Assert.Null(await WaitAsync(limiter, Here));
        await FailAsync(limiter, 1, Here);
        Assert.InRange((await WaitAsync(limiter, Here))!.Value, TimeSpan.FromSeconds(0.1), TimeSpan.FromSeconds(2));
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task A_guesser_elsewhere_locks_nobody_out(Engine engine)
    {
        var limiter = Limiter(await services.SharedAsync(engine));
        await FailAsync(limiter, 12, Elsewhere);
        Assert.NotNull(await WaitAsync(limiter, Elsewhere));
        Assert.Null(await WaitAsync(limiter, Here));
        Assert.Null(await limiter.MustWaitAsync(GuessAt.Code, "BOB" + _alice, Elsewhere, CancellationToken.None));
        Assert.Null(await limiter.MustWaitAsync(GuessAt.Digest, _alice, Elsewhere, CancellationToken.None));
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task A_right_code_wipes_the_slate(Engine engine)
    {
        var limiter = Limiter(await services.SharedAsync(engine));
        await FailAsync(limiter, 12, Here);
        await limiter.SucceededAsync(GuessAt.Code, _alice, Here, CancellationToken.None);
        Assert.Null(await WaitAsync(limiter, Here));
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task An_hour_of_peace_is_forgotten(Engine engine)
    {
        await using var service = await services.FreshAsync(engine);
        var limiter = Limiter(service);
        await FailAsync(limiter, 12, Here);
        service.Time.Advance(Guess.Forgotten + TimeSpan.FromSeconds(1));
        await FailAsync(limiter, 1, Here);
        Assert.Equal(1, await service.QueryAsync(db => db.Set<Guess>().Select(row => row.Failures).SingleAsync()));
        Assert.Null(await WaitAsync(limiter, Here));
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task Guesses_that_arrive_at_once_are_all_counted(Engine engine)
    {
        await using var service = await services.FreshAsync(engine);
        var limiter = Limiter(service);
        await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => FailAsync(limiter, 1, Here)));
        Assert.Equal(20, await service.QueryAsync(db => db.Set<Guess>().Select(row => row.Failures).SingleAsync()));
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task A_source_that_tries_the_passwords_of_many_is_slowed_for_all_of_them(Engine engine)
    {
        await using var service = await services.FreshAsync(engine);
        var limiter = Limiter(service);
        for (var at = 0; at < GuessLimiter.FreeOfSource; at++)
        {
            Assert.Null(await limiter.MustWaitAsync(GuessAt.Password, _alice, Here, CancellationToken.None));
            await limiter.FailedAsync(GuessAt.Password, $"PERSON{at}", Here, CancellationToken.None);
        }

        Assert.NotNull(await limiter.MustWaitAsync(GuessAt.Password, _alice, Here, CancellationToken.None));
        Assert.Null(await limiter.MustWaitAsync(GuessAt.Password, _alice, Elsewhere, CancellationToken.None));
    }

    [Fact]
    public async Task A_site_with_many_addresses_of_IPv6_is_one_source_and_IPv4_the_same_in_either_spelling()
    {
        var limiter = Limiter(await services.SharedAsync(Engine.Sqlite));
        await FailAsync(limiter, GuessLimiter.FreeGuesses, IPAddress.Parse("2001:db8:1:2::1"));
        await FailAsync(limiter, GuessLimiter.FreeGuesses, Here);
        Assert.NotNull(await WaitAsync(limiter, IPAddress.Parse("2001:db8:1:2:ffff::9")));
        Assert.Null(await WaitAsync(limiter, IPAddress.Parse("2001:db8:1:3::1")));
        Assert.NotNull(await WaitAsync(limiter, Here.MapToIPv6()));
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task A_stranger_cannot_fill_the_database(Engine engine)
    {
        await using var service = await services.FreshAsync(engine);
        var limiter = Limiter(service);
        for (var number = 0; number < 8; number++)
        {
            await limiter.FailedAsync(GuessAt.Code, $"P{number}", Here, CancellationToken.None);
        }

        Assert.Equal(5, await Upkeep(service, 3).PruneAsync(CancellationToken.None));
        Assert.Equal(0, await Upkeep(service, 3).PruneAsync(CancellationToken.None));
        service.Time.Advance(Guess.Forgotten);
        Assert.Equal(3, await Upkeep(service, 3).PruneAsync(CancellationToken.None));
    }

    [Theory]
    [InlineData(4, 0)]
    [InlineData(5, 2)]
    [InlineData(6, 4)]
    [InlineData(12, 256)]
    [InlineData(14, 900)]
    [InlineData(int.MaxValue, 900)]
    public void Each_further_guess_doubles_the_wait_up_to_a_quarter_of_an_hour(int failures, int seconds)
    {
        var guess = new Guess { Failures = failures, LastAt = DateTimeOffset.UnixEpoch };
        Assert.Equal(seconds == 0 ? null : DateTimeOffset.UnixEpoch.AddSeconds(seconds), guess.Until(5, DateTimeOffset.UnixEpoch));
        Assert.Null(guess.Until(5, DateTimeOffset.UnixEpoch.AddSeconds(seconds)));
    }

    private static GuessLimiter Limiter(TestService service) => service.Provider.GetRequiredService<GuessLimiter>();

    private static GuessUpkeep Upkeep(TestService service, int most) =>
        new(service.Provider.GetRequiredService<IServiceScopeFactory>(), service.Time, service.Provider.GetRequiredService<DatabaseOutage>(), NullLogger<GuessUpkeep>.Instance) { MostKept = most };

    private Task<TimeSpan?> WaitAsync(GuessLimiter limiter, IPAddress source) => limiter.MustWaitAsync(GuessAt.Code, _alice, source, CancellationToken.None);

    private async Task FailAsync(GuessLimiter limiter, int times, IPAddress source)
    {
        for (var time = 0; time < times; time++)
        {
            await limiter.FailedAsync(GuessAt.Code, _alice, source, CancellationToken.None);
        }
    }
}
