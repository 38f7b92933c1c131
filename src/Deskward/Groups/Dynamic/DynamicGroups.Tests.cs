using Deskward.DesiredState;
using Deskward.Devices;
using Deskward.Fixture;
using Deskward.Groups.Rings;
using Deskward.Platform;
using Microsoft.EntityFrameworkCore;
using Xunit;

namespace Deskward.Groups.Dynamic;

public sealed class DynamicGroupsTests(Services services)
{
    private const string Latitudes = "device.deviceModel -startsWith \"Latitude\"";

    public static TheoryData<Engine> Engines => new(Engine.Sqlite, Engine.Postgres);

    [Fact]
    public void Whether_a_move_is_large_is_told_by_a_few_PCs_as_by_all()
    {
        for (var moves = 0; moves < 60; moves++)
        {
            for (var total = 0; total < 700; total++)
            {
                Assert.Equal((moves, total, MembershipPlan.IsAbove(moves, total)), (moves, total, MembershipPlan.IsAbove(moves, Math.Min(total, MembershipPlan.EnoughFor(moves)))));
            }
        }
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task A_group_by_rule_holds_who_is_there_who_comes_and_whoever_changes(Engine engine)
    {
        var fleet = await Fleet.NewAsync(services, engine);
        var (latitude, other) = (await fleet.EnrolAsync("Latitude 7450"), await fleet.EnrolAsync("EliteBook"));
        var group = await CreateAsync(fleet, Latitudes);
        var late = await fleet.EnrolAsync("Latitude 5550");
        Assert.Equal(new[] { latitude, late }.Order(), (await fleet.MembersAsync(group.Id)).Order());
        await fleet.EnrolManyAsync(18);
        await RenameModelAsync(fleet, other, "latitude 1");
        await RunDueAsync(fleet);
        Assert.Contains(other, await fleet.MembersAsync(group.Id));
        Assert.Equal(0, await fleet.QueryAsync(db => db.Set<FactsDue>().CountAsync()));
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task A_changed_rule_shows_its_plan_and_is_done_as_it_was_shown(Engine engine)
    {
        var fleet = await Fleet.NewAsync(services, engine);
        var (latitude, elite) = (await fleet.EnrolAsync("Latitude 7450"), await fleet.EnrolAsync("EliteBook"));
        var group = await CreateAsync(fleet, Latitudes);
        await fleet.AssignAsync(await fleet.AddPolicyAsync((Fleet.Camera, "0")), group.Id);
        const string Rule = "device.deviceModel -eq \"EliteBook\"";
        var plan = await PlanAsync(fleet, group, Rule);
        Assert.Equal((elite, latitude, 2, true), (Assert.Single(plan.In).Id, Assert.Single(plan.Out).Id, plan.Effect.Pcs, plan.IsLarge));
        Assert.Equal([true, false], plan.Effect.Plan.Flips.Select(one => one.Flip.IsSet));
        Fleet.Granted(await ChangeAsync(fleet, group, Rule, plan.Digest));
        Assert.Equal((1, 0), ((await fleet.WantedOfAsync(elite)).Length, (await fleet.WantedOfAsync(latitude)).Length));
    }

    [Fact]
    public async Task A_plan_that_is_not_the_same_any_more_and_a_group_that_somebody_else_edited_are_refused()
    {
        var fleet = await Fleet.NewAsync(services, Engine.Sqlite);
        var group = await CreateAsync(fleet, Latitudes);
        var plan = await PlanAsync(fleet, group, "device.deviceOSType -eq \"Windows\"");
        await fleet.EnrolAsync("EliteBook");
        Assert.Contains("not the same any more", (await ChangeAsync(fleet, group, "device.deviceOSType -eq \"Windows\"", plan.Digest)).Refusal!.Message, StringComparison.Ordinal);
        var again = await PlanAsync(fleet, group, Latitudes);
        Fleet.Granted(await ChangeAsync(fleet, group, Latitudes, again.Digest));
        Assert.Contains("changed meanwhile", (await ChangeAsync(fleet, group, Latitudes, again.Digest)).Refusal!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_rule_that_cannot_be_read_makes_nothing_and_members_are_not_listed_by_hand()
    {
        var fleet = await Fleet.NewAsync(services, Engine.Sqlite);
        var refused = await fleet.AsAsync<DynamicGroups, Outcome<Group>>(groups => groups.CreateAsync(fleet.Tenant, "New", "device.deviceModel\n -eq", CancellationToken.None));
        Assert.StartsWith("Line 2, column 5: ", refused.Refusal!.Message, StringComparison.Ordinal);
        Assert.False(await fleet.QueryAsync(db => db.Set<Group>().AnyAsync(row => row.Name == "New")));
        var (group, device) = (await CreateAsync(fleet, Latitudes), await fleet.EnrolAsync("EliteBook"));
        Assert.Contains("rule", (await fleet.AsAsync<GroupMembership, Outcome<Group>>(groups => groups.AddAsync(group.Id, [device], CancellationToken.None))).Refusal!.Message, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task What_would_move_more_than_a_tenth_waits_for_confirmation(Engine engine)
    {
        var fleet = await Fleet.NewAsync(services, engine);
        var devices = await fleet.EnrolManyAsync(20);
        var group = await CreateAsync(fleet, Latitudes);
        await RenameModelAsync(fleet, devices[0], "Latitude");
        await RenameModelAsync(fleet, devices[1], "Latitude");
        await RunDueAsync(fleet);
        await RenameModelAsync(fleet, devices[2], "Latitude");
        await RunDueAsync(fleet);
        Assert.NotNull((await fleet.QueryAsync(db => db.Set<Group>().SingleAsync(row => row.Id == group.Id))).HeldAt);
        Assert.Equal(RefusalReason.Conflict, (await ConfirmAsync(fleet, group, 5))?.Reason);
        Assert.Null(await ConfirmAsync(fleet, group, 1));
        Assert.Equal(devices[..3].Order(), (await fleet.MembersAsync(group.Id)).Order());
        Assert.Equal(RefusalReason.Conflict, (await ConfirmAsync(fleet, group, 1))?.Reason);
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task Every_hour_all_rules_are_put_to_all_PCs_so_that_what_was_missed_or_changed_past_the_service_is_right_again(Engine engine)
    {
        var fleet = await Fleet.NewAsync(services, engine);
        var devices = await fleet.EnrolManyAsync(20);
        var group = await CreateAsync(fleet, "device.deviceModel -eq \"Model 1\"");
        await fleet.ExecuteAsync($"DELETE FROM groups_members WHERE group_id = {group.Id} AND device_id = {devices[1]}");
        Assert.Equal(1, await fleet.AsAsync<Reevaluation, int>(all => all.RunAllAsync(fleet.Tenant, CancellationToken.None)));
        Assert.Contains(devices[1], await fleet.MembersAsync(group.Id));
    }

    [Fact]
    public async Task A_profile_that_was_assigned_moves_between_groups_that_ask_for_it()
    {
        var fleet = await Fleet.NewAsync(services, Engine.Sqlite);
        var devices = await fleet.EnrolManyAsync(12);
        var group = await CreateAsync(fleet, "device.enrollmentProfileName -eq \"Kiosk\"");
        await fleet.AssignProfileAsync(DeviceProfile.Kiosk, devices[4]);
        await RunDueAsync(fleet);
        Assert.Equal([devices[4]], await fleet.MembersAsync(group.Id));
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task What_of_a_PC_changed_that_no_rule_asks_for_is_not_noted(Engine engine)
    {
        var fleet = await Fleet.NewAsync(services, engine);
        var device = await fleet.EnrolAsync();
        await fleet.QueryAsync(async db =>
        {
            (await db.Set<Device>().SingleAsync(row => row.Id == device)).Inventory = "{}";
            return await db.SaveChangesAsync();
        });
        Assert.Equal(0, await fleet.QueryAsync(db => db.Set<FactsDue>().CountAsync()));
    }

    [Fact]
    public async Task A_group_that_carries_nothing_changes_no_document_whoever_joins_it()
    {
        var fleet = await Fleet.NewAsync(services, Engine.Sqlite);
        var devices = await fleet.EnrolManyAsync(4);
        var before = await fleet.QueryAsync(db => db.Set<AssignmentSet>().CountAsync());
        var group = await CreateAsync(fleet, "device.deviceOSType -eq \"Windows\"");
        var plan = await PlanAsync(fleet, group, Latitudes);
        Assert.Equal((4, 0), (plan.Out.Count, plan.Effect.Pcs));
        Assert.Equal(before, await fleet.QueryAsync(db => db.Set<AssignmentSet>().CountAsync()));
        Assert.Single((await Task.WhenAll(devices.Select(fleet.SetOfAsync))).Distinct());
    }

    private static async Task<Group> CreateAsync(Fleet fleet, string rule) =>
        Fleet.Granted(await fleet.AsAsync<DynamicGroups, Outcome<Group>>(groups => groups.CreateAsync(fleet.Tenant, $"By rule {Guid.CreateVersion7()}", rule, CancellationToken.None)));

    private static async Task<MembershipPlan> PlanAsync(Fleet fleet, Group group, string rule) =>
        Fleet.Granted(await fleet.AsAsync<DynamicGroups, Outcome<MembershipPlan>>(groups => groups.PlanRuleAsync(fleet.Tenant, group.Id, rule, CancellationToken.None)));

    private static Task<Outcome<Group>> ChangeAsync(Fleet fleet, Group group, string rule, string digest) =>
        fleet.AsAsync<DynamicGroups, Outcome<Group>>(groups => groups.ChangeRuleAsync(group.Id, group.Version, rule, digest, CancellationToken.None));

    private static Task<Refusal?> ConfirmAsync(Fleet fleet, Group group, int moves) =>
        fleet.AsAsync<Reevaluation, Refusal?>(all => all.ConfirmAsync(group.Id, moves, CancellationToken.None));

    /// <summary>The node does it by itself every few seconds: whoever was first, afterwards it is done.</summary>
    private static Task<int> RunDueAsync(Fleet fleet) => fleet.AsAsync<Reevaluation, int>(all => all.RunDueAsync(fleet.Tenant, CancellationToken.None));

    private static Task<int> RenameModelAsync(Fleet fleet, Guid device, string model) => fleet.QueryAsync(async db =>
    {
        (await db.Set<Device>().SingleAsync(row => row.Id == device)).Model = model;
        return await db.SaveChangesAsync();
    });
}
