using Deskward.DesiredState;
using Deskward.Devices;
using Deskward.Fixture;
using Deskward.Platform;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Deskward.Reports;

/// <summary>PCs by parts of their texts: the same on both engines, and whichever way they are found.</summary>
public sealed class DeviceSearchTests(Services services)
{
    private static readonly string[] Sorts = ["name", "-name", "seen"];

    public static TheoryData<Engine> Engines => new(Engine.Sqlite, Engine.Postgres);

    public static TheoryData<Engine, string> Searches => new MatrixTheoryData<Engine, string>(
        Enum.GetValues<Engine>(),
        [
            "alpha: Alpha-1", "LPHA: Alpha-1", "a-1 model: Alpha-1", "model z: Alpha-1,Beta_2", @"z model one alpha el\ : ", "z el o one: Alpha-1", "nothing: ", "gone: ",
            "eta_2: Beta_2", "eta%2: ", "_: Beta_2", "%: Ga%ma", @"\: Del\ta", "one@: Alpha-1", "one@ beta: ", @"example: Alpha-1,Beta_2,Del\ta,Ga%ma", "': ", "fouré: Del\\ta",
        ]);

    public static TheoryData<Engine, string> Orders => new MatrixTheoryData<Engine, string>(
        Enum.GetValues<Engine>(),
        [
            @"name: Alpha-1,Beta_2,Del\ta,Ga%ma", @"-name: Ga%ma,Del\ta,Beta_2,Alpha-1", @"user: Del\ta,Alpha-1,Ga%ma,Beta_2", @"-user: Beta_2,Ga%ma,Alpha-1,Del\ta",
            @"build: Beta_2,Alpha-1,Del\ta,Ga%ma", @"-build: Ga%ma,Del\ta,Alpha-1,Beta_2", @"seen: Ga%ma,Alpha-1,Beta_2,Del\ta", @"-seen: Del\ta,Beta_2,Alpha-1,Ga%ma",
        ]);

