using Deskward.Platform;
using Deskward.Tenants;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Deskward.Organisations;

/// <summary>What a check found when it was last run. Kept for twelve months after that; the customer may delete it.</summary>
public sealed class ReadinessRow : IStandingReadable
{
    /// <summary>How long it is kept.</summary>
    internal static readonly TimeSpan KeptFor = TimeSpan.FromDays(365);

    public Guid TenantId { get; init; }

    /// <summary>Key of the check.</summary>
    public string Key { get; init; } = "";

    public Readiness Result { get; set; }

    /// <summary>Key of the sentence that says what was found.</summary>
    public string Text { get; set; } = "";

    public string? Value { get; set; }

    public DateTimeOffset At { get; set; }
}

internal sealed class ReadinessRowMapping : IEntityTypeConfiguration<ReadinessRow>
{
    public void Configure(EntityTypeBuilder<ReadinessRow> builder)
    {
        builder.ToTable("organisations_readiness").HasKey(row => new { row.TenantId, row.Key });
        builder.Property(row => row.Key).HasMaxLength(60);
        builder.Property(row => row.Result).HasConversion<string>().HasMaxLength(20);
        builder.Property(row => row.Text).HasMaxLength(100);
        builder.Property(row => row.Value).HasMaxLength(ReadinessFinding.LongestValue);
    }
}
