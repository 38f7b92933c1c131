using System.Text.Json;
using Deskward.Platform;
using Microsoft.EntityFrameworkCore;

namespace Deskward.Groups;

/// <summary>Writes the rows of members in sets, however many they are; what follows from them is the caller's to do.</summary>
internal static class MemberRows
{
    internal const int Batch = 1000;

    /// <summary>Whoever writes rows that follow from decisions or rules holds this until the transaction ends.</summary>
    internal static Task AloneAsync(DeskwardContext db, Guid tenant, CancellationToken cancellationToken) => db.LockAsync($"groups:{tenant}", cancellationToken);

    /// <summary>Adds those that are no members yet.</summary>
    /// <returns>How many came.</returns>
    internal static async Task<int> AddAsync(DeskwardContext db, Guid tenant, Guid group, IReadOnlyCollection<Guid> devices, CancellationToken cancellationToken)
    {
        var added = 0;
        foreach (var batch in devices.Chunk(Batch))
        {
            added += db.IsSqlite ? await AddOnSqliteAsync(db, tenant, group, batch, cancellationToken) : await AddOnPostgresAsync(db, tenant, group, batch, cancellationToken);
        }

        return added;
    }

    /// <summary>Adds one PC to groups.</summary>
    internal static Task<int> AddToAsync(DeskwardContext db, Devices.Device device, Guid[] groups, CancellationToken cancellationToken)
    {
        if (groups.Length == 0)
        {
            return Task.FromResult(0);
        }

        var text = JsonSerializer.Serialize(groups.Select(group => group.ToString().ToUpperInvariant()));
        return db.IsSqlite
            ? db.Database.ExecuteSqlAsync(
                $"""
                INSERT INTO groups_members (group_id, device_id, tenant_id) SELECT value, {device.Id}, {device.TenantId} FROM json_each({text}) WHERE true
                ON CONFLICT (group_id, device_id) DO NOTHING
                """,
                cancellationToken)
            : db.Database.ExecuteSqlAsync(
                $"""
                INSERT INTO groups_members (group_id, device_id, tenant_id) SELECT one, {device.Id}, {device.TenantId} FROM unnest({groups}) AS one
                ON CONFLICT (group_id, device_id) DO NOTHING
                """,
                cancellationToken);
    }

    /// <summary>Takes out those that are members.</summary>
    /// <returns>How many left.</returns>
    internal static async Task<int> RemoveAsync(DeskwardContext db, Guid group, IReadOnlyCollection<Guid> devices, CancellationToken cancellationToken)
    {
        var removed = 0;
        foreach (var batch in devices.Chunk(Batch))
        {
            removed += await db.Set<GroupMember>().Where(member => member.GroupId == group && batch.Contains(member.DeviceId)).ExecuteDeleteAsync(cancellationToken);
        }

        return removed;
    }

    /// <summary>
    /// A machine that the same person enrols again keeps its memberships and what was decided of it. Another person's enrolment does not get them: what a PC
    /// says of itself proves nothing, and memberships may bring secrets.
    /// </summary>
    /// <returns>Whether there was an earlier enrolment of that kind.</returns>
    internal static async Task<bool> InheritAsync(DeskwardContext db, Devices.Device device, CancellationToken cancellationToken)
    {
        if (device.PersonId is not { } person)
        {
            return false;
        }

        var earlier = await db.Set<Devices.Device>().Where(row => row.TenantId == device.TenantId && row.HardwareId == device.HardwareId && row.Id != device.Id && row.PersonId == person)
            .OrderByDescending(row => row.EnrolledAt).Select(row => (Guid?)row.Id).FirstOrDefaultAsync(cancellationToken);
        if (earlier is not { } from)
        {
            return false;
        }

        await db.Database.ExecuteSqlAsync($"UPDATE groups_members SET device_id = {device.Id} WHERE tenant_id = {device.TenantId} AND device_id = {from}", cancellationToken);
        await db.Database.ExecuteSqlAsync($"UPDATE groups_placements SET device_id = {device.Id} WHERE tenant_id = {device.TenantId} AND device_id = {from}", cancellationToken);
        return true;
    }

    private static Task<int> AddOnSqliteAsync(DeskwardContext db, Guid tenant, Guid group, Guid[] devices, CancellationToken cancellationToken)
    {
        var text = JsonSerializer.Serialize(devices.Select(device => device.ToString().ToUpperInvariant()));
        return db.Database.ExecuteSqlAsync(
            $"""
            INSERT INTO groups_members (group_id, device_id, tenant_id) SELECT {group}, value, {tenant} FROM json_each({text}) WHERE true
            ON CONFLICT (group_id, device_id) DO NOTHING
            """,
            cancellationToken);
    }

    private static Task<int> AddOnPostgresAsync(DeskwardContext db, Guid tenant, Guid group, Guid[] devices, CancellationToken cancellationToken) => db.Database.ExecuteSqlAsync(
        $"""
        INSERT INTO groups_members (group_id, device_id, tenant_id) SELECT {group}, device, {tenant} FROM unnest({devices}) AS device
        ON CONFLICT (group_id, device_id) DO NOTHING
        """,
        cancellationToken);
}
