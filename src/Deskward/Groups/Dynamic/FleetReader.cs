using Deskward.Devices;
using Deskward.Groups.Rings;
using Deskward.Groups.Rules;
using Deskward.Platform;
using Microsoft.EntityFrameworkCore;

namespace Deskward.Groups.Dynamic;

/// <summary>Reads what rules ask of PCs. Those in quarantine are no rule's.</summary>
internal static class FleetReader
{
    /// <summary>The managed PCs of an organisation, in the order of their ids.</summary>
    internal static Task<List<PcFacts>> AllAsync(DeskwardContext db, Guid tenant, CancellationToken cancellationToken) =>
        ReadAsync(db, db.Set<Device>().Where(row => row.TenantId == tenant && row.State != DeviceState.Retired), cancellationToken);

    /// <summary>Those of these that are managed.</summary>
    internal static Task<List<PcFacts>> OfAsync(DeskwardContext db, Guid[] devices, CancellationToken cancellationToken) =>
        ReadAsync(db, db.Set<Device>().Where(row => devices.Contains(row.Id) && row.State != DeviceState.Retired), cancellationToken);

    private static async Task<List<PcFacts>> ReadAsync(DeskwardContext db, IQueryable<Device> devices, CancellationToken cancellationToken)
    {
        var rows = await (from device in devices.AsNoTracking()
                          join placement in db.Set<DevicePlacement>() on device.Id equals placement.DeviceId into placements
                          from placement in placements.DefaultIfEmpty()
                          where placement == null || placement.Ring != null
                          orderby device.Id
                          select new
                          {
                              device.Id, device.State, device.HardwareId, device.Name, device.Manufacturer, device.Model, device.OsBuild, device.HardwareHash, device.Serial,
                              Profile = placement == null ? null : placement.Profile,
                          }).ToListAsync(cancellationToken);
        return rows.ConvertAll(row => PcFacts.Of(
            new FactsRow(row.Id, row.State, row.HardwareId, row.Name) { Manufacturer = row.Manufacturer, Model = row.Model, OsBuild = row.OsBuild, HardwareHash = row.HardwareHash, Serial = row.Serial },
            row.Profile?.ToString()));
    }
}
