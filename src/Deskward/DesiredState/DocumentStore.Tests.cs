using Deskward.Fixture;
using Deskward.Platform;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Deskward.DesiredState;

public sealed class DocumentStoreTests(Services services)
{
    public static TheoryData<Engine> Engines => new(Engine.Sqlite, Engine.Postgres);

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task Many_who_ask_at_once_cost_one_compilation(Engine engine)
    {
        await using var service = await services.FreshAsync(engine);
        await service.ProviderAsync();
        var fleet = new Fleet(service, (await service.AddCustomerAsync()).Id);
        var device = (await fleet.AddDevicesAsync(1))[0];
        await fleet.DocumentOfAsync(device);
        await SettledAsync(fleet);
        var before = Compilations(fleet);
        await fleet.AssignAsync(await fleet.AddPolicyAsync((Fleet.Camera, "0")), await fleet.AllDevicesAsync());
        var documents = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => fleet.DocumentOfAsync(device)));
        Assert.All(documents, document => Assert.Equal([Fleet.Camera], document.Settings.Select(setting => setting.Path)));
        await SettledAsync(fleet);
        Assert.Equal(before + 1, Compilations(fleet));
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task Whoever_asks_for_what_a_set_was_costs_no_other_compilation(Engine engine)
    {
        await using var service = await services.FreshAsync(engine);
        await service.ProviderAsync();
        var fleet = new Fleet(service, (await service.AddCustomerAsync()).Id);
        var set = (await fleet.SetOfAsync((await fleet.AddDevicesAsync(1))[0]))!.Value;
        await SettledAsync(fleet);
        var before = Compilations(fleet);
        await fleet.AssignAsync(await fleet.AddPolicyAsync((Fleet.Camera, "0")), await fleet.AllDevicesAsync());
        var now = await fleet.QueryAsync(db => db.Set<AssignmentSet>().Where(row => row.Id == set).Select(row => row.Revision).SingleAsync());
        var store = service.Provider.GetRequiredService<DocumentStore>();
        var documents = await Task.WhenAll(Enumerable.Range(0, 8).Select(at => Task.Run(() => store.CompileOnceAsync(fleet.Tenant, set, now - (at % 4)))));
        Assert.All(documents, document => Assert.Equal([Fleet.Camera], document.Settings.Select(setting => setting.Path)));
        await SettledAsync(fleet);
        Assert.Equal(before + 1, Compilations(fleet));
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task What_is_assigned_is_compiled_although_no_PC_asks(Engine engine)
    {
        var fleet = await Fleet.NewAsync(services, engine);
        await fleet.AddDevicesAsync(1);
        await fleet.AssignAsync(await fleet.AddPolicyAsync((Fleet.Camera, "0")), await fleet.AllDevicesAsync());
        await SettledAsync(fleet);
        Assert.Equal(1, await fleet.QueryAsync(db => db.Set<Document>().CountAsync()));
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task A_document_is_found_by_its_hash_in_its_own_organisation_alone(Engine engine)
    {
        var (fleet, other) = (await Fleet.NewAsync(services, engine), await Fleet.NewAsync(services, engine));
        var device = (await fleet.AddDevicesAsync(1))[0];
        await fleet.AssignAsync(await fleet.AddPolicyAsync((Fleet.Camera, "0")), await fleet.AllDevicesAsync());
        var document = await fleet.DocumentOfAsync(device);
        Assert.Equal(document.Settings, (await FindAsync(fleet, fleet.Tenant, document.Hash))?.Settings);
        Assert.Null(await FindAsync(other, other.Tenant, document.Hash));
        Assert.Null(await FindAsync(other, fleet.Tenant, document.Hash));
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task A_document_that_was_lost_is_compiled_again(Engine engine)
    {
        var fleet = await Fleet.NewAsync(services, engine);
        var device = (await fleet.AddDevicesAsync(1))[0];
        await fleet.AssignAsync(await fleet.AddPolicyAsync((Fleet.Camera, "0")), await fleet.AllDevicesAsync());
        await SettledAsync(fleet);
        await fleet.QueryAsync(db => db.Set<Document>().ExecuteDeleteAsync());
        using var fresh = StoreOf(fleet);
        var set = await fleet.SetOfAsync(device);
        Assert.Single((await fleet.QueryAsync(db => fresh.CurrentAsync(db, fleet.Tenant, set, CancellationToken.None))).Settings);
        Assert.Equal(1, await fleet.QueryAsync(db => db.Set<Document>().CountAsync()));
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task A_secret_is_revealed_only_by_the_store_and_never_lies_open_in_the_database(Engine engine)
    {
        var fleet = await Fleet.NewAsync(services, engine);
        var device = (await fleet.AddDevicesAsync(1))[0];
        SettingLine[] lines = [new() { Line = 1, Path = "./Vendor/MSFT/DMClient/Provider/Deskward/HelpEmailAddress", Value = "top-secret-value", IsSecret = true }];
        var version = Fleet.Granted(await fleet.AsAsync<PolicySets, Outcome<PolicySetVersion>>(sets => sets.CreateAsync(fleet.Tenant, "Secrets", "", lines, CancellationToken.None)));
        await fleet.AssignAsync(version, await fleet.AllDevicesAsync());
        var setting = Assert.Single((await fleet.DocumentOfAsync(device)).Settings);
        Assert.True(setting.IsSecret && !setting.Value.Contains("secret", StringComparison.Ordinal));
        Assert.Equal("top-secret-value", fleet.Service.Provider.GetRequiredService<DocumentStore>().Reveal(fleet.Tenant, setting));
        Assert.DoesNotContain("top-secret-value", string.Join('\n', SettingList.Unpack(version.Settings, Protocol.Csp.Catalogue.Default).Select(one => one.Value)), StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task Only_what_nothing_refers_to_for_a_day_is_removed(Engine engine)
    {
        var fleet = await Fleet.NewAsync(services, engine);
        await fleet.AddDevicesAsync(1);
        var assigned = await fleet.AssignAsync(await fleet.AddPolicyAsync((Fleet.Camera, "0")), await fleet.AllDevicesAsync());
        await SettledAsync(fleet);
        Assert.Equal(0, await RemoveUnusedAsync(fleet, DateTimeOffset.UnixEpoch.AddYears(90)));
        Fleet.Granted(await fleet.AsAsync<Assignments, Outcome<Assignment>>(all => all.RemoveAsync(assigned.Assignment.Id, null, CancellationToken.None)));
        await SettledAsync(fleet);
        Assert.Equal(0, await RemoveUnusedAsync(fleet, DateTimeOffset.UnixEpoch.AddYears(90)));
        Assert.Equal(0, await RemoveUnusedAsync(fleet, DateTimeOffset.UnixEpoch.AddYears(90).AddHours(23)));
        Assert.Equal(1, await RemoveUnusedAsync(fleet, DateTimeOffset.UnixEpoch.AddYears(90).AddHours(25)));
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task A_document_that_a_PC_has_begun_is_kept(Engine engine)
    {
        var fleet = await Fleet.NewAsync(services, engine);
        var device = (await fleet.AddDevicesAsync(1))[0];
        var assigned = await fleet.AssignAsync(await fleet.AddPolicyAsync((Fleet.Camera, "0")), await fleet.AllDevicesAsync());
        var hash = (await fleet.DocumentOfAsync(device)).Hash;
        await fleet.QueryAsync(db => db.AddAsync(new DeviceProgress { DeviceId = device, TenantId = fleet.Tenant, BegunHashes = [.. new byte[32], .. hash] }).AsTask().ContinueWith(_ => db.SaveChangesAsync(), TaskScheduler.Default).Unwrap());
        Fleet.Granted(await fleet.AsAsync<Assignments, Outcome<Assignment>>(all => all.RemoveAsync(assigned.Assignment.Id, null, CancellationToken.None)));
        await SettledAsync(fleet);
        await RemoveUnusedAsync(fleet, DateTimeOffset.UnixEpoch.AddYears(90));
        Assert.Equal(0, await RemoveUnusedAsync(fleet, DateTimeOffset.UnixEpoch.AddYears(91)));
    }

    private static long Compilations(Fleet fleet) => fleet.Service.Provider.GetRequiredService<SetCompiler>().Count;

    private static DocumentStore StoreOf(Fleet fleet)
    {
        var provider = fleet.Service.Provider;
        return new DocumentStore(provider.GetRequiredService<IServiceScopeFactory>(), provider.GetRequiredService<SettingsCache>(), provider.GetRequiredService<SetCompiler>(),
            provider.GetRequiredService<ServiceKey>(), provider.GetRequiredService<ChangeFeed>());
    }

    private static Task<TargetDocument?> FindAsync(Fleet asking, Guid tenant, byte[] hash) =>
        asking.QueryAsync(db => asking.Service.Provider.GetRequiredService<DocumentStore>().FindAsync(db, tenant, hash, CancellationToken.None));

    private static async Task<int> RemoveUnusedAsync(Fleet fleet, DateTimeOffset now) =>
        (await fleet.QueryAsync(db => new UnusedDocuments(db, new Microsoft.Extensions.Time.Testing.FakeTimeProvider(now)).RemoveAsync(fleet.Tenant, CancellationToken.None))).Documents;

    private static async Task SettledAsync(Fleet fleet)
    {
        for (var attempt = 0; await fleet.QueryAsync(db => db.Set<AssignmentSet>().AnyAsync(set => set.DesiredHash == null)); attempt++)
        {
            Assert.True(attempt < 400, "Sets are not compiled by themselves.");
            await Task.Delay(25);
        }
    }
}
