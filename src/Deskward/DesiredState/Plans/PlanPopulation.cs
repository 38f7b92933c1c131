using Deskward.Devices;
using Deskward.Platform;
using Microsoft.EntityFrameworkCore;

namespace Deskward.DesiredState.Plans;

/// <summary>Where a PC stands to a plan.</summary>
/// <param name="IsPlanned">It was one of the plan's PCs; false: it joined them later.</param>
/// <param name="Change">Which change was planned for it; of one that joined, for those among whom it stands.</param>
/// <param name="IsWhereLeft">It stands where the plan left it, or has been moved since by decisions about policies alone: nobody took it away.</param>
internal readonly record struct PlanPlace(bool IsPlanned, int Change, bool IsWhereLeft);

/// <summary>
/// Who a plan's PCs were, told from where PCs stand and stood: a PC stood, when the plan was carried out, in the set of its earliest stay that ended since; or,
/// if it has not moved since, where it stands.
/// </summary>
internal sealed class PlanPopulation
{
    private readonly KnownPlan _plan;
    private readonly Dictionary<Guid, int> _changes = [];
    private readonly Dictionary<Guid, HashSet<int>> _targets = [];
    private readonly bool _isMoving;
    private readonly Guid[] _ends;

    private PlanPopulation(DeskwardContext db, KnownPlan plan, Dictionary<string, Guid> targets)
    {
        _plan = plan;
        _isMoving = plan.Plan.Sets.Any(set => set.Target is not null);
        foreach (var set in plan.Plan.Sets)
        {
            _changes.TryAdd(set.Set, set.Change);
            if ((set.Target is null ? set.Set : targets.GetValueOrDefault(Convert.ToHexString(set.Target))) is var end && end != Guid.Empty)
            {
                (_targets.TryGetValue(end, out var known) ? known : _targets[end] = []).Add(set.Change);
            }
        }

        _ends = [.. _targets.Where(pair => Joinable(pair.Value).Any()).Select(pair => pair.Key)];
        var (tenant, number, at, isMoving, ends) = (plan.Row.TenantId, plan.Row.Number, plan.Row.At, _isMoving, _ends);
        Guid[] starts = [.. _changes.Keys];
        var since = db.Set<SetStay>().Where(stay => stay.TenantId == tenant && stay.After >= number);
        var first = since.Where(stay => !since.Any(other => other.DeviceId == stay.DeviceId && other.Ordinal < stay.Ordinal));
        var gone = first.Where(stay => stay.SetId != null && starts.Contains(stay.SetId.Value) && (!isMoving || (stay.After == number && stay.IsByPlan))).Select(stay => stay.DeviceId);
        var devices = db.Set<Device>().Where(row => row.TenantId == tenant && (row.State == DeviceState.Enrolled || (row.RetiringSince ?? row.RetiredAt) >= at));
        Planned = isMoving
            ? devices.Where(row => gone.Contains(row.Id))
            : devices.Where(row => gone.Contains(row.Id) || (row.AssignmentSetId != null && starts.Contains(row.AssignmentSetId.Value) && !since.Any(stay => stay.DeviceId == row.Id)));
        var came = first.Where(stay => (stay.SetId == null || !ends.Contains(stay.SetId.Value)) && !(stay.IsByPlan && stay.After == number)).Select(stay => stay.DeviceId);
        Joined = devices.Where(row => row.State == DeviceState.Enrolled && row.AssignmentSetId != null && ends.Contains(row.AssignmentSetId.Value) && came.Contains(row.Id) && !gone.Contains(row.Id));
    }

    /// <summary>The PCs of the plan, wherever they are now.</summary>
    internal IQueryable<Device> Planned { get; }

    /// <summary>PCs that came to stand where the plan's PCs stand after it was carried out.</summary>
    internal IQueryable<Device> Joined { get; }

