using System.Security.Cryptography;
using Deskward.Platform;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Deskward.Tenants;

/// <summary>
/// A mail domain that an organisation claims, or owns: then addresses of the domain are its people's alone. Several may claim a domain; one can own it.
/// </summary>
public sealed class OrganisationDomain : IStandingReadable
{
    /// <summary>Where the proof stands: a TXT record of this name before the domain.</summary>
    public const string RecordName = "_deskward";

    private const string ValuePrefix = "deskward-verification=";

    public Guid Id { get; init; } = Guid.CreateVersion7();

    public Guid TenantId { get; init; }

    /// <summary>Lower-case ASCII.</summary>
    public string Domain { get; init; } = "";

    /// <summary>What the record must say, beside the prefix; known to whoever claims.</summary>
    public string Token { get; init; } = "";

    public DateTimeOffset ClaimedAt { get; init; }

    /// <summary>Since when the organisation owns it; null: it only claims.</summary>
    public DateTimeOffset? ProvenAt { get; set; }

    /// <summary>Who vouched for it when the organisation was added, so that no record was asked for; null: nobody did.</summary>
    public string? VouchedBy { get; init; }

    /// <summary>When the record was last found; null: never.</summary>
    public DateTimeOffset? RecordSeenAt { get; set; }

    public int Version { get; set; }

    /// <summary>The name of the record.</summary>
    public string Record => $"{RecordName}.{Domain}";

    /// <summary>The whole text of the record.</summary>
    public string Value => ValuePrefix + Token;

    /// <summary>The domain that an organisation is added with.</summary>
    internal static OrganisationDomain Given(Guid tenant, string domain, string by, DateTimeOffset now) =>
        new() { TenantId = tenant, Domain = domain, Token = NewToken(), ClaimedAt = now, ProvenAt = now, VouchedBy = by };

    internal static OrganisationDomain Claimed(Guid tenant, string domain, DateTimeOffset now) => new() { TenantId = tenant, Domain = domain, Token = NewToken(), ClaimedAt = now };

    /// <summary>The domain of an address as it is stored; null when the text has none.</summary>
    internal static string? Of(string address) => OrganisationDirectory.ParseDomain(address[(address.LastIndexOf('@') + 1)..]);

    private static string NewToken() => Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));
}

internal sealed class OrganisationDomainMapping : IEntityTypeConfiguration<OrganisationDomain>
{
    public void Configure(EntityTypeBuilder<OrganisationDomain> builder)
    {
        builder.ToTable("tenants_domains").HasKey(row => row.Id);
        builder.Property(row => row.Domain).HasMaxLength(253);
        builder.Property(row => row.Token).HasMaxLength(64);
        builder.Property(row => row.VouchedBy).HasMaxLength(320);
        builder.Property(row => row.Version).IsConcurrencyToken();
        builder.Ignore(row => row.Record);
        builder.Ignore(row => row.Value);
        builder.HasIndex(row => new { row.TenantId, row.Domain }).IsUnique();
        builder.HasIndex(row => row.Domain).IsUnique().HasFilter("proven_at IS NOT NULL");
    }
}
