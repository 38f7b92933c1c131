using Deskward.DesiredState;
using Deskward.Protocol.SyncMl;
using Xunit;
using static Deskward.Sessions.SessionBench;

namespace Deskward.Sessions;

public sealed class SessionEngineTests
{
    private readonly SessionBench _bench = new();

    [Fact]
    public void A_policy_is_written_read_back_and_then_left_alone()
    {
        var target = Target((Pua, "1"));
        _bench.Run(target);
        Assert.Equal([SyncVerb.Replace, SyncVerb.Get], _bench.CarriedOut.Select(done => done.Verb));
        Assert.Equal(SettingOutcome.Verified, _bench.OutcomeOf(target, Pua));
        Assert.True(_bench.IsSettled(target));
        _bench.Run(target);
        Assert.Equal(1, _bench.Messages);
        Assert.Empty(_bench.Violations);
    }

    [Fact]
    public void What_is_written_is_asked_for_behind_it_in_the_same_message()
    {
        var target = Target((Pua, "1"), (Camera, "0"));
        _bench.Run(target);
        Assert.Equal([SyncVerb.Replace, SyncVerb.Replace, SyncVerb.Get, SyncVerb.Get], _bench.CarriedOut.Select(done => done.Verb));
        Assert.Equal(2, _bench.Messages);
        Assert.All(target.Settings, setting => Assert.Equal(SettingOutcome.Verified, _bench.OutcomeOf(target, setting.Path)));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("0")]
    public void What_a_PC_reads_before_it_writes_is_no_evidence_against_the_write(string? before)
    {
        var target = Target((Pua, "1"));
        _bench.Run(before is null ? Target() : Target((Pua, before)));
        _bench.ReadsBeforeItWrites = true;
        _bench.Run(target);
        Assert.Equal([SyncVerb.Get, SyncVerb.Replace, SyncVerb.Get], _bench.CarriedOut.Select(done => done.Verb));
        Assert.Equal((SettingOutcome.Verified, true), (_bench.OutcomeOf(target, Pua), _bench.IsSettled(target)));
        Assert.Empty(_bench.Drifts);
    }

    [Fact]
    public void A_value_to_be_kept_is_asked_for_before_the_message_is_full_of_writes()
    {
        const string Inbound = "./Vendor/MSFT/Firewall/MdmStore/DomainProfile/DefaultInboundAction";
        string[] policies = ["AllowArchiveScanning", "AllowBehaviorMonitoring", "AllowCloudProtection", "AllowEmailScanning", "AllowIOAVProtection", "AllowRealtimeMonitoring", "AllowScriptScanning"];
        _bench.SizeLimit = 2000;
        _bench.Run(Target([.. policies.Select(policy => ("./Device/Vendor/MSFT/Policy/Config/Defender/" + policy, "1")), (Inbound, "1")]));
        var order = _bench.CarriedOut.Select(done => (done.Verb, done.Path)).ToList();
        Assert.InRange(order.IndexOf((SyncVerb.Get, Inbound)), 1, order.FindLastIndex(done => done.Verb == SyncVerb.Replace && done.Path != Inbound) - 1);
        Assert.Empty(_bench.Violations);
    }

    [Fact]
    public void What_cannot_be_read_is_acknowledged()
    {
        var target = Target((DomainFirewall, "true"));
        _bench.Run(target);
        Assert.Equal(SettingOutcome.Acknowledged, _bench.OutcomeOf(target, DomainFirewall));
        Assert.Equal("true", _bench.Tree.Settings.Single().Value);
    }

    [Fact]
    public void A_firewall_rule_goes_in_one_atomic_and_leaves_as_a_whole()
    {
        var rule = Target((Rule + "/Name", "Web"), (Rule + "/Direction", "OUT"), (Rule + "/Enabled", "true"), (Rule + "/Action/Type", "1"));
        _bench.Run(rule);
        Assert.All(rule.Settings, setting => Assert.Equal(SettingOutcome.Verified, _bench.OutcomeOf(rule, setting.Path)));
        _bench.Run(Target((Pua, "1")));
        Assert.Equal([Pua], _bench.Tree.Settings.Select(setting => setting.Key));
        Assert.Empty(_bench.Violations);
    }

