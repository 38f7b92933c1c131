using System.Text.Json;
using Deskward.Audit;
using Deskward.Devices;
using Deskward.Groups.Rings;
using Deskward.Platform;
using Deskward.Responsibilities;
using Microsoft.EntityFrameworkCore;

namespace Deskward.Groups.Service;

/// <summary>What a round found and did.</summary>
/// <param name="Undone">Changes past the service.</param>
/// <param name="Placed">PCs that had no ring and got one.</param>
internal sealed record GuardRound(int Undone, int Placed);

/// <summary>
/// Keeps the service's own groups as they were decided: once an hour they are recomputed from the decisions, and what differs is undone and recorded. PCs
/// without a decision are placed. A decision whose seal does not fit is restored from the audit.
/// </summary>
internal sealed class GroupGuard(DeskwardContext db, AuditTrail audit, ServiceKey key, TimeProvider time, MemberMoves moves)
{
    /// <summary>1. the groups; 2. the decisions; 3. PCs without one; 4. the members; 5. the counts. In one transaction; saves.</summary>
    internal async Task<GuardRound> RunAsync(Guid tenant, CancellationToken cancellationToken)
    {
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        await MemberRows.AloneAsync(db, tenant, cancellationToken);
        var undone = await RestoreGroupsAsync(tenant, cancellationToken); // 1
        var placements = await db.Set<DevicePlacement>().Where(row => row.TenantId == tenant).ToListAsync(cancellationToken);
        undone += await RestoreDecisionsAsync(placements, cancellationToken); // 2
        var placed = await PlaceAsync(tenant, placements, cancellationToken); // 3
        await db.SaveChangesAsync(cancellationToken);
        undone += await RestoreMembersAsync(tenant, placements, [.. placed], cancellationToken); // 4
        await Arrivals.CountAsync(db, await Arrivals.TalliedAsync(db, tenant, cancellationToken), cancellationToken); // 5
        var before = time.Now() - GroupTampering.Kept;
        await db.Set<GroupTampering>().Where(row => row.TenantId == tenant && row.FoundAt < before).ExecuteDeleteAsync(cancellationToken);
        if (undone > 0)
        {
            db.Announce(BoardEvidence.Changed(tenant));
        }

        await db.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return new GuardRound(undone, placed.Count);
    }

    private async Task<int> RestoreGroupsAsync(Guid tenant, CancellationToken cancellationToken)
    {
        var undone = 0;
        var wanted = ServiceGroups.Of(tenant).ToDictionary(group => group.Id);
        var ids = wanted.Keys.ToArray();
        var present = await db.Set<Group>().AsNoTracking().Where(row => row.TenantId == tenant && (ids.Contains(row.Id) || row.Kind == GroupKind.Ring || row.Kind == GroupKind.Profile)).ToListAsync(cancellationToken);
        foreach (var row in present)
        {
            var isRight = wanted.TryGetValue(row.Id, out var right) && row.Kind == right.Kind && row.Part == right.Part && row.Name == right.Name && row is { IsServiceOwned: true, Rule: null };
            if (isRight)
            {
                continue;
            }

            await db.Set<Group>().Where(one => one.Id == row.Id).ExecuteDeleteAsync(cancellationToken);
            Note(tenant, TamperingKind.GroupChanged, row.Id, null, row.Name, new { row.Name, Kind = row.Kind.ToString(), row.Part });
            undone++;
        }

        var kept = present.Select(row => row.Id).ToHashSet();
        foreach (var lost in wanted.Values.Where(group => !kept.Contains(group.Id)))
        {
            Note(tenant, TamperingKind.GroupLost, lost.Id, null, lost.Name, null);
            undone++;
        }

        var now = await db.Set<Group>().Where(row => row.TenantId == tenant).Select(row => row.Id).ToHashSetAsync(cancellationToken);
        db.AddRange(wanted.Values.Where(group => !now.Contains(group.Id)));
        await db.SaveChangesAsync(cancellationToken);
        return undone;
    }

    private async Task<int> RestoreDecisionsAsync(List<DevicePlacement> placements, CancellationToken cancellationToken)
    {
        var broken = placements.Where(row => !row.IsSealedBy(key)).ToList();
        foreach (var row in broken)
        {
            var last = await db.Set<AuditEntry>().AsNoTracking().Where(entry => entry.TenantId == row.TenantId && entry.ObjectKind == "placement" && entry.ObjectId == row.DeviceId && entry.Action != "placement.ring")
                .OrderByDescending(entry => entry.At).ThenByDescending(entry => entry.Id).Select(entry => entry.After).FirstOrDefaultAsync(cancellationToken);
            var (found, decided) = (row.View, Decision(last));
            Note(row.TenantId, TamperingKind.Decision, null, row.DeviceId, row.DeviceId.ToString(), found);
            if (decided is null)
            {
                // Nothing tells what was decided: the PC is placed anew, as one that never was.
                await db.Set<DevicePlacement>().Where(one => one.DeviceId == row.DeviceId).ExecuteDeleteAsync(cancellationToken);
                db.Entry(row).State = EntityState.Detached;
                placements.Remove(row);
                continue;
            }

            (row.Ring, row.IsPinned, row.Profile, row.IsMoving, row.WantedRing) = (Parsed<Ring>(decided.Ring), decided.IsPinned, Parsed<DeviceProfile>(decided.Profile), false, null);
            row.Version++;
            row.SealWith(key);
        }

        return broken.Count;
    }

