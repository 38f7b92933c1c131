using System.Globalization;
using System.Text;
using System.Text.Json;
using Deskward.Protocol.Csp;

namespace Deskward.Policies.Compliance;

/// <summary>What a PC reported of one thing, and when.</summary>
internal readonly record struct ReportedFact(string Value, DateTimeOffset? At);

/// <summary>What is known of a PC, as it is held against the rules.</summary>
/// <param name="Inventory">The reported facts, as they are stored: a stranger's text.</param>
/// <param name="IsVirtual">A virtual machine: it need not have a TPM.</param>
internal readonly record struct PcFactsKnown(string? Inventory, bool IsVirtual)
{
    internal static bool IsVirtualMachine(string? model, string? manufacturer) =>
        model?.Contains("Virtual", StringComparison.OrdinalIgnoreCase) == true || manufacturer is { } maker && (maker.StartsWith("VMware", StringComparison.OrdinalIgnoreCase) || maker.StartsWith("QEMU", StringComparison.OrdinalIgnoreCase));
}

/// <summary>Reads what rules look at out of a PC's inventory, in one pass.</summary>
internal static class ComplianceFacts
{
    private const string Status = "./Vendor/MSFT/DeviceStatus/";

    private static readonly (byte[] Path, string Rule)[] Paths =
    [
        Of("Compliance/EncryptionCompliance", ComplianceRules.Encryption), Of("Firewall/Status", ComplianceRules.Firewall), Of("Antivirus/Status", ComplianceRules.Antivirus),
        Of("Antivirus/SignatureStatus", ComplianceRules.Signatures), Of("SecureBootState", ComplianceRules.SecureBoot), Of("TPM/SpecificationVersion", ComplianceRules.Tpm),
        (Encoding.UTF8.GetBytes("./DevDetail/SwV"), ComplianceRules.Build),
    ];

    /// <summary>The facts by rule; those that were not reported are left out, and all of them when the inventory is damaged.</summary>
    internal static Dictionary<string, ReportedFact> Read(string? inventory)
    {
        var facts = new Dictionary<string, ReportedFact>(Paths.Length);
        if (inventory is null)
        {
            return facts;
        }

        try
        {
            var reader = new Utf8JsonReader(Encoding.UTF8.GetBytes(inventory));
            for (var isOpen = reader.Read() && reader.TokenType == JsonTokenType.StartObject; isOpen && reader.Read() && reader.TokenType == JsonTokenType.PropertyName;)
            {
                var rule = RuleOf(ref reader);
                reader.Read();
                if (rule is null)
                {
                    reader.Skip();
                }
                else if (Fact(ref reader) is { } fact)
                {
                    facts[rule] = fact;
                }
            }
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException or FormatException)
        {
            facts.Clear();
        }

        return facts;
    }

    /// <summary>What a fact means for its rule.</summary>
    internal static RuleResult Judge(ComplianceRule rule, string value) => rule.Key switch
    {
        ComplianceRules.Encryption or ComplianceRules.Signatures => Known(value.ToUpperInvariant(), ["1", "TRUE"], ["0", "2", "FALSE"]),
        ComplianceRules.Firewall or ComplianceRules.Antivirus => Known(value, ["0"], ["1", "2", "3", "4"]),
        ComplianceRules.SecureBoot => Known(value, ["1"], ["0", "2"]),
        ComplianceRules.Build => !OsBuild.TryParse(value, out var build) || !OsBuild.TryParse(rule.Least, out var least) ? RuleResult.Unknown : IsLess(build, least) ? RuleResult.Broken : RuleResult.Kept,
        ComplianceRules.Tpm => Version(value) is { } version && Version(rule.Least) is { } wanted && version >= wanted ? RuleResult.Kept : RuleResult.Broken,
        _ => RuleResult.Unknown,
    };

    private static bool IsLess(OsBuild build, OsBuild least) =>
        build.Number != least.Number ? build.Number < least.Number : (build.Revision ?? 0) < (least.Revision ?? 0);

    private static RuleResult Known(string value, ReadOnlySpan<string> kept, ReadOnlySpan<string> broken) =>
        kept.Contains(value) ? RuleResult.Kept : broken.Contains(value) ? RuleResult.Broken : RuleResult.Unknown;

    // "2.0, 0, 1.38": the specification, then its level and revision. A PC without a TPM says "Not available".
    private static decimal? Version(string? text) =>
        decimal.TryParse((text ?? "").Split(',')[0], NumberStyles.AllowDecimalPoint | NumberStyles.AllowLeadingWhite | NumberStyles.AllowTrailingWhite, CultureInfo.InvariantCulture, out var version) ? version : null;

    private static string? RuleOf(ref Utf8JsonReader reader)
    {
        foreach (var (path, rule) in Paths)
        {
            if (reader.ValueTextEquals(path))
            {
                return rule;
            }
        }

        return null;
    }

    private static ReportedFact? Fact(ref Utf8JsonReader reader)
    {
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            reader.Skip();
            return null;
        }

        string? value = null;
        DateTimeOffset? at = null;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var (isValue, isInstant) = (reader.ValueTextEquals("value"u8), reader.ValueTextEquals("at"u8));
            reader.Read();
            value = isValue ? reader.GetString() : value;
            at = isInstant ? reader.GetDateTimeOffset() : at;
            reader.Skip();
        }

        return value is null ? null : new ReportedFact(value, at);
    }

    private static (byte[] Path, string Rule) Of(string node, string rule) => (Encoding.UTF8.GetBytes(Status + node), rule);
}
