namespace Deskward.DesiredState;

/// <summary>What is to be done with one node.</summary>
public enum WorkKind : byte
{
    /// <summary>Get the value that stands there before our first change, because the node cannot be deleted afterwards.</summary>
    ReadOriginal,

    /// <summary>Delete what left the document.</summary>
    Delete,

    /// <summary>Replace by the value that stood there before us, or by the default.</summary>
    Restore,

    /// <summary>Add: the node is not known to be there.</summary>
    Add,

    Replace,

    /// <summary>Get, to see whether the PC shows what we wrote.</summary>
    Read,

    /// <summary>Get of the same policy under Policy/Result, to see whether what we wrote is in force.</summary>
    ReadResult,

    /// <summary>Get behind the write in one message: a value as it is wanted was shown; anything else says nothing, and is read with the next message.</summary>
    ReadWritten,
}

/// <summary>One command's worth of work.</summary>
/// <param name="Kind">What to do.</param>
/// <param name="Path">On which node.</param>
public sealed record Work(WorkKind Kind, string Path)
{
    /// <summary>Meta/Format of what is written; null for Delete and Get.</summary>
    internal string? Format { get; init; }

    /// <summary>What is written; null for Delete and Get.</summary>
    internal string? Value { get; init; }

    /// <summary>The setting whose value is written; null when it is none of the document.</summary>
    internal TargetSetting? Setting { get; init; }

    /// <summary>The evidence's hash of what is written; 0 when nothing of the document is.</summary>
    internal ulong ValueHash { get; init; }

    /// <summary>An Add of a named node whose leaves can only be replaced. Its leaves are the evidence for it.</summary>
    internal static Work NewNode(string path) => new(WorkKind.Add, path) { Format = "node", Value = "" };

    /// <summary>The work is a <see cref="NewNode"/>.</summary>
    internal bool IsNewNode => Kind == WorkKind.Add && ValueHash == 0;

    internal bool IsRead => Kind is WorkKind.Read or WorkKind.ReadOriginal or WorkKind.ReadResult or WorkKind.ReadWritten;

    /// <summary>The node that the command names: that of the setting, or its twin under Policy/Result.</summary>
    internal string Address => Kind == WorkKind.ReadResult ? Protocol.Csp.Catalogue.Default.ResultPathOf(Path) ?? Path : Path;
}

/// <summary>Works that go out together: one of them alone, or all of a group in one Atomic.</summary>
/// <param name="AtomicGroup">The group's path; null: a single work outside of any Atomic.</param>
/// <param name="Works">One, or all that the group has to do.</param>
public sealed record PlannedStep(string? AtomicGroup, IReadOnlyList<Work> Works);

/// <summary>What a planner must know of the PC and the moment.</summary>
public sealed record PlannerFacts
{
    /// <summary>Null until reported; then every build fits.</summary>
    internal Protocol.Csp.OsBuild? Build { get; init; }

    internal int? Edition { get; init; }

    /// <summary>Enrolled as a device: there is no user whose settings could be sent.</summary>
    internal bool IsDeviceEnrolment { get; init; }

    /// <summary>The PC said in this session that its user is signed in.</summary>
    internal bool IsUserSignedIn { get; init; }

    /// <summary>The session is for that user's settings: those of the machine would be refused.</summary>
    internal bool IsForUserAlone { get; init; }

    public required DateTimeOffset Now { get; init; }

    /// <summary>Changes when what is applicable may change.</summary>
    internal ulong Fingerprint => PlannerSetting.HashOf(IsDeviceEnrolment ? "device" : "full", $"{Build} {Edition} {typeof(Protocol.Csp.Catalogue).Module.ModuleVersionId}");

    /// <summary>Whether the catalogue says that this PC has the node.</summary>
    internal bool Applies(PlannerSetting setting) =>
        !(setting.Setting.IsUserScope && IsDeviceEnrolment)
        && (setting.Node is null || (setting.Node.IsReleased && (Build is not { } build || setting.Node.AppliesTo(build, Edition))));

    /// <summary>Whether it can be touched in this session.</summary>
    internal bool Reaches(string path) => IsUserPath(path) ? IsUserSignedIn : !IsForUserAlone;

    internal static bool IsUserPath(string path) => Protocol.SyncMl.LocUri.IsOfUser(path);
}
