using Deskward.Platform;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Deskward.DesiredState;

/// <summary>
/// What a PC's groups assign to it, interned per organisation by the ordered list of those of its groups that carry an assignment. Every PC
/// with those groups shares the row, and the row is all that an assignment writes: the PCs are not touched.
/// </summary>
public sealed class AssignmentSet : IStandingReadable
{
    public Guid Id { get; init; } = Guid.CreateVersion7();

    public Guid TenantId { get; init; }

    /// <summary>SHA-256 of <see cref="GroupIds"/>; unique in the organisation.</summary>
    public byte[] GroupsHash { get; init; } = [];

    /// <summary>The groups, ordered, 16 bytes each.</summary>
    public byte[] GroupIds { get; init; } = [];

    /// <summary>Whether a set with these <see cref="GroupIds"/> holds the group.</summary>
    public static bool Holds(byte[] groupIds, Guid group) => GroupKeys.Read(groupIds).Contains(group);

    /// <summary>Rises with every change of what the groups assign.</summary>
    public int Revision { get; set; }

    /// <summary>Hash of the compiled document; null until the present revision is compiled.</summary>
    public byte[]? DesiredHash { get; set; }

    /// <summary>Settings that two assignments dispute and that therefore are not sent (or are decided by the lowest layer).</summary>
    public int ConflictCount { get; set; }
}

/// <summary>A compiled list of settings, shared by every PC whose set compiles to it; never shared between organisations.</summary>
public sealed class Document : ITenantOwned
{
    public Guid TenantId { get; init; }

    /// <summary>SHA-256 of the canonical form.</summary>
    public byte[] Hash { get; init; } = [];

    /// <summary>Which settings of which assigned versions; compressed, made by <c>DocumentContent</c>.</summary>
    public byte[] Content { get; init; } = [];

    public int SettingCount { get; init; }

    public DateTimeOffset CreatedAt { get; init; }

    /// <summary>Since when neither a set nor a PC refers to it; null while one does. It is removed when that has lasted.</summary>
    public DateTimeOffset? UnusedSince { get; set; }
}

/// <summary>What is known of one PC's way to its desired state; 1:1 with the device, apart from it because it is written often.</summary>
public sealed class DeviceProgress : ITenantOwned
{
    public Guid DeviceId { get; init; }

    public Guid TenantId { get; init; }

    /// <summary>The document it last settled on; null: nothing of ours is known to be on it.</summary>
    public byte[]? BaseHash { get; set; }

    /// <summary>Documents begun since, 32 bytes each: whatever they hold may be on the PC.</summary>
    public byte[] BegunHashes { get; set; } = [];

    /// <summary>What was acknowledged and read, per setting; compressed, made by <c>Evidence</c>.</summary>
    public byte[]? Evidence { get; set; }

    /// <summary>Hash of the last overlay that was acknowledged; null: none.</summary>
    public byte[]? OverlayHash { get; set; }

    /// <summary>The PC may be ahead of this row (a backup was restored): read it before anything is written to it.</summary>
    public bool MustReadFirst { get; set; }

    /// <summary>The row of the session that goes on; null: none, or it ended. While one goes on, no answer is quiet.</summary>
    public Guid? OpenSessionId { get; set; }

    /// <summary>Something is to be done as soon as the PC's user is signed in.</summary>
    public bool WaitsForUser { get; set; }

    /// <summary>There are rows of settings that are neither Verified nor Acknowledged (<see cref="OpenSetting"/>); kept here, so that no message need look.</summary>
    public bool HasOpenSettings { get; set; }

    /// <summary>There are values that were found changed and not shown as wanted since (<see cref="Drift"/>).</summary>
    public bool HasDrifts { get; set; }

    /// <summary>When the facts of the machine were last read; null: never.</summary>
    public DateTimeOffset? InventoryAt { get; set; }

    /// <summary>When it first signed a message validly; null: never, then the first step through a proxy is still open.</summary>
    public DateTimeOffset? SignedAt { get; set; }

    /// <summary>How long after a full reading the next one is due.</summary>
    internal static readonly TimeSpan ReadEvery = TimeSpan.FromHours(24);

    /// <summary>When the next session shall read everything back: <see cref="ReadEvery"/> after the last full reading.</summary>
    public DateTimeOffset ReadDueAt { get; set; }

    /// <summary>When the next attempt at a failed setting is due; null: none failed, or all are given up.</summary>
    public DateTimeOffset? RetryDueAt { get; set; }

