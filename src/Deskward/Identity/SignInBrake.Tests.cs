using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Deskward.Identity;

public sealed class SignInBrakeTests
{
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));

    [Fact]
    public void Guessing_from_one_source_does_not_slow_the_person_elsewhere()
    {
        var brake = new SignInBrake(_time);
        Fail(brake, 20);
        Assert.NotNull(brake.WaitFor("ALICE", "203.0.113.1"));
        Assert.Null(brake.WaitFor("ALICE", "198.51.100.7"));
    }

    [Fact]
    public void Four_failures_cost_no_wait_and_five_do()
    {
        var brake = new SignInBrake(_time);
        Fail(brake, 4);
        Assert.Null(brake.WaitFor("ALICE", "203.0.113.1"));
        Fail(brake, 1);
        Assert.NotNull(brake.WaitFor("ALICE", "203.0.113.1"));
    }

    [Fact]
    public void Nobody_waits_longer_than_a_quarter_of_an_hour()
    {
        var brake = new SignInBrake(_time);
        Fail(brake, 1000);
        Assert.Equal(TimeSpan.FromMinutes(15), brake.WaitFor("ALICE", "203.0.113.1"));
        _time.Advance(TimeSpan.FromMinutes(15));
        Assert.Null(brake.WaitFor("ALICE", "203.0.113.1"));
    }

    [Fact]
    public void A_source_that_tries_many_addresses_is_slowed_for_all_of_them()
    {
        var brake = new SignInBrake(_time);
        for (var at = 0; at < 60; at++)
        {
            brake.Failed($"PERSON{at}", "203.0.113.1");
        }

        Assert.NotNull(brake.WaitFor("ALICE", "203.0.113.1"));
    }

    private static void Fail(SignInBrake brake, int times)
    {
        for (var at = 0; at < times; at++)
        {
            brake.Failed("ALICE", "203.0.113.1");
        }
    }
}
