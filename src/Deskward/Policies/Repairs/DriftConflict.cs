using Deskward.Platform;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Deskward.Policies.Repairs;

/// <summary>A setting of a PC that was repaired again and again: something else wants another value, and somebody must decide.</summary>
public sealed class DriftConflict : ITenantOwned
{
    public Guid Id { get; init; } = Guid.CreateVersion7();

    public Guid TenantId { get; init; }

    public Guid DeviceId { get; init; }

    /// <summary>LocURI as in the document.</summary>
    public string Path { get; init; } = "";

    public DateTimeOffset Since { get; init; }

    /// <summary>How often it was repaired in the seven days before it became a conflict.</summary>
    public int Repairs { get; init; }

    /// <summary>When it had stood for seven days without being found changed; null: it goes on.</summary>
    public DateTimeOffset? EndedAt { get; set; }
}

internal sealed class DriftConflictMapping : IEntityTypeConfiguration<DriftConflict>
{
    public void Configure(EntityTypeBuilder<DriftConflict> builder)
    {
        builder.ToTable("policies_drift_conflicts").HasKey(row => row.Id);
        builder.Property(row => row.Path).HasMaxLength(1000);
        builder.HasIndex(row => new { row.TenantId, row.EndedAt });
    }
}
