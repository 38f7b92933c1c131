using System.Text.Json;
using Xunit;

namespace Deskward.Policies.Compliance;

public sealed class ComplianceRulingTests
{
    private static readonly DateTimeOffset Now = new(2026, 3, 2, 8, 0, 0, TimeSpan.Zero);
    private static readonly Dictionary<string, SettingEvidence> NoSettings = [];

    [Theory]
    [InlineData("Compliance/EncryptionCompliance", "1", "0", ComplianceRules.Encryption)]
    [InlineData("Compliance/EncryptionCompliance", "true", "false", ComplianceRules.Encryption)]
    [InlineData("Firewall/Status", "0", "2", ComplianceRules.Firewall)]
    [InlineData("Antivirus/Status", "0", "3", ComplianceRules.Antivirus)]
    [InlineData("Antivirus/SignatureStatus", "1", "0", ComplianceRules.Signatures)]
    [InlineData("SecureBootState", "1", "2", ComplianceRules.SecureBoot)]
    [InlineData("TPM/SpecificationVersion", "2.0, 0, 1.38", "1.2", ComplianceRules.Tpm)]
    [InlineData("TPM/SpecificationVersion", "2.0", "Not available", ComplianceRules.Tpm)]
    public void Each_fact_keeps_or_breaks_its_rule(string node, string good, string bad, string rule)
    {
        Assert.Equal((RuleResult.Kept, good), Told(rule, Inventory(("./Vendor/MSFT/DeviceStatus/" + node, good, Now))));
        Assert.Equal((RuleResult.Broken, bad), Told(rule, Inventory(("./Vendor/MSFT/DeviceStatus/" + node, bad, Now))));
    }

    [Theory]
    [InlineData("10.0.19045.1", RuleResult.Kept)]
    [InlineData("10.0.26100.4061", RuleResult.Kept)]
    [InlineData("10.0.19044.9999", RuleResult.Broken)]
    [InlineData("Windows", RuleResult.Unknown)]
    public void A_build_is_compared_as_a_number(string build, RuleResult result) => Assert.Equal((result, build), Told(ComplianceRules.Build, Inventory(("./DevDetail/SwV", build, Now))));

    [Fact]
    public void Evidence_of_more_than_seven_days_and_none_at_all_are_unknown()
    {
        Assert.Equal(RuleResult.Kept, Told(ComplianceRules.Firewall, Inventory(("./Vendor/MSFT/DeviceStatus/Firewall/Status", "0", Now.AddDays(-7)))).Result);
        Assert.Equal(RuleResult.Unknown, Told(ComplianceRules.Firewall, Inventory(("./Vendor/MSFT/DeviceStatus/Firewall/Status", "0", Now.AddDays(-7).AddSeconds(-1)))).Result);
        Assert.All(new[] { null, "{}", "[1]", "{\"./Vendor/MSFT/DeviceStatus/Firewall/Status\":{\"value\":\"0\"", "<i>", "{\"./Vendor/MSFT/DeviceStatus/Firewall/Status\":{\"value\":7}}" }, inventory => Assert.Equal((RuleResult.Unknown, null), Told(ComplianceRules.Firewall, inventory)));
    }

    [Fact]
    public void A_virtual_machine_needs_no_tpm() =>
        Assert.Equal(RuleResult.NotApplicable, Judge([new ComplianceRule(ComplianceRules.Tpm, 1, "2.0")], new PcFactsKnown(null, PcFactsKnown.IsVirtualMachine("Virtual Machine", "Microsoft Corporation"))).Single().Result);

    [Theory]
    [InlineData(0, ComplianceState.InGrace)]
    [InlineData(2, ComplianceState.InGrace)]
    [InlineData(3, ComplianceState.NotCompliant)]
    public void A_broken_rule_has_its_grace(int days, ComplianceState state)
    {
        var verdicts = Judge([new ComplianceRule(ComplianceRules.Firewall, 3)], Broken(), new() { [ComplianceRules.Firewall] = Now.AddDays(-days) });
        Assert.Equal((state, Now.AddDays(3 - days)), (ComplianceRuling.StateOf(verdicts, Now), verdicts.Single().GraceUntil));
    }

