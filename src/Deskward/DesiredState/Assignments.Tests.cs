using Deskward.Audit;
using Deskward.Fixture;
using Deskward.Platform;
using Microsoft.EntityFrameworkCore;
using Xunit;

namespace Deskward.DesiredState;

public sealed class AssignmentsTests(Services services)
{
    public static TheoryData<Engine> Engines => new(Engine.Sqlite, Engine.Postgres);

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task What_is_assigned_to_all_PCs_is_wanted_of_each(Engine engine)
    {
        var fleet = await Fleet.NewAsync(services, engine);
        var devices = await fleet.AddDevicesAsync(2);
        Assert.Empty((await fleet.DocumentOfAsync(devices[0])).Settings);
        await fleet.AssignAsync(await fleet.AddPolicyAsync((Fleet.Camera, "0")), await fleet.AllDevicesAsync());
        Assert.Equal([(Fleet.Camera, "0")], await fleet.WantedOfAsync(devices[0]));
        Assert.Equal(await fleet.SetOfAsync(devices[0]), await fleet.SetOfAsync(devices[1]));
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task A_PC_changes_sets_only_when_its_group_begins_or_ceases_to_carry(Engine engine)
    {
        var fleet = await Fleet.NewAsync(services, engine);
        var devices = await fleet.AddDevicesAsync(2);
        var (group, home) = (await fleet.AddGroupAsync(devices[0]), await fleet.SetOfAsync(devices[0]));
        Assert.Equal(home, await fleet.SetOfAsync(devices[1]));
        var first = await fleet.AssignAsync(await fleet.AddPolicyAsync((Fleet.Camera, "0")), group.Id);
        var moved = await fleet.SetOfAsync(devices[0]);
        Assert.NotEqual(home, moved);
        Assert.Equal(home, await fleet.SetOfAsync(devices[1]));
        var second = await fleet.AssignAsync(await fleet.AddPolicyAsync((Fleet.Cortana, "0")), group.Id);
        Assert.Equal(moved, await fleet.SetOfAsync(devices[0]));
        Assert.Equal([(Fleet.Camera, "0"), (Fleet.Cortana, "0")], await fleet.WantedOfAsync(devices[0]));
        await RemoveAsync(fleet, first.Assignment.Id);
        await RemoveAsync(fleet, second.Assignment.Id);
        Assert.Equal(home, await fleet.SetOfAsync(devices[0]));
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task Changing_the_version_changes_what_is_wanted_and_writes_no_PC(Engine engine)
    {
        var fleet = await Fleet.NewAsync(services, engine);
        var device = (await fleet.AddDevicesAsync(1))[0];
        var first = await fleet.AddPolicyAsync((Fleet.Camera, "0"));
        var assigned = await fleet.AssignAsync(first, await fleet.AllDevicesAsync());
        var next = Fleet.Granted(await fleet.AsAsync<PolicySets, Outcome<PolicySetVersion>>(sets =>
            sets.AddVersionAsync(first.PolicySetId, null, Fleet.Lines((Fleet.Camera, "1"), (Fleet.Pin, "6")), CancellationToken.None)));
        Assert.Equal([(Fleet.Camera, "0")], await fleet.WantedOfAsync(device));
        Fleet.Granted(await fleet.AsAsync<Assignments, Outcome<AssignmentResult>>(all => all.ChangeVersionAsync(assigned.Assignment.Id, 0, next.Id, CancellationToken.None)));
        Assert.Equal([(Fleet.Camera, "1"), (Fleet.Pin, "6")], await fleet.WantedOfAsync(device));
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task A_conflict_is_told_when_assigning_with_how_many_PCs_it_concerns(Engine engine)
    {
        var fleet = await Fleet.NewAsync(services, engine);
        var devices = await fleet.AddDevicesAsync(3);
        var below = await fleet.AssignAsync(await fleet.AddPolicyAsync((Fleet.Camera, "0")), await fleet.AllDevicesAsync());
        var group = await fleet.AddGroupAsync(devices[0], devices[1]);
        var result = await fleet.AssignAsync(await fleet.AddPolicyAsync((Fleet.Camera, "1"), (Fleet.Pin, "6")), group.Id, Layer.Customer);
        var conflict = Assert.Single(result.Conflicts);
        Assert.Equal((Fleet.Camera, WishFate.Refused, "1", 2), (conflict.Path, conflict.Fate, conflict.Value, conflict.DeviceCount));
        Assert.Equal([below.Assignment.Id], conflict.Others);
        Assert.Equal([(Fleet.Camera, "0"), (Fleet.Pin, "6")], await fleet.WantedOfAsync(devices[0]));
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task Assigning_is_audited_in_the_same_transaction(Engine engine)
    {
        var fleet = await Fleet.NewAsync(services, engine);
        var result = await fleet.AssignAsync(await fleet.AddPolicyAsync((Fleet.Camera, "0")), await fleet.AllDevicesAsync(), Layer.Profile);
        await RemoveAsync(fleet, result.Assignment.Id);
        var entries = await fleet.QueryAsync(db => db.Set<AuditEntry>().Where(row => row.ObjectId == result.Assignment.Id).OrderBy(row => row.At).ToListAsync());
        Assert.Equal(["assignment.add", "assignment.remove"], entries.Select(entry => entry.Action));
        Assert.Contains("\"layer\":\"Profile\"", entries[0].After, StringComparison.Ordinal);
        Assert.Equal(entries[0].After, entries[1].Before);
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task What_another_organisation_owns_cannot_be_assigned_nor_assigned_to(Engine engine)
    {
        var (fleet, other) = (await Fleet.NewAsync(services, engine), await Fleet.NewAsync(services, engine));
        var (own, foreign) = (await fleet.AddPolicyAsync((Fleet.Camera, "0")), await other.AddPolicyAsync((Fleet.Camera, "0")));
        foreach (var (version, group) in new[] { (foreign.Id, await fleet.AllDevicesAsync()), (own.Id, await other.AllDevicesAsync()) })
        {
            var alone = await fleet.AsAsync<Assignments, Outcome<AssignmentResult>>(all => all.AssignAsync(version, group, Layer.Foundation, CancellationToken.None));
            var both = await fleet.Service.InScopeAsync(provider => Of(provider).AssignAsync(version, group, Layer.Foundation, CancellationToken.None), fleet.Tenant, other.Tenant);
            Assert.Equal((RefusalReason.NotFound, RefusalReason.NotFound), (alone.Refusal?.Reason, both.Refusal?.Reason));
        }
    }

    [Fact]
    public async Task Assigning_the_same_policy_set_twice_to_a_group_is_refused()
    {
        var fleet = await Fleet.NewAsync(services, Engine.Sqlite);
        var version = await fleet.AddPolicyAsync((Fleet.Camera, "0"));
        await fleet.AssignAsync(version, await fleet.AllDevicesAsync());
        Assert.Equal(RefusalReason.Conflict, await RefusedAsync(fleet, version.Id, await fleet.AllDevicesAsync(), Layer.Customer));
    }

    [Fact]
    public async Task A_group_has_one_device_profile()
    {
        var fleet = await Fleet.NewAsync(services, Engine.Sqlite);
        await fleet.AssignAsync(await fleet.AddPolicyAsync((Fleet.Camera, "0")), await fleet.AllDevicesAsync(), Layer.Profile);
        var second = await fleet.AddPolicyAsync((Fleet.Pin, "6"));
        Assert.Equal(RefusalReason.Conflict, await RefusedAsync(fleet, second.Id, await fleet.AllDevicesAsync(), Layer.Profile));
        Assert.Null(await RefusedAsync(fleet, second.Id, await fleet.AllDevicesAsync(), Layer.Customer));
    }

    [Fact]
    public async Task An_assignment_that_changed_meanwhile_is_not_removed()
    {
        var fleet = await Fleet.NewAsync(services, Engine.Sqlite);
        var result = await fleet.AssignAsync(await fleet.AddPolicyAsync((Fleet.Camera, "0")), await fleet.AllDevicesAsync());
        var refused = await fleet.AsAsync<Assignments, Outcome<Assignment>>(all => all.RemoveAsync(result.Assignment.Id, 7, CancellationToken.None));
        Assert.Equal(RefusalReason.Conflict, refused.Refusal?.Reason);
    }

    [Fact]
    public async Task A_version_of_another_policy_set_does_not_take_the_place_of_one()
    {
        var fleet = await Fleet.NewAsync(services, Engine.Sqlite);
        var result = await fleet.AssignAsync(await fleet.AddPolicyAsync((Fleet.Camera, "0")), await fleet.AllDevicesAsync());
        var other = await fleet.AddPolicyAsync((Fleet.Camera, "1"));
        var refused = await fleet.AsAsync<Assignments, Outcome<AssignmentResult>>(all => all.ChangeVersionAsync(result.Assignment.Id, null, other.Id, CancellationToken.None));
        Assert.Equal(RefusalReason.Invalid, refused.Refusal?.Reason);
    }

    [Fact]
    public async Task A_preview_tells_the_conflicts_and_changes_nothing()
    {
        var fleet = await Fleet.NewAsync(services, Engine.Sqlite);
        var devices = await fleet.AddDevicesAsync(2);
        await fleet.AssignAsync(await fleet.AddPolicyAsync((Fleet.Camera, "0")), await fleet.AllDevicesAsync());
        var (group, version) = (await fleet.AddGroupAsync(devices), await fleet.AddPolicyAsync((Fleet.Camera, "1")));
        var preview = Fleet.Granted(await fleet.AsAsync<Assignments, Outcome<AssignmentPreview>>(all => all.PreviewAsync(version.Id, group.Id, Layer.Foundation, CancellationToken.None)));
        Assert.Equal((WishFate.Disputed, 2), (Assert.Single(preview.Conflicts).Fate, preview.Conflicts[0].DeviceCount));
        Assert.Equal(1, await fleet.QueryAsync(db => db.Set<Assignment>().CountAsync()));
    }

    private static Assignments Of(IServiceProvider provider) => (Assignments)provider.GetService(typeof(Assignments))!;

    private static async Task<RefusalReason?> RefusedAsync(Fleet fleet, Guid version, Guid group, Layer layer) =>
        (await fleet.AsAsync<Assignments, Outcome<AssignmentResult>>(all => all.AssignAsync(version, group, layer, CancellationToken.None))).Refusal?.Reason;

    private static async Task RemoveAsync(Fleet fleet, Guid assignment) =>
        Fleet.Granted(await fleet.AsAsync<Assignments, Outcome<Assignment>>(all => all.RemoveAsync(assignment, null, CancellationToken.None)));
}
