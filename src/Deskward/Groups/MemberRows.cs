using System.Text.Json;
using Deskward.Platform;
using Microsoft.EntityFrameworkCore;

namespace Deskward.Groups;

/// <summary>That a PC is in a group.</summary>
internal readonly record struct Membership(Guid Group, Guid Device);

/// <summary>Writes the rows of members in sets, however many they are; what follows from them is the caller's to do.</summary>
internal static class MemberRows
{
    internal const int Batch = 1000;

    /// <summary>Whoever writes rows that follow from decisions or rules holds this until the transaction ends.</summary>
    internal static Task AloneAsync(DeskwardContext db, Guid tenant, CancellationToken cancellationToken) => db.LockAsync($"groups:{tenant}", cancellationToken);

    /// <summary>Adds those that are not there yet.</summary>
    /// <returns>How many came.</returns>
    internal static async Task<int> AddAsync(DeskwardContext db, Guid tenant, IEnumerable<Membership> rows, CancellationToken cancellationToken)
    {
        var added = 0;
        foreach (var batch in rows.Chunk(Batch))
        {
            added += await (db.IsSqlite
                ? db.Database.ExecuteSqlAsync(
                    $"""
                    INSERT INTO groups_members (group_id, device_id, tenant_id) SELECT value ->> 0, value ->> 1, {tenant} FROM json_each({Text(batch)}) WHERE true
                    ON CONFLICT (group_id, device_id) DO NOTHING
                    """,
                    cancellationToken)
                : db.Database.ExecuteSqlAsync(
                    $"""
                    INSERT INTO groups_members (group_id, device_id, tenant_id) SELECT one.of, one.pc, {tenant} FROM unnest({Groups(batch)}, {Devices(batch)}) AS one(of, pc)
                    ON CONFLICT (group_id, device_id) DO NOTHING
                    """,
                    cancellationToken));
        }

        return added;
    }

    /// <summary>Takes out those that are there.</summary>
    /// <returns>How many left.</returns>
    internal static async Task<int> RemoveAsync(DeskwardContext db, Guid tenant, IEnumerable<Membership> rows, CancellationToken cancellationToken)
    {
        var removed = 0;
        foreach (var batch in rows.Chunk(Batch))
        {
            removed += await (db.IsSqlite
                ? db.Database.ExecuteSqlAsync(
                    $"DELETE FROM groups_members WHERE tenant_id = {tenant} AND (group_id, device_id) IN (SELECT value ->> 0, value ->> 1 FROM json_each({Text(batch)}))", cancellationToken)
                : db.Database.ExecuteSqlAsync(
                    $"""
                    DELETE FROM groups_members AS member USING unnest({Groups(batch)}, {Devices(batch)}) AS one(of, pc)
                    WHERE member.tenant_id = {tenant} AND member.group_id = one.of AND member.device_id = one.pc
                    """,
                    cancellationToken));
        }

        return removed;
    }

    /// <summary>Notes how many PCs came and left since when, of groups that hold nothing back.</summary>
    internal static Task CountedAsync(DeskwardContext db, Guid tenant, Guid[] groups, int moves, DateTimeOffset since, CancellationToken cancellationToken) => db.AheadAsync(
        db.IsSqlite
            ? (FormattableString)$"""
            UPDATE groups_groups SET moves = {moves}, moves_since = {db.Stored(since)}, held_at = NULL, held_moves = 0
            WHERE tenant_id = {tenant} AND id IN (SELECT value FROM json_each({JsonSerializer.Serialize(groups.Select(Text))}))
            """
            : $"UPDATE groups_groups SET moves = {moves}, moves_since = {db.Stored(since)}, held_at = NULL, held_moves = 0 WHERE tenant_id = {tenant} AND id = ANY({groups})",
        cancellationToken);

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

    // Ids are kept as upper-case text on SQLite.
    private static string Text(Membership[] rows) => JsonSerializer.Serialize(rows.Select(row => new[] { Text(row.Group), Text(row.Device) }));

    private static string Text(Guid id) => id.ToString().ToUpperInvariant();

    private static Guid[] Groups(Membership[] rows) => [.. rows.Select(row => row.Group)];

    private static Guid[] Devices(Membership[] rows) => [.. rows.Select(row => row.Device)];
}
