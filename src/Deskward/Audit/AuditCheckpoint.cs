using Deskward.Platform;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Deskward.Audit;

/// <summary>A signed statement of what a chain held at one place at one time.</summary>
internal sealed class AuditCheckpoint : ITenantOwned
{
    public Guid Id { get; init; } = Guid.CreateVersion7();

    public Guid TenantId { get; init; }

    /// <summary>The last row it covers.</summary>
    public long Sequence { get; init; }

    /// <summary>The hash of that row's link, which stands for all rows up to it.</summary>
    public byte[] Hash { get; init; } = [];

    public DateTimeOffset At { get; init; }

    /// <summary><see cref="AuditKey.Id"/> of the key that signed.</summary>
    public byte[] KeyId { get; init; } = [];

    /// <summary>ECDSA signature in DER over the canonical statement.</summary>
    public byte[] Signature { get; init; } = [];
}

/// <summary>A key that signs an organisation's checkpoints; the private part is wrapped by the service key.</summary>
internal sealed class AuditKey : ITenantOwned
{
    public Guid TenantId { get; init; }

    /// <summary>SHA-256 of <see cref="PublicKey"/>, so that an id can stand for only one key.</summary>
    public byte[] Id { get; init; } = [];

    /// <summary>SubjectPublicKeyInfo in DER; the curve is P-256.</summary>
    public byte[] PublicKey { get; init; } = [];

    public byte[] WrappedKey { get; init; } = [];

    public DateTimeOffset CreatedAt { get; init; }
}

internal sealed class AuditCheckpointMapping : IEntityTypeConfiguration<AuditCheckpoint>
{
    public void Configure(EntityTypeBuilder<AuditCheckpoint> builder)
    {
        builder.ToTable("audit_checkpoints").HasKey(row => row.Id);
        builder.Property(row => row.Hash).HasMaxLength(32);
        builder.Property(row => row.KeyId).HasMaxLength(32);
        builder.Property(row => row.Signature).HasMaxLength(80);
        builder.HasIndex(row => new { row.TenantId, row.Sequence, row.At });
    }
}

internal sealed class AuditKeyMapping : IEntityTypeConfiguration<AuditKey>
{
    public void Configure(EntityTypeBuilder<AuditKey> builder)
    {
        builder.ToTable("audit_keys").HasKey(row => new { row.TenantId, row.Id });
        builder.Property(row => row.Id).HasMaxLength(32);
        builder.Property(row => row.PublicKey).HasMaxLength(200);
        builder.Property(row => row.WrappedKey).HasMaxLength(1000);
    }
}