    [Fact]
    public void A_rule_without_a_leaf_to_add_is_added_itself()
    {
        var rule = Target((Rule + "/Direction", "OUT"), (Rule + "/Enabled", "true"));
        _bench.Run(rule);
        Assert.All(rule.Settings, setting => Assert.Equal(SettingOutcome.Verified, _bench.OutcomeOf(rule, setting.Path)));
        _bench.Run(Target());
        Assert.Empty(_bench.Tree.Settings);
    }

    [Fact]
    public void A_rule_that_is_there_already_is_replaced()
    {
        var rule = Target((Rule + "/Name", "Web"), (Rule + "/Direction", "OUT"));
        _bench.Run(rule);
        _bench.Evidence = new Evidence();
        _bench.Run(rule);
        Assert.True(_bench.IsSettled(rule));
        Assert.All(rule.Settings, setting => Assert.Equal(SettingOutcome.Verified, _bench.OutcomeOf(rule, setting.Path)));
    }

    [Fact]
    public void An_atomic_fails_and_backs_off_as_one()
    {
        var rule = Target((Rule + "/Name", "Web"), (Rule + "/Direction", "OUT"), (Rule + "/Enabled", "true"));
        _bench.Faults.FailNode(Rule + "/Direction", 500, times: 1);
        _bench.Run(rule);
        Assert.All(rule.Settings, setting => Assert.Equal(SettingOutcome.Failed, _bench.OutcomeOf(rule, setting.Path)));
        Assert.Empty(_bench.Tree.Settings);
        _bench.Now += TimeSpan.FromHours(1);
        _bench.Run(rule);
        Assert.All(rule.Settings, setting => Assert.Equal(SettingOutcome.Verified, _bench.OutcomeOf(rule, setting.Path)));
    }

    [Fact]
    public void A_refused_setting_is_tried_four_times_and_then_given_up()
    {
        var target = Target((Pua, "1"), (Camera, "0"));
        _bench.Faults.FailNode(Pua, 500);
        foreach (var wait in new[] { 0, 1, 4, 24, 1000 })
        {
            _bench.Now += TimeSpan.FromHours(wait);
            _bench.Run(target);
        }

        Assert.Equal((4, (DateTimeOffset?)null), (_bench.Evidence.Find(Pua)!.Attempts, _bench.Evidence.Find(Pua)!.RetryAt));
        Assert.Equal(SettingOutcome.Failed, _bench.OutcomeOf(target, Pua));
        Assert.Equal(SettingOutcome.Verified, _bench.OutcomeOf(target, Camera));
    }

    [Theory]
    [InlineData(404)]
    [InlineData(405)]
    [InlineData(406)]
    public void A_node_that_the_pc_does_not_know_is_not_applicable_and_not_tried_again(int status)
    {
        var target = Target((Pua, "1"));
        _bench.Faults.FailNode(Pua, status);
        _bench.Run(target);
        Assert.Equal(SettingOutcome.NotApplicable, _bench.OutcomeOf(target, Pua));
        _bench.Run(target);
        Assert.Empty(_bench.CarriedOut);
    }

    [Fact]
    public void A_users_setting_waits_for_its_user()
    {
        var target = Target((UserSetting, "Printer"), (Pua, "1"));
        _bench.Run(target);
        Assert.Equal(SettingOutcome.Waiting, _bench.OutcomeOf(target, UserSetting));
        Assert.True(_bench.IsSettled(target));
        _bench.Login = "user";
        _bench.Run(target);
        Assert.Equal(SettingOutcome.Verified, _bench.OutcomeOf(target, UserSetting));
    }

