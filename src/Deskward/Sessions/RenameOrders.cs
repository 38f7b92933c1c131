using Deskward.Audit;
using Deskward.Devices;
using Deskward.Platform;
using Deskward.Protocol.SyncMl;
using Microsoft.EntityFrameworkCore;

namespace Deskward.Sessions;

/// <summary>Orders PCs to take another name (DevDetail CSP, DNSComputerName): written with the next session, in force after the next restart.</summary>
internal static class RenameOrders
{
    internal const string Path = "./DevDetail/Ext/Microsoft/DNSComputerName";

    /// <summary>So long a PC has to restart before it is ordered again.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromDays(7);

    internal static async Task<bool> OrderAsync(DeskwardContext db, TimeProvider time, Device device, string name, CancellationToken cancellationToken)
    {
        var since = time.Now() - Patience;
        if (await db.Set<DeviceCommand>().AnyAsync(
            row => row.DeviceId == device.Id && row.Kind == CommandKind.Rename && row.CreatedAt > since && row.State != CommandState.Failed && row.State != CommandState.Cancelled, cancellationToken))
        {
            return false;
        }

        db.Add(new DeviceCommand
        {
            TenantId = device.TenantId, DeviceId = device.Id, Kind = CommandKind.Rename, Verb = nameof(SyncVerb.Replace), Path = Path, Format = SyncFormat.Text, Data = name,
            CreatedBy = Actor.Service.Name, CreatedAt = time.Now(),
        });
        db.Announce(new Change("command", device.TenantId, device.Id));
        return true;
    }
}
