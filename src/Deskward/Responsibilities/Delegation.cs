using Deskward.Platform;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Deskward.Responsibilities;

/// <summary>
/// A delegable duty in other hands by contract: proposed by the provider, agreed to by the customer, from a day on. Rights, routing and board follow
/// from that day.
/// </summary>
public sealed class Delegation : IStandingReadable
{
    public Guid Id { get; init; } = Guid.CreateVersion7();

    public Guid TenantId { get; init; }

    /// <summary>Id of the duty.</summary>
    public string Duty { get; init; } = "";

    public DutyHolder To { get; init; }

    /// <summary>The first day, in the customer's calendar. What is agreed to late holds from the day of the agreement, which then stands here.</summary>
    public DateOnly From { get; set; }

    /// <summary>The first day on which it no longer holds; null: until somebody ends it.</summary>
    public DateOnly? Until { get; set; }

    public string ProposedBy { get; init; } = "";

    public DateTimeOffset ProposedAt { get; init; }

    /// <summary>Null: not agreed to yet, and without effect.</summary>
    public string? AgreedBy { get; set; }

    public DateTimeOffset? AgreedAt { get; set; }

    public int Version { get; set; }

    /// <summary>The first day on which it has effect; for what nobody agreed to yet, the first on which it can have any.</summary>
    internal DateOnly HoldsFrom(DateOnly today) => AgreedAt is null && From < today ? today : From;

    /// <summary>Whether it has effect on this day.</summary>
    internal bool HoldsOn(DateOnly day) => AgreedAt is not null && From <= day && (Until is null || day < Until);
}

internal sealed class DelegationMapping : IEntityTypeConfiguration<Delegation>
{
    public void Configure(EntityTypeBuilder<Delegation> builder)
    {
        builder.ToTable("responsibilities_delegations").HasKey(row => row.Id);
        builder.Property(row => row.Duty).HasMaxLength(60);
        builder.Property(row => row.To).HasConversion<string>().HasMaxLength(20);
        builder.Property(row => row.ProposedBy).HasMaxLength(320);
        builder.Property(row => row.AgreedBy).HasMaxLength(320);
        builder.Property(row => row.Version).IsConcurrencyToken();
        builder.HasIndex(row => new { row.TenantId, row.Duty });
    }
}
