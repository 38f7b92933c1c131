using Deskward.DesiredState;
using Deskward.Fixture;
using Deskward.Groups.Rings;
using Microsoft.EntityFrameworkCore;
using Xunit;

namespace Deskward.Groups.Service;

public sealed class GroupGuardTests(Services services)
{
    public static TheoryData<Engine> Engines => new(Engine.Sqlite, Engine.Postgres);

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task PCs_without_a_ring_are_placed_by_the_shares_and_a_round_after_that_does_nothing(Engine engine)
    {
        var fleet = await Fleet.NewAsync(services, engine);
        await fleet.AddDevicesAsync(100);
        Assert.Equal(new GuardRound(0, 100), await fleet.GuardAsync());
        Assert.Equal(new RingCounts(5, 15, 80), await fleet.CountedAsync());
        Assert.Equal(new GuardRound(0, 0), await fleet.GuardAsync());
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task A_member_that_was_changed_in_the_database_is_found_undone_and_recorded(Engine engine)
    {
        var fleet = await Fleet.NewAsync(services, engine);
        var devices = await fleet.EnrolManyAsync(2);
        var (broad, test) = (ServiceGroups.IdOf(fleet.Tenant, Ring.Broad), ServiceGroups.IdOf(fleet.Tenant, Ring.Test));
        await fleet.AssignAsync(await fleet.AddPolicyAsync((Fleet.Camera, "0")), broad);
        await fleet.ExecuteAsync($"UPDATE groups_members SET group_id = {test} WHERE group_id = {broad} AND device_id = {devices[0]}");
        Assert.Equal(2, (await fleet.GuardAsync()).Undone);
        Assert.Equal(["Broad", "Standard"], await fleet.PartsAsync(devices[0]));
        Assert.Equal([(Fleet.Camera, "0")], await fleet.WantedOfAsync(devices[0]));
        var found = await fleet.QueryAsync(db => db.Set<GroupTampering>().OrderBy(row => row.Kind).Select(row => new { row.Kind, row.GroupId, row.DeviceId }).ToListAsync());
        Assert.Equal([(TamperingKind.Added, test), (TamperingKind.Removed, broad)], found.Select(row => (row.Kind, row.GroupId!.Value)));
        Assert.Contains("group.restore", await fleet.ActionsAsync(test));
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task A_decision_that_was_changed_in_the_database_is_restored_from_the_audit(Engine engine)
    {
        var fleet = await Fleet.NewAsync(services, engine);
        var devices = await fleet.EnrolManyAsync(2);
        await fleet.AssignRingAsync(Ring.First, devices[0]);
        await fleet.MoveAsync();
        await fleet.ExecuteAsync($"UPDATE groups_placements SET ring = 'Test', profile = 'PowerUser', is_pinned = false WHERE device_id = {devices[0]}");
        Assert.Equal(1, (await fleet.GuardAsync()).Undone);
        var placement = await fleet.PlacementAsync(devices[0]);
        Assert.Equal((Ring.First, DeviceProfile.Standard, RingBy.Admin), (placement.Ring, placement.Profile, placement.By));
        Assert.Equal(["First", "Standard"], await fleet.PartsAsync(devices[0]));
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task A_group_that_was_lost_or_renamed_comes_back_as_the_same_with_its_members(Engine engine)
    {
        var fleet = await Fleet.NewAsync(services, engine);
        var device = await fleet.EnrolAsync();
        var broad = ServiceGroups.IdOf(fleet.Tenant, Ring.Broad);
        await fleet.ExecuteAsync($"DELETE FROM groups_groups WHERE id = {broad}");
        await fleet.ExecuteAsync($"UPDATE groups_groups SET name = 'Mine', is_service_owned = false WHERE tenant_id = {fleet.Tenant} AND part = 'Kiosk'");
        Assert.Equal(2, (await fleet.GuardAsync()).Undone);
        Assert.Equal(8, await fleet.QueryAsync(db => db.Set<Group>().CountAsync(row => row.IsServiceOwned && row.Part != null)));
        Assert.Equal(["Broad", "Standard"], await fleet.PartsAsync(device));
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task A_PC_in_Test_stays_there_whatever_the_shares_are_and_of_several_rings_the_decided_one_stays(Engine engine)
    {
        var fleet = await Fleet.NewAsync(services, engine);
        var device = (await fleet.EnrolManyAsync(2))[1];
        await fleet.AssignRingAsync(Ring.Test, device);
        await fleet.MoveAsync();
        await fleet.ExecuteAsync($"INSERT INTO groups_members (group_id, device_id, tenant_id) VALUES ({ServiceGroups.IdOf(fleet.Tenant, Ring.Fast)}, {device}, {fleet.Tenant})");
        Assert.Equal(1, (await fleet.GuardAsync()).Undone);
        Assert.Equal(["Standard", "Test"], await fleet.PartsAsync(device));
    }

    [Fact]
    public async Task What_another_organisation_decided_is_not_looked_at()
    {
        var (fleet, other) = (await Fleet.NewAsync(services, Engine.Postgres), await Fleet.NewAsync(services, Engine.Postgres));
        var foreign = await other.EnrolAsync();
        await other.ExecuteAsync($"DELETE FROM groups_members WHERE device_id = {foreign}");
        Assert.Equal(new GuardRound(0, 0), await fleet.GuardAsync());
        Assert.Equal(2, (await other.GuardAsync()).Undone);
    }
}