    /// <summary>The last answer to it, kept so that the same message gets the same bytes again; packed, made by Sessions; null: none, or it is a day old.</summary>
    public byte[]? LastResponse { get; set; }

    /// <summary>When <see cref="LastResponse"/> was given; null: none is kept.</summary>
    public DateTimeOffset? LastResponseAt { get; set; }

    public int Version { get; set; }
}

/// <summary>How a setting stands on a PC.</summary>
public enum SettingOutcome
{
    /// <summary>Acknowledged, and shown by the PC with the wanted value.</summary>
    Verified,

    /// <summary>Acknowledged; cannot be read back.</summary>
    Acknowledged,

    /// <summary>The PC's build or edition does not know it (catalogue, or status 404, 405, 406).</summary>
    NotApplicable,

    /// <summary>Not now: nobody is signed in, or the PC answered 202.</summary>
    Waiting,

    /// <summary>Given up after the last attempt, or about to be tried again; the reason says which.</summary>
    Failed,

    /// <summary>Two assignments dispute it; it is not sent.</summary>
    Conflict,

    /// <summary>Left the document, but the PC cannot delete it and no earlier value is known.</summary>
    LeftBehind,
}

/// <summary>A setting of a PC that is neither Verified nor Acknowledged.</summary>
public sealed class OpenSetting : ITenantOwned
{
    public Guid DeviceId { get; init; }

    /// <summary>LocURI as in the document.</summary>
    public string Path { get; init; } = "";

    public Guid TenantId { get; init; }

    public SettingOutcome Outcome { get; set; }

    /// <summary>SyncML status or other cause, short; null when the outcome says all.</summary>
    public string? Reason { get; set; }

    /// <summary>Attempts so far.</summary>
    public int Attempts { get; set; }

    public DateTimeOffset Since { get; set; }

    /// <summary>When it is tried again; null: not by itself.</summary>
    public DateTimeOffset? RetryAt { get; set; }
}

internal sealed class DesiredStateMapping :
    IEntityTypeConfiguration<AssignmentSet>,
    IEntityTypeConfiguration<Document>,
    IEntityTypeConfiguration<DeviceProgress>,
    IEntityTypeConfiguration<OpenSetting>
{
    public void Configure(EntityTypeBuilder<AssignmentSet> builder)
    {
        builder.ToTable("desired_assignment_sets").HasKey(row => row.Id);
        builder.Property(row => row.Revision).IsConcurrencyToken();
        builder.HasIndex(row => new { row.TenantId, row.GroupsHash }).IsUnique();
    }

    public void Configure(EntityTypeBuilder<Document> builder) =>
        builder.ToTable("desired_documents").HasKey(row => new { row.TenantId, row.Hash });

    public void Configure(EntityTypeBuilder<DeviceProgress> builder)
    {
        builder.ToTable("desired_progress").HasKey(row => row.DeviceId);
        builder.Property(row => row.Version).IsConcurrencyToken();
        builder.HasIndex(row => new { row.TenantId, row.ReadDueAt });
    }

    public void Configure(EntityTypeBuilder<OpenSetting> builder)
    {
        builder.ToTable("desired_open_settings").HasKey(row => new { row.DeviceId, row.Path });
        builder.Property(row => row.Path).HasMaxLength(1000);
        builder.Property(row => row.Outcome).HasConversion<string>().HasMaxLength(20);
        builder.Property(row => row.Reason).HasMaxLength(500);
        builder.HasIndex(row => new { row.TenantId, row.Outcome });
    }
}

/// <summary>An open setting without what the PC showed, which may be a person's. Members as in <see cref="OpenSetting"/>.</summary>
public sealed class OpenState : IStandingView
{
    public Guid DeviceId { get; init; }

    public string Path { get; init; } = "";

    public Guid TenantId { get; init; }

    public SettingOutcome Outcome { get; init; }

    public DateTimeOffset Since { get; init; }

    public DateTimeOffset? RetryAt { get; init; }
}

internal sealed class OpenStateMapping : IEntityTypeConfiguration<OpenState>
{
    public void Configure(EntityTypeBuilder<OpenState> builder)
    {
        builder.IsViewOf("desired_open_settings", "desired_open_states").HasKey(row => new { row.DeviceId, row.Path });
        builder.Property(row => row.Outcome).HasConversion<string>().HasMaxLength(20);
    }
}
