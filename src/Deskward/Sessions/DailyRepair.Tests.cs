using Deskward.DesiredState;
using Xunit;
using static Deskward.Sessions.SessionBench;

namespace Deskward.Sessions;

/// <summary>What is changed behind the service again and again is repaired once a day, and not fought.</summary>
public sealed class DailyRepairTests
{
    private readonly SessionBench _bench = new();

    [Fact]
    public void A_value_that_is_changed_again_within_the_day_waits_for_the_next()
    {
        var target = Repaired();
        Assert.Equal("0", ChangedAfter(target, hours: 2));
        Assert.Equal((2, SettingOutcome.Waiting, true), (_bench.Drifts.Count, _bench.OutcomeOf(target, Pua), _bench.IsSettled(target)));
        _bench.Now += TimeSpan.FromHours(21);
        _bench.Run(target);
        Assert.Equal("0", _bench.Tree.Read(Pua));
        _bench.Now += TimeSpan.FromHours(1);
        Assert.Equal(_bench.Now, _bench.Evidence.NextRetry());
        _bench.Run(target);
        Assert.Equal(("1", SettingOutcome.Verified), (_bench.Tree.Read(Pua), _bench.OutcomeOf(target, Pua)));
    }

    [Fact]
    public void A_value_that_is_changed_again_after_a_day_is_repaired_at_once() => Assert.Equal("1", ChangedAfter(Repaired(), hours: 24));

    [Fact]
    public void Another_value_that_is_wanted_does_not_wait()
    {
        var target = Repaired();
        ChangedAfter(target, hours: 2);
        _bench.Run(Target((Pua, "2")));
        Assert.Equal("2", _bench.Tree.Read(Pua));
    }

    private PlannerTarget Repaired()
    {
        var target = Target((Pua, "1"));
        _bench.Run(target);
        Assert.Equal("1", ChangedAfter(target, hours: 24));
        return target;
    }

    /// <summary>What the PC holds after it was changed and read.</summary>
    private string? ChangedAfter(PlannerTarget target, int hours)
    {
        _bench.Tree.SetLocally(Pua, "0");
        _bench.Now += TimeSpan.FromHours(hours);
        _bench.ReadAll();
        _bench.Run(target);
        return _bench.Tree.Read(Pua);
    }
}
