using Deskward.Audit;
using Deskward.DesiredState;
using Deskward.Devices;
using Deskward.Fixture;
using Deskward.Platform;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Deskward.Groups;

public sealed class GroupMembershipTests(Services services)
{
    public static TheoryData<Engine> Engines => new(Engine.Sqlite, Engine.Postgres);

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task Members_who_come_and_go_get_and_lose_what_the_group_carries(Engine engine)
    {
        var fleet = await Fleet.NewAsync(services, engine);
        var devices = await fleet.AddDevicesAsync(3);
        var group = await fleet.AddGroupAsync();
        await fleet.AssignAsync(await fleet.AddPolicyAsync((Fleet.Camera, "0")), group.Id);
        Fleet.Granted(await AddAsync(fleet, group.Id, devices[0], devices[1]));
        Assert.Equal(new List<int> { 1, 1, 0 }, await CountsAsync(fleet, devices));
        Fleet.Granted(await fleet.AsAsync<GroupMembership, Outcome<Group>>(groups => groups.RemoveAsync(group.Id, [devices[0], devices[2]], CancellationToken.None)));
        Assert.Equal(new List<int> { 0, 1, 0 }, await CountsAsync(fleet, devices));
        Assert.Equal(await fleet.SetOfAsync(devices[0]), await fleet.SetOfAsync(devices[2]));
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task A_PC_in_two_groups_that_carry_leaves_one_and_keeps_the_other(Engine engine)
    {
        var fleet = await Fleet.NewAsync(services, engine);
        var device = (await fleet.AddDevicesAsync(1))[0];
        var (one, other) = (await fleet.AddGroupAsync(device), await fleet.AddGroupAsync(device));
        await fleet.AssignAsync(await fleet.AddPolicyAsync((Fleet.Camera, "0")), one.Id);
        await fleet.AssignAsync(await fleet.AddPolicyAsync((Fleet.Pin, "6")), other.Id);
        Assert.Equal(2, (await fleet.WantedOfAsync(device)).Length);
        Fleet.Granted(await fleet.AsAsync<GroupMembership, Outcome<Group>>(groups => groups.RemoveAsync(one.Id, [device], CancellationToken.None)));
        Assert.Equal([(Fleet.Pin, "6")], await fleet.WantedOfAsync(device));
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task A_PC_that_arrives_stands_in_the_set_of_all_PCs(Engine engine)
    {
        var fleet = await Fleet.NewAsync(services, engine);
        await fleet.AssignAsync(await fleet.AddPolicyAsync((Fleet.Camera, "0")), await fleet.AllDevicesAsync());
        Assert.Equal([(Fleet.Camera, "0")], await fleet.WantedOfAsync((await fleet.AddDevicesAsync(1))[0]));
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task A_machine_keeps_its_groups_when_the_same_person_enrols_it_again_and_loses_them_when_another_does(Engine engine)
    {
        var fleet = await Fleet.NewAsync(services, engine);
        await fleet.AddDevicesAsync(1);
        var first = await fleet.QueryAsync(db => db.Set<Device>().SingleAsync());
        var group = await fleet.AddGroupAsync(first.Id);
        var stranger = await ArriveAsync(fleet, first, Guid.CreateVersion7());
        Assert.Equal([first.Id], await MembersAsync(fleet, group.Id));
        var again = await ArriveAsync(fleet, first, first.PersonId);
        Assert.Equal([again], await MembersAsync(fleet, group.Id));
        Assert.NotEqual(stranger, again);
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task A_PC_that_does_not_exist_or_is_another_organisation_s_is_not_added_and_no_other_with_it(Engine engine)
    {
        var (fleet, other) = (await Fleet.NewAsync(services, engine), await Fleet.NewAsync(services, engine));
        var (own, foreign) = ((await fleet.AddDevicesAsync(1))[0], (await other.AddDevicesAsync(1))[0]);
        var group = await fleet.AddGroupAsync();
        Assert.Equal(RefusalReason.NotFound, (await AddAsync(fleet, group.Id, own, foreign)).Refusal?.Reason);
        Assert.Empty(await MembersAsync(fleet, group.Id));
        Assert.Equal(RefusalReason.NotFound, (await AddAsync(other, group.Id, foreign)).Refusal?.Reason);
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task Many_are_added_in_sets_and_twice_is_once(Engine engine)
    {
        var fleet = await Fleet.NewAsync(services, engine);
        var devices = await fleet.AddDevicesAsync(40);
        var group = await fleet.AddGroupAsync(devices);
        Fleet.Granted(await AddAsync(fleet, group.Id, [.. devices, devices[0]]));
        Assert.Equal(40, (await MembersAsync(fleet, group.Id)).Count);
        Assert.Equal(["group.add", "group.join"], await fleet.QueryAsync(db => db.Set<AuditEntry>().Where(row => row.ObjectId == group.Id).OrderBy(row => row.At).Select(row => row.Action).ToListAsync()));
    }

    [Fact]
    public async Task The_service_s_group_is_refused_to_everyone()
    {
        var fleet = await Fleet.NewAsync(services, Engine.Sqlite);
        var (all, device) = (await fleet.AllDevicesAsync(), (await fleet.AddDevicesAsync(1))[0]);
        Assert.Equal(RefusalReason.NotAllowed, (await AddAsync(fleet, all, device)).Refusal?.Reason);
        Assert.Equal(RefusalReason.NotAllowed, (await fleet.AsAsync<GroupMembership, Outcome<Group>>(groups => groups.RenameAsync(all, null, "Mine", CancellationToken.None))).Refusal?.Reason);
        Assert.Equal(RefusalReason.NotAllowed, (await DeleteAsync(fleet, all)).Refusal?.Reason);
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task A_group_that_carries_something_is_not_deleted_and_one_that_does_not_goes_with_its_memberships(Engine engine)
    {
        var fleet = await Fleet.NewAsync(services, engine);
        var group = await fleet.AddGroupAsync((await fleet.AddDevicesAsync(1))[0]);
        var result = await fleet.AssignAsync(await fleet.AddPolicyAsync((Fleet.Camera, "0")), group.Id);
        Assert.Equal(RefusalReason.Conflict, (await DeleteAsync(fleet, group.Id)).Refusal?.Reason);
        Fleet.Granted(await fleet.AsAsync<Assignments, Outcome<Assignment>>(all => all.RemoveAsync(result.Assignment.Id, null, CancellationToken.None)));
        Fleet.Granted(await DeleteAsync(fleet, group.Id));
        Assert.Empty(await MembersAsync(fleet, group.Id));
    }

    [Fact]
    public async Task A_name_is_given_once_and_has_no_control_characters()
    {
        var fleet = await Fleet.NewAsync(services, Engine.Sqlite);
        var group = await fleet.AddGroupAsync();
        Assert.Equal(RefusalReason.Conflict, await RefusedNameAsync(fleet, group.Name));
        Assert.Equal(RefusalReason.Conflict, await RefusedNameAsync(fleet, Group.AllDevicesName));
        Assert.Equal(RefusalReason.Invalid, await RefusedNameAsync(fleet, "a\tb"));
        Assert.Equal(RefusalReason.Conflict, (await fleet.AsAsync<GroupMembership, Outcome<Group>>(groups => groups.RenameAsync(group.Id, 9, "New", CancellationToken.None))).Refusal?.Reason);
    }

    private static Task<Guid> ArriveAsync(Fleet fleet, Device earlier, Guid? person) => fleet.Service.InScopeAsync(async provider =>
    {
        var db = provider.GetRequiredService<DeskwardContext>();
        await using var transaction = await db.Database.BeginTransactionAsync();
        var device = new Device { TenantId = fleet.Tenant, HardwareId = earlier.HardwareId, Name = earlier.Name, PersonId = person, EnrolledAt = fleet.Service.Time.Now() };
        await provider.GetRequiredService<Rings.Arrivals>().ArriveAsync(db, device, CancellationToken.None);
        db.Add(device);
        await db.SaveChangesAsync();
        await transaction.CommitAsync();
        return device.Id;
    }, fleet.Tenant);

    private static Task<List<Guid>> MembersAsync(Fleet fleet, Guid group) => fleet.QueryAsync(db => db.Set<GroupMember>().Where(row => row.GroupId == group).Select(row => row.DeviceId).ToListAsync());

    private static async Task<List<int>> CountsAsync(Fleet fleet, Guid[] devices)
    {
        var counts = new List<int>();
        foreach (var device in devices)
        {
            counts.Add((await fleet.WantedOfAsync(device)).Length);
        }

        return counts;
    }

    private static Task<Outcome<Group>> AddAsync(Fleet fleet, Guid group, params Guid[] devices) =>
        fleet.AsAsync<GroupMembership, Outcome<Group>>(groups => groups.AddAsync(group, devices, CancellationToken.None));

    private static Task<Outcome<Group>> DeleteAsync(Fleet fleet, Guid group) =>
        fleet.AsAsync<GroupMembership, Outcome<Group>>(groups => groups.DeleteAsync(group, null, CancellationToken.None));

    private static async Task<RefusalReason?> RefusedNameAsync(Fleet fleet, string name) =>
        (await fleet.AsAsync<GroupMembership, Outcome<Group>>(groups => groups.CreateAsync(fleet.Tenant, name, CancellationToken.None))).Refusal?.Reason;
}
