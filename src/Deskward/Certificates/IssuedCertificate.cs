using Deskward.Platform;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Deskward.Certificates;

/// <summary>What an authority signs.</summary>
public enum AuthorityKind
{
    /// <summary>Signs the customers' issuing authorities; belongs to the provider.</summary>
    DeviceRoot,

    /// <summary>Signs the certificates of one customer's PCs, for client authentication only.</summary>
    Issuing,
}

/// <summary>A certificate authority of ours; its key is wrapped by the service key.</summary>
public sealed class Authority : ITenantOwned
{
    public Guid Id { get; init; } = Guid.CreateVersion7();

    public Guid TenantId { get; init; }

    public AuthorityKind Kind { get; init; }

    /// <summary>DER.</summary>
    public byte[] Certificate { get; init; } = [];

    /// <summary>PKCS#8, wrapped for the purpose <c>authority:{Id}</c>.</summary>
    public byte[] WrappedKey { get; init; } = [];

    public DateTimeOffset NotAfter { get; init; }

    public DateTimeOffset CreatedAt { get; init; }
}

/// <summary>A certificate issued to a PC: what was issued to whom, when, and whether it still counts.</summary>
public sealed class IssuedCertificate : ITenantOwned
{
    public Guid Id { get; init; } = Guid.CreateVersion7();

    public Guid TenantId { get; init; }

    public Guid DeviceId { get; init; }

    public Guid AuthorityId { get; init; }

    /// <summary>Upper-case hex.</summary>
    public string Serial { get; init; } = "";

    /// <summary>DER, as sent.</summary>
    public byte[] Certificate { get; init; } = [];

    /// <summary>SHA-256 of <see cref="Certificate"/>: how a PC is recognised.</summary>
    public byte[] Sha256 { get; init; } = [];

    /// <summary>SHA-256 of SubjectPublicKeyInfo.</summary>
    public byte[] PublicKeySha256 { get; init; } = [];

    public DateTimeOffset NotBefore { get; init; }

    public DateTimeOffset NotAfter { get; init; }

    public DateTimeOffset IssuedAt { get; init; }

    /// <summary>When the PC first used it; null: not yet. Until then its predecessor stays valid.</summary>
    public DateTimeOffset? FirstSeenAt { get; set; }

    /// <summary>The certificate it renews; null at enrolment.</summary>
    public Guid? RenewsId { get; init; }

    public DateTimeOffset? RevokedAt { get; set; }

    /// <summary>A <see cref="Certificates.RevocationReason"/> in lower case; null while valid.</summary>
    public string? RevocationReason { get; set; }
}

internal sealed class CertificatesMapping : IEntityTypeConfiguration<Authority>, IEntityTypeConfiguration<IssuedCertificate>
{
    public void Configure(EntityTypeBuilder<Authority> builder)
    {
        builder.ToTable("certificates_authorities").HasKey(row => row.Id);
        builder.Property(row => row.Kind).HasConversion<string>().HasMaxLength(20);
        builder.HasIndex(row => new { row.TenantId, row.Kind });
    }

    public void Configure(EntityTypeBuilder<IssuedCertificate> builder)
    {
        builder.ToTable("certificates_issued").HasKey(row => row.Id);
        builder.Property(row => row.Serial).HasMaxLength(40);
        builder.Property(row => row.RevocationReason).HasMaxLength(40);
        builder.HasIndex(row => row.Sha256).IsUnique();
        builder.HasIndex(row => new { row.TenantId, row.DeviceId });
        builder.HasIndex(row => new { row.TenantId, row.IssuedAt });
        builder.HasIndex(row => new { row.TenantId, row.NotAfter });
    }
}
