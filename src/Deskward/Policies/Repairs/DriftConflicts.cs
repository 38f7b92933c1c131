using System.Globalization;
using Deskward.Contacts;
using Deskward.DesiredState;
using Deskward.Devices;
using Deskward.Notices;
using Deskward.Platform;
using Microsoft.EntityFrameworkCore;

namespace Deskward.Policies.Repairs;

/// <summary>Makes a conflict of what was repaired three times in seven days, tells the contacts for devices once, and ends it when it has stood for seven days. What was repaired a year ago is forgotten.</summary>
internal sealed class DriftConflicts(DeskwardContext db, NoticeBoard board, AreaReaders readers, TimeProvider time)
{
    internal static readonly NoticeKind Kind = new("policies.drift-conflict");
    internal const int RepairsOfConflict = 3;
    private const int MostNamed = 5;
    private const int MostAtOnce = 1000;
    internal static readonly TimeSpan Window = TimeSpan.FromDays(7);

    /// <returns>How many conflicts are new.</returns>
    internal async Task<int> FollowAsync(Guid tenant, CancellationToken cancellationToken)
    {
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        await db.LockAsync($"policies.drift:{tenant}", cancellationToken);
        var since = time.Now() - Window;
        var (now, recent) = (time.Now(), db.Set<Drift>().Where(row => row.TenantId == tenant));
        await db.Set<DriftConflict>().Where(row => row.TenantId == tenant && row.EndedAt == null
            && !recent.Any(drift => drift.DeviceId == row.DeviceId && drift.Path == row.Path && (drift.FoundAt >= since || drift.RepairedAt == null || drift.RepairedAt >= since)))
            .ExecuteUpdateAsync(set => set.SetProperty(row => row.EndedAt, now), cancellationToken);
        var before = now - Drift.Kept;
        await recent.Where(row => row.RepairedAt < before).ExecuteDeleteAsync(cancellationToken);
        var repeated = await recent.Where(row => row.RepairedAt >= since && !db.Set<DriftConflict>().Any(known => known.DeviceId == row.DeviceId && known.Path == row.Path && known.EndedAt == null))
            .GroupBy(row => new { row.DeviceId, row.Path }).Where(group => group.Count() >= RepairsOfConflict).Select(group => new { group.Key.DeviceId, group.Key.Path, Count = group.Count() })
            .OrderBy(row => row.DeviceId).ThenBy(row => row.Path).Take(MostAtOnce).ToListAsync(cancellationToken);
        if (repeated.Count > 0)
        {
            db.AddRange(repeated.Select(row => new DriftConflict { TenantId = tenant, DeviceId = row.DeviceId, Path = row.Path, Since = now, Repairs = row.Count }));
            await TellAsync(tenant, repeated.Count, [.. repeated.Select(row => row.DeviceId).Distinct()], cancellationToken);
            await db.SaveChangesAsync(cancellationToken);
        }

        await transaction.CommitAsync(cancellationToken);
        return repeated.Count;
    }

    private async Task TellAsync(Guid tenant, int count, Guid[] devices, CancellationToken cancellationToken)
    {
        var names = await db.Set<Device>().Where(row => devices.Contains(row.Id)).OrderBy(row => row.Name).Select(row => row.Name).Take(MostNamed).ToListAsync(cancellationToken);
        await board.SendAsync(
            new Notice(Kind, tenant)
            {
                To = await readers.OfAsync(tenant, ContactArea.Devices, cancellationToken),
                Values = new Dictionary<string, NoticeValue> { ["count"] = count.ToString(CultureInfo.InvariantCulture), ["names"] = string.Join(", ", names) + (devices.Length > names.Count ? " …" : "") },
                Link = NoticeLink.Page("/drift"),
            },
            cancellationToken);
    }
}