    [Theory]
    [InlineData("device", false, true)]
    [InlineData("User", true, false)]
    [InlineData("mixed", true, true)]
    [InlineData("7", true, true)]
    public void A_session_for_the_user_or_the_machine_alone_gets_their_settings_alone(string type, bool users, bool machines)
    {
        var target = Target((UserSetting, "Printer"), (Pua, "1"));
        _bench.Login = "user";
        _bench.Alerts.Add(new AlertCommand(AlertCode.ClientEvent, [new SyncItem { Meta = new SyncMeta(Type: AlertCode.SyncTypeType), Data = type }]));
        _bench.Run(target);
        Assert.Equal((users, machines), (_bench.Tree.Read(UserSetting) is not null, _bench.Tree.Read(Pua) is not null));
        _bench.Alerts.Clear();
        _bench.Run(target);
        Assert.All(target.Settings, setting => Assert.Equal(SettingOutcome.Verified, _bench.OutcomeOf(target, setting.Path)));
    }

    [Fact]
    public void A_changed_value_is_found_repaired_and_shown_again()
    {
        var target = Target((Pua, "1"));
        _bench.Run(target);
        _bench.Tree.SetLocally(Pua, "0");
        _bench.Now += TimeSpan.FromHours(24);
        _bench.ReadAll();
        _bench.Run(target);
        Assert.Equal(new FoundDrift(Pua, "0"), Assert.Single(_bench.Drifts));
        Assert.Equal("1", _bench.Tree.Read(Pua));
        Assert.Equal(SettingOutcome.Verified, _bench.OutcomeOf(target, Pua));
    }

    [Fact]
    public void Where_nothing_can_be_deleted_the_value_before_us_comes_back()
    {
        _bench.Tree.SetLocally(PublicFirewall, "false");
        _bench.Run(Target((PublicFirewall, "true")));
        Assert.Equal("true", _bench.Tree.Read(PublicFirewall));
        _bench.Run(Target((Pua, "1")));
        Assert.Equal("false", _bench.Tree.Read(PublicFirewall));
    }

    [Fact]
    public void A_large_value_goes_in_parts()
    {
        var xml = "<a>" + string.Concat(Enumerable.Repeat("<b c=\"&amp;\">text</b>", 6000)) + "</a>";
        var target = Target(("./Device/Vendor/MSFT/WiFi/Profile/Office/WlanXml", xml), (Pua, "1"));
        _bench.Run(target);
        Assert.Equal(xml, _bench.Tree.Read("./Device/Vendor/MSFT/WiFi/Profile/Office/WlanXml"));
        Assert.True(_bench.IsSettled(target));
        Assert.InRange(_bench.Messages, 4, 20);
        Assert.Empty(_bench.Violations);
    }

    [Theory]
    [InlineData(4096)]
    [InlineData(Conversation.DefaultSizeLimit)]
    public void No_message_is_longer_than_the_pc_takes(int limit)
    {
        _bench.SizeLimit = limit;
        var target = Target(Enumerable.Range(0, 40).SelectMany(rule => new[] { ($"{Rule}{rule}/Name", $"Rule {rule}"), ($"{Rule}{rule}/Enabled", "true") }));
        _bench.Run(target);
        Assert.True(_bench.IsSettled(target));
        Assert.Equal(limit > 5000, _bench.Messages < 8);
        Assert.Empty(_bench.Violations);
    }

    [Fact]
    public void A_restart_is_sent_last_and_once()
    {
        var command = new DeviceCommand { Kind = CommandKind.Restart, Verb = "Exec", Path = "./Device/Vendor/MSFT/Reboot/RebootNow", Format = "null" };
        _bench.Commands.Add(command);
        var target = Target((Pua, "1"));
        _bench.Run(target);
        Assert.Equal((SyncVerb.Exec, CommandState.Done, (int?)200), (_bench.CarriedOut[^1].Verb, command.State, command.Status));
        _bench.Run(target);
        Assert.Empty(_bench.CarriedOut);
    }

