using Deskward.DesiredState;
using Deskward.DesiredState.Plans;
using Deskward.DesiredState.Targets;
using Deskward.Devices;
using Deskward.Fixture;
using Deskward.Groups.Service;
using Deskward.Platform;
using Deskward.Platform.Plans;
using Deskward.Responsibilities;
using Microsoft.EntityFrameworkCore;
using Xunit;

namespace Deskward.Groups.Rings;

public sealed class PlacementsTests(Services services)
{
    public static TheoryData<Engine> Engines => new(Engine.Sqlite, Engine.Postgres);

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task PCs_that_come_one_by_one_fill_the_rings_by_the_contract_and_have_the_standard_profile(Engine engine)
    {
        var fleet = await Fleet.NewAsync(services, engine);
        var devices = await fleet.EnrolManyAsync(20);
        Assert.Equal(new RingCounts(1, 3, 16), await fleet.CountedAsync());
        Assert.Equal(20, (await fleet.MembersAsync(ServiceGroups.IdOf(fleet.Tenant, DeviceProfile.Standard))).Count);
        Assert.Empty(await fleet.MembersAsync(ServiceGroups.IdOf(fleet.Tenant, Ring.Test)));
        Assert.Equal((RingBy.Auto, 2), ((await fleet.PlacementAsync(devices[7])).By, (await fleet.PartsAsync(devices[7])).Count));
    }

