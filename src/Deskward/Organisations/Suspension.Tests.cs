using System.Net;
using Deskward.Fixture;
using Deskward.Grants;
using Deskward.Platform;
using Deskward.Platform.Duties;
using Deskward.Tenants;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Deskward.Organisations;

public sealed class SuspensionTests(Services services)
{
    public static TheoryData<Engine> Engines => [Engine.Sqlite, Engine.Postgres];

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task The_people_of_a_suspended_customer_sign_in_read_that_it_is_and_send_nothing_to_PCs_but_out(Engine engine)
    {
        await using var ground = await OrganisationsGround.OnAsync(services, engine);
        await ground.SuspendAsync();
        using var alice = await ground.Access.VisitAsync(ground.Access.Alice);
        Assert.Contains("Your organisation is suspended", await alice.TextAsync("/devices"), StringComparison.Ordinal);
        Assert.True(await ground.Access.SeesPcAsync(alice));
        Assert.Equal(HttpStatusCode.OK, (await alice.PostAsync($"/devices/{ground.Access.Pc}/confirm?act=restart", "confirm", false)).StatusCode);
        Assert.Equal(HttpStatusCode.Redirect, (await alice.PostAsync($"/devices/{ground.Access.Pc}/confirm?act=retire", "confirm", false)).StatusCode);
        using var other = await ground.Access.VisitAsync(await ground.Service.AddPersonAsync(await ground.Service.AddCustomerAsync("Fabrikam"), "olga", Role.CustomerOwner));
        Assert.DoesNotContain("Your organisation is suspended", await other.TextAsync("/devices"), StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task Protective_action_goes_on(Engine engine)
    {
        await using var ground = await OrganisationsGround.OnAsync(services, engine);
        await ground.SuspendAsync();
        var sam = await ground.Access.MemberAsync(await ground.Access.AtProviderAsync("sam", Role.SocAnalyst));
        var wish = new ProtectiveWish(ground.Customer, "P4.isolation", DutyAction.Act, ground.Access.Pc, "CONTOSO-PC-1", "It calls home");
        var action = await ground.Service.InScopeAsync(provider => provider.GetRequiredService<ProtectiveActions>().AuthoriseAsync(sam, "sam@northwind.example", wish, CancellationToken.None), ground.Access.Provider.Id);
        Assert.Null(action.Refusal);
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task The_provider_suspends_and_resumes_on_the_page(Engine engine)
    {
        await using var ground = await OrganisationsGround.OnAsync(services, engine);
        using var eva = await ground.Access.VisitAsync(ground.Access.Eva);
        var page = $"/organisations/{ground.Customer}/state";
        Assert.Equal(HttpStatusCode.OK, (await eva.PostAsync(page, "state", false, ("reason", ""))).StatusCode);
        Assert.Equal(HttpStatusCode.Redirect, (await eva.PostAsync(page, "state", false, ("reason", "Unpaid"))).StatusCode);
        Assert.Equal((OrganisationState.Suspended, "Unpaid"), await ground.RowAsync() is var held ? (held.State, held.StateReason) : default);
        Assert.Equal(HttpStatusCode.Redirect, (await eva.PostAsync(page, "state", false)).StatusCode);
        Assert.Equal((OrganisationState.Active, null), await ground.RowAsync() is var row ? (row.State, row.StateReason) : default);
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task Suspending_what_is_suspended_is_refused_and_so_is_the_provider(Engine engine)
    {
        await using var ground = await OrganisationsGround.OnAsync(services, engine);
        await ground.SuspendAsync();
        Assert.Equal(RefusalReason.Conflict, (await SuspendAsync(ground, ground.Customer))?.Reason);
        Assert.Equal(RefusalReason.NotFound, (await SuspendAsync(ground, ground.Access.Provider.Id))?.Reason);
    }

    private static Task<Refusal?> SuspendAsync(OrganisationsGround ground, Guid organisation) =>
        ground.WithAsync<OrganisationLife, Refusal?>(life => life.SuspendAsync(organisation, "Once more", CancellationToken.None));
}
