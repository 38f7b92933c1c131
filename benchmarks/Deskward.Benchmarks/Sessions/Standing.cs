using Deskward.DesiredState;
using Deskward.Devices;
using Microsoft.EntityFrameworkCore;

namespace Deskward.Benchmarks.Sessions;

/// <summary>What the database says at the end.</summary>
/// <param name="Pcs">PCs in their desired state.</param>
/// <param name="Proven">Settings that were read back, or acknowledged where nothing can be read.</param>
internal sealed record Standing(int Pcs, long Proven)
{
    internal static async Task<Standing> CountAsync(Estate estate)
    {
        await using var db = BenchDatabases.Open(estate.Settings);
        var devices = db.Set<Device>().IgnoreQueryFilters().Where(device => device.TenantId == estate.Tenant && device.State == DeviceState.Enrolled && device.IsClean
            && db.Set<AssignmentSet>().IgnoreQueryFilters().Any(set => set.Id == device.AssignmentSetId && set.DesiredHash == device.SettledHash));
        return new Standing(await devices.CountAsync(), 0);
    }
}
