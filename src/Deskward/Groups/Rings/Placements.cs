using Deskward.Audit;
using Deskward.Devices;
using Deskward.Groups.Dynamic;
using Deskward.Groups.Rules;
using Deskward.Groups.Service;
using Deskward.Platform;
using Deskward.Platform.Plans;
using Microsoft.EntityFrameworkCore;

namespace Deskward.Groups.Rings;

/// <summary>
/// What people decide about PCs: "assign ring" and "assign profile". A decision is recorded with its audit row; a profile holds at once, a ring when the service
/// has moved the PC.
/// </summary>
public sealed class Placements
{
    /// <summary>So many PCs are decided about at once.</summary>
    public const int Most = 1000;

    private readonly DeskwardContext _db;
    private readonly AuditTrail _audit;
    private readonly ServiceKey _key;
    private readonly TimeProvider _time;
    private readonly Arrivals _arrivals;
    private readonly MemberMoves _moves;

    internal Placements(DeskwardContext db, AuditTrail audit, ServiceKey key, TimeProvider time, Arrivals arrivals, MemberMoves moves) =>
        (_db, _audit, _key, _time, _arrivals, _moves) = (db, audit, key, time, arrivals, moves);

    /// <summary>Decides the ring of PCs; nobody looked at the plan.</summary>
    /// <returns>As the other.</returns>
    public Task<Refusal?> AssignRingAsync(Guid tenant, IReadOnlyCollection<Guid> devices, Ring? ring, long? seen, CancellationToken cancellationToken) =>
        AssignRingAsync(tenant, devices, ring, seen, null, cancellationToken);

    /// <summary>Decides the ring of PCs. They are Pending until they have moved, and the administrator's from then on.</summary>
    /// <param name="tenant">Their organisation.</param>
    /// <param name="devices">The PCs, at most <see cref="Most"/>.</param>
    /// <param name="ring">The ring; null: the service is to place them again.</param>
    /// <param name="seen">What <see cref="SeenOf"/> told when the person looked; null when nobody did.</param>
    /// <param name="digest">That of the plan of documents which the person saw: another one is refused with Conflict; null when nobody looked, or the service is to choose the ring.</param>
    /// <param name="cancellationToken">Cancels it.</param>
    /// <returns>Null; or why for none of them: NotFound, or Conflict when one is no managed PC, in quarantine, about to move already, or changed meanwhile.</returns>
    public Task<Refusal?> AssignRingAsync(Guid tenant, IReadOnlyCollection<Guid> devices, Ring? ring, long? seen, string? digest, CancellationToken cancellationToken) => DecideAsync(tenant, devices, seen, async (chosen, _) =>
    {
        if (chosen.Count(one => one.Placement.By == RingBy.Pending) is > 0 and var pending)
        {
            return Refusal.Conflict($"{pending} of the PCs are about to move already. Wait until they have moved; nothing was changed.");
        }

        if (digest is not null && ring is { } to && digest != (await _moves.WouldDoAsync(Drafts(tenant, chosen.Select(one => (one.Device.Id, one.Placement.Ring!.Value, to))), cancellationToken)).Plan.Digest)
        {
            return Refusal.Conflict("What the change would do is not the same any more. Look at it again.");
        }

        foreach (var (placement, device) in chosen)
        {
            (placement.IsMoving, placement.WantedRing) = (true, ring);
            _audit.Record(tenant, "placement.ring", device.Id, device.Name, placement.View, new { Wanted = ring?.ToString() ?? "Automatic" });
        }

        return null;
    }, cancellationToken);

    /// <summary>Gives PCs another device profile, at once.</summary>
    /// <returns>As <see cref="AssignRingAsync(Guid, IReadOnlyCollection{Guid}, Ring?, long?, string?, CancellationToken)"/>.</returns>
    public Task<Refusal?> AssignProfileAsync(Guid tenant, IReadOnlyCollection<Guid> devices, DeviceProfile profile, long? seen, CancellationToken cancellationToken) =>
        AssignProfileAsync(tenant, devices, profile, seen, null, cancellationToken);

