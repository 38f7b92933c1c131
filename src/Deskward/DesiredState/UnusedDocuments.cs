using System.Security.Cryptography;
using Deskward.Devices;
using Deskward.Platform;
using Microsoft.EntityFrameworkCore;

namespace Deskward.DesiredState;

/// <summary>
/// Removes documents that no set desires and no PC may still carry, and sets in which no PC stands. A document is first marked and removed a day
/// later, if nothing referred to it in between: a session that took it up just then has long written so.
/// </summary>
internal sealed class UnusedDocuments(DeskwardContext db, TimeProvider time)
{
    internal static readonly TimeSpan KeepFor = TimeSpan.FromDays(1);
    private const int MostSetsAtOnce = 1000;

    /// <summary>Returns how many documents and sets were removed.</summary>
    internal async Task<(int Documents, int Sets)> RemoveAsync(Guid tenant, CancellationToken cancellationToken)
    {
        var sets = await RemoveSetsAsync(tenant, cancellationToken);
        var used = await UsedAsync(tenant, cancellationToken);
        var (now, documents) = (time.Now(), 0);
        foreach (var row in await db.Set<Document>().Where(row => row.TenantId == tenant).Select(row => new { row.Hash, row.UnusedSince }).ToListAsync(cancellationToken))
        {
            var isUsed = used.Contains(Convert.ToHexString(row.Hash));
            var one = db.Set<Document>().Where(document => document.TenantId == tenant && document.Hash == row.Hash);
            if (isUsed != row.UnusedSince is null)
            {
                await one.ExecuteUpdateAsync(update => update.SetProperty(document => document.UnusedSince, isUsed ? null : now), cancellationToken);
            }
            else if (!isUsed && row.UnusedSince <= now - KeepFor)
            {
                // Compiling clears the mark: what came into use since it was read stays.
                documents += await one.Where(document => document.UnusedSince == row.UnusedSince).ExecuteDeleteAsync(cancellationToken);
            }
        }

        return (documents, sets);
    }

    /// <summary>Every hash that a set desires or a PC settled on, started from, or began.</summary>
    private async Task<HashSet<string>> UsedAsync(Guid tenant, CancellationToken cancellationToken)
    {
        var desired = await db.Set<AssignmentSet>().Where(row => row.TenantId == tenant && row.DesiredHash != null).Select(row => row.DesiredHash!).Distinct().ToListAsync(cancellationToken);
        var settled = await db.Set<Device>().Where(row => row.TenantId == tenant && row.SettledHash != null).Select(row => row.SettledHash!).Distinct().ToListAsync(cancellationToken);
        var bases = await db.Set<DeviceProgress>().Where(row => row.TenantId == tenant && row.BaseHash != null).Select(row => row.BaseHash!).Distinct().ToListAsync(cancellationToken);
        var begun = await db.Set<DeviceProgress>().Where(row => row.TenantId == tenant).Select(row => row.BegunHashes).Distinct().ToListAsync(cancellationToken);
        return [.. desired.Concat(settled).Concat(bases).Concat(begun.SelectMany(hashes => hashes.Chunk(SHA256.HashSizeInBytes))).Select(Convert.ToHexString)];
    }

    /// <summary>Sets without a PC, but for the one that arriving PCs come to. The lock is held for two short statements, and only when there is something to remove.</summary>
    private async Task<int> RemoveSetsAsync(Guid tenant, CancellationToken cancellationToken)
    {
        if (await EmptySetsAsync(tenant, cancellationToken) is { Length: 0 })
        {
            return 0;
        }

        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        await AssignmentLock.AloneAsync(db, tenant, cancellationToken);
        var empty = await EmptySetsAsync(tenant, cancellationToken);
        var removed = await db.Set<AssignmentSet>().Where(row => row.TenantId == tenant && empty.Contains(row.Id)).ExecuteDeleteAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return removed;
    }

    private async Task<Guid[]> EmptySetsAsync(Guid tenant, CancellationToken cancellationToken)
    {
        var home = SHA256.HashData(GroupKeys.Write([await new SetInterning(db).AllDevicesAsync(tenant, cancellationToken)]));
        var inUse = await db.Set<Device>().Where(row => row.TenantId == tenant && row.AssignmentSetId != null).Select(row => row.AssignmentSetId!.Value).Distinct().ToListAsync(cancellationToken);
        var sets = await db.Set<AssignmentSet>().Where(row => row.TenantId == tenant && row.GroupsHash != home).Select(row => row.Id).ToListAsync(cancellationToken);
        return [.. sets.Except(inUse).Take(MostSetsAtOnce)];
    }
}
