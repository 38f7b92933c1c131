using Deskward.Platform;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Deskward.Groups.Service;

/// <summary>What was changed past the service.</summary>
public enum TamperingKind
{
    /// <summary>A PC was put into a group.</summary>
    Added,

    /// <summary>A PC was taken out of a group.</summary>
    Removed,

    /// <summary>A group was lost.</summary>
    GroupLost,

    /// <summary>A group was changed.</summary>
    GroupChanged,

    /// <summary>What was decided of a PC was changed.</summary>
    Decision,
}

/// <summary>A change of the service's own groups that nobody decided, found and undone. Added to, never changed; kept for a year.</summary>
public sealed class GroupTampering : ITenantOwned
{
    internal static readonly TimeSpan Kept = TimeSpan.FromDays(365);

    public Guid Id { get; init; } = Guid.CreateVersion7();

    public Guid TenantId { get; init; }

    public TamperingKind Kind { get; init; }

    /// <summary>The group; null when it is about a decision.</summary>
    public Guid? GroupId { get; init; }

    /// <summary>The PC; null when it is about a group.</summary>
    public Guid? DeviceId { get; init; }

    public DateTimeOffset FoundAt { get; init; }
}

internal sealed class GroupTamperingMapping : IEntityTypeConfiguration<GroupTampering>
{
    public void Configure(EntityTypeBuilder<GroupTampering> builder)
    {
        builder.ToTable("groups_tampering").HasKey(row => row.Id);
        builder.Property(row => row.Kind).HasConversion<string>().HasMaxLength(20);
        builder.HasIndex(row => new { row.TenantId, row.FoundAt });
    }
}