    /// <summary>The same, as it was planned.</summary>
    /// <param name="tenant">Their organisation.</param>
    /// <param name="devices">The PCs, at most <see cref="Most"/>.</param>
    /// <param name="profile">The profile.</param>
    /// <param name="seen">As in <see cref="AssignRingAsync(Guid, IReadOnlyCollection{Guid}, Ring?, long?, string?, CancellationToken)"/>.</param>
    /// <param name="digest">That of the plan of documents which the person saw: another one is refused with Conflict; null when nobody looked.</param>
    /// <param name="cancellationToken">Cancels it.</param>
    public Task<Refusal?> AssignProfileAsync(Guid tenant, IReadOnlyCollection<Guid> devices, DeviceProfile profile, long? seen, string? digest, CancellationToken cancellationToken) => DecideAsync(tenant, devices, seen, async (chosen, now) =>
    {
        List<(DevicePlacement Placement, Device Device)> changing = [.. chosen.Where(one => one.Placement.Profile != profile)];
        var before = changing.Select(one => (one.Device.Id, one.Placement.Profile)).ToList();
        if (await _moves.DecideAsync(new MembershipDecision(PlanCause.ProfileChanged, profile.ToString(), null, Drafts(tenant, chosen.Select(one => one.Placement), profile), digest), cancellationToken) is { } stale)
        {
            return stale;
        }

        foreach (var (placement, device) in changing)
        {
            var old = placement.View;
            (placement.Profile, placement.ProfileSince) = (profile, now);
            _audit.Record(tenant, "placement.profile", device.Id, device.Name, old, placement.View);
            _db.Add(FactsDue.Of(device, AttributeSet.Of(PcAttribute.ProfileName), now));
        }

        await _db.SaveChangesAsync(cancellationToken);
        foreach (var left in before.Where(one => one.Profile is not null).GroupBy(one => one.Profile!.Value))
        {
            await _moves.ApplyAsync(tenant, ServiceGroups.IdOf(tenant, left.Key), [], [.. left.Select(one => one.Id)], cancellationToken);
        }

        await _moves.ApplyAsync(tenant, ServiceGroups.IdOf(tenant, profile), [.. before.Select(one => one.Id)], [], cancellationToken);
        return null;
    }, cancellationToken);

    /// <summary>Who would leave which profile and come into another one.</summary>
    internal static IReadOnlyList<MembershipDraft> Drafts(Guid tenant, IEnumerable<DevicePlacement> placements, DeviceProfile profile) =>
        Drafts(tenant, [.. placements.Select(row => (row.DeviceId, row.Profile is { } from ? ServiceGroups.IdOf(tenant, from) : (Guid?)null, ServiceGroups.IdOf(tenant, profile)))]);

    /// <summary>Who would leave which ring and come into which.</summary>
    internal static IReadOnlyList<MembershipDraft> Drafts(Guid tenant, IEnumerable<(Guid Device, Ring From, Ring To)> moves) =>
        Drafts(tenant, [.. moves.Select(move => (move.Device, (Guid?)ServiceGroups.IdOf(tenant, move.From), ServiceGroups.IdOf(tenant, move.To)))]);

    private static IReadOnlyList<MembershipDraft> Drafts(Guid tenant, IReadOnlyList<(Guid Device, Guid? From, Guid To)> moves)
    {
        var moving = moves.Where(move => move.From != move.To).ToList();
        return [
            .. moving.Where(move => move.From is not null).GroupBy(move => move.From!.Value).Select(left => new MembershipDraft(tenant, left.Key, [], [.. left.Select(move => move.Device)])),
            .. moving.GroupBy(move => move.To).Select(joined => new MembershipDraft(tenant, joined.Key, [.. joined.Select(move => move.Device)], []))];
    }

    /// <summary>A number that differs when one of these placements was changed since.</summary>
    public static long SeenOf(IEnumerable<DevicePlacement> placements) => placements.Sum(row => (long)row.Version);

    /// <summary>Whoever releases PCs holds this until the transaction ends.</summary>
    internal Task AloneAsync(Guid tenant, CancellationToken cancellationToken) => MemberRows.AloneAsync(_db, tenant, cancellationToken);

    /// <summary>Places PCs that wait in quarantine, as their registration says; the caller saves.</summary>
    internal async Task ReleaseAsync(DevicePlacement placement, Device device, PlacementWish wish, CancellationToken cancellationToken)
    {
        var tally = await Arrivals.TalliedAsync(_db, placement.TenantId, cancellationToken);
        placement.Ring = wish.Ring ?? await _arrivals.ChooseAsync(_db, tally, new PcVariety(device.Manufacturer, device.Model, device.OsBuild), cancellationToken);
        (placement.IsPinned, placement.Profile, placement.RingSince, placement.ProfileSince) = (wish.Ring is not null, wish.Profile, _time.Now(), _time.Now());
        tally[placement.Ring.Value]++;
        placement.Version++;
        placement.SealWith(_key);
        _audit.Record(placement.TenantId, "placement.release", device.Id, device.Name, after: placement.View);
        _db.Add(FactsDue.Of(device, AttributeSet.All, _time.Now()));
        await _db.SaveChangesAsync(cancellationToken);
        foreach (var group in ServiceGroups.Of(placement))
        {
            await _moves.ApplyAsync(placement.TenantId, group, [device.Id], [], cancellationToken);
        }
    }

