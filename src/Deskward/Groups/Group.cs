using Deskward.Platform;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Deskward.Groups;

/// <summary>How a group gets its members.</summary>
public enum GroupKind
{
    /// <summary>Every enrolled PC of the organisation, without a row per PC; one per organisation, owned by the service.</summary>
    AllDevices,

    /// <summary>The PCs that are listed.</summary>
    Listed,

    /// <summary>The PCs of which a rule holds.</summary>
    Dynamic,

    /// <summary>The PCs of a ring; owned by the service.</summary>
    Ring,

    /// <summary>The PCs of a device profile; owned by the service.</summary>
    Profile,
}

/// <summary>A group of PCs that policy sets are assigned to.</summary>
public sealed class Group : ITenantOwned
{
    /// <summary>Name of the group of all PCs; the portal shows it in the person's language.</summary>
    public const string AllDevicesName = "All PCs";

    public Guid Id { get; init; } = Guid.CreateVersion7();

    public Guid TenantId { get; init; }

    public GroupKind Kind { get; init; }

    /// <summary>1 to 120 characters, unique in the organisation.</summary>
    public string Name { get; set; } = "";

    /// <summary>Made by the service: nobody may rename or delete it, or change its members by hand.</summary>
    public bool IsServiceOwned { get; init; }

    /// <summary>Which ring or which profile; null for the others.</summary>
    public string? Part { get; init; }

    /// <summary>Of a dynamic group, who is in it; null for the others.</summary>
    public string? Rule { get; set; }

    /// <summary>A re-evaluation would move so many PCs that it waits for somebody to confirm it; null: none waits.</summary>
    public DateTimeOffset? HeldAt { get; set; }

    /// <summary>How many it would move.</summary>
    public int HeldMoves { get; set; }

    /// <summary>Since when <see cref="Moves"/> counts; null: nothing moved yet.</summary>
    public DateTimeOffset? MovesSince { get; set; }

    /// <summary>How many PCs re-evaluations moved within a day, so that many small ones hold like a large one.</summary>
    public int Moves { get; set; }

    /// <summary>Whether its members are rows; the group of all PCs has none.</summary>
    public bool HasMembers => Kind != GroupKind.AllDevices;

    public int Version { get; set; }
}

/// <summary>A PC in a listed group.</summary>
public sealed class GroupMember : ITenantOwned
{
    public Guid GroupId { get; init; }

    public Guid DeviceId { get; init; }

    public Guid TenantId { get; init; }
}

internal sealed class GroupsMapping : IEntityTypeConfiguration<Group>, IEntityTypeConfiguration<GroupMember>
{
    public void Configure(EntityTypeBuilder<Group> builder)
    {
        builder.ToTable("groups_groups").HasKey(row => row.Id);
        builder.Property(row => row.Kind).HasConversion<string>().HasMaxLength(20);
        builder.Property(row => row.Name).HasMaxLength(120);
        builder.Property(row => row.Part).HasMaxLength(20);
        builder.Property(row => row.Rule).HasMaxLength(Rules.MembershipRule.Longest);
        builder.Ignore(row => row.HasMembers);
        builder.Property(row => row.Version).IsConcurrencyToken();
        builder.HasIndex(row => new { row.TenantId, row.Name }).IsUnique();
        builder.HasIndex(row => new { row.TenantId, row.Kind });
    }

    public void Configure(EntityTypeBuilder<GroupMember> builder)
    {
        builder.ToTable("groups_members").HasKey(row => new { row.GroupId, row.DeviceId });
        builder.HasIndex(row => new { row.TenantId, row.DeviceId });
    }
}
