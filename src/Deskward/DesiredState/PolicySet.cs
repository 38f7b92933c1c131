using Deskward.Platform;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Deskward.DesiredState;

/// <summary>Layers, lowest first. A higher layer may add; it overrides only what the layer below marks as overridable.</summary>
public enum Layer
{
    /// <summary>Baseline, compliance and update settings.</summary>
    Foundation,

    /// <summary>The one device profile.</summary>
    Profile,

    /// <summary>Approved exceptions: override what they name.</summary>
    Exception,

    /// <summary>The customer's own settings.</summary>
    Customer,
}

/// <summary>A named, versioned list of settings. Versions never change; making another is how it is edited.</summary>
public sealed class PolicySet : IPublishable
{
    public Guid Id { get; init; } = Guid.CreateVersion7();

    public Guid TenantId { get; init; }

    /// <summary>1 to 120 characters, unique in the organisation.</summary>
    public string Name { get; set; } = "";

    public string Description { get; set; } = "";

    /// <summary>Number of the newest version; versions count from 1.</summary>
    public int LatestVersion { get; set; }

    public bool IsArchived { get; set; }

    /// <summary>The provider released a version of it, and its customers read it.</summary>
    public bool IsPublished { get; set; }

    /// <summary>The version that customers get, and that those who have it assigned are brought to; null: none was released.</summary>
    public int? ReleasedVersion { get; set; }

    /// <summary>Who released that version.</summary>
    public string? ReleasedBy { get; set; }

    /// <summary>Which of the sets that the product ships it is; null: somebody made it.</summary>
    public string? Shipped { get; init; }

    /// <summary>The newest version that is seen from this organisation; 0: none.</summary>
    public int NewestFor(IEnumerable<Guid> open) => open.Contains(TenantId) ? LatestVersion : ReleasedVersion ?? 0;

    public int Version { get; set; }
}

/// <summary>One immutable version of a policy set.</summary>
public sealed class PolicySetVersion : IPublishable
{
    public Guid Id { get; init; } = Guid.CreateVersion7();

    public Guid TenantId { get; init; }

    public Guid PolicySetId { get; init; }

    /// <summary>1, 2, 3 ...</summary>
    public int Number { get; init; }

    /// <summary>The settings, in order of their paths; compressed.</summary>
    public byte[] Settings { get; init; } = [];

    public int SettingCount { get; init; }

    /// <summary>SHA-256 of the settings' canonical form.</summary>
    public byte[] Hash { get; init; } = [];

    public string CreatedBy { get; init; } = "";

    public DateTimeOffset CreatedAt { get; init; }

    /// <summary>The provider released it, and its customers read it.</summary>
    public bool IsPublished { get; set; }
}

/// <summary>A version of a policy set put on a group, in a layer.</summary>
public sealed class Assignment : ITenantOwned
{
    public Guid Id { get; init; } = Guid.CreateVersion7();

    public Guid TenantId { get; init; }

    public Guid PolicySetId { get; init; }

    public Guid PolicySetVersionId { get; set; }

    public Guid GroupId { get; init; }

    public Layer Layer { get; init; }

    public DateTimeOffset AssignedAt { get; set; }

    public int Version { get; set; }
}

internal sealed class PolicySetMapping :
    IEntityTypeConfiguration<PolicySet>,
    IEntityTypeConfiguration<PolicySetVersion>,
    IEntityTypeConfiguration<Assignment>
{
    public void Configure(EntityTypeBuilder<PolicySet> builder)
    {
        builder.ToTable("desired_policy_sets").HasKey(row => row.Id);
        builder.Property(row => row.Name).HasMaxLength(120);
        builder.Property(row => row.Description).HasMaxLength(2000);
        builder.Property(row => row.ReleasedBy).HasMaxLength(320);
        builder.Property(row => row.Shipped).HasMaxLength(40);
        builder.Property(row => row.Version).IsConcurrencyToken();
        builder.HasIndex(row => new { row.TenantId, row.Name }).IsUnique();
        builder.HasIndex(row => new { row.TenantId, row.Shipped }).IsUnique();
    }

    public void Configure(EntityTypeBuilder<PolicySetVersion> builder)
    {
        builder.ToTable("desired_policy_set_versions").HasKey(row => row.Id);
        builder.Property(row => row.CreatedBy).HasMaxLength(320);
        builder.HasIndex(row => new { row.TenantId, row.PolicySetId, row.Number }).IsUnique();
    }

    public void Configure(EntityTypeBuilder<Assignment> builder)
    {
        builder.ToTable("desired_assignments").HasKey(row => row.Id);
        builder.Property(row => row.Layer).HasConversion<string>().HasMaxLength(20);
        builder.Property(row => row.Version).IsConcurrencyToken();
        builder.HasIndex(row => new { row.TenantId, row.GroupId, row.PolicySetId }).IsUnique();
        builder.HasIndex(row => new { row.TenantId, row.PolicySetVersionId });
    }
}
