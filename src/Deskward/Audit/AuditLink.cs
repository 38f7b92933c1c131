using Deskward.Platform;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Deskward.Audit;

/// <summary>The place of one entry in its organisation's chain; written once, by the sealer. <c>docs/audit.md</c> tells what the hashes cover.</summary>
internal sealed class AuditLink : ITenantOwned
{
    public Guid TenantId { get; init; }

    /// <summary>1, 2, 3 ... without a hole.</summary>
    public long Sequence { get; init; }

    public Guid EntryId { get; init; }

    /// <summary>SHA-256 of the entry's salted content; what is left of it when the content is erased.</summary>
    public byte[] Digest { get; init; } = [];

    /// <summary>SHA-256 of the link before it, this place, what always stays of the entry, and <see cref="Digest"/>.</summary>
    public byte[] Hash { get; init; } = [];
}

internal sealed class AuditLinkMapping : IEntityTypeConfiguration<AuditLink>
{
    public void Configure(EntityTypeBuilder<AuditLink> builder)
    {
        builder.ToTable("audit_links").HasKey(row => new { row.TenantId, row.Sequence });
        builder.Property(row => row.Digest).HasMaxLength(32);
        builder.Property(row => row.Hash).HasMaxLength(32);
        builder.HasIndex(row => row.EntryId).IsUnique();
    }
}
