using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Deskward.Notices;

/// <summary>
/// A link in a mail that opens a page without sign-in, such as an invitation. The table belongs to the closed list outside tenancy: who follows
/// it is known by nothing else.
/// </summary>
public sealed class MailLink
{
    public Guid Id { get; init; } = Guid.CreateVersion7();

    /// <summary>Keyed hash of the token in the link.</summary>
    public byte[] TokenHash { get; init; } = [];

    /// <summary>What it is for: one word of the module that made it. A link for one purpose opens nothing else.</summary>
    public string Purpose { get; init; } = "";

    public Guid OrganisationId { get; init; }

    public Guid PersonId { get; init; }

    public DateTimeOffset ExpiresAt { get; init; }

    /// <summary>Null until it was used.</summary>
    public DateTimeOffset? UsedAt { get; init; }

    public DateTimeOffset? RevokedAt { get; init; }
}

internal sealed class MailLinkMapping : IEntityTypeConfiguration<MailLink>
{
    public void Configure(EntityTypeBuilder<MailLink> builder)
    {
        builder.ToTable("notices_links").HasKey(row => row.Id);
        builder.Property(row => row.Purpose).HasMaxLength(40);
        builder.HasIndex(row => row.TokenHash).IsUnique();
        builder.HasIndex(row => row.PersonId);
    }
}
