using Deskward.Platform;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Deskward.DeviceActions;

/// <summary>What can be done to many PCs at once.</summary>
public enum DeviceActionKind
{
    Restart,
    Retire,

    /// <summary>Read everything back with the next session.</summary>
    Read,
}

/// <summary>Where a run stands.</summary>
public enum RunState
{
    /// <summary>For the second person.</summary>
    Waiting,
    Running,

    /// <summary>It has come to every PC; those that were not told yet can still be spared.</summary>
    Done,

    /// <summary>Somebody stopped it, or what allowed it is over.</summary>
    Stopped,
    Declined,

    /// <summary>Nobody answered in <see cref="DeviceActionRun.AnswerWithin"/>.</summary>
    Lapsed,
}

/// <summary>
/// One action on PCs of one customer, at one person's wish. What was asked for at once for several customers is a run per customer, each with its
/// own second person.
/// </summary>
public sealed class DeviceActionRun : ITenantOwned
{
    /// <summary>How long a run waits for its second person.</summary>
    public static readonly TimeSpan AnswerWithin = TimeSpan.FromHours(24);

    /// <summary>The no to stopping what is over.</summary>
    internal static Refusal NothingToStop { get; } = Refusal.Conflict("There is nothing to stop any more.");

    public Guid Id { get; init; } = Guid.CreateVersion7();

    public Guid TenantId { get; init; }

    public DeviceActionKind Kind { get; init; }

    /// <summary>One PC, from its own page: kept because it counts towards the limit.</summary>
    public bool IsSingle { get; init; }

    public RunState State { get; set; }

    public Guid AskedById { get; init; }

    public string AskedBy { get; init; } = "";

    public DateTimeOffset AskedAt { get; init; }

    /// <summary>The grant by which a provider's person asked: with it the run ends. Null: a person of the customer.</summary>
    public Guid? GrantId { get; init; }

    /// <summary>How many PCs.</summary>
    public int Total { get; init; }

    public bool NeedsSecondPerson { get; init; }

    public Guid? AnsweredById { get; set; }

    public string? AnsweredBy { get; set; }

    public DateTimeOffset? AnsweredAt { get; set; }

    public DateTimeOffset? EndedAt { get; set; }

    /// <summary>Who stopped it; null: nobody, or the service because the grant had ended.</summary>
    public string? StoppedBy { get; set; }

    public int Version { get; set; }

    public RunState StateAt(DateTimeOffset now) => State == RunState.Waiting && AskedAt + AnswerWithin <= now ? RunState.Lapsed : State;

    /// <summary>The second person's word; never the asker's.</summary>
    internal Refusal? Answer(Guid by, string name, bool approve, DateTimeOffset now)
    {
        if (by == AskedById)
        {
            return Refusal.NotAllowed("Nobody answers their own request.");
        }

        if (StateAt(now) != RunState.Waiting)
        {
            return Refusal.Conflict("This request was answered already, or has lapsed.");
        }

        (State, AnsweredById, AnsweredBy, AnsweredAt) = (approve ? RunState.Running : RunState.Declined, by, name, now);
        EndedAt = approve ? null : now;
        Version++;
        return null;
    }

    internal Refusal? Stop(string? by, DateTimeOffset now)
    {
        if (StateAt(now) is not (RunState.Waiting or RunState.Running or RunState.Done))
        {
            return NothingToStop;
        }

        (State, StoppedBy, EndedAt) = (RunState.Stopped, by, now);
        Version++;
        return null;
    }

    internal void End(RunState state, DateTimeOffset now)
    {
        (State, EndedAt) = (state, now);
        Version++;
    }
}

/// <summary>What became of one PC of a run.</summary>
public enum TargetState
{
    Waiting,

    /// <summary>The PC will be told, or was told, with its next session.</summary>
    Queued,

    /// <summary>A rule said no for this PC.</summary>
    Refused,

    /// <summary>The run was stopped before it came to this PC.</summary>
    Cancelled,

    /// <summary>The run was stopped before the PC was told.</summary>
    Withdrawn,
}

/// <summary>One PC of a run.</summary>
public sealed class DeviceActionTarget : ITenantOwned
{
    public Guid Id { get; init; } = Guid.CreateVersion7();

    public Guid TenantId { get; init; }

    public Guid RunId { get; init; }

    public Guid DeviceId { get; init; }

    public string DeviceName { get; init; } = "";

    public TargetState State { get; set; }

    /// <summary>The command that waits for the PC; null: none, or the action is none.</summary>
    public Guid? CommandId { get; set; }

    /// <summary>Why a rule said no, in English; null: it did not.</summary>
    public string? Refusal { get; set; }

    public DateTimeOffset? At { get; set; }
}

internal sealed class DeviceActionMapping : IEntityTypeConfiguration<DeviceActionRun>, IEntityTypeConfiguration<DeviceActionTarget>
{
    public void Configure(EntityTypeBuilder<DeviceActionRun> builder)
    {
        builder.ToTable("device_actions_runs").HasKey(row => row.Id);
        builder.Property(row => row.Kind).HasConversion<string>().HasMaxLength(20);
        builder.Property(row => row.State).HasConversion<string>().HasMaxLength(20);
        builder.Property(row => row.AskedBy).HasMaxLength(320);
        builder.Property(row => row.AnsweredBy).HasMaxLength(320);
        builder.Property(row => row.StoppedBy).HasMaxLength(320);
        builder.Property(row => row.Version).IsConcurrencyToken();
        builder.HasIndex(row => new { row.TenantId, row.IsSingle, row.AskedAt });
        builder.HasIndex(row => new { row.TenantId, row.AskedById, row.AskedAt });
        builder.HasIndex(row => new { row.TenantId, row.State });
    }

    public void Configure(EntityTypeBuilder<DeviceActionTarget> builder)
    {
        builder.ToTable("device_actions_targets").HasKey(row => row.Id);
        builder.Property(row => row.DeviceName).HasMaxLength(255);
        builder.Property(row => row.State).HasConversion<string>().HasMaxLength(20);
        builder.Property(row => row.Refusal).HasMaxLength(300);
        builder.HasIndex(row => new { row.TenantId, row.RunId, row.State });
        builder.HasIndex(row => new { row.RunId, row.DeviceId }).IsUnique();
    }
}
