using Deskward.Protocol.SyncMl;
using Deskward.Sessions;
using Xunit;
using static Deskward.Sessions.SessionBench;

namespace Deskward.DesiredState;

/// <summary>What was written is one thing, what is in force another: Group Policy or another management may have the last word.</summary>
public sealed class PolicyResultTests
{
    private const string PuaResult = "./Device/Vendor/MSFT/Policy/Result/Defender/PUAProtection";
    private const string Autoplay = "./Device/Vendor/MSFT/Policy/Config/Autoplay/DisallowAutoplayForNonVolumeDevices";
    private readonly SessionBench _bench = new();
    private readonly PlannerTarget _target = Target((Pua, "1"), (Cloud, "1"), (DomainFirewall, "true"));

    [Fact]
    public void A_value_of_another_authority_is_found_told_and_not_repaired()
    {
        Overrule();
        Assert.Equal([SyncVerb.Get], _bench.CarriedOut.Select(done => done.Verb).Distinct());
        var told = ProgressOutcomes.Of(_target, _bench.Evidence, _bench.Facts).Single(outcome => outcome.Path == Pua);
        Assert.Equal((SettingOutcome.Failed, "Written, but another authority's value is in force: 0", (DateTimeOffset?)null), (told.Outcome, told.Reason, told.RetryAt));
        Assert.Equal((_bench.Now, SettingOutcome.Verified), (told.Since, _bench.OutcomeOf(_target, Cloud)));
        Assert.True(_bench.IsSettled(_target));
        _bench.Run(_target);
        Assert.Equal((1, 0), (_bench.Messages, _bench.Drifts.Count));
    }

    [Fact]
    public void It_counts_again_once_the_other_authority_lets_go()
    {
        Overrule();
        _bench.Tree.SetByGroupPolicy(Pua, null);
        ReadNextDay();
        Assert.Equal(SettingOutcome.Verified, _bench.OutcomeOf(_target, Pua));
        Assert.Equal("1", _bench.Tree.Read(PuaResult));
    }

    [Fact]
    public void Only_policies_that_stand_already_are_asked_for_what_is_in_force()
    {
        _bench.ReadAll();
        _bench.Run(_target);
        Assert.DoesNotContain(_bench.CarriedOut, done => done.Path.Contains("/Result/", StringComparison.Ordinal));
        ReadNextDay();
        Assert.Equal(2, _bench.CarriedOut.Count(done => done.Path.Contains("/Policy/Result/", StringComparison.Ordinal)));
        Assert.Equal(2, _bench.CarriedOut.Count(done => done.Path.Contains("/Policy/Config/", StringComparison.Ordinal)));
    }

    [Fact]
    public void Where_management_wins_over_group_policy_its_value_is_in_force()
    {
        var wins = Target((Pua, "1"), ("./Device/Vendor/MSFT/Policy/Config/ControlPolicyConflict/MDMWinsOverGP", "1"));
        _bench.Tree.SetByGroupPolicy(Pua, "0");
        _bench.Run(wins);
        ReadNextDay(wins);
        Assert.Equal(SettingOutcome.Verified, _bench.OutcomeOf(wins, Pua));
    }

    [Fact]
    public void A_new_value_for_an_overruled_policy_is_held_against_what_is_in_force_at_once()
    {
        Overrule();
        _bench.Run(Target((Pua, "2")));
        Assert.Contains(_bench.CarriedOut, done => done.Path == PuaResult);
        var asOthers = Target((Pua, "0"));
        _bench.Run(asOthers);
        Assert.Equal(SettingOutcome.Verified, _bench.OutcomeOf(asOthers, Pua));
    }

    [Fact]
    public void A_local_change_is_repaired_and_not_taken_for_another_authority()
    {
        _bench.Run(_target);
        _bench.Tree.SetLocally(Pua, "0");
        ReadNextDay();
        Assert.Equal(new FoundDrift(Pua, "0"), Assert.Single(_bench.Drifts));
        Assert.Equal(("1", SettingOutcome.Verified), (_bench.Tree.Read(Pua), _bench.OutcomeOf(_target, Pua)));
    }

    [Fact]
    public void A_local_change_below_another_authority_is_repaired_and_the_other_still_told()
    {
        Overrule();
        _bench.Tree.SetLocally(Pua, "2");
        ReadNextDay();
        Assert.Equal(("1", SettingOutcome.Failed), (_bench.Tree.Read(Pua), _bench.OutcomeOf(_target, Pua)));
        Assert.True(_bench.IsSettled(_target));
    }

    [Theory]
    [InlineData(404)]
    [InlineData(405)]
    [InlineData(500)]
    public void A_pc_that_tells_nothing_of_what_is_in_force_proves_nothing(int status)
    {
        _bench.Run(_target);
        _bench.Tree.SetByGroupPolicy(Pua, "0");
        _bench.Faults.FailNode(PuaResult, status, verb: SyncVerb.Get);
        ReadNextDay();
        Assert.Equal(SettingOutcome.Verified, _bench.OutcomeOf(_target, Pua));
        Assert.True(_bench.IsSettled(_target));
    }

    [Fact]
    public void The_same_value_in_another_spelling_is_the_same()
    {
        var target = Target((Autoplay, "<enabled/>"));
        _bench.Run(target);
        _bench.Tree.SetByGroupPolicy(Autoplay, "<Enabled />");
        ReadNextDay(target);
        Assert.Equal(SettingOutcome.Verified, _bench.OutcomeOf(target, Autoplay));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void In_which_order_the_two_answers_come_does_not_matter(bool resultFirst)
    {
        _bench.Run(_target);
        _bench.ReadAll();
        _bench.Evidence.BeginSession(_bench.Facts.Fingerprint, _bench.Now);
        var (setting, evidence) = (_target.Find(Pua), _bench.Evidence);
        foreach (var kind in resultFirst ? new[] { WorkKind.ReadResult, WorkKind.Read } : [WorkKind.Read, WorkKind.ReadResult])
        {
            evidence.Shown(setting, new Work(kind, Pua), "0", _bench.Now);
        }

        var entry = evidence.Find(Pua)!;
        Assert.Equal((Standing.Differs, (string?)null, true), (entry.Standing, entry.InForce, entry.ResultDue));
    }

    private void Overrule()
    {
        _bench.Run(_target);
        _bench.Tree.SetByGroupPolicy(Pua, "0");
        ReadNextDay();
    }

    private void ReadNextDay(PlannerTarget? target = null)
    {
        _bench.Now += TimeSpan.FromHours(24);
        _bench.ReadAll();
        _bench.Run(target ?? _target);
    }
}
