using System.Globalization;
using System.Text.Json;
using Deskward.Platform;
using Deskward.Protocol.Csp;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Deskward.Policies.Compliance;

/// <summary>What a PC must show in order to be compliant.</summary>
/// <param name="Key">One of <see cref="ComplianceRules.Facts"/>, or the path of a setting that must stand as it is wanted.</param>
/// <param name="GraceDays">For how many days a PC may break it before it is not compliant.</param>
/// <param name="Least">The lowest version or build; null where the rule has none.</param>
public sealed record ComplianceRule(string Key, int GraceDays, string? Least = null)
{
    public bool IsSetting => Key.StartsWith("./", StringComparison.Ordinal);
}

/// <summary>A version of a customer's rules. Rows are added, never changed; the last one counts.</summary>
public sealed class ComplianceRuleSet : ITenantOwned
{
    public Guid Id { get; init; } = Guid.CreateVersion7();

    public Guid TenantId { get; init; }

    /// <summary>1, 2, 3 ...</summary>
    public int Number { get; init; }

    /// <summary>The rules, as a JSON list.</summary>
    public string Rules { get; init; } = "";

    public string CreatedBy { get; init; } = "";

    public DateTimeOffset CreatedAt { get; init; }
}

/// <summary>The rules there can be, and those that hold where a customer has none of its own.</summary>
public static class ComplianceRules
{
    public const string Encryption = "encryption";
    public const string Firewall = "firewall";
    public const string Antivirus = "antivirus";
    public const string Signatures = "signatures";
    public const string Build = "build";
    public const string SecureBoot = "secure-boot";
    public const string Tpm = "tpm";
    internal const int MostGraceDays = 60;
    internal const int MostSettings = 20;

    /// <summary>The rules over reported facts, in the order in which people read them.</summary>
    public static IReadOnlyList<string> Facts { get; } = [Encryption, Firewall, Antivirus, Signatures, Build, SecureBoot, Tpm];

    /// <summary>What holds where nothing else was decided.</summary>
    public static IReadOnlyList<ComplianceRule> Default { get; } =
    [
        new(Encryption, 7), new(Firewall, 1), new(Antivirus, 1), new(Signatures, 3), new(Build, 14, "10.0.19045"), new(SecureBoot, 14), new(Tpm, 14, "2.0"),
    ];

    /// <summary>The rules that hold for a customer now, with the number of their version; 0: the shipped ones.</summary>
    internal static async Task<(int Number, IReadOnlyList<ComplianceRule> Rules)> OfAsync(DeskwardContext db, Guid customer, CancellationToken cancellationToken) =>
        await db.Set<ComplianceRuleSet>().AsNoTracking().Where(row => row.TenantId == customer).OrderByDescending(row => row.Number).FirstOrDefaultAsync(cancellationToken) is { } newest
            ? (newest.Number, Read(newest.Rules)) : (0, Default);

    /// <summary>The rules of a stored version; the shipped ones where it cannot be read.</summary>
    internal static IReadOnlyList<ComplianceRule> Read(string rules)
    {
        try
        {
            return JsonSerializer.Deserialize<List<ComplianceRule>>(rules, JsonSerializerOptions.Web) ?? Default;
        }
        catch (JsonException)
        {
            return Default;
        }
    }

    internal static string Write(IEnumerable<ComplianceRule> rules) => JsonSerializer.Serialize(rules, JsonSerializerOptions.Web);

    /// <summary>Why these cannot be a customer's rules; null when they can.</summary>
    internal static Refusal? Refuse(IReadOnlyList<ComplianceRule> rules) =>
        rules.Count(rule => rule.IsSetting) > MostSettings ? Refusal.Invalid($"At most {MostSettings} settings can be rules.")
        : rules.GroupBy(rule => rule.Key, StringComparer.OrdinalIgnoreCase).FirstOrDefault(group => group.Count() > 1) is { } twice ? Refusal.Invalid($"The rule {twice.Key} stands there twice.")
        : rules.Select(Refuse).FirstOrDefault(refusal => refusal is not null);

    private static Refusal? Refuse(ComplianceRule rule) =>
        rule.GraceDays is < 0 or > MostGraceDays ? Refusal.Invalid($"The grace is 0 to {MostGraceDays} days.")
        : rule.IsSetting ? (Catalogue.Default.CanonicalPath(rule.Key) is null ? Refusal.Invalid($"The setting {rule.Key} does not exist.") : null)
        : !Facts.Contains(rule.Key) ? Refusal.Invalid($"There is no rule {rule.Key}.")
        : rule.Key == Build && !OsBuild.TryParse(rule.Least, out _) ? Refusal.Invalid("The lowest build is written as 10.0.22631 or 10.0.22631.3235.")
        : rule.Key == Tpm && !decimal.TryParse(rule.Least, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out _) ? Refusal.Invalid("The lowest TPM version is written as 2.0.")
        : null;
}

internal sealed class ComplianceMapping : IEntityTypeConfiguration<ComplianceRuleSet>, IEntityTypeConfiguration<PcCompliance>, IEntityTypeConfiguration<ComplianceFault>
{
    public void Configure(EntityTypeBuilder<ComplianceRuleSet> builder)
    {
        builder.ToTable("policies_compliance_rules").HasKey(row => row.Id);
        builder.Property(row => row.Rules).HasMaxLength(20_000);
        builder.Property(row => row.CreatedBy).HasMaxLength(320);
        builder.HasIndex(row => new { row.TenantId, row.Number }).IsUnique();
    }

    public void Configure(EntityTypeBuilder<PcCompliance> builder)
    {
        builder.ToTable("policies_compliance").HasKey(row => row.DeviceId);
        builder.Property(row => row.State).HasConversion<string>().HasMaxLength(20);
        builder.HasIndex(row => new { row.TenantId, row.State });
    }

    public void Configure(EntityTypeBuilder<ComplianceFault> builder)
    {
        builder.ToTable("policies_compliance_faults").HasKey(row => new { row.DeviceId, row.Rule });
        builder.Property(row => row.Rule).HasMaxLength(1000);
        builder.Property(row => row.Result).HasConversion<string>().HasMaxLength(20);
        builder.HasIndex(row => new { row.TenantId, row.Result });
    }
}
