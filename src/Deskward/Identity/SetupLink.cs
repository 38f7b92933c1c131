using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Deskward.Identity;

/// <summary>
/// The one-time link by which the first administrator is made. The table belongs to the closed list outside tenancy: there is no organisation
/// yet when it is used.
/// </summary>
public sealed class SetupLink
{
    public Guid Id { get; init; } = Guid.CreateVersion7();

    /// <summary>Keyed hash of the token in the link.</summary>
    public byte[] TokenHash { get; init; } = [];

    public DateTimeOffset ExpiresAt { get; init; }

    /// <summary>Null until it made an administrator.</summary>
    public DateTimeOffset? UsedAt { get; set; }

    public int Version { get; set; }
}

internal sealed class SetupLinkMapping : IEntityTypeConfiguration<SetupLink>
{
    public void Configure(EntityTypeBuilder<SetupLink> builder)
    {
        builder.ToTable("identity_setup_links").HasKey(row => row.Id);
        builder.Property(row => row.Version).IsConcurrencyToken();
        builder.HasIndex(row => row.TokenHash).IsUnique();
    }
}
