using System.Security.Cryptography;
using System.Text.Json;
using Deskward.DesiredState.Plans;
using Deskward.Devices;
using Deskward.Groups;
using Deskward.Platform;
using Microsoft.EntityFrameworkCore;

namespace Deskward.DesiredState;

/// <summary>
/// Who stands in which assignment set. A set is keyed by those groups of a PC that carry an assignment (the group of all PCs always counts), so
/// a PC's row changes only when its memberships do, or when a group begins or ceases to carry; then one statement moves all of them. Decision
/// record 0001. All but <see cref="ArriveAsync"/> need <see cref="AssignmentLock.AloneAsync"/>.
/// </summary>
internal sealed class SetInterning(DeskwardContext db)
{
    /// <summary>Gives an arriving PC its set, from the groups it is in already; the caller saves the PC.</summary>
    internal async Task ArriveAsync(Device device, CancellationToken cancellationToken)
    {
        await AssignmentLock.TogetherAsync(db, device.TenantId, cancellationToken);
        var groups = await db.Set<GroupMember>().Where(member => member.DeviceId == device.Id
            && db.Set<Assignment>().Any(row => row.GroupId == member.GroupId)).Select(member => member.GroupId).ToListAsync(cancellationToken);
        groups.Add(await AllDevicesAsync(device.TenantId, cancellationToken));
        var key = GroupKeys.Write(groups);
        device.AssignmentSetId = (await InternAsync(device.TenantId, [key], cancellationToken))[Convert.ToHexString(key)];
        db.Add(new SetStay { DeviceId = device.Id, Ordinal = 1, TenantId = device.TenantId, After = await LastPlanAsync(device.TenantId, cancellationToken) });
    }

    /// <summary>The group of all PCs; the organisation was given it when it was made.</summary>
    internal async Task<Guid> AllDevicesAsync(Guid tenant, CancellationToken cancellationToken) =>
        await db.Set<Group>().Where(group => group.TenantId == tenant && group.Kind == GroupKind.AllDevices).Select(group => group.Id).SingleAsync(cancellationToken);

    /// <summary>Moves the group's members into sets that hold the group: it <paramref name="begins"/> to carry, or members joined.</summary>
    internal async Task EnterAsync(Guid tenant, Guid group, bool begins, CancellationToken cancellationToken)
    {
        await AdoptAsync(tenant, cancellationToken);
        var inUse = await SetsOfMembersAsync(group, cancellationToken);
        var sets = (await SetsAsync(tenant, cancellationToken)).Where(set => inUse.Contains(set.Id) && !set.Groups.Contains(group)).ToList();
        await MoveAsync(tenant, sets, set => set.Append(group), (Members.In, group), begins, cancellationToken);
    }

    /// <summary>Moves PCs out of sets that hold the group: those who are no longer members, or all when the group ceases to carry.</summary>
    internal async Task LeaveAsync(Guid tenant, Guid group, bool all, CancellationToken cancellationToken)
    {
        var sets = (await SetsAsync(tenant, cancellationToken)).Where(set => set.Groups.Contains(group)).ToList();
        await MoveAsync(tenant, sets, set => set.Where(other => other != group), (all ? Members.All : Members.NotIn, group), all, cancellationToken);
    }

    /// <summary>What the group assigns has changed: every set with it needs compiling again. One row per set, nothing per PC.</summary>
    internal async Task<IReadOnlyList<SetGroups>> TouchAsync(Guid tenant, Guid group, CancellationToken cancellationToken)
    {
        var affected = (await SetsAsync(tenant, cancellationToken)).Where(set => set.Groups.Contains(group)).ToList();
        var ids = affected.Select(set => set.Id).ToArray();
        var rows = db.Set<AssignmentSet>().Where(row => row.TenantId == tenant);
        if (await db.Set<AssignmentSet>().CountAsync(row => row.TenantId == tenant, cancellationToken) > ids.Length)
        {
            rows = rows.Where(row => ids.Contains(row.Id));
        }

        await rows.ExecuteUpdateAsync(update => update.SetProperty(row => row.Revision, row => row.Revision + 1).SetProperty(row => row.DesiredHash, (byte[]?)null), cancellationToken);
        SetChanges.Announce(db, tenant, ids);
        return affected;
    }

