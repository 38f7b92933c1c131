using Deskward.Audit;
using Deskward.DesiredState;
using Deskward.Devices;
using Deskward.Groups.Rings;
using Deskward.Groups.Service;
using Deskward.Platform;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Deskward.Groups;

/// <summary>A customer whose PCs come as they do when they enrol, for tests of groups.</summary>
internal static class GroupGround
{
    extension(Fleet fleet)
    {
        internal Task<Guid> EnrolAsync(string model = "Latitude 7450", string? hardware = null, Guid? person = null, string? serial = null) => fleet.Service.InScopeAsync(async provider =>
        {
            var db = provider.GetRequiredService<DeskwardContext>();
            await using var transaction = await db.Database.BeginTransactionAsync();
            var device = await provider.GetRequiredService<DeviceDirectory>().RegisterAsync(
                new DeviceRegistration
                {
                    TenantId = fleet.Tenant, PersonId = person ?? Guid.CreateVersion7(), UserAddress = "ann@contoso.example", HardwareId = hardware ?? Guid.CreateVersion7().ToString("n"),
                    Name = $"PC-{Guid.CreateVersion7():n}"[..15], IsDeviceEnrolment = true, Manufacturer = "Dell Inc.", Model = model, Serial = serial, OsBuild = "10.0.26100.1742",
                },
                CancellationToken.None);
            await db.SaveChangesAsync();
            await transaction.CommitAsync();
            return device.Id;
        }, fleet.Tenant);

        internal async Task<Guid[]> EnrolManyAsync(int count)
        {
            List<Guid> devices = [];
            for (var at = 0; at < count; at++)
            {
                devices.Add(await fleet.EnrolAsync($"Model {at % 4}"));
            }

            return [.. devices];
        }

        internal Task<DevicePlacement> PlacementAsync(Guid device) => fleet.QueryAsync(db => db.Set<DevicePlacement>().AsNoTracking().SingleAsync(row => row.DeviceId == device));

        internal Task<List<Guid>> MembersAsync(Guid group) => fleet.QueryAsync(db => db.Set<GroupMember>().Where(row => row.GroupId == group).Select(row => row.DeviceId).ToListAsync());

        /// <summary>The parts of the service's groups that a PC is in.</summary>
        internal Task<List<string>> PartsAsync(Guid device) => fleet.QueryAsync(db => db.Set<GroupMember>().Where(row => row.DeviceId == device)
            .Join(db.Set<Group>().Where(group => group.Part != null), row => row.GroupId, group => group.Id, (_, group) => group.Part!).OrderBy(part => part).ToListAsync());

        internal Task<RingCounts> CountedAsync() => fleet.QueryAsync(async db =>
        {
            var rings = await db.Set<DevicePlacement>().Select(row => row.Ring).ToListAsync();
            return new RingCounts(rings.Count(ring => ring == Ring.First), rings.Count(ring => ring == Ring.Fast), rings.Count(ring => ring == Ring.Broad));
        });

        internal Task<GuardRound> GuardAsync() => fleet.AsAsync<GroupGuard, GuardRound>(guard => guard.RunAsync(fleet.Tenant, CancellationToken.None));

        internal Task<int> MoveAsync() => fleet.AsAsync<Placements, int>(placements => placements.MoveDueAsync(fleet.Tenant, CancellationToken.None));

        internal Task<Refusal?> AssignRingAsync(Ring? ring, params Guid[] devices) =>
            fleet.AsAsync<Placements, Refusal?>(placements => placements.AssignRingAsync(fleet.Tenant, devices, ring, null, CancellationToken.None));

        internal Task<Refusal?> AssignProfileAsync(DeviceProfile profile, params Guid[] devices) =>
            fleet.AsAsync<Placements, Refusal?>(placements => placements.AssignProfileAsync(fleet.Tenant, devices, profile, null, CancellationToken.None));

        internal Task<List<string>> ActionsAsync(Guid about) => fleet.QueryAsync(db => db.Set<AuditEntry>().Where(row => row.ObjectId == about).OrderBy(row => row.At).ThenBy(row => row.Id).Select(row => row.Action).ToListAsync());

        internal Task<int> ExecuteAsync(FormattableString sql) => fleet.QueryAsync(db => db.Database.ExecuteSqlAsync(sql));
    }
}
