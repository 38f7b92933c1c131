using Deskward.Audit;
using Deskward.Devices;
using Deskward.Fixture;
using Deskward.Groups;
using Deskward.Platform;
using Deskward.Sessions;
using Microsoft.EntityFrameworkCore;
using Xunit;
using static Deskward.DesiredState.Answers.ExplanationGround;

namespace Deskward.DesiredState.Answers;

public sealed class PcExplanationsTests(Services services)
{
    public static TheoryData<Engine> Engines => new(Engine.Sqlite, Engine.Postgres);

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task A_value_is_explained_by_who_wanted_what_what_became_of_it_and_what_it_would_be_without(Engine engine)
    {
        var fleet = await Fleet.NewAsync(services, engine);
        var device = (await fleet.AddDevicesAsync(1))[0];
        var below = await fleet.AssignAsync(await fleet.AddPolicyAsync((Fleet.Pin, "6"), (Fleet.Camera, "0")), await fleet.AllDevicesAsync());
        await fleet.AssignAsync(await fleet.AddPolicyAsync((Fleet.Pin, "8")), (await fleet.AddGroupAsync(device)).Id, Layer.Customer);
        var told = await fleet.ExplainAsync(device, Fleet.Pin.Replace("./Device", ".", StringComparison.Ordinal));
        Assert.Equal([("6", WishFate.Holds, "All PCs"), ("8", WishFate.Refused, told.Wishes[1].Group)], told.Wishes.Select(wish => (wish.Value, wish.Fate, wish.Group)));
        Assert.Equal((below.Assignment.Id, true, "6", 1), (told.Holds?.AssignmentId, told.IsConflict, told.Value, told.Holds?.Version));
        Assert.Equal((WithoutIt.Another, "8", Layer.Customer), (told.Without?.Kind, told.Without?.Value, told.Without!.From!.Layer));
        Assert.Equal([Fleet.Camera, Fleet.Pin], (await fleet.ExplainAllAsync(device)).Select(one => one.Path));
        Assert.Equal((WithoutIt.Deleted, SettingOutcome.Waiting), ((await fleet.ExplainAsync(device, Fleet.Camera)) is var camera ? (camera.Without!.Kind, camera.Standing!.Outcome) : default));
        Fleet.Granted(await fleet.AsAsync<Assignments, Outcome<Assignment>>(all => all.RemoveAsync(below.Assignment.Id, null, Stop)));
        Assert.Equal([(Fleet.Pin, "8")], await fleet.WantedOfAsync(device));
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task What_two_of_one_layer_dispute_is_nobodys_and_takes_what_must_be_written_with_it_along(Engine engine)
    {
        var fleet = await Fleet.NewAsync(services, engine);
        var device = (await fleet.AddDevicesAsync(1))[0];
        const string Rule = SessionBench.Rule;
        await fleet.AssignAsync(await fleet.AddPolicyAsync((Rule + "/Name", "Web"), (Rule + "/Direction", "IN")), await fleet.AllDevicesAsync());
        await fleet.AssignAsync(await fleet.AddPolicyAsync((Rule + "/Direction", "OUT")), (await fleet.AddGroupAsync(device)).Id);
        var told = (await fleet.ExplainAllAsync(device)).ToDictionary(one => one.Path);
        var (direction, name) = (told[Rule + "/Direction"], told[Rule + "/Name"]);
        Assert.Equal((null, null, null, true), (direction.Holds, direction.Value, direction.Without, direction.IsConflict));
        Assert.All(direction.Wishes, wish => Assert.True(wish.IsInConflict));
        Assert.Equal([Rule + "/Direction"], name.WithheldBy);
        Assert.Equal((null, SettingOutcome.Conflict), (name.Holds, name.Standing!.Outcome));
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task Whoever_published_assigned_and_put_the_PC_into_the_group_is_named(Engine engine)
    {
        var fleet = await Fleet.NewAsync(services, engine);
        var device = await fleet.EnrolAsync();
        var first = await fleet.ByAsync<PolicySets, Outcome<PolicySetVersion>>("pia", sets => sets.CreateAsync(fleet.Tenant, "Cameras", "", Fleet.Lines((Fleet.Camera, "1")), Stop));
        var second = await fleet.ByAsync<PolicySets, Outcome<PolicySetVersion>>("paul", sets => sets.AddVersionAsync(first.Value!.PolicySetId, null, Fleet.Lines((Fleet.Camera, "0")), Stop));
        var group = await fleet.AddGroupAsync();
        await fleet.ByAsync<GroupMembership, Outcome<Group>>("gus", groups => groups.AddAsync(group.Id, [device], Stop));
        var assigned = await fleet.ByAsync<Assignments, Outcome<AssignmentResult>>("amy", all => all.AssignAsync(first.Value!.Id, group.Id, Layer.Customer, Stop));
        await fleet.ByAsync<Assignments, Outcome<AssignmentResult>>("ben", all => all.ChangeVersionAsync(assigned.Value!.Assignment.Id, null, second.Value!.Id, Stop));
        await fleet.ByAsync<GroupMembership, Outcome<Group>>("late", async groups => await groups.AddAsync(group.Id, [device, (await fleet.EnrolAsync())], Stop));
        var held = (await fleet.ExplainAsync(device, Fleet.Camera)).Holds!;
        Assert.Equal((2, "paul", "policyset.version"), (held.Version, held.Published.By, held.Published.Action));
        Assert.Equal(("ben", ActorKind.Person, "assignment.change"), (held.Assigned.By, held.Assigned.Kind, held.Assigned.Action));
        Assert.Equal(("gus", "group.join"), (held.Joined?.By, held.Joined?.Action));
        Assert.Equal(held.Assigned.At, held.Since);
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task Of_rings_profiles_rules_and_all_PCs_the_decision_is_told_as_well(Engine engine)
    {
        var fleet = await Fleet.NewAsync(services, engine);
        var device = await fleet.EnrolAsync();
        await fleet.AssignToAllKindsAsync("device.deviceModel -startsWith \"Latitude\"");
        Assert.Equal(["device.enrol", "placement.add by Deskward", "placement.add by Deskward", "group.add by rita"], await fleet.JoinedAsync(device));
        await fleet.ByAsync<Groups.Rings.Placements, Refusal?>("rob", all => all.AssignRingAsync(fleet.Tenant, [device], Groups.Rings.Ring.Broad, null, Stop));
        Assert.Equal("placement.add by Deskward", (await fleet.JoinedAsync(device))[1]);
        await fleet.MoveAsync();
        Assert.Equal("placement.ring by rob", (await fleet.JoinedAsync(device))[1]);
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task What_nobody_wrote_down_is_not_recorded(Engine engine)
    {
        var fleet = await Fleet.NewAsync(services, engine);
        var devices = await fleet.AddDevicesAsync(101);
        await fleet.AssignAsync(await fleet.AddPolicyAsync((Fleet.Camera, "0")), (await fleet.AddGroupAsync(devices)).Id);
        Assert.NotNull((await fleet.ExplainAsync(devices[0], Fleet.Camera)).Holds!.Joined);
        var unnamed = (await fleet.ExplainAsync(devices[100], Fleet.Camera)).Holds!;
        Assert.Equal((null, unnamed.Assigned.At), (unnamed.Joined, unnamed.Since));
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task A_secret_is_told_nowhere_and_a_value_with_a_place_for_the_PCs_own_is_filled(Engine engine)
    {
        var fleet = await Fleet.NewAsync(services, engine);
        var device = (await fleet.AddDevicesAsync(1))[0];
        await fleet.AssignAsync(await fleet.AddLinesAsync(new SettingLine { Line = 1, Path = Mail, Value = "top-secret-value", IsSecret = true }), await fleet.AllDevicesAsync());
        await fleet.AssignAsync(await fleet.AddLinesAsync(new SettingLine { Line = 1, Path = Mail, Value = "another-secret", IsSecret = true }), (await fleet.AddGroupAsync(device)).Id, Layer.Customer);
        await fleet.AssignAsync(await fleet.AddPolicyAsync((Phone, "{{name}}")), await fleet.AllDevicesAsync());
        Assert.DoesNotContain("-secret", await fleet.JsonAsync(device), StringComparison.Ordinal);
        var told = (await fleet.ExplainAllAsync(device)).ToDictionary(one => one.Path[(one.Path.LastIndexOf('/') + 1)..]);
        var mail = told["HelpEmailAddress"];
        Assert.Equal((null, true, null, true), (mail.Value, mail.IsSecret, mail.Without!.Value, mail.Without.IsSecret));
        Assert.All(mail.Wishes, wish => Assert.Equal((null, true), (wish.Value, wish.IsSecret)));
        Assert.Equal(("PC-0", "{{name}}"), (told["HelpPhoneNumber"].Value, told["HelpPhoneNumber"].Holds!.Value));
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task How_it_stands_comes_with_its_evidence_and_what_stood_there_before_is_what_it_would_be_without(Engine engine)
    {
        var pcs = await ManagedPcs.NewAsync(services, engine);
        await pcs.AssignAsync((SessionBench.PublicFirewall, "false"), (Fleet.Camera, "0"));
        using var pc = await pcs.EnrolAsync();
        var before = pc.Tree.Read(SessionBench.PublicFirewall);
        await pc.SyncAsync(Stop);
        var device = await pcs.DeviceAsync(pc);
        var firewall = await pcs.AsAsync<PcExplanations, SettingExplanation>(all => all.OneAsync(device, SessionBench.PublicFirewall, Stop));
        Assert.Equal((SettingOutcome.Verified, "false"), (firewall.Standing!.Outcome, firewall.Value));
        Assert.True(firewall.Standing.ReadAt >= firewall.Holds!.Since && firewall.Holds.Joined!.At == device.EnrolledAt);
        Assert.Equal((WithoutIt.Restored, before), (firewall.Without!.Kind, firewall.Without.Value));
        Assert.Equal(WithoutIt.Deleted, (await pcs.AsAsync<PcExplanations, SettingExplanation>(all => all.OneAsync(device, Fleet.Camera, Stop))).Without!.Kind);
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task Another_organisations_PC_is_not_explained_and_a_setting_that_nobody_wants_says_so(Engine engine)
    {
        var (fleet, other) = (await Fleet.NewAsync(services, engine), await Fleet.NewAsync(services, engine));
        var (mine, theirs) = ((await fleet.AddDevicesAsync(1))[0], (await other.AddDevicesAsync(1))[0]);
        await other.AssignAsync(await other.AddPolicyAsync((Fleet.Camera, "0")), await other.AllDevicesAsync());
        var row = await other.QueryAsync(db => db.Set<Device>().AsNoTracking().SingleAsync(device => device.Id == theirs));
        Assert.Empty(await fleet.AsAsync<PcExplanations, List<SettingExplanation>>(all => all.AllAsync(row, Stop)));
        Assert.True((await fleet.ExplainAsync(mine, Fleet.Camera)) is { Wishes: [], Standing: null, Holds: null, Without: null, Path: Fleet.Camera });
        Assert.Empty(await fleet.ExplainAllAsync(mine));
    }
}