    [Fact]
    public void A_command_without_an_answer_is_unknown_and_not_repeated()
    {
        var command = new DeviceCommand { Kind = CommandKind.Restart, Verb = "Exec", Path = "./Device/Vendor/MSFT/Reboot/RebootNow", Format = "null" };
        _bench.Commands.Add(command);
        _bench.Run(Target(), dieAfter: 1);
        Assert.Equal(CommandState.Sent, command.State);
        command.Lose();
        _bench.Run(Target());
        Assert.Equal(CommandState.Unknown, command.State);
        Assert.Empty(_bench.CarriedOut);
    }

    [Fact]
    public void What_was_accepted_waits_until_an_alert_ends_it_and_is_then_read_at_once()
    {
        var target = Target((Pua, "1"));
        _bench.Faults.FailNode(Pua, SyncStatus.Accepted, times: 1);
        _bench.Run(target);
        Assert.Equal(SettingOutcome.Waiting, _bench.OutcomeOf(target, Pua));
        _bench.Run(target);
        Assert.Empty(_bench.CarriedOut);
        _bench.Tree.SetLocally(Pua, "1");
        _bench.Alerts.Add(Ended(Pua, "0"));
        _bench.Run(target);
        Assert.Equal([SyncVerb.Get], _bench.CarriedOut.Select(done => done.Verb));
        Assert.Equal(SettingOutcome.Verified, _bench.OutcomeOf(target, Pua));
    }

    [Fact]
    public void What_was_accepted_and_shows_otherwise_at_its_end_has_failed()
    {
        var target = Target((Pua, "1"));
        _bench.Faults.FailNode(Pua, SyncStatus.Accepted, times: 1);
        _bench.Run(target);
        _bench.Alerts.Add(Ended("./Vendor/MSFT/Policy/Config/Defender", "-2147024891"));
        _bench.Run(target);
        Assert.Equal(SettingOutcome.Failed, _bench.OutcomeOf(target, Pua));
    }

    [Theory]
    [InlineData("0", SettingOutcome.Acknowledged)]
    [InlineData("-2147024891", SettingOutcome.Failed)]
    public void Where_nothing_can_be_read_the_alert_itself_counts(string data, SettingOutcome outcome)
    {
        var target = Target((DomainFirewall, "true"));
        _bench.Faults.FailNode(DomainFirewall, SyncStatus.Accepted, times: 1);
        _bench.Run(target);
        Assert.Equal(SettingOutcome.Waiting, _bench.OutcomeOf(target, DomainFirewall));
        _bench.Alerts.Add(Ended(DomainFirewall, data));
        _bench.Run(target);
        Assert.Equal(outcome, _bench.OutcomeOf(target, DomainFirewall));
    }

    [Fact]
    public void An_accepted_setting_without_an_alert_is_looked_at_after_an_hour()
    {
        var target = Target((Pua, "1"));
        _bench.Faults.FailNode(Pua, SyncStatus.Accepted, times: 1);
        _bench.Run(target);
        _bench.Tree.SetLocally(Pua, "1");
        _bench.Now += TimeSpan.FromHours(1);
        _bench.Run(target);
        Assert.Equal(SettingOutcome.Verified, _bench.OutcomeOf(target, Pua));
    }

    private static AlertCommand Ended(string node, string data) => new(AlertCode.Generic,
        [new SyncItem { Source = node, Meta = new SyncMeta("int", "Reversed-Domain-Name:com.example.csp.done") { Mark = "informational" }, Data = data }]);

    [Fact]
    public void A_restored_service_reads_before_it_writes()
    {
        var target = Target((Pua, "1"), (Cloud, "1"));
        _bench.Run(target);
        _bench.Evidence = new Evidence();
        _bench.Tree.SetLocally(Cloud, "0");
        _bench.Evidence.BeginReading(_bench.Now, readsFirst: true);
        _bench.Run(target);
        Assert.Equal([SyncVerb.Get, SyncVerb.Get, SyncVerb.Replace, SyncVerb.Get], _bench.CarriedOut.Select(done => done.Verb));
        Assert.True(_bench.IsSettled(target));
    }
}
