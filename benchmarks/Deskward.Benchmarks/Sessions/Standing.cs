using Deskward.DesiredState;
using Deskward.Devices;
using Deskward.Protocol.Csp;
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
        var proven = 0L;
        await foreach (var record in db.Set<DeviceProgress>().IgnoreQueryFilters().Where(row => row.TenantId == estate.Tenant).Select(row => row.Evidence).AsAsyncEnumerable())
        {
            proven += EvidenceCodec.Read(record)?.Entries.Count(IsProven) ?? 0;
        }

        return new Standing(await devices.CountAsync(), proven);
    }

    private static bool IsProven(EvidenceEntry entry) => entry.Standing switch
    {
        DesiredState.Standing.Verified => true,
        DesiredState.Standing.Acknowledged => Catalogue.Default.Find(entry.Path) is { CanRead: false },
        _ => false,
    };
}
