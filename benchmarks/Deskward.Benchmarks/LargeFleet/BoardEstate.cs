using System.Globalization;
using Deskward.DesiredState;
using Deskward.Devices;
using Deskward.Fixture;
using Deskward.Identity;
using Deskward.Platform;
using Deskward.Platform.Duties;
using Deskward.Tenants;

namespace Deskward.Benchmarks.LargeFleet;

/// <summary>A provider with many customers, whose PCs, one person each, are made in the database; one PC in forty has not settled, one in fifty refuses a setting.</summary>
internal sealed record BoardEstate(ServiceSettings Settings, string Address, IReadOnlyList<Guid> Customers, IReadOnlyList<string> Names)
{
    private static readonly DateTimeOffset Enrolled = TimeProvider.System.GetUtcNow() - TimeSpan.FromDays(90);

    internal static async Task<BoardEstate> CreateAsync(ServiceSettings settings, int customers, int pcs)
    {
        List<Organisation> made = [];
        string address;
        await using (var service = await TestService.StartAsync(settings))
        {
            var provider = await service.ProviderAsync();
            address = (await service.AddPersonAsync(provider, "eva", Role.OperationsEngineer, Role.ServiceLead)).UserName!;
            for (var number = 0; number < customers; number++)
            {
                made.Add(await service.AddCustomerAsync());
            }

            await service.QueryAsync(db => AddExampleAsync(db, made[0].Id), made[0].Id);
        }

        await BenchDatabases.ExecuteAsync(settings, Statements(settings, customers, pcs));
        return new BoardEstate(settings, address, [.. made.Select(customer => customer.Id)], [.. made.Select(customer => customer.Name)]);
    }

    private static Task<int> AddExampleAsync(DeskwardContext db, Guid customer)
    {
        var person = new Person { TenantId = customer, UserName = "EXAMPLE", NormalizedUserName = "EXAMPLE", Email = "example@contoso.example", DisplayName = "Example" };
        var device = new Device
        {
            TenantId = customer, HardwareId = "EXAMPLE", Name = "EXAMPLE", UserAddress = "EXAMPLE", PersonId = person.Id, State = DeviceState.Enrolled, EnrolledAt = Enrolled,
            SettledHash = TargetDocument.Empty.Hash, IsClean = true, LastSeenAt = TimeProvider.System.GetUtcNow(),
        };
        device.RefreshSearch();
        db.AddRange(person, device, new DeviceProgress { DeviceId = device.Id, TenantId = customer, ReadDueAt = TimeProvider.System.GetUtcNow() + TimeSpan.FromHours(20) });
        db.Add(new OpenSetting { DeviceId = device.Id, TenantId = customer, Path = "./Device/Example", Outcome = SettingOutcome.Failed, Since = Enrolled });
        return db.SaveChangesAsync();
    }

    private static IEnumerable<string> Statements(ServiceSettings settings, int customers, int pcs)
    {
        using var db = BenchDatabases.Open(settings);
        var sql = new Sql(settings.IsSqlite, customers);
        var (model, each) = (db.Model, "FROM bench_numbers n JOIN bench_customers c ON c.number = n.i % " + sql.Count + " CROSS JOIN ");
        yield return new FleetSql(settings.IsSqlite, Guid.Empty, pcs).Numbers();
        yield return "CREATE TABLE bench_customers AS SELECT id AS tenant, row_number() OVER (ORDER BY id) - 1 AS number FROM tenants_organisations WHERE kind = 'Customer'";
        yield return FleetSql.Copy<Person>(model, each + "identity_people e WHERE e.user_name = 'EXAMPLE'", new()
        {
            [nameof(Person.Id)] = sql.Guid("9"), [nameof(Person.TenantId)] = "c.tenant", [nameof(Person.UserName)] = "'user' || n.i", [nameof(Person.NormalizedUserName)] = "'USER' || n.i",
        });
        yield return FleetSql.Copy<Device>(model, each + "devices_devices e WHERE e.hardware_id = 'EXAMPLE'", new()
        {
            [nameof(Device.Id)] = sql.Guid("8"), [nameof(Device.TenantId)] = "c.tenant", [nameof(Device.HardwareId)] = "'HW' || n.i", [nameof(Device.PersonId)] = sql.Guid("9"),
            [nameof(Device.SettledHash)] = "CASE WHEN n.i % 40 = 0 THEN NULL ELSE e.settled_hash END", [nameof(Device.IsClean)] = settings.IsSqlite ? "n.i % 40 <> 0" : "(n.i % 40 <> 0)",
        });
        yield return FleetSql.Copy<DeviceProgress>(model, each + "desired_progress e", new() { [nameof(DeviceProgress.DeviceId)] = sql.Guid("8"), [nameof(DeviceProgress.TenantId)] = "c.tenant", [nameof(DeviceProgress.LastResponse)] = "NULL" });
        yield return FleetSql.Copy<OpenSetting>(model, each + "desired_open_settings e WHERE n.i % 50 = 0", new() { [nameof(OpenSetting.DeviceId)] = sql.Guid("8"), [nameof(OpenSetting.TenantId)] = "c.tenant" });
        yield return "DROP TABLE bench_numbers";
        yield return "DROP TABLE bench_customers";
        yield return settings.IsSqlite ? "ANALYZE" : "VACUUM ANALYZE";
    }

    private sealed class Sql(bool sqlite, int customers)
    {
        internal string Count => customers.ToString(CultureInfo.InvariantCulture);

        internal string Guid(string variant) => sqlite
            ? $"printf('01900000-0000-7000-{variant}000-%012X', n.i)"
            : $"('01900000-0000-7000-{variant}000-' || lpad(to_hex(n.i), 12, '0'))::uuid";
    }
}
