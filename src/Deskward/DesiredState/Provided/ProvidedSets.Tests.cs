using Deskward.Audit;
using Deskward.Devices;
using Deskward.Fixture;
using Deskward.Groups.Rings;
using Deskward.Groups.Service;
using Deskward.Platform;
using Deskward.Platform.Duties;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Deskward.DesiredState.Provided;

public sealed class ProvidedSetsTests(Services services)
{
    public static TheoryData<Engine> Engines => new(Engine.Sqlite, Engine.Postgres);

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task A_released_version_is_there_once_and_every_customer_gets_it(Engine engine)
    {
        var (fleet, other) = (await Fleet.NewAsync(services, engine), await Fleet.NewAsync(services, engine));
        var version = await ReleasedAsync(fleet.Service, (Fleet.Camera, "0"));
        foreach (var one in new[] { fleet, other })
        {
            var device = (await one.AddDevicesAsync(1))[0];
            await one.AssignAsync(version, await one.AllDevicesAsync());
            Assert.Equal([(Fleet.Camera, "0")], await one.WantedOfAsync(device));
            Assert.Equal((0, 1, 1), await one.QueryAsync(async db => (await db.Set<PolicySet>().CountAsync(row => row.TenantId == one.Tenant), await db.Set<PolicySet>().CountAsync(row => row.Id == version.PolicySetId), await db.Set<Document>().CountAsync())));
        }
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task Until_a_version_is_released_no_customer_sees_it_and_none_is_given_it(Engine engine)
    {
        var fleet = await Fleet.NewAsync(services, engine);
        var first = await ReleasedAsync(fleet.Service, (Fleet.Camera, "0"));
        var second = await AddVersionAsync(fleet.Service, first.PolicySetId, (Fleet.Camera, "1"));
        Assert.Equal([1], await fleet.QueryAsync(db => db.Set<PolicySetVersion>().Where(row => row.PolicySetId == first.PolicySetId).Select(row => row.Number).ToListAsync()));
        Assert.Equal(RefusalReason.NotFound, (await AssignAsync(fleet, Actor.Service, second.Id, await fleet.AllDevicesAsync(), Layer.Foundation)).Refusal?.Reason);
        var asProvider = await fleet.Service.InScopeAsync(async provider => await provider.GetRequiredService<Assignments>().AssignAsync(second.Id, await fleet.AllDevicesAsync(), Layer.Foundation, CancellationToken.None), fleet.Tenant, (await fleet.Service.ProviderAsync()).Id);
        Assert.Equal("Version 2 is not the one that is released.", asProvider.Refusal?.Message);
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task A_customers_person_neither_assigns_nor_takes_away_what_is_the_providers(Engine engine)
    {
        var fleet = await Fleet.NewAsync(services, engine);
        var person = await PersonAsync(fleet);
        var (theirs, own, all) = (await ReleasedAsync(fleet.Service, (Fleet.Camera, "0")), await fleet.AddPolicyAsync((Fleet.Cortana, "0")), await fleet.AllDevicesAsync());
        foreach (var layer in Enum.GetValues<Layer>())
        {
            Assert.Equal((layer, layer == Layer.Exception ? RefusalReason.Conflict : RefusalReason.NotAllowed), (layer, (await AssignAsync(fleet, person, theirs.Id, all, layer)).Refusal?.Reason));
            Assert.Equal((layer, layer == Layer.Customer), (layer, !(await AssignAsync(fleet, person, own.Id, all, layer)).IsRefused));
        }

        var assigned = (await fleet.AssignAsync(theirs, all)).Assignment;
        Assert.Equal(RefusalReason.NotAllowed, (await RemoveAsync(fleet, person, assigned.Id)).Refusal?.Reason);
        Assert.Equal(RefusalReason.NotAllowed, (await fleet.AsAsync<PolicySets, Outcome<PolicySetVersion>>(sets => sets.AddVersionAsync(theirs.PolicySetId, null, Fleet.Lines((Fleet.Pin, "8")), CancellationToken.None))).Refusal?.Reason);
        Assert.Equal(RefusalReason.NotAllowed, (await fleet.AsAsync<PolicySets, Outcome<PolicySet>>(sets => sets.RenameAsync(theirs.PolicySetId, null, "Mine", "", CancellationToken.None))).Refusal?.Reason);
        Assert.Equal(RefusalReason.NotAllowed, (await fleet.AsAsync<PolicySets, Outcome<PolicySet>>(sets => sets.ArchiveAsync(theirs.PolicySetId, null, CancellationToken.None))).Refusal?.Reason);
        Assert.False((await RemoveAsync(fleet, Actor.Service, assigned.Id)).IsRefused);
    }

    [Theory]
    [InlineData(Layer.Customer, false, "The provider's policy sets go into the foundation, or into the layer of device profiles.")]
    [InlineData(Layer.Profile, false, "A device profile goes to the group of that profile.")]
    [InlineData(Layer.Profile, true, null)]
    public async Task What_is_the_providers_stands_in_the_foundation_or_is_a_device_profile(Layer layer, bool onProfile, string? why)
    {
        var fleet = await Fleet.NewAsync(services, Engine.Sqlite);
        var group = onProfile ? ProfileGroup.IdOf(fleet.Tenant, DeviceProfile.Kiosk) : await fleet.AllDevicesAsync();
        Assert.Equal(why, (await AssignAsync(fleet, Actor.Service, (await ReleasedAsync(fleet.Service, (Fleet.Camera, "0"))).Id, group, layer)).Refusal?.Message);
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task A_release_reaches_every_customer_that_has_the_set_and_writes_no_row_of_a_PC(Engine engine)
    {
        var (fleets, devices, first) = await FleetsAsync(engine, 3);
        var before = await RowsAsync(fleets[0].Service, devices);
        var second = await AddVersionAsync(fleets[0].Service, first.PolicySetId, (Fleet.Camera, "1"));
        Assert.Equal(new ProvidedReach(3, 6, 3, 6), await RolloutAsync(fleets[0].Service, rollout => rollout.ReachAsync(first.PolicySetId, 2, CancellationToken.None)));
        await ReleaseAsync(fleets[0].Service, first.PolicySetId, 2);
        Assert.Equal(3, await RolloutAsync(fleets[0].Service, rollout => rollout.CarryOutAsync(first.PolicySetId, CancellationToken.None)));
        Assert.Equal(new ProvidedReach(3, 6, 0, 0), await RolloutAsync(fleets[0].Service, rollout => rollout.ReachAsync(first.PolicySetId, 2, CancellationToken.None)));
        Assert.Equal(before, await RowsAsync(fleets[0].Service, devices));
        Assert.Equal([(Fleet.Camera, "1")], await fleets[1].WantedOfAsync(devices[2]));
        Assert.Equal("Rita", await fleets[1].QueryAsync(db => db.Set<AuditEntry>().Where(row => row.Action == "assignment.change").Select(row => row.ActorName).SingleAsync()));
        Assert.Equal(0, await RolloutAsync(fleets[0].Service, rollout => rollout.CarryOutAsync(second.PolicySetId, CancellationToken.None)));
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task The_plan_of_a_release_counts_all_customers_and_shows_nothing_that_is_a_customers_own(Engine engine)
    {
        var (fleets, _, first) = await FleetsAsync(engine, 2);
        await fleets[1].AssignAsync(await fleets[1].AddPolicyAsync((Fleet.Cortana, "1")), await fleets[1].AllDevicesAsync(), Layer.Customer);
        var second = await AddVersionAsync(fleets[0].Service, first.PolicySetId, (Fleet.Camera, "1"), (Fleet.Cortana, "0"));
        var plan = await RolloutAsync(fleets[0].Service, rollout => rollout.PlanAsync(first.PolicySetId, 2, CancellationToken.None));
        Assert.Equal([(fleets[0].Tenant, 2), (fleets[1].Tenant, 2)], plan.Pcs.OrderBy(one => one.Customer != fleets[0].Tenant));
        Assert.Equal(
            [(Fleet.Camera, "0", "1", true, 4), (Fleet.Cortana, null, "0", false, 2), (Fleet.Cortana, null, "0", true, 2)],
            plan.Plan.Flips.OrderBy(one => one.Flip.Path).ThenBy(one => one.Flip.WasSet).Select(one => (one.Flip.Path, one.Flip.Before, one.Flip.After, one.Flip.WasSet, one.Pcs)));
        Assert.All(plan.Plan.Conflicts, one => Assert.Single(one.Conflict.Between));
        Assert.Equal(RefusalReason.Conflict, (await RolloutAsync(fleets[0].Service, rollout => rollout.ReleaseAsync(first.PolicySetId, null, 2, "another", CancellationToken.None))).Refusal?.Reason);
        Fleet.Granted(await RolloutAsync(fleets[0].Service, rollout => rollout.ReleaseAsync(first.PolicySetId, null, 2, plan.Plan.Digest, CancellationToken.None)));
        Assert.Equal(second.Id, await fleets[1].QueryAsync(db => db.Set<Assignment>().Where(row => row.PolicySetId == first.PolicySetId).Select(row => row.PolicySetVersionId).SingleAsync()));
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task A_release_that_broke_off_is_found_and_an_earlier_version_can_be_released_again(Engine engine)
    {
        var fleet = await Fleet.NewAsync(services, engine);
        var first = await ReleasedAsync(fleet.Service, (Fleet.Camera, "0"));
        var device = (await fleet.AddDevicesAsync(1))[0];
        await fleet.AssignAsync(first, await fleet.AllDevicesAsync());
        await AddVersionAsync(fleet.Service, first.PolicySetId, (Fleet.Camera, "1"));
        foreach (var (number, value) in new[] { (2, "1"), (1, "0") })
        {
            Assert.Equal($"Version {(number == 2 ? 1 : 2)} is released already.", (await ReleaseAsync(fleet.Service, first.PolicySetId, number == 2 ? 1 : 2)).Refusal?.Message);
            Assert.False((await ReleaseAsync(fleet.Service, first.PolicySetId, number)).IsRefused);
            Assert.Contains(first.PolicySetId, await fleet.Service.QueryAsync(db => SetRollout.BehindAsync(db, CancellationToken.None)));
            await RolloutAsync(fleet.Service, rollout => rollout.CarryOutAsync(first.PolicySetId, CancellationToken.None));
            Assert.DoesNotContain(first.PolicySetId, await fleet.Service.QueryAsync(db => SetRollout.BehindAsync(db, CancellationToken.None)));
            Assert.Equal([(Fleet.Camera, value)], await fleet.WantedOfAsync(device));
        }
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task Secrets_are_not_released_and_a_customer_releases_nothing(Engine engine)
    {
        var fleet = await Fleet.NewAsync(services, engine);
        var secret = await CreateAsync(fleet.Service, [new SettingLine { Line = 1, Path = Fleet.Camera, Value = "0", IsSecret = true }]);
        Assert.Equal(ProvidedSets.NoSecrets, (await ReleaseAsync(fleet.Service, secret.PolicySetId, 1)).Refusal);
        var open = await ReleasedAsync(fleet.Service, (Fleet.Camera, "0"));
        var provider = (await fleet.Service.ProviderAsync()).Id;
        var more = await fleet.Service.InScopeAsync(services => services.GetRequiredService<PolicySets>().AddVersionAsync(open.PolicySetId, null, [new SettingLine { Line = 1, Path = Fleet.Camera, Value = "1", IsSecret = true }], CancellationToken.None), provider);
        Assert.Equal(ProvidedSets.NoSecrets, more.Refusal);
        var own = await fleet.AddPolicyAsync((Fleet.Camera, "0"));
        Assert.Equal(RefusalReason.NotAllowed, (await fleet.AsAsync<ProvidedSets, Outcome<PolicySet>>(sets => sets.ReleaseAsync(own.PolicySetId, null, 1, CancellationToken.None))).Refusal?.Reason);
    }

    private static Task<PolicySetVersion> CreateAsync(TestService service, SettingLine[] lines) => InProviderAsync<PolicySets, PolicySetVersion>(service, async sets => Fleet.Granted(await sets.CreateAsync((await service.ProviderAsync()).Id, $"Set {Guid.CreateVersion7()}", "", lines, CancellationToken.None)));

    private static Task<PolicySetVersion> AddVersionAsync(TestService service, Guid set, params (string, string)[] settings) =>
        InProviderAsync<PolicySets, PolicySetVersion>(service, async sets => Fleet.Granted(await sets.AddVersionAsync(set, null, Fleet.Lines(settings), CancellationToken.None)));

    private static async Task<PolicySetVersion> ReleasedAsync(TestService service, params (string, string)[] settings)
    {
        var version = await CreateAsync(service, Fleet.Lines(settings));
        Fleet.Granted(await ReleaseAsync(service, version.PolicySetId, 1));
        return version;
    }

    private static Task<Outcome<PolicySet>> ReleaseAsync(TestService service, Guid set, int number) => InProviderAsync<ProvidedSets, Outcome<PolicySet>>(service, sets => sets.ReleaseAsync(set, null, number, CancellationToken.None));

    private static async Task<T> InProviderAsync<TService, T>(TestService service, Func<TService, Task<T>> work)
        where TService : notnull => await service.InScopeAsync(provider => work(provider.GetRequiredService<TService>()), (await service.ProviderAsync()).Id);

    private static async Task<T> RolloutAsync<T>(TestService service, Func<SetRollout, Task<T>> work) => await service.InScopeAsync(
        provider =>
        {
            provider.GetRequiredService<AuditTrail>().Actor = new Actor(ActorKind.Person, Guid.CreateVersion7(), "Rita");
            return work(provider.GetRequiredService<SetRollout>());
        },
        (await service.ProviderAsync()).Id);

    /// <summary>Customers with two PCs each that have one released set assigned, and the PCs.</summary>
    private async Task<(Fleet[] Fleets, List<Guid> Devices, PolicySetVersion First)> FleetsAsync(Engine engine, int count)
    {
        var (fleets, devices) = (new Fleet[count], new List<Guid>());
        PolicySetVersion? first = null;
        for (var at = 0; at < count; at++)
        {
            fleets[at] = await Fleet.NewAsync(services, engine);
            first ??= await ReleasedAsync(fleets[0].Service, (Fleet.Camera, "0"));
            devices.AddRange(await fleets[at].AddDevicesAsync(2));
            await fleets[at].AssignAsync(first, await fleets[at].AllDevicesAsync());
        }

        return (fleets, devices, first!);
    }

    private static async Task<Actor> PersonAsync(Fleet fleet)
    {
        var organisation = await fleet.QueryAsync(db => db.Set<Tenants.Organisation>().SingleAsync(row => row.Id == fleet.Tenant));
        var person = await fleet.Service.AddPersonAsync(organisation, "adam", Role.ItAdministrator);
        return new Actor(ActorKind.Person, person.Id, person.UserName!);
    }

    private static Task<Outcome<AssignmentResult>> AssignAsync(Fleet fleet, Actor actor, Guid version, Guid group, Layer layer) => AsAsync(fleet, actor, assignments => assignments.AssignAsync(version, group, layer, CancellationToken.None));

    private static Task<Outcome<Assignment>> RemoveAsync(Fleet fleet, Actor actor, Guid assignment) => AsAsync(fleet, actor, assignments => assignments.RemoveAsync(assignment, null, CancellationToken.None));

    private static Task<T> AsAsync<T>(Fleet fleet, Actor actor, Func<Assignments, Task<T>> work) => fleet.Service.InScopeAsync(
        provider =>
        {
            provider.GetRequiredService<AuditTrail>().Actor = actor;
            return work(provider.GetRequiredService<Assignments>());
        },
        fleet.Tenant);

    private static Task<string> RowsAsync(TestService service, List<Guid> devices) => service.QueryAsync(async db =>
        string.Join('|', await db.Set<Device>().Where(row => devices.Contains(row.Id)).OrderBy(row => row.Id).Select(row => row.Id + " " + row.AssignmentSetId + " " + row.Version).ToListAsync()));
}
