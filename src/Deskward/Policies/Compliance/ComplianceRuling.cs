namespace Deskward.Policies.Compliance;

/// <summary>How a setting that is a rule stands on a PC.</summary>
/// <param name="Result">What follows for the rule.</param>
/// <param name="At">When the PC last showed it; null: not known.</param>
internal readonly record struct SettingEvidence(RuleResult Result, DateTimeOffset? At);

/// <summary>One rule, held against one PC.</summary>
/// <param name="Rule">The rule.</param>
/// <param name="Result">What came of it.</param>
/// <param name="Value">What was reported; null when nothing was, or when the rule is about a setting.</param>
/// <param name="At">When; null: never, or not known.</param>
/// <param name="BrokenSince">Since when it is broken, or was before nothing was heard any more; null: it is not.</param>
internal sealed record RuleVerdict(ComplianceRule Rule, RuleResult Result, string? Value, DateTimeOffset? At, DateTimeOffset? BrokenSince)
{
    /// <summary>When the grace is over; null where nothing is broken.</summary>
    internal DateTimeOffset? GraceUntil => Result == RuleResult.Broken ? BrokenSince?.AddDays(Rule.GraceDays) : null;

    internal bool IsFault => Result is RuleResult.Broken or RuleResult.Unknown;
}

/// <summary>Holds what is known of a PC against the rules: pure.</summary>
internal static class ComplianceRuling
{
    /// <summary>How long evidence holds.</summary>
    internal static readonly TimeSpan EvidenceHolds = TimeSpan.FromDays(7);

    /// <param name="rules">The customer's rules.</param>
    /// <param name="pc">What the PC reported.</param>
    /// <param name="settings">How the settings that are rules stand, by path.</param>
    /// <param name="brokenSince">Since when rules were broken at the last look, by key.</param>
    /// <param name="now">Now.</param>
    internal static IReadOnlyList<RuleVerdict> Judge(
        IReadOnlyList<ComplianceRule> rules, PcFactsKnown pc, IReadOnlyDictionary<string, SettingEvidence> settings, IReadOnlyDictionary<string, DateTimeOffset> brokenSince, DateTimeOffset now)
    {
        var facts = ComplianceFacts.Read(pc.Inventory);
        var verdicts = new List<RuleVerdict>(rules.Count);
        foreach (var rule in rules)
        {
            var (result, value, at) = rule.IsSetting ? OfSetting(settings.GetValueOrDefault(rule.Key, new(RuleResult.NotApplicable, null)), now)
                : rule.Key == ComplianceRules.Tpm && pc.IsVirtual ? (RuleResult.NotApplicable, null, null)
                : facts.TryGetValue(rule.Key, out var fact) ? (IsOld(fact.At, now) ? RuleResult.Unknown : ComplianceFacts.Judge(rule, fact.Value), fact.Value, fact.At)
                : (RuleResult.Unknown, null, null);
            DateTimeOffset? known = brokenSince.TryGetValue(rule.Key, out var since) ? since : null;
            verdicts.Add(new RuleVerdict(rule, result, value, at, result switch { RuleResult.Broken => known ?? now, RuleResult.Unknown => known, _ => null }));
        }

        return verdicts;
    }

    /// <summary>What all rules together say.</summary>
    internal static ComplianceState StateOf(IReadOnlyList<RuleVerdict> verdicts, DateTimeOffset now) =>
        verdicts.Any(verdict => verdict.GraceUntil <= now) ? ComplianceState.NotCompliant
        : verdicts.Any(verdict => verdict.Result == RuleResult.Broken) ? ComplianceState.InGrace
        : verdicts.Any(verdict => verdict.Result == RuleResult.Unknown) ? ComplianceState.Unknown
        : ComplianceState.Compliant;

    private static (RuleResult, string?, DateTimeOffset?) OfSetting(SettingEvidence setting, DateTimeOffset now) =>
        (setting.Result != RuleResult.NotApplicable && IsOld(setting.At, now) ? RuleResult.Unknown : setting.Result, null, setting.At);

    private static bool IsOld(DateTimeOffset? at, DateTimeOffset now) => at is not { } read || read + EvidenceHolds < now;
}
