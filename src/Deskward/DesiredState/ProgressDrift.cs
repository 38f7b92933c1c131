using Deskward.Platform;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Deskward.DesiredState;

/// <summary>A setting that a PC had shown as wanted and was later found to have changed.</summary>
public sealed class Drift : ITenantOwned
{
    /// <summary>How long a repaired one is kept.</summary>
    internal static readonly TimeSpan Kept = TimeSpan.FromDays(365);

    public Guid Id { get; init; } = Guid.CreateVersion7();

    public Guid TenantId { get; init; }

    public Guid DeviceId { get; init; }

    /// <summary>LocURI as in the document.</summary>
    public string Path { get; init; } = "";

    /// <summary>What the PC showed, cleaned and cut; null when it had no value.</summary>
    public string? Found { get; init; }

    public DateTimeOffset FoundAt { get; init; }

    /// <summary>When the PC showed the wanted value again; null: not yet.</summary>
    public DateTimeOffset? RepairedAt { get; set; }
}

internal sealed class DriftMapping : IEntityTypeConfiguration<Drift>
{
    internal const int LongestFound = 1000;

    public void Configure(EntityTypeBuilder<Drift> builder)
    {
        builder.ToTable("desired_drifts").HasKey(row => row.Id);
        builder.Property(row => row.Path).HasMaxLength(1000);
        builder.Property(row => row.Found).HasMaxLength(LongestFound);
        builder.HasIndex(row => new { row.TenantId, row.DeviceId, row.FoundAt });
        builder.HasIndex(row => new { row.TenantId, row.RepairedAt });
    }
}