    [Theory]
    [MemberData(nameof(Searches))]
    public async Task PCs_are_found_that_have_all_the_words(Engine engine, string search)
    {
        var (words, found) = (search.Split(": ")[0], search.Split(": ")[1]);
        var fleet = await FleetAsync(engine);
        foreach (var sort in Sorts)
        {
            Assert.Equal(found, await FindAsync(fleet, new DeviceFilter { Words = words, Sort = sort }, [fleet.Tenant], []));
        }
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task Without_access_to_people_PCs_are_not_found_by_their_person(Engine engine)
    {
        var (fleet, other) = (await FleetAsync(engine), await FleetAsync(engine));
        Assert.Equal("Alpha-1", await FindAsync(fleet, new DeviceFilter { Words = "alpha" }, [], [fleet.Tenant]));
        Assert.Equal("", await FindAsync(fleet, new DeviceFilter { Words = "one@" }, [], [fleet.Tenant]));
        Assert.Equal("", await FindAsync(fleet, new DeviceFilter { Words = "one@" }, [other.Tenant], [fleet.Tenant]));
        Assert.Equal("Alpha-1", await FindAsync(fleet, new DeviceFilter { Words = "one@", Customer = fleet.Tenant }, [fleet.Tenant], [other.Tenant]));
        Assert.Equal("Alpha-1,Alpha-1", await FindAsync(fleet, new DeviceFilter { Words = "alpha" }, [other.Tenant], [fleet.Tenant]));
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task PCs_of_an_organisation_that_is_not_open_are_not_found(Engine engine)
    {
        var (fleet, other) = (await FleetAsync(engine), await FleetAsync(engine));
        foreach (var customer in new Guid?[] { fleet.Tenant, null })
        {
            var filter = new DeviceFilter { Words = "alpha", Customer = customer };
            Assert.Equal("", await FindAsync(fleet, filter, [], []));
            Assert.Equal(customer is null ? "Alpha-1" : "", await FindAsync(fleet, filter, [other.Tenant], []));
            Assert.Equal(customer is null ? "Alpha-1" : "", await FindAsync(fleet, filter, [], [other.Tenant]));
        }
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task A_search_keeps_to_the_state_that_is_asked_for(Engine engine)
    {
        var fleet = await FleetAsync(engine);
        Assert.Equal("Gone", await FindAsync(fleet, new DeviceFilter { Words = "model", State = DeviceState.Retired }, [fleet.Tenant], []));
        Assert.Equal("", await FindAsync(fleet, new DeviceFilter { Words = "model", State = DeviceState.Retiring }, [fleet.Tenant], []));
    }

    [Theory]
    [MemberData(nameof(Orders))]
    public async Task Pages_are_in_the_order_that_is_asked_for(Engine engine, string order)
    {
        var (sort, expected) = (order.Split(": ")[0], order.Split(": ")[1]);
        var fleet = await FleetAsync(engine);
        Assert.Equal(expected, await PagesAsync(fleet, sort, [fleet.Tenant], []));
        var withoutPeople = sort.EndsWith("user", StringComparison.Ordinal) ? @"Alpha-1,Beta_2,Del\ta,Ga%ma" : expected;
        Assert.Equal(withoutPeople, await PagesAsync(fleet, sort, [], [fleet.Tenant]));
    }

    /// <summary>The names of all pages, two PCs each.</summary>
    private static async Task<string> PagesAsync(Fleet fleet, string sort, Guid[] open, Guid[] standing)
    {
        await using var scope = fleet.Service.Provider.CreateAsyncScope();
        scope.ServiceProvider.GetRequiredService<TenantScope>().Open(open, standing);
        var list = scope.ServiceProvider.GetRequiredService<DeviceList>();
        var lines = new List<DeviceLine>();
        for (var skip = 0; skip < 6; skip += 2)
        {
            lines.AddRange((await list.FindAsync(new DeviceFilter { Sort = sort, Skip = skip, Take = 2 }, CancellationToken.None)).Lines);
        }

        Assert.All(lines, line => Assert.Equal(open.Length == 0, line.User is null));
        return string.Join(',', lines.Select(line => line.Name));
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task A_PC_is_found_by_what_it_is_called_now_and_not_after_it_is_gone(Engine engine)
    {
        var fleet = await FleetAsync(engine);
        await ChangeAsync(fleet, (_, pc) => (pc.Name, pc.UserAddress) = ("Omega-9", "nine@contoso.example"));
        Assert.Equal("", await FindAsync(fleet, new DeviceFilter { Words = "alpha" }, [fleet.Tenant], []));
        Assert.Equal("Omega-9", await FindAsync(fleet, new DeviceFilter { Words = "omega" }, [fleet.Tenant], []));
        Assert.Equal("Omega-9", await FindAsync(fleet, new DeviceFilter { Words = "nine@" }, [fleet.Tenant], []));
        await ChangeAsync(fleet, (db, pc) => db.Remove(pc));
        Assert.Equal("Beta_2", await FindAsync(fleet, new DeviceFilter { Words = "model z" }, [fleet.Tenant], []));
    }

    private static Task<int> ChangeAsync(Fleet fleet, Action<DeskwardContext, Device> change) => fleet.QueryAsync(async db =>
    {
        var pc = await db.Set<Device>().SingleAsync(row => row.Name == "Alpha-1" || row.Name == "Omega-9");
        change(db, pc);
        pc.RefreshSearch();
        return await db.SaveChangesAsync();
    });

    private async Task<Fleet> FleetAsync(Engine engine)
    {
        var fleet = await Fleet.NewAsync(services, engine);
        await fleet.QueryAsync(db =>
        {
            db.AddRange(Pc("Alpha-1", "one", seen: 2, build: "B"), Pc("Beta_2", "two", seen: 3, build: "A"), Pc("Ga%ma", "three", "Y", seen: 1, build: "D"), Pc(@"Del\ta", "fourë", "Y", seen: 4, build: "C"), Pc("Gone", "gone", state: DeviceState.Retired));
            return db.SaveChangesAsync();
        });
        return fleet;
        Device Pc(string name, string person, string model = "Z", DeviceState state = DeviceState.Enrolled, int seen = 0, string build = "")
        {
            var pc = new Device
            {
                TenantId = fleet.Tenant, HardwareId = Guid.CreateVersion7().ToString("n"), Name = name, Model = $"Model {model}", State = state, UserAddress = $"{person}@contoso.example",
                EnrolledAt = fleet.Service.Time.Now(), LastSeenAt = DateTimeOffset.UnixEpoch.AddDays(seen), OsBuild = build, PersonId = Guid.CreateVersion7(),
            };
            pc.RefreshSearch();
            return pc;
        }
    }

    private static async Task<string> FindAsync(Fleet fleet, DeviceFilter filter, Guid[] open, Guid[] standing)
    {
        await using var scope = fleet.Service.Provider.CreateAsyncScope();
        scope.ServiceProvider.GetRequiredService<TenantScope>().Open(open, standing);
        var page = await scope.ServiceProvider.GetRequiredService<DeviceList>().FindAsync(filter, CancellationToken.None);
        Assert.Equal(page.Total, page.Lines.Count);
        return string.Join(',', page.Lines.Select(line => line.Name).Order(StringComparer.Ordinal));
    }
}
