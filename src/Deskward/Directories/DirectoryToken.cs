using Deskward.Platform;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Deskward.Directories;

/// <summary>What an organisation's directory proves itself with. Random, shown once, stored as a hash.</summary>
public sealed class DirectoryToken : ITenantOwned
{
    public Guid Id { get; init; } = Guid.CreateVersion7();

    public Guid TenantId { get; init; }

    /// <summary>What the owner calls it; 1 to 100 characters. Stands in the audit as who acted.</summary>
    public string Name { get; init; } = "";

    /// <summary>Keyed hash of the token.</summary>
    public byte[] TokenHash { get; init; } = [];

    public string CreatedBy { get; init; } = "";

    public DateTimeOffset CreatedAt { get; init; }

    public DateTimeOffset ExpiresAt { get; init; }

    /// <summary>To the minute; null when it was never used.</summary>
    public DateTimeOffset? LastUsedAt { get; init; }

    public DateTimeOffset? RevokedAt { get; set; }
}

internal sealed class DirectoryTokenMapping : IEntityTypeConfiguration<DirectoryToken>
{
    public void Configure(EntityTypeBuilder<DirectoryToken> builder)
    {
        builder.ToTable("directories_tokens").HasKey(row => row.Id);
        builder.Property(row => row.Name).HasMaxLength(DirectoryTokens.LongestName);
        builder.Property(row => row.TokenHash).HasMaxLength(32);
        builder.Property(row => row.CreatedBy).HasMaxLength(320);
        builder.HasIndex(row => row.TokenHash).IsUnique();
        builder.HasIndex(row => new { row.TenantId, row.CreatedAt });
    }
}