    /// <summary>Moves the PCs of an open organisation that are about to move. Saves.</summary>
    /// <returns>How many moved.</returns>
    internal async Task<int> MoveDueAsync(Guid tenant, CancellationToken cancellationToken)
    {
        await using var transaction = await _db.Database.BeginTransactionAsync(cancellationToken);
        await MemberRows.AloneAsync(_db, tenant, cancellationToken);
        var due = await (from placement in _db.Set<DevicePlacement>()
                         join device in _db.Set<Device>() on placement.DeviceId equals device.Id
                         where placement.TenantId == tenant && placement.IsMoving
                         orderby placement.DeviceId
                         select new { placement, device }).Take(Most).ToListAsync(cancellationToken);
        if (due.Count == 0)
        {
            return 0;
        }

        var tally = await Arrivals.TalliedAsync(_db, tenant, cancellationToken);
        List<(Guid Device, Ring From, Ring To)> moved = [];
        foreach (var row in due.Where(row => row.placement.Ring is not null))
        {
            var from = row.placement.Ring!.Value;
            tally[from]--;
            var to = row.placement.WantedRing ?? await AutomaticAsync(row.placement, row.device, tally, cancellationToken);
            tally[to]++;
            Settle(row.placement, row.device, to);
            moved.Add((row.device.Id, from, to));
        }

        await _moves.DecideAsync(new MembershipDecision(PlanCause.RingChanged, RingNames(moved), null, Drafts(tenant, moved), null), cancellationToken);
        await _db.SaveChangesAsync(cancellationToken);
        foreach (var left in moved.Where(one => one.From != one.To).GroupBy(one => one.From))
        {
            await _moves.ApplyAsync(tenant, ServiceGroups.IdOf(tenant, left.Key), [], [.. left.Select(one => one.Device)], cancellationToken);
        }

        foreach (var joined in moved.Where(one => one.From != one.To).GroupBy(one => one.To))
        {
            await _moves.ApplyAsync(tenant, ServiceGroups.IdOf(tenant, joined.Key), [.. joined.Select(one => one.Device)], [], cancellationToken);
        }

        await _db.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return moved.Count;
    }

    private static string RingNames(IEnumerable<(Guid Device, Ring From, Ring To)> moved) => string.Join(", ", moved.Where(one => one.From != one.To).Select(one => one.To).Distinct().Order());

    private void Settle(DevicePlacement placement, Device device, Ring to)
    {
        var before = placement.View;
        placement.RingSince = placement.Ring == to ? placement.RingSince : _time.Now();
        (placement.Ring, placement.IsPinned, placement.IsMoving, placement.WantedRing) = (to, placement.WantedRing is not null, false, null);
        placement.Version++;
        placement.SealWith(_key);
        _audit.Record(placement.TenantId, "placement.move", device.Id, device.Name, before, placement.View);
    }

    /// <summary>As a newcomer would be placed; a PC that stands in one of the rings that lack as many stays.</summary>
    private async Task<Ring> AutomaticAsync(DevicePlacement placement, Device device, RingTally tally, CancellationToken cancellationToken)
    {
        var chosen = await _arrivals.LackingAsync(_db, tally, cancellationToken);
        return chosen.Contains(placement.Ring!.Value) ? placement.Ring.Value : await _arrivals.ChooseAsync(_db, tally, new PcVariety(device.Manufacturer, device.Model, device.OsBuild), cancellationToken);
    }

    private async Task<Refusal?> DecideAsync(
        Guid tenant, IReadOnlyCollection<Guid> devices, long? seen, Func<IReadOnlyList<(DevicePlacement Placement, Device Device)>, DateTimeOffset, Task<Refusal?>> decide, CancellationToken cancellationToken)
    {
        if (devices.Count is 0 or > Most)
        {
            return Refusal.Invalid($"Choose 1 to {Most} PCs.");
        }

        await using var transaction = await _db.Database.BeginTransactionAsync(cancellationToken);
        await MemberRows.AloneAsync(_db, tenant, cancellationToken);
        var ids = devices.Distinct().ToArray();
        var rows = await (from placement in _db.Set<DevicePlacement>()
                          join device in _db.Set<Device>() on placement.DeviceId equals device.Id
                          where placement.TenantId == tenant && ids.Contains(placement.DeviceId)
                          select new { placement, device }).ToListAsync(cancellationToken);
        List<(DevicePlacement Placement, Device Device)> chosen = [.. rows.Select(row => (row.placement, row.device))];
        if (Refuse(chosen, ids.Length, seen) is { } refusal)
        {
            return refusal;
        }

        if (await decide(chosen, _time.Now()) is { } no)
        {
            return no;
        }

        foreach (var (placement, _) in chosen)
        {
            placement.Version++;
            placement.SealWith(_key);
        }

        await _db.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return null;
    }

    private static Refusal? Refuse(IReadOnlyList<(DevicePlacement Placement, Device Device)> chosen, int asked, long? seen) =>
        asked - chosen.Count(one => one.Device.State == DeviceState.Enrolled) is > 0 and var missing
            ? Refusal.Conflict($"{missing} of the PCs are not managed, or not placed yet; nothing was changed.")
        : chosen.Count(one => one.Placement.IsQuarantined) is > 0 and var held ? Refusal.Conflict($"{held} of the PCs are in quarantine. Register them first; nothing was changed.")
        : seen is { } version && version != SeenOf(chosen.Select(one => one.Placement)) ? Refusal.Conflict("Some of the PCs were decided about meanwhile. Look at them again.") : null;
}
