using Deskward.Audit;
using Deskward.Devices;
using Deskward.Groups;
using Deskward.Groups.Rings;
using Deskward.Platform;
using Microsoft.EntityFrameworkCore;

namespace Deskward.DesiredState.Answers;

/// <summary>
/// Whose decisions brought what is assigned to a PC, by the audit trail and by what rows remember. Erased entries name nothing any more: what they told is not
/// recorded, like what a group's entry cut short.
/// </summary>
internal sealed class Decisions
{
    private static readonly string[] Actions =
        ["assignment.add", "assignment.change", "group.add", "group.rule", "device.enrol", "placement.add", "placement.ring", "placement.profile", "placement.release"];

    private static readonly string[] Moves = ["group.join", "group.leave"];
    private readonly Device _device;
    private readonly ILookup<Guid, Row> _rows;
    private readonly DevicePlacement? _placement;

    private Decisions(Device device, IEnumerable<Row> rows, DevicePlacement? placement) =>
        (_device, _rows, _placement) = (device, rows.OrderBy(row => row.At).ThenBy(row => row.Id).ToLookup(row => row.Object), placement);

    /// <summary>Reads what is recorded of a PC, of assignments, and of the groups they are on.</summary>
    internal static async Task<Decisions> ReadAsync(DeskwardContext db, Device device, IReadOnlyCollection<Origin> origins, CancellationToken cancellationToken)
    {
        Guid?[] objects = [device.Id, .. origins.Select(origin => origin.AssignmentId), .. origins.Where(origin => origin.GroupKind == GroupKind.Dynamic).Select(origin => origin.GroupId).Distinct()];
        Guid?[] listed = [.. origins.Where(origin => origin.GroupKind == GroupKind.Listed).Select(origin => origin.GroupId).Distinct()];
        var entries = db.Set<AuditEntry>().AsNoTracking().Where(row => row.TenantId == device.TenantId);
        var rows = await Of(entries.Where(row => objects.Contains(row.ObjectId) && Actions.Contains(row.Action))).ToListAsync(cancellationToken);
        if (listed.Length > 0)
        {
            // As the audit writes an id; a long list is cut there.
            var named = device.Id.ToString("D");
            rows.AddRange(await Of(entries.Where(row => listed.Contains(row.ObjectId) && Moves.Contains(row.Action) && row.After!.Contains(named))).ToListAsync(cancellationToken));
        }

        var isPlaced = origins.Any(origin => origin.GroupKind is GroupKind.Ring or GroupKind.Profile);
        return new Decisions(device, rows, isPlaced ? await db.Set<DevicePlacement>().AsNoTracking().SingleOrDefaultAsync(row => row.DeviceId == device.Id, cancellationToken) : null);
    }

    /// <summary>Who made the version.</summary>
    internal static Decision Published(Origin origin) =>
        new(origin.Number == 1 ? "policyset.add" : "policyset.version", origin.PublishedAt, null, origin.PublishedBy.Length == 0 ? null : origin.PublishedBy);

    /// <summary>Who put the version on the group.</summary>
    internal Decision Assigned(Origin origin)
    {
        var row = _rows[origin.AssignmentId].LastOrDefault();
        return new Decision(row?.Action ?? (origin.AssignmentVersion == 0 ? "assignment.add" : "assignment.change"), origin.AssignedAt, row?.Kind, row?.By);
    }

    /// <summary>Why the PC is in the group; null when that is not recorded.</summary>
    internal Decision? Joined(Origin origin) => origin.GroupKind switch
    {
        GroupKind.AllDevices => Last(_device.Id, "device.enrol") is { } row ? row with { At = _device.EnrolledAt }
            : new Decision("device.enrol", _device.EnrolledAt, null, _device.UserAddress.Length == 0 ? null : _device.UserAddress),
        GroupKind.Listed => JoinedListed(origin.GroupId),
        GroupKind.Dynamic => Last(origin.GroupId, "group.rule", "group.add"),
        GroupKind.Ring => _placement is null ? null : Placed("placement.ring", _placement.RingSince, _placement.IsMoving),
        GroupKind.Profile => _placement is null ? null : Placed("placement.profile", _placement.ProfileSince, isPending: false),
    };

    /// <summary>Whoever is a member already may be named once more: the first entry since the PC last left counts.</summary>
    private Decision? JoinedListed(Guid group)
    {
        Decision? joined = null;
        foreach (var row in _rows[group])
        {
            joined = row.Action == "group.leave" ? null : joined ?? row.Decision;
        }

        return joined;
    }

    /// <summary>The placement knows since when, the audit by whom. The last decision is not the one behind the present ring while it is still to be carried out.</summary>
    private Decision Placed(string action, DateTimeOffset since, bool isPending)
    {
        var rows = _rows[_device.Id].Where(row => row.Action == action || row.Action is "placement.add" or "placement.release").ToList();
        var row = rows.LastOrDefault(row => !isPending || row != rows.FindLast(last => last.Action == action));
        return new Decision(row?.Action ?? action, since, row?.Kind, row?.By);
    }

    private Decision? Last(Guid of, params string[] actions) => _rows[of].LastOrDefault(row => actions.Contains(row.Action))?.Decision;

    private static IQueryable<Row> Of(IQueryable<AuditEntry> entries) =>
        entries.Select(row => new Row(row.Id, row.ObjectId!.Value, row.Action, row.At, row.ActorKind, row.ActorName));

    private sealed record Row(Guid Id, Guid Object, string Action, DateTimeOffset At, ActorKind Kind, string By)
    {
        internal Decision Decision => new(Action, At, Kind, By.Length == 0 ? null : By);
    }
}

/// <summary>Where an assignment's settings come from.</summary>
internal sealed record Origin
{
    public required Guid AssignmentId { get; init; }

    /// <summary>0 until another version was put in its place.</summary>
    public required int AssignmentVersion { get; init; }

    public required DateTimeOffset AssignedAt { get; init; }

    public required Guid PolicySetId { get; init; }

    public required string PolicySet { get; init; }

    public required int Number { get; init; }

    public required string PublishedBy { get; init; }

    public required DateTimeOffset PublishedAt { get; init; }

    public required Guid GroupId { get; init; }

    public required string Group { get; init; }

    public required GroupKind GroupKind { get; init; }
}
