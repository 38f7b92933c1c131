using Deskward.Platform;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Deskward.Directories;

/// <summary>
/// What a directory told of a person: the whole document, and beside it what is searched for. The person itself is Identity's; there is a row here for each
/// person that the directory owns, and for no other.
/// </summary>
internal sealed class DirectoryUser : ITenantOwned
{
    /// <summary>The longest text that is searched for, in UTF-16 units: it fits into a row of a PostgreSQL index.</summary>
    internal const int LongestKey = 320;

    /// <summary>The person, and the identifier of the SCIM resource.</summary>
    public Guid PersonId { get; init; }

    public Guid TenantId { get; init; }

    /// <summary>The user name in upper case: unique in the organisation, compared without case.</summary>
    public string NameKey { get; set; } = "";

    public string? ExternalId { get; set; }

    /// <summary>The displayName of the document in upper case; null when it has none.</summary>
    public string? DisplayKey { get; set; }

    public bool IsActive { get; set; }

    /// <summary>The resource as JSON, without what is kept elsewhere (id, meta, groups) and without secrets.</summary>
    public byte[] Document { get; set; } = [];

    public DateTimeOffset CreatedAt { get; init; }

    public DateTimeOffset ChangedAt { get; set; }

    /// <summary>Rises with each change: the entity tag.</summary>
    public int Version { get; set; } = 1;
}

/// <summary>A mail address in a document, for searches.</summary>
internal sealed class DirectoryMail : ITenantOwned
{
    public Guid PersonId { get; init; }

    /// <summary>Its place in the document, from 0.</summary>
    public int Number { get; init; }

    public Guid TenantId { get; init; }

    /// <summary>The address in upper case.</summary>
    public string Key { get; init; } = "";
}

internal sealed class DirectoryUserMapping : IEntityTypeConfiguration<DirectoryUser>, IEntityTypeConfiguration<DirectoryMail>
{
    public void Configure(EntityTypeBuilder<DirectoryUser> builder)
    {
        builder.ToTable("directories_users").HasKey(row => row.PersonId);
        builder.Property(row => row.NameKey).HasMaxLength(DirectoryUser.LongestKey);
        builder.Property(row => row.ExternalId).HasMaxLength(DirectoryUser.LongestKey);
        builder.Property(row => row.DisplayKey).HasMaxLength(DirectoryUser.LongestKey);
        builder.Property(row => row.Version).IsConcurrencyToken();
        builder.HasIndex(row => new { row.TenantId, row.NameKey }).IsUnique();
        builder.HasIndex(row => new { row.TenantId, row.ExternalId });
        builder.HasIndex(row => new { row.TenantId, row.DisplayKey });
        builder.HasIndex(row => new { row.TenantId, row.ChangedAt });
    }

    public void Configure(EntityTypeBuilder<DirectoryMail> builder)
    {
        builder.ToTable("directories_mails").HasKey(row => new { row.PersonId, row.Number });
        builder.Property(row => row.Key).HasMaxLength(DirectoryUser.LongestKey);
        builder.HasIndex(row => new { row.TenantId, row.Key });
    }
}
