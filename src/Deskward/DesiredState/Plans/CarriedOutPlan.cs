using Deskward.Platform;
using Deskward.Platform.Plans;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Deskward.DesiredState.Plans;

/// <summary>A plan that was carried out: one row, however many PCs it was about.</summary>
public sealed class CarriedOutPlan : ITenantOwned
{
    public Guid Id { get; init; } = Guid.CreateVersion7();

    public Guid TenantId { get; init; }

    /// <summary>1, 2, 3 ... in the organisation, in the order in which they were carried out.</summary>
    public int Number { get; init; }

    public DateTimeOffset At { get; init; }

    /// <summary>Who decided, as they were called.</summary>
    public string By { get; init; } = "";

    public PlanCause Cause { get; init; }

    /// <summary>What it was done to, as it was called: the policy set and its group, or the groups.</summary>
    public string Subject { get; init; } = "";

    /// <summary>The policy set or group; null when it was done to several.</summary>
    public Guid? SubjectId { get; init; }

    /// <summary>How many PCs were to get another document.</summary>
    public int Pcs { get; init; }

    /// <summary>How many settings flip, each counted once.</summary>
    public int Flips { get; init; }

    /// <summary>The plan; compressed, made by <c>PlanContent</c>.</summary>
    public byte[] Content { get; init; } = [];

    /// <summary>SHA-256 of the plan.</summary>
    public byte[] Digest { get; init; } = [];

    /// <summary>The transaction that carries it out: PCs that move in it move by this plan. Not stored.</summary>
    internal Guid? Transaction { get; init; }
}

/// <summary>
/// Where a PC stood until it moved, so that it can be told of which plan's PCs it was. Written when a PC comes and when it moves, by the statement that moves it.
/// </summary>
public sealed class SetStay : ITenantOwned
{
    public Guid DeviceId { get; init; }

    /// <summary>1, 2, 3 ... for a PC.</summary>
    public int Ordinal { get; init; }

    public Guid TenantId { get; init; }

    /// <summary>The assignment set; null: it was not there yet.</summary>
    public Guid? SetId { get; init; }

    /// <summary>Number of the last plan when the PC moved; 0: there was none.</summary>
    public int After { get; init; }

    /// <summary>It moved because that plan was carried out.</summary>
    public bool IsByPlan { get; init; }

    /// <summary>It moved because its groups began or ceased to carry something, and not because it came into a group or went out of one.</summary>
    public bool IsByPolicy { get; init; }
}

internal sealed class PlansMapping : IEntityTypeConfiguration<CarriedOutPlan>, IEntityTypeConfiguration<SetStay>
{
    internal const int LongestSubject = 400;

    public void Configure(EntityTypeBuilder<CarriedOutPlan> builder)
    {
        builder.ToTable("desired_plans").HasKey(row => row.Id);
        builder.Property(row => row.By).HasMaxLength(320);
        builder.Property(row => row.Cause).HasConversion<string>().HasMaxLength(20);
        builder.Property(row => row.Subject).HasMaxLength(LongestSubject);
        builder.Ignore(row => row.Transaction);
        builder.HasIndex(row => new { row.TenantId, row.Number }).IsUnique();
    }

    public void Configure(EntityTypeBuilder<SetStay> builder)
    {
        builder.ToTable("desired_stays").HasKey(row => new { row.DeviceId, row.Ordinal });
        builder.HasIndex(row => new { row.TenantId, row.After });
    }
}
