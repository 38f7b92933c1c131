using Deskward.Contacts;
using Deskward.DesiredState;
using Deskward.Devices;
using Deskward.Fixture;
using Deskward.Notices;
using Deskward.Platform;
using Deskward.Platform.Duties;
using Deskward.Tenants;
using Microsoft.EntityFrameworkCore;
using Xunit;
using Fleet = Deskward.DesiredState.Fleet;

namespace Deskward.Policies.Compliance;

public sealed class ComplianceTests(Services services)
{
    private const string Firewall = "./Vendor/MSFT/DeviceStatus/Firewall/Status";

    public static TheoryData<Engine> Engines => [Engine.Sqlite, Engine.Postgres];

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task A_PC_that_breaks_a_rule_is_told_of_in_grace_and_again_when_it_is_over(Engine engine)
    {
        await using var ground = await Ground.OnAsync(await services.FreshAsync(engine), "0", "1");
        Assert.Equal([ComplianceState.Compliant, ComplianceState.InGrace], await ground.RunAsync());
        Assert.Equal((1, 0), await ground.ToldAsync());
        Assert.Equal([ComplianceState.Compliant, ComplianceState.InGrace], await ground.RunAsync());
        Assert.Equal((1, 0), await ground.ToldAsync());
        ground.Service.Time.Advance(TimeSpan.FromDays(1.1));
        Assert.Equal([ComplianceState.Compliant, ComplianceState.NotCompliant], await ground.RunAsync());
        Assert.Equal((2, 1), await ground.ToldAsync());
        await ground.ReportAsync(1, "0");
        Assert.Equal([ComplianceState.Compliant, ComplianceState.Compliant], await ground.RunAsync());
        Assert.Equal(0, await ground.Fleet.QueryAsync(db => db.Set<ComplianceFault>().CountAsync()));
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task What_was_reported_more_than_seven_days_ago_is_unknown(Engine engine)
    {
        await using var ground = await Ground.OnAsync(await services.FreshAsync(engine), "0", "1");
        await ground.RunAsync();
        ground.Service.Time.Advance(TimeSpan.FromDays(8));
        Assert.Equal([ComplianceState.Unknown, ComplianceState.Unknown], await ground.RunAsync());
        await ground.ReportAsync(1, "1");
        Assert.Equal([ComplianceState.Unknown, ComplianceState.NotCompliant], await ground.RunAsync());
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task Only_PCs_that_reported_since_are_looked_at_between_the_hours(Engine engine)
    {
        await using var ground = await Ground.OnAsync(await services.FreshAsync(engine), "0", "0");
        await ground.RunAsync();
        await ground.ReportAsync(0, "1");
        await ground.ReportAsync(1, "1");
        await ground.Fleet.QueryAsync(db => db.Set<DeviceProgress>().Where(row => row.DeviceId == ground.Pcs[0]).ExecuteUpdateAsync(set => set.SetProperty(row => row.InventoryAt, ground.Service.Time.Now().AddHours(-2))));
        Assert.Equal([ComplianceState.Compliant, ComplianceState.InGrace], await ground.RunAsync(ground.Service.Time.Now().AddHours(-1)));
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task The_rules_have_versions_and_a_setting_can_be_one(Engine engine)
    {
        await using var ground = await Ground.OnAsync(await services.FreshAsync(engine), "0", "0");
        await ground.Fleet.AssignAsync(await ground.Fleet.AddPolicyAsync((Fleet.Camera, "0")), (await ground.Fleet.AddGroupAsync(ground.Pcs[1])).Id);
        Assert.Equal(1, Fleet.Granted(await ground.ChangeAsync(0, new ComplianceRule(Fleet.Camera, 0), new ComplianceRule(ComplianceRules.Firewall, 5))));
        Assert.Equal(RefusalReason.Conflict, (await ground.ChangeAsync(0, new ComplianceRule(ComplianceRules.Firewall, 5))).Refusal!.Reason);
        await ground.Fleet.QueryAsync(async db =>
        {
            await db.Set<Device>().ExecuteUpdateAsync(set => set.SetProperty(row => row.SettledHash, new byte[32]).SetProperty(row => row.LastSeenAt, ground.Service.Time.Now()));
            db.Add(new OpenSetting { DeviceId = ground.Pcs[1], TenantId = ground.Fleet.Tenant, Path = Fleet.Camera, Outcome = SettingOutcome.Failed, Since = ground.Service.Time.Now() });
            return await db.SaveChangesAsync();
        });
        Assert.Equal([ComplianceState.Compliant, ComplianceState.NotCompliant], await ground.RunAsync());
    }

    [Fact]
    public async Task Where_nobody_is_named_for_devices_the_administrators_are_told()
    {
        await using var ground = await Ground.OnAsync(await services.FreshAsync(Engine.Sqlite), "1", "1");
        await ground.Fleet.QueryAsync(db => db.Set<Contact>().ExecuteDeleteAsync());
        await ground.Service.AddPersonAsync(ground.Customer, "adam", Role.ItAdministrator);
        await ground.RunAsync();
        ground.Service.Time.Advance(TimeSpan.FromDays(2));
        await ground.RunAsync();
        Assert.StartsWith("adam@", await ground.Fleet.QueryAsync(db => db.Set<SentNotice>().Where(row => row.Kind == "policies.compliance-contacts").Select(row => row.Address).SingleAsync()), StringComparison.Ordinal);
    }

    /// <summary>A customer with two PCs, of one person, that report their firewall, and a contact for devices.</summary>
    private sealed class Ground(TestService service, Organisation customer, Fleet fleet) : IAsyncDisposable
    {
        internal TestService Service => service;

        internal Organisation Customer => customer;

        internal Fleet Fleet => fleet;

        internal Guid[] Pcs { get; private set; } = [];

        internal static async Task<Ground> OnAsync(TestService service, params string[] firewalls)
        {
            await service.ProviderAsync();
            var customer = await service.AddCustomerAsync();
            var ground = new Ground(service, customer, new Fleet(service, customer.Id));
            var person = await service.AddPersonAsync(customer, "carol");
            ground.Pcs = await ground.Fleet.AddDevicesAsync(firewalls.Length);
            await ground.Fleet.QueryAsync(async db =>
            {
                db.Add(new Contact { TenantId = customer.Id, Area = ContactArea.Devices, Name = "Dora", Mail = "dora@contoso.example", Language = "en", WorkingDays = 62 });
                db.Add(new ComplianceRuleSet { TenantId = customer.Id, Number = 0, Rules = ComplianceRules.Write([new ComplianceRule(ComplianceRules.Firewall, 1)]) });
                await db.Set<Device>().ExecuteUpdateAsync(set => set.SetProperty(row => row.PersonId, person.Id));
                foreach (var id in ground.Pcs.Where(id => !db.Set<DeviceProgress>().Any(row => row.DeviceId == id)))
                {
                    db.Add(new DeviceProgress { DeviceId = id, TenantId = customer.Id, ReadDueAt = service.Time.Now() + DeviceProgress.ReadEvery });
                }

                return await db.SaveChangesAsync();
            });
            for (var at = 0; at < firewalls.Length; at++)
            {
                await ground.ReportAsync(at, firewalls[at]);
            }

            return ground;
        }

        internal Task<int> ReportAsync(int pc, string firewall) => fleet.QueryAsync(async db =>
        {
            var inventory = ComplianceRulingTests.Inventory((Firewall, firewall, service.Time.Now()));
            await db.Set<DeviceProgress>().Where(row => row.DeviceId == Pcs[pc]).ExecuteUpdateAsync(set => set.SetProperty(row => row.InventoryAt, service.Time.Now()));
            return await db.Set<Device>().Where(row => row.Id == Pcs[pc]).ExecuteUpdateAsync(set => set.SetProperty(row => row.Inventory, inventory));
        });

        internal async Task<ComplianceState[]> RunAsync(DateTimeOffset? since = null)
        {
            await fleet.AsAsync<ComplianceRun, int>(run => run.EvaluateAsync(customer.Id, since, CancellationToken.None));
            var states = await fleet.QueryAsync(db => db.Set<PcCompliance>().ToDictionaryAsync(row => row.DeviceId, row => row.State));
            return [.. Pcs.Select(pc => states[pc])];
        }

        internal Task<Outcome<int>> ChangeAsync(int seen, params ComplianceRule[] rules) => fleet.AsAsync<ComplianceRuleKeeper, Outcome<int>>(keeper => keeper.ChangeAsync(customer.Id, seen, rules, CancellationToken.None));

        /// <summary>How often the person was told, and how often the contact.</summary>
        internal async Task<(int Person, int Contact)> ToldAsync() => (
            await fleet.QueryAsync(db => db.Set<SentNotice>().CountAsync(row => row.Kind == "policies.compliance-person")),
            await fleet.QueryAsync(db => db.Set<SentNotice>().CountAsync(row => row.Kind == "policies.compliance-contacts" && row.Address == "dora@contoso.example")));

        public ValueTask DisposeAsync() => service.DisposeAsync();
    }
}
