using Deskward.Devices;
using Deskward.DesiredState;
using Deskward.Groups;
using Deskward.Groups.Rings;
using Deskward.Groups.Service;
using Deskward.Platform;
using Deskward.Sessions;
using Microsoft.EntityFrameworkCore;

namespace Deskward.Demo;

/// <summary>What the service has put right when a newcomer looks: a setting that somebody changed at a PC, and a row of a group that somebody took out of the database.</summary>
internal static class DemoMishaps
{
    private const string Changed = "./Device/Vendor/MSFT/Policy/Config/Defender/PUAProtection";

    /// <summary>After the PCs are placed: of two that stay in the ring Broad, one has its setting changed, the other is taken out of the ring. Once.</summary>
    /// <returns>Whether there was anything to make.</returns>
    internal static async Task<bool> MakeAsync(IServiceProvider services, DemoFleet fleet, Guid customer, CancellationToken cancellationToken)
    {
        await using var scope = services.CreateAsyncScope();
        var provider = scope.ServiceProvider;
        provider.GetRequiredService<TenantScope>().Open(customer);
        var db = provider.GetRequiredService<DeskwardContext>();
        var broad = ServiceGroups.IdOf(customer, Ring.Broad);
        var staying = db.Set<DevicePlacement>().Where(row => row.Ring == Ring.Broad && !row.IsMoving); // One that is about to move may have left before the guard looks.
        var pcs = await staying.Join(db.Set<Device>(), row => row.DeviceId, pc => pc.Id, (_, pc) => new { pc.Id, pc.Name }).OrderByDescending(pc => pc.Name).Take(2).ToListAsync(cancellationToken);
        if (pcs.Count < 2 || await db.Set<Drift>().AnyAsync(cancellationToken) || await db.Set<GroupTampering>().AnyAsync(cancellationToken))
        {
            return false;
        }

        fleet.Change(pcs[0].Name, Changed, "0");
        if (await provider.GetRequiredService<CommandQueue>().ReadNowAsync(pcs[0].Id, cancellationToken) is { } refusal)
        {
            throw new InvalidDataException(refusal.Message);
        }

        var taken = pcs[1].Id;
        await db.Set<GroupMember>().Where(row => row.GroupId == broad && row.DeviceId == taken).ExecuteDeleteAsync(cancellationToken);
        await provider.GetRequiredService<GroupGuard>().RunAsync(customer, cancellationToken);
        return true;
    }
}
