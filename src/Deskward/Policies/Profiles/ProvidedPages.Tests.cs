using System.Globalization;
using System.Net;
using Deskward.Browser;
using Deskward.DesiredState;
using Deskward.Fixture;
using Deskward.Platform.Duties;
using Microsoft.EntityFrameworkCore;
using Xunit;

namespace Deskward.Policies.Profiles;

public sealed class ProvidedPagesTests(Services services)
{
    [Theory]
    [InlineData(Engine.Sqlite)]
    [InlineData(Engine.Postgres)]
    public async Task The_provider_makes_a_set_for_all_sees_whom_a_release_reaches_and_releases_it(Engine engine)
    {
        var fleet = await Fleet.NewAsync(services, engine);
        var provider = await fleet.Service.ProviderAsync();
        using var ed = await PortalVisitor.NewAsync(fleet.Service, provider, "ed", Role.OperationsEngineer);
        var (set, draft) = await MakeAsync(fleet, ed, provider.Id);
        var page = $"/policy-sets/{set.Id}";
        Assert.Contains("No version is released: customers do not see it. 0 customers have it assigned, with 0 PCs.", await ed.TextAsync(page), StringComparison.Ordinal);
        await ReleaseAsync(ed, page, 1, ("seen", set.Version.ToString(CultureInfo.InvariantCulture)));
        await fleet.AddDevicesAsync(3);
        await fleet.AssignAsync(await fleet.QueryAsync(db => db.Set<PolicySetVersion>().SingleAsync(row => row.PolicySetId == set.Id)), await fleet.AllDevicesAsync());
        draft.Add(Fleet.Lines((Fleet.Cortana, "0")));
        await PortalVisitor.ExpectAsync(HttpStatusCode.Redirect, ed.PostAsync(page + "/edit", "edit", false, ("draft", draft.ToText()), ("act", "save")));
        Assert.Contains("1 customer with 3 PCs have another one and get this one at once.", await ed.TextAsync(page + "/release?version=2"), StringComparison.Ordinal);
        Assert.Contains("What the change would do is not the same any more.", await (await ed.PostAsync(page + "/release?version=2", "release", false, ("digest", "another"))).Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
        await ReleaseAsync(ed, page, 2);
        Assert.Equal(2, await fleet.QueryAsync(db => db.Set<Assignment>().Join(db.Set<PolicySetVersion>(), row => row.PolicySetVersionId, row => row.Id, (_, row) => row.Number).SingleAsync()));
    }

    private static async Task<(PolicySet Set, SettingsDraft Draft)> MakeAsync(Fleet fleet, PortalVisitor by, Guid provider)
    {
        var (name, draft) = ($"For all {Guid.CreateVersion7()}", new SettingsDraft());
        draft.Add(Fleet.Lines((Fleet.Camera, "0")));
        await PortalVisitor.ExpectAsync(HttpStatusCode.Redirect, by.PostAsync("/policy-sets/new", "edit", false, ("draft", draft.ToText()), ("name", name), ("customer", provider.ToString()), ("act", "save")));
        return (await fleet.Service.QueryAsync(db => db.Set<PolicySet>().SingleAsync(row => row.Name == name), provider), draft);
    }

    private static async Task ReleaseAsync(PortalVisitor by, string page, int version, params (string, string)[] fields)
    {
        var path = $"{page}/release?version={version}";
        var digest = (await by.TextAsync(path)).Split("name=\"digest\" value=\"")[1].Split('"')[0];
        await PortalVisitor.ExpectAsync(HttpStatusCode.Redirect, by.PostAsync(path, "release", false, [("digest", digest), .. fields]));
    }

    [Theory]
    [InlineData(Engine.Sqlite)]
    [InlineData(Engine.Postgres)]
    public async Task A_customer_reads_the_providers_set_and_finds_nothing_to_do_with_it(Engine engine)
    {
        var fleet = await Fleet.NewAsync(services, engine);
        var customer = await fleet.QueryAsync(db => db.Set<Tenants.Organisation>().SingleAsync(row => row.Id == fleet.Tenant));
        Assert.Null(await fleet.Service.InScopeAsync(provider => ShippedPolicies.ReadyAsync(provider, customer, CancellationToken.None), customer.Id));
        using var alice = await PortalVisitor.NewAsync(fleet.Service, customer, "alice", Role.CustomerOwner, Role.ItAdministrator);
        var baseline = await fleet.QueryAsync(db => db.Set<PolicySet>().SingleAsync(row => row.Shipped == ShippedPolicies.BaselineKey));
        var text = await alice.TextAsync($"/policy-sets/{baseline.Id}");
        Assert.Contains("The provider's, for all customers", text, StringComparison.Ordinal);
        Assert.All(["method=\"post\"", "/assign", "Take away", "danger", "Release to customers"], words => Assert.DoesNotContain(words, text.Split("<main")[1], StringComparison.Ordinal));
        foreach (var page in new[] { "edit", "assign", "release" })
        {
            await PortalVisitor.ExpectAsync(HttpStatusCode.NotFound, alice.GetAsync($"/policy-sets/{baseline.Id}/{page}"));
        }

        Assert.Contains("Device profile Kiosk", await alice.TextAsync("/policy-sets"), StringComparison.Ordinal);
    }
}
