using System.Security.Cryptography;
using Deskward.DesiredState;
using Deskward.DesiredState.Provided;
using Deskward.Devices;
using Deskward.Fixture;
using Deskward.Groups;
using Deskward.Platform;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Deskward.Benchmarks.LargeFleet;

/// <summary>The estate of the lines about plans.</summary>
/// <param name="Provider">The provider.</param>
/// <param name="Set">Its policy set, assigned to all PCs of every customer in version 1, which holds one setting.</param>
/// <param name="Customers">The customers.</param>
internal sealed record PlanGround(Guid Provider, Guid Set, IReadOnlyList<Guid> Customers);

/// <summary>A provider's set of which each later version adds a hundred settings, and customers with PCs in many assignment sets: listed groups with a policy set each make as many sets as there are combinations; PCs are spread over them.</summary>
internal static class PlanEstate
{
    private const int SettingsPerGroup = 10;
    private const int Baseline = 200;
    private static readonly DateTimeOffset Enrolled = TimeProvider.System.GetUtcNow() - TimeSpan.FromDays(90);

    internal static async Task<PlanGround> CreateAsync(TestService service, ServiceSettings settings, (int Customers, int Sets, int Pcs) size, int versions)
    {
        var owner = (await service.ProviderAsync()).Id;
        var first = await service.InScopeAsync(provider => MakeProvidedAsync(provider, owner, versions), owner);
        List<Guid> customers = [];
        for (var number = 0; number < size.Customers; number++)
        {
            var tenant = (await service.AddCustomerAsync()).Id;
            await service.InScopeAsync(provider => MakeAsync(provider, tenant, size.Sets / size.Customers, first.Id), tenant);
            customers.Add(tenant);
        }

        await BenchDatabases.ExecuteAsync(settings, Statements(settings, size.Pcs));
        return new PlanGround(owner, first.PolicySetId, customers);
    }

    private static async Task<PolicySetVersion> MakeProvidedAsync(IServiceProvider provider, Guid owner, int versions)
    {
        var (policies, none) = (provider.GetRequiredService<PolicySets>(), new HashSet<string>());
        var first = Estate.Must(await policies.CreateAsync(owner, "For all customers", "", SettingPicker.Pick(none, Baseline, 1), CancellationToken.None));
        for (var number = 0; number < versions; number++)
        {
            // No two alike: the work for one is not the work for the next.
            Estate.Must(await policies.AddVersionAsync(first.PolicySetId, null, [.. SettingPicker.Pick(none, Baseline, 100 - number), .. SettingPicker.Pick(none, Baseline + 100, 1 + number)], CancellationToken.None));
        }

        Estate.Must(await provider.GetRequiredService<ProvidedSets>().ReleaseAsync(first.PolicySetId, null, 1, CancellationToken.None));
        return first;
    }

    private static async Task<bool> MakeAsync(IServiceProvider provider, Guid tenant, int sets, Guid provided)
    {
        var (db, policies, assignments) = (provider.GetRequiredService<DeskwardContext>(), provider.GetRequiredService<PolicySets>(), provider.GetRequiredService<Assignments>());
        var all = await db.Set<Group>().Where(group => group.Kind == GroupKind.AllDevices).Select(group => group.Id).SingleAsync();
        var none = new HashSet<string>();
        Estate.Must(await assignments.AssignAsync(Estate.Must(await policies.CreateAsync(tenant, "Baseline", "", SettingPicker.Pick(none, 0, Baseline), CancellationToken.None)).Id, all, Layer.Foundation, CancellationToken.None));
        Estate.Must(await assignments.AssignAsync(provided, all, Layer.Foundation, CancellationToken.None));
        var groups = new List<Guid>();
        for (var number = 0; 1 << number < sets; number++)
        {
            var group = Estate.Must(await provider.GetRequiredService<GroupMembership>().CreateAsync(tenant, $"Group {number + 1}", CancellationToken.None)).Id;

            // Every other group speaks of what the hundred settings speak of, too.
            var lines = SettingPicker.Pick(none, Baseline + (number * SettingsPerGroup), SettingsPerGroup * (number % 2 == 0 ? 1 : 2));
            Estate.Must(await assignments.AssignAsync(Estate.Must(await policies.CreateAsync(tenant, $"Settings {number + 1}", "", lines, CancellationToken.None)).Id, group, Layer.Customer, CancellationToken.None));
            groups.Add(group);
        }

        db.AddRange(Enumerable.Range(1, sets - 1).Select(number => GroupKeys.Write([all, .. groups.Where((_, bit) => (number >> bit & 1) == 1)]))
            .Select(key => new AssignmentSet { TenantId = tenant, GroupIds = key, GroupsHash = SHA256.HashData(key), Revision = 1 }));
        var example = new Device { TenantId = tenant, HardwareId = "EXAMPLE", Name = "EXAMPLE", UserAddress = "EXAMPLE", State = DeviceState.Enrolled, EnrolledAt = Enrolled, IsClean = true };
        example.RefreshSearch();
        await new SetInterning(db).ArriveAsync(example, CancellationToken.None);
        db.Add(example);
        await db.SaveChangesAsync();
        db.ChangeTracker.Clear();
        await provider.GetRequiredService<SetCompiler>().CompileAsync(db, tenant, await db.Set<AssignmentSet>().AsNoTracking().ToListAsync(), CancellationToken.None);
        return true;
    }

    private static IEnumerable<string> Statements(ServiceSettings settings, int pcs)
    {
        using var db = BenchDatabases.Open(settings);
        var id = settings.IsSqlite ? "printf('01900000-0000-7000-8000-%012X', n.i)" : "('01900000-0000-7000-8000-' || lpad(to_hex(n.i), 12, '0'))::uuid";
        yield return new FleetSql(settings.IsSqlite, Guid.Empty, pcs).Numbers();
        yield return "CREATE TABLE bench_sets AS SELECT id, tenant_id, desired_hash, row_number() OVER (ORDER BY tenant_id, id) - 1 AS number, count(*) OVER () AS total FROM desired_assignment_sets";
        yield return FleetSql.Copy<Device>(db.Model, "FROM bench_numbers n JOIN bench_sets s ON s.number = n.i % s.total JOIN devices_devices e ON e.hardware_id = 'EXAMPLE' AND e.tenant_id = s.tenant_id", new()
        {
            [nameof(Device.Id)] = id, [nameof(Device.TenantId)] = "s.tenant_id", [nameof(Device.HardwareId)] = "'HW' || n.i", [nameof(Device.Name)] = "'PC-' || n.i", [nameof(Device.Search)] = "'pc-' || n.i",
            [nameof(Device.AssignmentSetId)] = "s.id", [nameof(Device.SettledHash)] = "s.desired_hash",
        });
        yield return "DELETE FROM desired_stays WHERE device_id IN (SELECT id FROM devices_devices WHERE hardware_id = 'EXAMPLE')";
        yield return "DELETE FROM devices_devices WHERE hardware_id = 'EXAMPLE'";
        yield return "DROP TABLE bench_numbers";
        yield return "DROP TABLE bench_sets";
        yield return settings.IsSqlite ? "ANALYZE" : "VACUUM ANALYZE";
    }
}