    [Fact]
    public async Task The_shares_are_figures_of_the_contract()
    {
        var fleet = await Fleet.NewAsync(services, Engine.Sqlite);
        var today = DateOnly.FromDateTime(fleet.Service.Time.Now().UtcDateTime);
        Assert.Null(await fleet.AsAsync<Contracts, Refusal?>(contracts => contracts.SetFigureAsync(fleet.Tenant, "ring.small.first", 50, today, CancellationToken.None)));
        await fleet.EnrolManyAsync(10);
        Assert.Equal(5, (await fleet.CountedAsync()).First);
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task A_move_is_pending_then_the_administrators_and_automatic_takes_the_pin_away(Engine engine)
    {
        var fleet = await Fleet.NewAsync(services, engine);
        var device = (await fleet.EnrolManyAsync(3))[0];
        Assert.Null(await fleet.AssignRingAsync(Ring.Test, device));
        var pending = await fleet.PlacementAsync(device);
        Assert.Equal((RingBy.Pending, Ring.Broad), (pending.By, pending.Ring));
        await fleet.MoveAsync();
        Assert.Equal((RingBy.Admin, Ring.Test), ((await fleet.PlacementAsync(device)).By, (await fleet.PlacementAsync(device)).Ring));
        Assert.Equal(["Standard", "Test"], await fleet.PartsAsync(device));
        Assert.Null(await fleet.AssignRingAsync(null, device));
        await fleet.MoveAsync();
        Assert.Equal((RingBy.Auto, true), ((await fleet.PlacementAsync(device)).By, (await fleet.PlacementAsync(device)).Ring != Ring.Test));
        Assert.Equal(["device.enrol", "placement.add", "placement.move", "placement.move", "placement.ring", "placement.ring"], (await fleet.ActionsAsync(device)).Order());
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task A_ring_is_assigned_as_it_was_planned_or_not_at_all_and_the_move_keeps_its_plan(Engine engine)
    {
        var fleet = await Fleet.NewAsync(services, engine);
        var device = await fleet.EnrolAsync();
        var test = ServiceGroups.IdOf(fleet.Tenant, Ring.Test);
        await fleet.AssignAsync(await fleet.AddPolicyAsync((Fleet.Camera, "0")), test);
        Task<string> LookAsync() => fleet.AsAsync<ChangePlans, string>(async plans =>
            (await plans.EffectAsync(Placements.Drafts(fleet.Tenant, [(device, Ring.Broad, Ring.Test)]), CancellationToken.None)).Plan.Digest);
        Task<Refusal?> DecideAsync(string digest) => fleet.AsAsync<Placements, Refusal?>(all => all.AssignRingAsync(fleet.Tenant, [device], Ring.Test, null, digest, CancellationToken.None));
        var before = await LookAsync();
        await fleet.AssignAsync(await fleet.AddPolicyAsync((Fleet.Pin, "8")), test);
        Assert.Equal(ChangePlans.Stale, (await DecideAsync(before))?.Message);
        Assert.Equal(RingBy.Auto, (await fleet.PlacementAsync(device)).By);
        Assert.Null(await DecideAsync(await LookAsync()));
        Assert.Equal(1, await fleet.MoveAsync());
        var kept = await fleet.QueryAsync(db => db.Set<CarriedOutPlan>().AsNoTracking().SingleAsync());
        Assert.Equal((PlanCause.RingChanged, "Test", 1, 2), (kept.Cause, kept.Subject, kept.Pcs, kept.Flips));
    }

    [Fact]
    public async Task A_PC_that_is_about_to_move_another_PC_s_change_and_one_that_left_are_refused_and_nothing_is_done()
    {
        var fleet = await Fleet.NewAsync(services, Engine.Sqlite);
        var devices = await fleet.EnrolManyAsync(3);
        Assert.Null(await fleet.AssignRingAsync(Ring.Fast, devices[0]));
        Assert.Contains("1 of the PCs are about to move", (await fleet.AssignRingAsync(Ring.First, devices[0], devices[1]))!.Message, StringComparison.Ordinal);
        Assert.Equal(RingBy.Auto, (await fleet.PlacementAsync(devices[1])).By);
        var stale = await fleet.AsAsync<Placements, Refusal?>(all => all.AssignProfileAsync(fleet.Tenant, [devices[0]], DeviceProfile.Kiosk, 0, CancellationToken.None));
        Assert.Equal(RefusalReason.Conflict, stale?.Reason);
        Assert.Null(await fleet.AsAsync<DeviceDirectory, Refusal?>(all => all.RetireAsync(devices[2], CancellationToken.None)));
        Assert.Equal(RefusalReason.Conflict, (await fleet.AssignRingAsync(Ring.First, devices[2]))?.Reason);
        Assert.Equal(RefusalReason.Invalid, (await fleet.AssignRingAsync(Ring.First))?.Reason);
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task A_profile_replaces_the_one_before_and_brings_what_its_group_carries(Engine engine)
    {
        var fleet = await Fleet.NewAsync(services, engine);
        var device = await fleet.EnrolAsync();
        await fleet.AssignAsync(await fleet.AddPolicyAsync((Fleet.Camera, "0")), ServiceGroups.IdOf(fleet.Tenant, DeviceProfile.Standard), Layer.Profile);
        await fleet.AssignAsync(await fleet.AddPolicyAsync((Fleet.Pin, "8")), ServiceGroups.IdOf(fleet.Tenant, DeviceProfile.Kiosk), Layer.Profile);
        Assert.Equal([(Fleet.Camera, "0")], await fleet.WantedOfAsync(device));
        Assert.Null(await fleet.AssignProfileAsync(DeviceProfile.Kiosk, device));
        Assert.Equal([(Fleet.Pin, "8")], await fleet.WantedOfAsync(device));
        Assert.Equal(["Broad", "Kiosk"], await fleet.PartsAsync(device));
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task A_machine_that_the_same_person_enrols_again_keeps_ring_and_profile_and_another_person_starts_anew(Engine engine)
    {
        var fleet = await Fleet.NewAsync(services, engine);
        var person = Guid.CreateVersion7();
        var device = await fleet.EnrolAsync(hardware: "HW-1", person: person);
        await fleet.AssignRingAsync(Ring.Test, device);
        await fleet.MoveAsync();
        await fleet.AssignProfileAsync(DeviceProfile.PowerUser, device);
        var again = await fleet.EnrolAsync(hardware: "HW-1", person: person);
        Assert.Equal(["PowerUser", "Test"], await fleet.PartsAsync(again));
        var stranger = await fleet.EnrolAsync(hardware: "HW-1");
        Assert.Equal(["Broad", "Standard"], await fleet.PartsAsync(stranger));
        Assert.Equal(0, (await fleet.GuardAsync()).Undone);
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task Of_a_fleet_that_comes_at_once_from_several_nodes_each_PC_has_one_ring_and_the_shares_hold(Engine engine)
    {
        var fleet = await Fleet.NewAsync(services, engine);
        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() => fleet.EnrolManyAsync(5))));
        Assert.Equal(new RingCounts(1, 3, 16), await fleet.CountedAsync());
        Assert.Equal(20, await fleet.QueryAsync(db => db.Set<GroupMember>().Join(db.Set<Group>().Where(group => group.Kind == GroupKind.Ring), row => row.GroupId, group => group.Id, (row, _) => row).CountAsync()));
    }

    [Theory]
    [InlineData(Layer.Customer, Fleet.Camera, RefusalReason.NotAllowed)]
    [InlineData(Layer.Customer, "./Vendor/MSFT/WiFi/Profile/Office/WlanXml", null)]
    [InlineData(Layer.Foundation, Fleet.Camera, null)]
    [InlineData(Layer.Profile, Fleet.Camera, RefusalReason.NotAllowed)]
    public void On_a_ring_a_customer_puts_only_what_is_published(Layer layer, string path, RefusalReason? refused) =>
        Assert.Equal(refused, ServiceGroupTargets.Refuse(ServiceGroups.Of(Guid.CreateVersion7()).First(), layer, [path])?.Reason);

    [Fact]
    public async Task What_may_not_stand_on_a_ring_or_a_profile_is_refused_with_the_right_way()
    {
        var fleet = await Fleet.NewAsync(services, Engine.Sqlite);
        var version = await fleet.AddPolicyAsync((Fleet.Camera, "0"));
        foreach (var group in new[] { ServiceGroups.IdOf(fleet.Tenant, Ring.First), ServiceGroups.IdOf(fleet.Tenant, DeviceProfile.Kiosk) })
        {
            var refused = await fleet.AsAsync<Assignments, Outcome<AssignmentResult>>(all => all.AssignAsync(version.Id, group, Layer.Customer, CancellationToken.None));
            Assert.Equal(RefusalReason.NotAllowed, refused.Refusal?.Reason);
            Assert.Contains("group of your own", refused.Refusal!.Message, StringComparison.Ordinal);
        }
    }
}
