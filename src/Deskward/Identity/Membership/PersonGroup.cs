using Deskward.Platform;
using Deskward.Platform.Duties;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Deskward.Identity.Membership;

/// <summary>A group of people of one organisation. The owner may bind roles to it: its members get them.</summary>
public sealed class PersonGroup : ITenantOwned
{
    /// <summary>The longest name.</summary>
    public const int LongestName = 256;

    public Guid Id { get; init; } = Guid.CreateVersion7();

    public Guid TenantId { get; init; }

    public string Name { get; private set; } = "";

    /// <summary>The name in upper case: unique among the groups by hand, and among those of the directory.</summary>
    public string NameKey { get; private set; } = "";

    /// <summary>The directory made it: name and members are changed there, not here.</summary>
    public bool IsFromDirectory { get; init; }

    /// <summary>The directory's own identifier; null when it told none.</summary>
    public string? ExternalId { get; set; }

    /// <summary>What the owner bound to it; members of groups in it do not get them.</summary>
    public RoleSet Roles { get; set; }

    public DateTimeOffset CreatedAt { get; init; }

    /// <summary>When name, external identifier or members last changed.</summary>
    public DateTimeOffset ChangedAt { get; set; }

    /// <summary>Rises with each change.</summary>
    public int Version { get; set; }

    /// <summary>Gives it a name.</summary>
    public PersonGroup Named(string name)
    {
        (Name, NameKey) = (name, name.ToUpperInvariant());
        return this;
    }
}

/// <summary>Who belongs to a group: a person, or a group that it holds.</summary>
public sealed class PersonGroupMember : ITenantOwned
{
    public Guid GroupId { get; init; }

    /// <summary>A person or a group.</summary>
    public Guid MemberId { get; init; }

    public Guid TenantId { get; init; }

    /// <summary>The member is a group, which brings its own members nothing.</summary>
    public bool IsGroup { get; init; }
}

internal sealed class PersonGroupMapping : IEntityTypeConfiguration<PersonGroup>, IEntityTypeConfiguration<PersonGroupMember>
{
    public void Configure(EntityTypeBuilder<PersonGroup> builder)
    {
        builder.ToTable("identity_groups").HasKey(row => row.Id);
        builder.Property(row => row.Roles).HasConversion(roles => roles.Bits, bits => new RoleSet(bits));
        builder.Property(row => row.Name).HasMaxLength(PersonGroup.LongestName);
        builder.Property(row => row.NameKey).HasMaxLength(PersonGroup.LongestName);
        builder.Property(row => row.ExternalId).HasMaxLength(PersonGroup.LongestName);
        builder.Property(row => row.Version).IsConcurrencyToken();
        builder.HasIndex(row => new { row.TenantId, row.IsFromDirectory, row.NameKey }).IsUnique();
        builder.HasIndex(row => new { row.TenantId, row.ExternalId });
    }

    public void Configure(EntityTypeBuilder<PersonGroupMember> builder)
    {
        builder.ToTable("identity_group_members").HasKey(row => new { row.GroupId, row.MemberId });
        builder.HasIndex(row => new { row.MemberId, row.GroupId });
        builder.HasIndex(row => row.TenantId);
    }
}
