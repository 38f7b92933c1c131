using System.Diagnostics;
using Deskward.DesiredState;
using Deskward.Devices;
using Deskward.Fixture;
using Deskward.Platform;
using Microsoft.EntityFrameworkCore;
using Xunit;

namespace Deskward.Reports;

public sealed class DeviceListTests(Services services)
{
    public static TheoryData<Engine> Engines => new(Engine.Sqlite, Engine.Postgres);

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task PCs_are_listed_by_whether_they_are_in_their_desired_state(Engine engine)
    {
        var fleet = await Fleet.NewAsync(services, engine);
        var devices = await fleet.AddDevicesAsync(5);
        await fleet.AssignAsync(await fleet.AddPolicyAsync((Fleet.Camera, "0")), await fleet.AllDevicesAsync());
        var hash = (await fleet.DocumentOfAsync(devices[0])).Hash;
        await SettleAsync(fleet, devices[0], hash);
        await SettleAsync(fleet, devices[1], hash, isClean: false);
        await SettleAsync(fleet, devices[2], TargetDocument.Empty.Hash);
        await SettleAsync(fleet, devices[4], hash);
        await MustFindAsync(fleet, Desired.Reached, [devices[0], devices[4]]);
        await MustFindAsync(fleet, Desired.NotReached, [devices[1], devices[2], devices[3]]);
        await MustFindAsync(fleet, Desired.All, devices);
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task An_assignment_shows_at_once_though_PCs_were_counted_a_moment_ago(Engine engine)
    {
        var fleet = await Fleet.NewAsync(services, engine);
        var device = (await fleet.AddDevicesAsync(1))[0];
        await SettleAsync(fleet, device, (await fleet.DocumentOfAsync(device)).Hash);
        await MustFindAsync(fleet, Desired.Reached, [device]);
        await fleet.AssignAsync(await fleet.AddPolicyAsync((Fleet.Camera, "0")), await fleet.AllDevicesAsync());
        await MustFindAsync(fleet, Desired.Reached, []);
        await MustFindAsync(fleet, Desired.NotReached, [device]);
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task A_PC_that_leaves_or_changes_its_set_is_counted_so_at_once(Engine engine)
    {
        var fleet = await Fleet.NewAsync(services, engine);
        var devices = await fleet.AddDevicesAsync(2);
        foreach (var device in devices)
        {
            await SettleAsync(fleet, device, (await fleet.DocumentOfAsync(device)).Hash);
        }

        await MustFindAsync(fleet, Desired.Reached, devices);
        await fleet.AssignAsync(await fleet.AddPolicyAsync((Fleet.Camera, "0")), (await fleet.AddGroupAsync(devices[1])).Id);
        await MustFindAsync(fleet, Desired.Reached, [devices[0]]);
        Assert.Null(await fleet.AsAsync<DeviceDirectory, Refusal?>(directory => directory.RetireAsync(devices[1], CancellationToken.None)));
        await MustFindAsync(fleet, Desired.NotReached, []);
        await MustFindAsync(fleet, Desired.All, [devices[0]]);
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task A_PC_that_settles_by_itself_is_counted_so_within_seconds(Engine engine)
    {
        var fleet = await Fleet.NewAsync(services, engine);
        var device = (await fleet.AddDevicesAsync(1))[0];
        await MustFindAsync(fleet, Desired.Reached, []);
        await SettleAsync(fleet, device, (await fleet.DocumentOfAsync(device)).Hash);
        var clock = Stopwatch.StartNew();
        while ((await FindAsync(fleet, Desired.Reached, null)).Total != 1)
        {
            Assert.InRange(clock.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(10));
            await Task.Delay(50, TestContext.Current.CancellationToken);
        }
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task Pages_of_another_organisation_are_not_answered_from_this_one_s_count(Engine engine)
    {
        var (fleet, other) = (await Fleet.NewAsync(services, engine), await Fleet.NewAsync(services, engine));
        var (devices, others) = (await fleet.AddDevicesAsync(2), await other.AddDevicesAsync(1));
        foreach (var desired in new[] { Desired.All, Desired.NotReached })
        {
            await MustFindAsync(fleet, desired, devices);
            await MustFindAsync(other, desired, others);
            await MustFindAsync(fleet, desired, [], other.Tenant);
        }
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task A_page_far_down_shows_what_stands_there_and_no_PC_that_has_left(Engine engine)
    {
        var (fleet, other) = (await Fleet.NewAsync(services, engine), await Fleet.NewAsync(services, engine));
        await Task.WhenAll(AddAsync(fleet, DeviceList.FarDown + 12), other.AddDevicesAsync(1));
        foreach (var sort in new[] { "name", "-name", "-seen", "user", "build" })
        {
            var filter = new DeviceFilter { Sort = sort, Skip = DeviceList.FarDown, Take = 5 };
            var all = await fleet.AsAsync<DeviceList, Guid[]>(list => list.IdsAsync(filter, int.MaxValue, CancellationToken.None));
            Assert.Equal(all[DeviceList.FarDown..][..5], await FarDownAsync(fleet, filter));
            Assert.Empty(await FarDownAsync(fleet, filter with { Customer = other.Tenant }));
            Assert.Empty(await FarDownAsync(other, filter));
            Assert.Null(await fleet.AsAsync<DeviceDirectory, Refusal?>(directory => directory.RetireAsync(all[DeviceList.FarDown], CancellationToken.None)));
            Assert.Equal(all[(DeviceList.FarDown + 1)..], await FarDownAsync(fleet, filter with { Take = 50 }));
        }
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task Beyond_the_last_page_the_last_one_is_shown(Engine engine)
    {
        var (fleet, none) = (await Fleet.NewAsync(services, engine), await Fleet.NewAsync(services, engine));
        await fleet.AddDevicesAsync(5);
        Assert.Equal((0, 9), await CountedAsync(none, 9));
        Assert.Equal((2, 1), await CountedAsync(fleet, 1));
        Assert.Equal((1, 3), await CountedAsync(fleet, 3));
        Assert.Equal((1, 3), await CountedAsync(fleet, 4));
        Assert.Equal((1, 3), await CountedAsync(fleet, 1_000_000));
    }

    private static async Task<(int Lines, int Number)> CountedAsync(Fleet fleet, int number)
    {
        var (page, shown) = await fleet.AsAsync<DeviceList, (DevicePage, int)>(list => list.PageAsync(new DeviceFilter { Take = 2 }, number, CancellationToken.None));
        return (page.Lines.Count, shown);
    }

    private static Task<int> AddAsync(Fleet fleet, int count) => fleet.QueryAsync(db =>
    {
        db.AddRange(Enumerable.Range(0, count).Select(at => new Device
        {
            TenantId = fleet.Tenant, HardwareId = $"{at}", Name = $"PC-{at}", Search = $"pc-{at}", EnrolledAt = fleet.Service.Time.Now(), LastSeenAt = fleet.Service.Time.Now().AddSeconds(-at), OsBuild = $"10.0.26100.{at % 7}",
        }));
        return db.SaveChangesAsync();
    });

    private static async Task<Guid[]> FarDownAsync(Fleet fleet, DeviceFilter filter) =>
        [.. (await fleet.AsAsync<DeviceList, DevicePage>(list => list.FindAsync(filter, CancellationToken.None))).Lines.Select(line => line.Id)];

    private static async Task MustFindAsync(Fleet fleet, Desired desired, Guid[] expected, Guid? customer = null)
    {
        var page = await FindAsync(fleet, desired, customer);
        Assert.Equal(expected, page.Lines.Select(line => line.Id));
        Assert.Equal(expected.Length, page.Total);
    }

    private static Task<DevicePage> FindAsync(Fleet fleet, Desired desired, Guid? customer) =>
        fleet.AsAsync<DeviceList, DevicePage>(list => list.FindAsync(new DeviceFilter { Desired = desired, Customer = customer }, CancellationToken.None));

    private static Task<int> SettleAsync(Fleet fleet, Guid device, byte[] hash, bool isClean = true) => fleet.QueryAsync(db => db.Set<Device>().Where(row => row.Id == device)
        .ExecuteUpdateAsync(update => update.SetProperty(row => row.SettledHash, hash).SetProperty(row => row.IsClean, isClean)));
}
