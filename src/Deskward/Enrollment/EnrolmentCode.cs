using Deskward.Platform;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Deskward.Enrollment;

/// <summary>What a person types beside their address to enrol a PC. Random, shown once, stored as a hash.</summary>
public sealed class EnrolmentCode : ITenantOwned
{
    public Guid Id { get; init; } = Guid.CreateVersion7();

    public Guid TenantId { get; init; }

    public Guid PersonId { get; init; }

    /// <summary>Keyed hash of the code.</summary>
    public byte[] CodeHash { get; init; } = [];

    /// <summary>How many PCs may enrol with it.</summary>
    public int Uses { get; init; }

    public int Used { get; set; }

    public string CreatedBy { get; init; } = "";

    public DateTimeOffset CreatedAt { get; init; }

    public DateTimeOffset ExpiresAt { get; init; }

    public DateTimeOffset? RevokedAt { get; set; }

    public int Version { get; set; }

    /// <summary>Why no further PC may enrol with it; null when one may.</summary>
    internal Refusal? RefuseAnother(DateTimeOffset now) =>
        RevokedAt is not null ? Refused("was revoked")
        : now >= ExpiresAt ? Refused("has expired")
        : Used >= Uses ? Refused("is used up")
        : null;

    private static Refusal Refused(string why) => new(RefusalReason.NotAuthenticated, $"This enrolment code {why}. Ask your administrator for a new one.");
}

/// <summary>One use of a code, bound to the PC and key of its first accepted request, so that a repeated request changes nothing.</summary>
public sealed class CodeUse : ITenantOwned
{
    /// <summary>How long a repeated request counts as the same enrolment.</summary>
    public static readonly TimeSpan Repeatable = TimeSpan.FromHours(1);

    public Guid Id { get; init; } = Guid.CreateVersion7();

    public Guid TenantId { get; init; }

    public Guid CodeId { get; init; }

    /// <summary>Which of the code's uses: 1, 2, 3 ... The database keeps two from being the same.</summary>
    public int Number { get; init; }

    /// <summary>DeviceID of the request, in upper case.</summary>
    public string HardwareId { get; init; } = "";

    public Guid DeviceId { get; set; }

    public byte[] PublicKeySha256 { get; set; } = [];

    public Guid CertificateId { get; set; }

    /// <summary>The provisioning document as sent, wrapped by the service key (it holds secrets of the PC); null once no request can repeat it.</summary>
    public byte[]? WrappedDocument { get; set; }

    public DateTimeOffset FirstAt { get; init; }
}

internal sealed class EnrolmentMapping : IEntityTypeConfiguration<EnrolmentCode>, IEntityTypeConfiguration<CodeUse>
{
    public void Configure(EntityTypeBuilder<EnrolmentCode> builder)
    {
        builder.ToTable("enrollment_codes").HasKey(row => row.Id);
        builder.Property(row => row.CreatedBy).HasMaxLength(320);
        builder.Property(row => row.Version).IsConcurrencyToken();
        builder.HasIndex(row => new { row.TenantId, row.PersonId });
        builder.HasIndex(row => row.CodeHash).IsUnique();
    }

    public void Configure(EntityTypeBuilder<CodeUse> builder)
    {
        builder.ToTable("enrollment_code_uses").HasKey(row => row.Id);
        builder.Property(row => row.HardwareId).HasMaxLength(64);
        builder.HasIndex(row => new { row.CodeId, row.Number }).IsUnique();
        builder.HasIndex(row => new { row.CodeId, row.HardwareId });
        builder.HasIndex(row => row.TenantId);
        builder.HasIndex(row => row.FirstAt).HasFilter("wrapped_document IS NOT NULL");
    }
}
