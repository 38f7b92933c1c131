using Deskward.DesiredState;
using Deskward.Devices;
using Deskward.Platform;
using Microsoft.EntityFrameworkCore;

namespace Deskward.Policies.Repairs;

/// <summary>A drift as people read it.</summary>
public sealed record DriftLine(Drift Drift, string Pc, DriftCause Cause);

/// <summary>Reads a page of drifts with their causes: three queries, however many.</summary>
internal static class DriftLines
{
    /// <summary>The latest first.</summary>
    internal static async Task<IReadOnlyList<DriftLine>> ReadAsync(DeskwardContext db, IQueryable<Drift> drifts, int skip, int take, CancellationToken cancellationToken)
    {
        var found = await drifts.AsNoTracking().OrderByDescending(row => row.FoundAt).ThenBy(row => row.Id).Skip(skip).Take(take).ToListAsync(cancellationToken);
        var pcs = await PcsAsync(db, found.Select(row => row.DeviceId), cancellationToken);
        return [.. found.Select(row => new DriftLine(row, pcs.NameOf(row.DeviceId), pcs.CauseOf(row.DeviceId, row.Path)))];
    }

    internal static async Task<DriftedPcs> PcsAsync(DeskwardContext db, IEnumerable<Guid> devices, CancellationToken cancellationToken)
    {
        Guid[] ids = [.. devices.Distinct()];
        var pcs = await db.Set<Device>().Where(row => ids.Contains(row.Id)).ToDictionaryAsync(row => row.Id, row => (row.Name, row.Inventory), cancellationToken);
        var open = await db.Set<OpenSetting>().Where(row => ids.Contains(row.DeviceId) && row.Outcome == SettingOutcome.Failed).ToDictionaryAsync(row => (row.DeviceId, row.Path), row => row.Reason, cancellationToken);
        return new DriftedPcs(pcs, open);
    }
}

/// <summary>What is known of PCs on which settings drifted.</summary>
internal sealed record DriftedPcs(Dictionary<Guid, (string Name, string? Inventory)> Pcs, Dictionary<(Guid, string), string?> Open)
{
    internal string NameOf(Guid pc) => Pcs.TryGetValue(pc, out var known) ? known.Name : "";

    internal DriftCause CauseOf(Guid pc, string path) => DriftCauses.Of(path, Open.GetValueOrDefault((pc, path)), Pcs.TryGetValue(pc, out var known) ? known.Inventory : null);
}
