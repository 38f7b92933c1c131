using Deskward.Devices;
using Deskward.Fixture;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Deskward.DesiredState;

public sealed class FleetCountsTests(Services services)
{
    public static TheoryData<Engine> Engines => new(Engine.Sqlite, Engine.Postgres);

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task A_PC_is_in_its_desired_state_when_clean_and_settled_on_what_its_set_desires(Engine engine)
    {
        var fleet = await Fleet.NewAsync(services, engine);
        var devices = await fleet.AddDevicesAsync(4);
        await fleet.AssignAsync(await fleet.AddPolicyAsync((Fleet.Camera, "0")), await fleet.AllDevicesAsync());
        var hash = (await fleet.DocumentOfAsync(devices[0])).Hash;
        await SettleAsync(fleet, devices[0], hash);
        await SettleAsync(fleet, devices[1], hash, isClean: false);
        await SettleAsync(fleet, devices[2], TargetDocument.Empty.Hash);
        Assert.Equal(new FleetCount(4, 1), await CountAsync(fleet));
        Assert.Equal([devices[0]], await fleet.AsAsync<IServiceProvider, List<Guid>>(InStateAsync));
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task The_counts_are_right_at_the_moment_an_assignment_commits(Engine engine)
    {
        var fleet = await Fleet.NewAsync(services, engine);
        var device = (await fleet.AddDevicesAsync(1))[0];
        await SettleAsync(fleet, device, (await fleet.DocumentOfAsync(device)).Hash);
        Assert.Equal(new FleetCount(1, 1), await CountAsync(fleet));
        await fleet.AssignAsync(await fleet.AddPolicyAsync((Fleet.Camera, "0")), await fleet.AllDevicesAsync());
        Assert.Equal(new FleetCount(1, 0), await CountAsync(fleet));
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task A_retired_PC_and_another_organisation_s_are_not_counted(Engine engine)
    {
        var (fleet, other) = (await Fleet.NewAsync(services, engine), await Fleet.NewAsync(services, engine));
        var devices = await fleet.AddDevicesAsync(2);
        await other.AddDevicesAsync(3);
        await fleet.QueryAsync(db => db.Set<Device>().Where(row => row.Id == devices[0]).ExecuteUpdateAsync(update => update.SetProperty(row => row.State, DeviceState.Retired)));
        Assert.Equal(1, (await CountAsync(fleet)).Total);
        Assert.Equal(0, (await fleet.AsAsync<FleetCounts, FleetCount>(counts => counts.CountAsync(other.Tenant, CancellationToken.None))).Total);
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task The_trend_keeps_one_row_a_day_as_last_counted(Engine engine)
    {
        var fleet = await Fleet.NewAsync(services, engine);
        foreach (var expected in new[] { 1, 3 })
        {
            await fleet.AddDevicesAsync(expected == 1 ? 1 : 2);
            await fleet.AsAsync<FleetCounts, bool>(counts => counts.RecordAsync(fleet.Tenant, CancellationToken.None).ContinueWith(task => task.IsCompletedSuccessfully, TaskScheduler.Default));
            var day = Assert.Single(await fleet.AsAsync<FleetCounts, IReadOnlyList<TrendDay>>(counts => counts.TrendAsync(fleet.Tenant, DateOnly.MinValue, CancellationToken.None)));
            Assert.Equal((expected, DateOnly.FromDateTime(fleet.Service.Time.GetUtcNow().UtcDateTime)), (day.Total, day.Day));
        }
    }

    private static Task<List<Guid>> InStateAsync(IServiceProvider provider) => provider.GetRequiredService<Platform.DeskwardContext>().Set<Device>()
        .Where(provider.GetRequiredService<FleetCounts>().IsInState<Device>()).Select(device => device.Id).ToListAsync();

    private static Task<FleetCount> CountAsync(Fleet fleet) => fleet.AsAsync<FleetCounts, FleetCount>(counts => counts.CountAsync(fleet.Tenant, CancellationToken.None));

    private static Task<int> SettleAsync(Fleet fleet, Guid device, byte[] hash, bool isClean = true) => fleet.QueryAsync(db => db.Set<Device>().Where(row => row.Id == device)
        .ExecuteUpdateAsync(update => update.SetProperty(row => row.SettledHash, hash).SetProperty(row => row.IsClean, isClean)));
}