    internal static async Task<PlanPopulation> OfAsync(DeskwardContext db, KnownPlan plan, CancellationToken cancellationToken)
    {
        byte[][] hashes = [.. plan.Plan.Sets.Select(set => set.Target).OfType<byte[]>().DistinctBy(Convert.ToHexString)];
        var targets = hashes.Length == 0 ? [] : await db.Set<AssignmentSet>().Where(row => row.TenantId == plan.Row.TenantId && hashes.Contains(row.GroupsHash))
            .Select(row => new { row.Id, row.GroupsHash }).ToDictionaryAsync(row => Convert.ToHexString(row.GroupsHash), row => row.Id, cancellationToken);
        return new PlanPopulation(db, plan, targets);
    }

    /// <summary>The changes that were planned for PCs which now stand in this set, if they stand where the plan left them; otherwise any of them.</summary>
    internal IEnumerable<int> ChangesAt(Guid set) => _targets.TryGetValue(set, out var changes) ? changes : Enumerable.Range(0, _plan.Plan.Changes.Count);

    /// <summary>Where these PCs stand to the plan; those that have nothing to do with it are left out.</summary>
    internal async Task<Dictionary<Guid, PlanPlace>> PlacesAsync(DeskwardContext db, Guid[] pcs, CancellationToken cancellationToken)
    {
        var number = _plan.Row.Number;
        var stays = (await db.Set<SetStay>().AsNoTracking().Where(stay => pcs.Contains(stay.DeviceId) && stay.After >= number).OrderBy(stay => stay.Ordinal).ToListAsync(cancellationToken)).ToLookup(stay => stay.DeviceId);
        var now = await db.Set<Device>().Where(row => pcs.Contains(row.Id)).Select(row => new { row.Id, row.AssignmentSetId, IsManaged = row.State == DeviceState.Enrolled, Gone = row.RetiringSince ?? row.RetiredAt })
            .ToListAsync(cancellationToken);
        return now.Where(row => row.IsManaged || row.Gone >= _plan.Row.At).Select(row => (row.Id, row.IsManaged, Place: PlaceOf([.. stays[row.Id]], row.AssignmentSetId)))
            .Where(one => one.Place is { } place && (one.IsManaged || place.IsPlanned)).ToDictionary(one => one.Id, one => one.Place!.Value);
    }

    private PlanPlace? PlaceOf(SetStay[] stays, Guid? now)
    {
        var start = stays.Length > 0 ? stays[0].SetId : now;
        var isMoved = stays.Length > 0 && stays[0].IsByPlan && stays[0].After == _plan.Row.Number;
        if (start is { } from && _changes.ContainsKey(from) && isMoved == _isMoving)
        {
            var left = stays.SkipWhile(stay => stay.IsByPlan && stay.After == _plan.Row.Number).FirstOrDefault() is { } next ? next.SetId : now;
            var change = _isMoving && left is { } end ? ChangeOf(from, _targets.GetValueOrDefault(end) ?? []) : _changes[from];
            var isStill = left == now || Array.TrueForAll(stays, stay => stay.IsByPolicy || (stay.IsByPlan && stay.After == _plan.Row.Number));
            return change is { } known ? new PlanPlace(true, known, isStill) : null;
        }

        var hasJoined = now is { } set && _ends.Contains(set) && !(isMoved && _isMoving) && stays.Length > 0 && (stays[0].SetId is not { } was || !_ends.Contains(was));
        return hasJoined ? new PlanPlace(false, Joinable(_targets[now!.Value]).First(), true) : null;
    }

    /// <summary>Those of the changes in which a setting changes: there is nothing to join where only a conflict begins or ends.</summary>
    private IEnumerable<int> Joinable(IEnumerable<int> changes) => changes.Where(change => _plan.Plan.Changes[change].Flips.Count > 0);

    /// <summary>PCs of one set may go several ways, one of which changes nothing: where they came to stand tells which.</summary>
    private int? ChangeOf(Guid from, HashSet<int> possible) => _plan.Plan.Sets.Where(set => set.Set == from && possible.Contains(set.Change)).Select(set => (int?)set.Change).FirstOrDefault();
}