    /// <summary>The sets that an assignment to the group reaches; for a group that carries nothing yet, those its members would come to stand in.</summary>
    internal async Task<IReadOnlyList<SetGroups>> ReachedAsync(Group group, CancellationToken cancellationToken)
    {
        var sets = await SetsAsync(group.TenantId, cancellationToken);
        if (sets.Where(set => set.Groups.Contains(group.Id)).ToList() is { Count: > 0 } holding)
        {
            return holding;
        }

        var inUse = await SetsOfMembersAsync(group.Id, cancellationToken);
        return [.. sets.Where(set => inUse.Contains(set.Id)).Select(set => set with { Groups = [.. set.Groups, group.Id] })];
    }

    /// <summary>The organisation's sets with their groups.</summary>
    internal async Task<List<SetGroups>> SetsAsync(Guid tenant, CancellationToken cancellationToken) =>
        [.. (await db.Set<AssignmentSet>().AsNoTracking().Where(row => row.TenantId == tenant).Select(row => new { row.Id, row.GroupIds }).ToListAsync(cancellationToken))
            .Select(row => new SetGroups(row.Id, [.. GroupKeys.Read(row.GroupIds)]))];

    private Task<List<Guid?>> SetsOfMembersAsync(Guid group, CancellationToken cancellationToken) => db.Set<GroupMember>().Where(member => member.GroupId == group)
        .Join(db.Set<Device>(), member => member.DeviceId, device => device.Id, (_, device) => device.AssignmentSetId).Distinct().ToListAsync(cancellationToken);

    /// <summary>PCs from before there was anything to assign stand in no set; they belong to the one of all PCs.</summary>
    private async Task AdoptAsync(Guid tenant, CancellationToken cancellationToken)
    {
        var strays = db.Set<Device>().Where(device => device.TenantId == tenant && device.State != DeviceState.Retired && device.AssignmentSetId == null);
        if (await strays.AnyAsync(cancellationToken))
        {
            var key = GroupKeys.Write([await AllDevicesAsync(tenant, cancellationToken)]);
            var home = (await InternAsync(tenant, [key], cancellationToken))[Convert.ToHexString(key)];
            await strays.ExecuteUpdateAsync(update => update.SetProperty(device => device.AssignmentSetId, home), cancellationToken);
        }
    }

    private async Task MoveAsync(
        Guid tenant, List<SetGroups> sets, Func<IReadOnlyList<Guid>, IEnumerable<Guid>> change, (Members Who, Guid Of) members, bool isByPolicy, CancellationToken cancellationToken)
    {
        if (sets.Count == 0)
        {
            return;
        }

        var keys = sets.ToDictionary(set => set.Id, set => GroupKeys.Write(change(set.Groups)));
        var targets = await InternAsync(tenant, keys.Values, cancellationToken);
        var moves = sets.Select(set => (From: set.Id, To: targets[Convert.ToHexString(keys[set.Id])])).ToArray();
        var transaction = db.Database.CurrentTransaction?.TransactionId;
        var plan = db.Set<CarriedOutPlan>().Local.FirstOrDefault(row => row.TenantId == tenant && row.Transaction is { } own && own == transaction);
        var stay = new SetStay { After = plan?.Number ?? await LastPlanAsync(tenant, cancellationToken), IsByPlan = plan is not null, IsByPolicy = isByPolicy };
        var moved = db.IsSqlite
            ? await MoveOnSqliteAsync(tenant, moves, members, stay, cancellationToken)
            : await MoveOnPostgresAsync(tenant, moves, members, stay, cancellationToken);
        if (moved > 0)
        {
            db.Announce(new Change("device", tenant, Guid.Empty));
            SetChanges.Announce(db, tenant, targets.Values);
        }
    }

    private async Task<int> LastPlanAsync(Guid tenant, CancellationToken cancellationToken) =>
        await db.Set<CarriedOutPlan>().Where(row => row.TenantId == tenant).MaxAsync(row => (int?)row.Number, cancellationToken) ?? 0;