    private static PlacementView? Decision(string? after)
    {
        try
        {
            return after is null ? null : JsonSerializer.Deserialize<PlacementView>(after, JsonSerializerOptions.Web);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static T? Parsed<T>(string? word)
        where T : struct, Enum => Enum.TryParse<T>(word, out var found) ? found : null;

    /// <summary>PCs that are in no ring, because they came before there were rings or because their decision was lost.</summary>
    private async Task<HashSet<Guid>> PlaceAsync(Guid tenant, List<DevicePlacement> placements, CancellationToken cancellationToken)
    {
        var known = placements.Select(row => row.DeviceId).ToHashSet();
        var devices = await db.Set<Device>().AsNoTracking().Where(row => row.TenantId == tenant && row.State != DeviceState.Retired)
            .Select(row => new { row.Id, row.Manufacturer, row.Model, row.OsBuild }).ToListAsync(cancellationToken);
        var managed = devices.Select(row => row.Id).ToHashSet();
        var counts = placements.Where(row => row.Ring is not null && managed.Contains(row.DeviceId)).CountBy(row => row.Ring!.Value).ToDictionary();
        var present = RingCounts.Rings.Aggregate(default(RingCounts), (all, ring) => all.Add(ring, counts.GetValueOrDefault(ring)));
        Newcomer[] newcomers = [.. devices.Where(row => !known.Contains(row.Id)).Select(row => new Newcomer(row.Id, new PcVariety(row.Manufacturer, row.Model, row.OsBuild)))];
        if (newcomers.Length == 0)
        {
            return [];
        }

        var split = RingSplit.Of(await Contracts.FiguresAsync(db, tenant, time.Now(), cancellationToken));
        foreach (var (device, ring) in RingPlanner.PlaceAll(split, present, counts.GetValueOrDefault(Ring.Test), newcomers))
        {
            var placement = new DevicePlacement { DeviceId = device, TenantId = tenant, Ring = ring, Profile = DeviceProfile.Standard, RingSince = time.Now(), ProfileSince = time.Now() };
            placement.SealWith(key);
            db.Add(placement);
            placements.Add(placement);
        }

        // The service's own placing is no decision of anybody's: told once, and of such a PC there is nothing to be restored but to place it anew.
        audit.Record(tenant, "placement.place", null, "", after: new { Count = newcomers.Length });

        return [.. newcomers.Select(one => one.Device)];
    }

    private async Task<int> RestoreMembersAsync(Guid tenant, List<DevicePlacement> placements, HashSet<Guid> placed, CancellationToken cancellationToken)
    {
        var undone = 0;
        var wanted = placements.SelectMany(row => ServiceGroups.Of(row).Select(group => (Group: group, row.DeviceId))).ToLookup(pair => pair.Group, pair => pair.DeviceId);
        foreach (var group in ServiceGroups.Of(tenant))
        {
            var present = await db.Set<GroupMember>().Where(row => row.GroupId == group.Id).Select(row => row.DeviceId).ToHashSetAsync(cancellationToken);
            var right = wanted[group.Id].ToHashSet();
            var (missing, odd) = (right.Where(id => !present.Contains(id)).ToList(), present.Where(id => !right.Contains(id)).ToList());
            if (missing.Count + odd.Count == 0)
            {
                continue;
            }

            await moves.ApplyAsync(tenant, group.Id, missing, odd, cancellationToken);
            foreach (var device in odd)
            {
                Note(tenant, TamperingKind.Added, group.Id, device, group.Name, new { Device = device });
            }

            foreach (var device in missing.Where(id => !placed.Contains(id)))
            {
                Note(tenant, TamperingKind.Removed, group.Id, device, group.Name, new { Device = device });
            }

            undone += odd.Count + missing.Count(id => !placed.Contains(id));
        }

        return undone;
    }

    private void Note(Guid tenant, TamperingKind kind, Guid? group, Guid? device, string name, object? found)
    {
        db.Add(new GroupTampering { TenantId = tenant, Kind = kind, GroupId = group, DeviceId = device, FoundAt = time.Now() });
        audit.Record(tenant, "group.restore", group ?? device, name, before: found, after: new { What = kind.ToString() });
    }
}