    [Fact]
    public void Silence_does_not_begin_the_grace_anew()
    {
        var since = Now.AddDays(-20);
        var silent = Judge([new ComplianceRule(ComplianceRules.Firewall, 3)], new PcFactsKnown(null, false), new() { [ComplianceRules.Firewall] = since });
        Assert.Equal((ComplianceState.Unknown, since, null), (ComplianceRuling.StateOf(silent, Now), silent.Single().BrokenSince, silent.Single().GraceUntil));
    }

    [Fact]
    public void A_setting_that_is_a_rule_counts_where_it_is_wanted()
    {
        ComplianceRule[] rules = [new("./Device/Vendor/MSFT/Policy/Config/Camera/AllowCamera", 0)];
        Assert.Equal(RuleResult.NotApplicable, Judge(rules, Broken()).Single().Result);
        var evidence = new Dictionary<string, SettingEvidence> { [rules[0].Key] = new(RuleResult.Broken, Now) };
        Assert.Equal(ComplianceState.NotCompliant, ComplianceRuling.StateOf(ComplianceRuling.Judge(rules, Broken(), evidence, new Dictionary<string, DateTimeOffset>(), Now), Now));
        evidence[rules[0].Key] = new(RuleResult.Kept, Now.AddDays(-8));
        Assert.Equal(ComplianceState.Unknown, ComplianceRuling.StateOf(ComplianceRuling.Judge(rules, Broken(), evidence, new Dictionary<string, DateTimeOffset>(), Now), Now));
    }

    [Theory]
    [InlineData("nonsense", 1, null, "no rule nonsense")]
    [InlineData("./Device/Vendor/MSFT/Policy/Config/Camera/NoSuch", 1, null, "does not exist")]
    [InlineData("firewall", 61, null, "0 to 60 days")]
    [InlineData("build", 1, "eleven", "lowest build")]
    [InlineData("tpm", 1, null, "TPM version")]
    public void A_rule_that_cannot_be_is_refused(string key, int grace, string? least, string said) =>
        Assert.Contains(said, ComplianceRules.Refuse([new ComplianceRule(key, grace, least)])!.Message, StringComparison.Ordinal);

    [Fact]
    public void The_shipped_rules_are_in_order()
    {
        Assert.Null(ComplianceRules.Refuse(ComplianceRules.Default));
        Assert.Equal(ComplianceRules.Facts, ComplianceRules.Default.Select(rule => rule.Key));
        Assert.Equal(ComplianceRules.Default, ComplianceRules.Read(ComplianceRules.Write(ComplianceRules.Default)));
        Assert.Contains("twice", ComplianceRules.Refuse([.. ComplianceRules.Default, new(ComplianceRules.Firewall, 2)])!.Message, StringComparison.Ordinal);
    }

    internal static string Inventory(params (string Path, string Value, DateTimeOffset At)[] facts) =>
        JsonSerializer.Serialize(facts.ToDictionary(fact => fact.Path, fact => new { value = fact.Value, at = fact.At }));

    private static PcFactsKnown Broken() => new(Inventory(("./Vendor/MSFT/DeviceStatus/Firewall/Status", "1", Now)), false);

    private static (RuleResult Result, string? Value) Told(string rule, string? inventory)
    {
        var verdict = Judge([ComplianceRules.Default.Single(one => one.Key == rule)], new PcFactsKnown(inventory, false)).Single();
        return (verdict.Result, verdict.Value);
    }

    private static IReadOnlyList<RuleVerdict> Judge(ComplianceRule[] rules, PcFactsKnown pc, Dictionary<string, DateTimeOffset>? since = null) => ComplianceRuling.Judge(rules, pc, NoSettings, since ?? [], Now);
}