    // 1. Where they stood is noted; 2. they move.
    private async Task<int> MoveOnSqliteAsync(Guid tenant, (Guid From, Guid To)[] moves, (Members Who, Guid Of) members, SetStay stay, CancellationToken cancellationToken)
    {
        // Ids are kept as upper-case text here.
        var (map, who, group) = (JsonSerializer.Serialize(moves.ToDictionary(move => Text(move.From), move => Text(move.To))), (int)members.Who, members.Of);
        await db.Database.ExecuteSqlAsync(
            $"""
            INSERT INTO desired_stays (device_id, ordinal, tenant_id, set_id, after, is_by_plan, is_by_policy)
            SELECT d.id, coalesce((SELECT max(ordinal) FROM desired_stays AS s WHERE s.device_id = d.id), 0) + 1, {tenant}, d.assignment_set_id, {stay.After}, {stay.IsByPlan}, {stay.IsByPolicy}
            FROM devices_devices AS d JOIN json_each({map}) AS moves ON d.assignment_set_id = moves.key
            WHERE d.tenant_id = {tenant} AND ({who} = 0 OR ({who} = 1) = (d.id IN (SELECT device_id FROM groups_members WHERE group_id = {group})))
            """,
            cancellationToken);
        return await db.Database.ExecuteSqlAsync(
            $"""
            UPDATE devices_devices SET assignment_set_id = moves.value FROM json_each({map}) AS moves
            WHERE devices_devices.tenant_id = {tenant} AND devices_devices.assignment_set_id = moves.key
            AND ({who} = 0 OR ({who} = 1) = (devices_devices.id IN (SELECT device_id FROM groups_members WHERE group_id = {group})))
            """,
            cancellationToken);
    }

    private async Task<int> MoveOnPostgresAsync(Guid tenant, (Guid From, Guid To)[] moves, (Members Who, Guid Of) members, SetStay stay, CancellationToken cancellationToken)
    {
        var (from, to, who, group) = (moves.Select(move => move.From).ToArray(), moves.Select(move => move.To).ToArray(), (int)members.Who, members.Of);
        await db.Database.ExecuteSqlAsync(
            $"""
            INSERT INTO desired_stays (device_id, ordinal, tenant_id, set_id, after, is_by_plan, is_by_policy)
            SELECT d.id, coalesce((SELECT max(ordinal) FROM desired_stays AS s WHERE s.device_id = d.id), 0) + 1, {tenant}, d.assignment_set_id, {stay.After}, {stay.IsByPlan}, {stay.IsByPolicy}
            FROM devices_devices AS d
            WHERE d.tenant_id = {tenant} AND d.assignment_set_id = ANY({from}) AND ({who} = 0 OR ({who} = 1) = (d.id IN (SELECT device_id FROM groups_members WHERE group_id = {group})))
            """,
            cancellationToken);
        return await db.Database.ExecuteSqlAsync(
            $"""
            UPDATE devices_devices SET assignment_set_id = moves.target FROM unnest({from}, {to}) AS moves(source, target)
            WHERE devices_devices.tenant_id = {tenant} AND devices_devices.assignment_set_id = moves.source
            AND ({who} = 0 OR ({who} = 1) = (devices_devices.id IN (SELECT device_id FROM groups_members WHERE group_id = {group})))
            """,
            cancellationToken);
    }

    /// <summary>The sets with these keys, made where they are missing; several nodes may ask for the same one at once.</summary>
    private async Task<Dictionary<string, Guid>> InternAsync(Guid tenant, IEnumerable<byte[]> keys, CancellationToken cancellationToken)
    {
        var interned = new Dictionary<string, Guid>();
        foreach (var key in keys)
        {
            var hash = SHA256.HashData(key);
            if (await FindAsync(tenant, hash, cancellationToken) is not { } id)
            {
                var created = Guid.CreateVersion7();
                await db.Database.ExecuteSqlAsync(
                    $"""
                    INSERT INTO desired_assignment_sets (id, tenant_id, groups_hash, group_ids, revision, conflict_count) VALUES ({created}, {tenant}, {hash}, {key}, 1, 0)
                    ON CONFLICT (tenant_id, groups_hash) DO NOTHING
                    """,
                    cancellationToken);
                id = await FindAsync(tenant, hash, cancellationToken) ?? throw new InvalidOperationException("The set is neither there nor can it be made.");
                SetChanges.Announce(db, tenant, [id]);
            }

            interned[Convert.ToHexString(key)] = id;
        }

        return interned;
    }

    private Task<Guid?> FindAsync(Guid tenant, byte[] hash, CancellationToken cancellationToken) =>
        db.Set<AssignmentSet>().Where(row => row.TenantId == tenant && row.GroupsHash == hash).Select(row => (Guid?)row.Id).SingleOrDefaultAsync(cancellationToken);

    private static string Text(Guid id) => id.ToString().ToUpperInvariant();

    private enum Members
    {
        All,
        In,
        NotIn,
    }
}

/// <summary>A set and the groups it is keyed by.</summary>
internal sealed record SetGroups(Guid Id, IReadOnlyList<Guid> Groups);
