using Deskward.Fixture;
using Xunit;

namespace Deskward.DesiredState;

public sealed class ExplanationsTests(Services services)
{
    public static TheoryData<Engine> Engines => new(Engine.Sqlite, Engine.Postgres);

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task A_value_is_explained_by_who_wanted_what_and_what_became_of_it(Engine engine)
    {
        var fleet = await Fleet.NewAsync(services, engine);
        var device = (await fleet.AddDevicesAsync(1))[0];
        var below = await fleet.AssignAsync(await fleet.AddPolicyAsync((Fleet.Pin, "6")), await fleet.AllDevicesAsync());
        await fleet.AssignAsync(await fleet.AddPolicyAsync((Fleet.Pin, "8")), (await fleet.AddGroupAsync(device)).Id, Layer.Customer);
        var set = (await fleet.SetOfAsync(device))!.Value;
        var told = await fleet.AsAsync<Explanations, Explanation?>(all => all.ExplainAsync(fleet.Tenant, set, Fleet.Pin.Replace("./Device", ".", StringComparison.Ordinal), CancellationToken.None));
        Assert.Equal([("6", WishFate.Holds, "All PCs"), ("8", WishFate.Refused, told!.Wishes[1].Group)], told.Wishes.Select(wish => (wish.Value, wish.Fate, wish.Group)));
        Assert.Equal((below.Assignment.Id, true, false), (told.Holds?.AssignmentId, told.IsConflict, told.IsWithheld));
        Assert.Equal([Fleet.Pin], (await fleet.AsAsync<Explanations, IReadOnlyList<Explanation>?>(all => all.ConflictsAsync(fleet.Tenant, set, CancellationToken.None)))!.Select(one => one.Path));
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task Another_organisation_s_set_is_not_explained(Engine engine)
    {
        var (fleet, other) = (await Fleet.NewAsync(services, engine), await Fleet.NewAsync(services, engine));
        var set = (await other.SetOfAsync((await other.AddDevicesAsync(1))[0]))!.Value;
        Assert.Null(await fleet.AsAsync<Explanations, Explanation?>(all => all.ExplainAsync(fleet.Tenant, set, Fleet.Pin, CancellationToken.None)));
        Assert.Null(await fleet.AsAsync<Explanations, Explanation?>(all => all.ExplainAsync(other.Tenant, set, Fleet.Pin, CancellationToken.None)));
    }
}
