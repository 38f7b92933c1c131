using Deskward.Fixture;
using Deskward.Groups;
using Deskward.Platform;
using Deskward.Platform.Plans;
using Microsoft.EntityFrameworkCore;
using Xunit;

namespace Deskward.DesiredState.Plans;

public sealed class ChangePlansTests(Services services)
{
    private static CancellationToken Stop => CancellationToken.None;

    public static TheoryData<Engine> Engines => [Engine.Sqlite, Engine.Postgres];

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task A_preview_is_what_is_kept_and_writes_nothing(Engine engine)
    {
        var fleet = await Fleet.NewAsync(services, engine);
        await fleet.AddDevicesAsync(3);
        var (version, all) = (await fleet.AddPolicyAsync((Fleet.Camera, "0"), (Fleet.Pin, "6")), await fleet.AllDevicesAsync());
        var preview = Fleet.Granted(await fleet.AsAsync<Assignments, Outcome<AssignmentPreview>>(assignments => assignments.PreviewAsync(version.Id, all, Layer.Foundation, Stop))).Plan;
        Assert.Equal((3, 2), (preview.Pcs, preview.Flips.Count));
        Assert.Empty(await PlansAsync(fleet));
        Fleet.Granted(await fleet.AsAsync<Assignments, Outcome<AssignmentResult>>(assignments => assignments.AssignAsync(version.Id, all, Layer.Foundation, preview.Digest, Stop)));
        var kept = Assert.Single(await PlansAsync(fleet));
        Assert.Equal((1, PlanCause.Assigned, 3, 2, preview.Digest), (kept.Number, kept.Cause, kept.Pcs, kept.Flips, Convert.ToHexStringLower(kept.Digest)));
        Assert.Equal(preview.Flips, PlanContent.Read(kept.Content)!.Flips);
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task When_the_world_changed_since_the_plan_was_looked_at_nothing_is_done(Engine engine)
    {
        var fleet = await Fleet.NewAsync(services, engine);
        await fleet.AddDevicesAsync(1);
        var (version, all) = (await fleet.AddPolicyAsync((Fleet.Camera, "0")), await fleet.AllDevicesAsync());
        var seen = Fleet.Granted(await fleet.AsAsync<Assignments, Outcome<AssignmentPreview>>(assignments => assignments.PreviewAsync(version.Id, all, Layer.Foundation, Stop))).Plan;
        await fleet.AddDevicesAsync(1);
        var refused = await fleet.AsAsync<Assignments, Outcome<AssignmentResult>>(assignments => assignments.AssignAsync(version.Id, all, Layer.Foundation, seen.Digest, Stop));
        Assert.Equal((RefusalReason.Conflict, ChangePlans.Stale), (refused.Refusal?.Reason, refused.Refusal?.Message));
        Assert.Equal(0, await fleet.QueryAsync(db => db.Set<Assignment>().CountAsync()));
        Assert.Empty(await PlansAsync(fleet));
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task Another_version_and_removal_have_plans_of_their_own(Engine engine)
    {
        var fleet = await Fleet.NewAsync(services, engine);
        await fleet.AddDevicesAsync(2);
        var first = await fleet.AddPolicyAsync((Fleet.Camera, "0"), (Fleet.Pin, "6"));
        var assigned = (await fleet.AssignAsync(first, await fleet.AllDevicesAsync())).Assignment;
        var next = Fleet.Granted(await fleet.AsAsync<PolicySets, Outcome<PolicySetVersion>>(sets => sets.AddVersionAsync(first.PolicySetId, null, Fleet.Lines((Fleet.Camera, "1"), (Fleet.Pin, "6")), Stop)));
        var preview = Fleet.Granted(await fleet.AsAsync<Assignments, Outcome<AssignmentPreview>>(all => all.PreviewAsync(next.Id, assigned.GroupId, Layer.Foundation, Stop))).Plan;
        Assert.Equal([(Fleet.Camera, "0", "1")], preview.Flips.Select(one => (one.Flip.Path, one.Flip.Before!, one.Flip.After!)));
        Fleet.Granted(await fleet.AsAsync<Assignments, Outcome<AssignmentResult>>(all => all.ChangeVersionAsync(assigned.Id, null, next.Id, preview.Digest, Stop)));
        var removal = Fleet.Granted(await fleet.AsAsync<Assignments, Outcome<DocumentPlan>>(all => all.PreviewRemovalAsync(assigned.Id, Stop)));
        Assert.All(removal.Flips, one => Assert.False(one.Flip.IsSet));
        Fleet.Granted(await fleet.AsAsync<Assignments, Outcome<Assignment>>(all => all.RemoveAsync(assigned.Id, null, removal.Digest, Stop)));
        Assert.Equal([PlanCause.Assigned, PlanCause.VersionChanged, PlanCause.Unassigned], (await PlansAsync(fleet)).Select(plan => plan.Cause));
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task A_group_s_first_assignment_concerns_its_members_alone(Engine engine)
    {
        var fleet = await Fleet.NewAsync(services, engine);
        var devices = await fleet.AddDevicesAsync(3);
        var group = await fleet.AddGroupAsync(devices[0]);
        await fleet.AssignAsync(await fleet.AddPolicyAsync((Fleet.Camera, "0")), group.Id);
        var kept = Assert.Single(await PlansAsync(fleet));
        Assert.Equal(1, kept.Pcs);
        Assert.Equal([(devices[0], 1, true)], await fleet.QueryAsync(async db => (await db.Set<SetStay>().Where(stay => stay.SetId != null).ToListAsync()).Select(stay => (stay.DeviceId, stay.After, stay.IsByPlan)).ToList()));
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task Members_who_come_and_go_are_planned_and_kept(Engine engine)
    {
        var fleet = await Fleet.NewAsync(services, engine);
        var devices = await fleet.AddDevicesAsync(3);
        var group = await fleet.AddGroupAsync(devices[0]);
        await fleet.AssignAsync(await fleet.AddPolicyAsync((Fleet.Camera, "0")), group.Id);
        var effect = await fleet.AsAsync<ChangePlans, MembershipEffect>(plans => plans.EffectAsync([new MembershipDraft(fleet.Tenant, group.Id, [devices[0], devices[1]], [])], Stop));
        Assert.Equal(1, effect.Pcs);
        Fleet.Granted(await fleet.AsAsync<GroupMembership, Outcome<Group>>(groups => groups.AddAsync(group.Id, [devices[0], devices[1]], effect.Plan.Digest, Stop)));
        var stale = await fleet.AsAsync<GroupMembership, Outcome<Group>>(groups => groups.AddAsync(group.Id, [devices[2]], effect.Plan.Digest, Stop));
        Assert.Equal(RefusalReason.Conflict, stale.Refusal?.Reason);
        Assert.Equal([PlanCause.Assigned, PlanCause.MembersChanged], (await PlansAsync(fleet)).Select(plan => plan.Cause));
        Assert.Empty(await fleet.WantedOfAsync(devices[2]));
    }

    [Theory]
    [InlineData(Engine.Sqlite, true, PlanReason.Superseded)]
    [InlineData(Engine.Postgres, true, PlanReason.Superseded)]
    [InlineData(Engine.Sqlite, false, PlanReason.Left)]
    [InlineData(Engine.Postgres, false, PlanReason.Left)]
    public async Task A_PC_has_left_when_it_was_taken_out_and_not_when_the_assignment_was(Engine engine, bool isAssignment, PlanReason reason)
    {
        var fleet = await Fleet.NewAsync(services, engine);
        var device = Assert.Single(await fleet.AddDevicesAsync(1));
        var group = await fleet.AddGroupAsync(device);
        var assigned = (await fleet.AssignAsync(await fleet.AddPolicyAsync((Fleet.Camera, "0")), group.Id)).Assignment;
        var plan = Assert.Single(await PlansAsync(fleet)).Id;
        await (isAssignment
            ? fleet.AsAsync<Assignments, Outcome<Assignment>>(all => all.RemoveAsync(assigned.Id, null, null, Stop))
            : (Task)fleet.AsAsync<GroupMembership, Outcome<Group>>(groups => groups.RemoveAsync(group.Id, [device], null, Stop)));
        var (pcs, _) = await fleet.AsAsync<PlanResults, (IReadOnlyList<PlannedPcResult>, int)>(async all => await all.PageAsync((await all.FindAsync(plan, Stop))!, 0, 10, Stop));
        Assert.Equal(reason, Assert.Single(Assert.Single(pcs).Flips).Reason);
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task Nobody_joins_a_plan_in_which_only_a_conflict_was_news(Engine engine)
    {
        var fleet = await Fleet.NewAsync(services, engine);
        var devices = await fleet.AddDevicesAsync(2);
        var group = await fleet.AddGroupAsync(devices[0]);
        await fleet.AssignAsync(await fleet.AddPolicyAsync((Fleet.Camera, "0")), await fleet.AllDevicesAsync());
        await fleet.AssignAsync(await fleet.AddPolicyAsync((Fleet.Pin, "8")), group.Id, Layer.Customer);
        await fleet.AssignAsync(await fleet.AddPolicyAsync((Fleet.Camera, "1")), group.Id, Layer.Customer);
        Fleet.Granted(await fleet.AsAsync<GroupMembership, Outcome<Group>>(groups => groups.AddAsync(group.Id, [devices[1]], null, Stop)));
        var (all, member, conflict) = (await PlansAsync(fleet)) is [var one, var two, var three, _] ? (one.Id, two.Id, three.Id) : default;
        Assert.Equal([(2, 0), (1, 1), (1, 0)], [await StandingAsync(fleet, all), await StandingAsync(fleet, member), await StandingAsync(fleet, conflict)]);
    }

    /// <summary>How many were planned, and how many joined.</summary>
    private static Task<(int Planned, int Joined)> StandingAsync(Fleet fleet, Guid plan) => fleet.AsAsync<PlanResults, (int, int)>(async all =>
    {
        var standing = await all.StandingAsync((await all.FindAsync(plan, Stop))!, Stop);
        return (standing.Planned, standing.Joined);
    });

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task Old_plans_go_with_the_stays_that_only_they_asked_for_and_numbers_go_on(Engine engine)
    {
        var fleet = await Fleet.NewAsync(services, engine);
        var devices = await fleet.AddDevicesAsync(2);
        var group = await fleet.AddGroupAsync(devices[0]);
        await fleet.AssignAsync(await fleet.AddPolicyAsync((Fleet.Camera, "0")), group.Id);
        await fleet.AssignAsync(await fleet.AddPolicyAsync((Fleet.Pin, "6")), await fleet.AllDevicesAsync());
        var later = new Microsoft.Extensions.Time.Testing.FakeTimeProvider(fleet.Service.Time.Now() + OldPlans.KeepFor + TimeSpan.FromDays(1));
        Assert.Equal(1, await fleet.QueryAsync(db => new OldPlans(db, later).RemoveAsync(fleet.Tenant, Stop)));
        Assert.Equal(0, await fleet.QueryAsync(db => db.Set<SetStay>().CountAsync()));
        await fleet.AssignAsync(await fleet.AddPolicyAsync((Fleet.Cortana, "0")), await fleet.AllDevicesAsync());
        Assert.Equal([2, 3], (await PlansAsync(fleet)).Select(plan => plan.Number));
    }

    private static Task<List<CarriedOutPlan>> PlansAsync(Fleet fleet) => fleet.QueryAsync(db => db.Set<CarriedOutPlan>().AsNoTracking().OrderBy(plan => plan.Number).ToListAsync());
}
