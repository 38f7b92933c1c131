using Deskward.Platform.Plans;
using Deskward.Sessions;
using Xunit;
using static Deskward.Sessions.SessionBench;

namespace Deskward.DesiredState.Plans;

public sealed class PlanComparisonTests
{
    private readonly SessionBench _bench = new();

    [Fact]
    public void What_the_PC_shows_as_planned_is_as_planned()
    {
        var target = Target((Camera, "0"));
        _bench.Run(target);
        Assert.Equal((PlanResult.AsPlanned, null), Compare(Set(target, Camera), Pc(target)));
    }

    [Fact]
    public void A_PC_that_was_not_planned_joined_and_one_that_is_not_managed_left()
    {
        var target = Target((Camera, "0"));
        Assert.Equal((PlanResult.Differs, PlanReason.Joined), Compare(Set(target, Camera), Pc(target) with { IsPlanned = false }));
        Assert.Equal((PlanResult.Differs, PlanReason.Left), Compare(Set(target, Camera), Pc(target) with { IsManaged = false }));
    }

    [Fact]
    public void What_is_not_wanted_any_more_is_superseded_or_the_PC_left()
    {
        var (planned, now) = (Target((Camera, "0")), Target((Camera, "1")));
        Assert.Equal((PlanResult.Differs, PlanReason.Superseded), Compare(Set(planned, Camera), Pc(now)));
        Assert.Equal((PlanResult.Differs, PlanReason.Left), Compare(Set(planned, Camera), Pc(now) with { IsWhereLeft = false }));
        Assert.Equal((PlanResult.Differs, PlanReason.Superseded), Compare(Gone(Camera), Pc(now)));
    }

    [Fact]
    public void A_PC_that_was_not_heard_of_was_not_seen_and_one_that_was_is_waiting()
    {
        var target = Target((Camera, "0"));
        Assert.Equal((PlanResult.Differs, PlanReason.NotSeen), Compare(Set(target, Camera), Pc(target) with { IsSeen = false }));
        Assert.Equal((PlanResult.Waiting, null), Compare(Set(target, Camera), Pc(target)));
    }

    [Fact]
    public void A_setting_of_a_user_who_is_not_signed_in_says_so()
    {
        var target = Target((UserSetting, "Upstairs"));
        _bench.Run(target);
        Assert.Equal((PlanResult.Differs, PlanReason.NoUserSignedIn), Compare(Set(target, UserSetting), Pc(target)));
    }

    [Theory]
    [InlineData(404, PlanReason.NotApplicable)]
    [InlineData(500, PlanReason.Failed)]
    public void What_the_PC_refuses_is_not_applicable_or_failed(int status, PlanReason reason)
    {
        var target = Target((Camera, "0"));
        _bench.Faults.FailNode(Camera, status);
        _bench.Run(target);
        Assert.Equal((PlanResult.Differs, reason), Compare(Set(target, Camera), Pc(target)));
    }

    [Fact]
    public void What_was_found_changed_has_drifted_until_it_is_repaired()
    {
        var target = Target((Camera, "0"));
        _bench.Run(target);
        _bench.Evidence.Open(Camera).Stand(Standing.Differs, _bench.Now);
        Assert.Equal((PlanResult.Differs, PlanReason.Drifted), Compare(Set(target, Camera), Pc(target)));
        _bench.Run(target);
        Assert.Equal((PlanResult.AsPlanned, null), Compare(Set(target, Camera), Pc(target)));
    }

    [Fact]
    public void What_is_taken_away_is_as_planned_when_it_is_gone_or_stays_as_was_told()
    {
        _bench.Run(Target((Camera, "0")));
        var empty = Target();
        Assert.Equal((PlanResult.Differs, PlanReason.NotSeen), Compare(Gone(Camera), Pc(empty) with { IsSeen = false }));
        _bench.Evidence.Open(Camera).Stand(Standing.LeftBehind, _bench.Now);
        Assert.Equal((PlanResult.AsPlanned, null), Compare(Gone(Camera) with { WayBack = WayBack.None }, Pc(empty)));
        Assert.Equal((PlanResult.Differs, PlanReason.Failed), Compare(Gone(Camera), Pc(empty)));
        _bench.Evidence.Remove(Camera);
        Assert.Equal((PlanResult.AsPlanned, null), Compare(Gone(Camera), Pc(empty)));
    }

    private static (PlanResult, PlanReason?) Compare(PlannedFlip flip, PcUnderPlan pc) => PlanComparison.Compare(flip, pc) is var result ? (result.Result, result.Reason) : default;

    private static PlannedFlip Set(PlannerTarget target, string path) =>
        new() { Path = path, WasSet = false, IsSet = true, After = target.Find(path)!.Setting.Value, Mark = target.Find(path)!.ValueHash, Restart = RestartNeed.Unknown, WayBack = WayBack.Delete };

    private static PlannedFlip Gone(string path) => new() { Path = path, WasSet = true, IsSet = false, Before = "0", Restart = RestartNeed.Unknown, WayBack = WayBack.Delete };

    private PcUnderPlan Pc(PlannerTarget target) =>
        new() { IsPlanned = true, IsManaged = true, IsWhereLeft = true, IsSeen = true, Shared = target, Own = target, Evidence = _bench.Evidence, Facts = _bench.Facts };
}
