using System.Net;
using Deskward.Browser;
using Deskward.Fixture;
using Deskward.Platform;
using Deskward.Platform.Duties;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Deskward.Identity.Membership;

/// <summary>Groups of people on their pages, and people who come and go by hand.</summary>
public sealed class PersonGroupsTests(Services services)
{
    [Theory]
    [InlineData(Engine.Sqlite)]
    [InlineData(Engine.Postgres)]
    public async Task A_group_made_by_hand_gives_its_roles_and_takes_them_away(Engine engine)
    {
        var service = await services.SharedAsync(engine);
        var customer = await service.AddCustomerAsync();
        await service.AddPersonAsync(customer, "alice", Role.CustomerOwner);
        var bob = await service.AddPersonAsync(customer, "bob");
        using var alice = await SignedInAsync(service, $"alice@{customer.Domain}");
        var page = Location(await alice.PostAsync("/people-groups", "create", false, ("name", "Helpers")));
        Assert.Equal(HttpStatusCode.Redirect, (await alice.PostAsync($"{page}/roles", "bind", false, ("role", "ItAdministrator"))).StatusCode);
        Assert.Equal(HttpStatusCode.Redirect, (await alice.PostAsync(page, "add", false, ("address", bob.UserName!.ToUpperInvariant()))).StatusCode);
        Assert.Equal(RoleSet.Of(Role.ItAdministrator), await RolesAsync(service, bob));
        Assert.Equal(HttpStatusCode.Redirect, (await alice.PostAsync($"/people/{bob.Id}", "person", false, ("role", "ServiceReader"), ("enabled", "true"))).StatusCode);
        Assert.Equal(RoleSet.Of(Role.ItAdministrator, Role.ServiceReader), await RolesAsync(service, bob));
        Assert.Equal(HttpStatusCode.Redirect, (await alice.PostAsync(page, $"remove-{bob.Id}", false)).StatusCode);
        Assert.Equal(RoleSet.Of(Role.ServiceReader), await RolesAsync(service, bob));
    }

    [Theory]
    [InlineData(Engine.Sqlite)]
    [InlineData(Engine.Postgres)]
    public async Task Somebody_is_added_and_deleted_by_hand(Engine engine)
    {
        var service = await services.SharedAsync(engine);
        var customer = await service.AddCustomerAsync();
        await service.AddPersonAsync(customer, "ida", Role.ItAdministrator);
        var owner = await service.AddPersonAsync(customer, "alice", Role.CustomerOwner);
        using var ida = await SignedInAsync(service, $"ida@{customer.Domain}");
        var page = Location(await ida.PostAsync("/people/new", "new", false, ("name", "Max"), ("address", $"max@{customer.Domain}")));
        Assert.Equal(HttpStatusCode.Redirect, (await ida.PostAsync($"{page}/delete", "delete", false)).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await ida.PostAsync($"/people/{owner.Id}/delete", "delete", false)).StatusCode);
        Assert.Equal(["alice", "ida"], await service.QueryAsync(db => db.Set<Person>().Select(row => row.DisplayName).Order().ToListAsync(), customer.Id));
    }

    [Theory]
    [InlineData(Engine.Sqlite)]
    [InlineData(Engine.Postgres)]
    public async Task Of_two_owners_who_remove_each_other_at_once_one_stays(Engine engine)
    {
        var service = await services.SharedAsync(engine);
        for (var round = 0; round < 3; round++)
        {
            var customer = await service.AddCustomerAsync();
            var (alice, bob) = (await service.AddPersonAsync(customer, "alice", Role.CustomerOwner), await service.AddPersonAsync(customer, "bob", Role.CustomerOwner));
            using var first = await SignedInAsync(service, alice.UserName!);
            using var second = await SignedInAsync(service, bob.UserName!);
            await Task.WhenAll(first.PostAsync($"/people/{bob.Id}/delete", "delete", false), second.PostAsync($"/people/{alice.Id}/delete", "delete", false));
            Assert.Equal(1, await service.QueryAsync(db => db.Set<RoleAssignment>().CountAsync(row => row.Role == Role.CustomerOwner), customer.Id));
        }
    }

    [Theory]
    [InlineData(Engine.Sqlite)]
    [InlineData(Engine.Postgres)]
    public async Task Of_two_owners_who_take_each_others_role_at_once_one_stays(Engine engine)
    {
        var service = await services.SharedAsync(engine);
        var customer = await service.AddCustomerAsync();
        Person[] owners = [await service.AddPersonAsync(customer, "alice", Role.CustomerOwner), await service.AddPersonAsync(customer, "bob", Role.CustomerOwner)];
        var refusals = await Task.WhenAll(owners.Select(owner => service.InScopeAsync(async provider =>
        {
            var person = await provider.GetRequiredService<DeskwardContext>().Set<Person>().SingleAsync(row => row.Id == owner.Id);
            return await provider.GetRequiredService<PeopleDirectory>().ChangeAsync(person, RoleSet.None, enabled: true, CancellationToken.None);
        }, customer.Id)));
        Assert.Single(refusals, refusal => refusal == RoleKeeper.LastOwner);
        Assert.Equal(1, await service.QueryAsync(db => db.Set<RoleAssignment>().CountAsync(row => row.Role == Role.CustomerOwner), customer.Id));
    }

    [Fact]
    public async Task A_foreign_group_and_a_random_one_look_alike_and_roles_are_the_owners()
    {
        var service = await services.SharedAsync(Engine.Sqlite);
        var (customer, other) = (await service.AddCustomerAsync(), await service.AddCustomerAsync("Fabrikam"));
        await service.AddPersonAsync(customer, "ida", Role.ItAdministrator);
        await service.AddPersonAsync(other, "olga", Role.CustomerOwner);
        using var olga = await SignedInAsync(service, $"olga@{other.Domain}");
        using var ida = await SignedInAsync(service, $"ida@{customer.Domain}");
        var foreign = Location(await olga.PostAsync("/people-groups", "create", false, ("name", "Theirs")));
        Assert.Equal((HttpStatusCode.NotFound, HttpStatusCode.NotFound), ((await ida.GetAsync(foreign)).StatusCode, (await ida.GetAsync($"/people-groups/{Guid.CreateVersion7()}")).StatusCode));
        var own = Location(await ida.PostAsync("/people-groups", "create", false, ("name", "Ours")));
        Assert.Equal(HttpStatusCode.Forbidden, (await ida.PostAsync($"{own}/roles", "bind", false, ("role", "CustomerOwner"))).StatusCode);
        Assert.Contains("name already", await (await ida.PostAsync("/people-groups", "create", false, ("name", "OURS"))).Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    private static async Task<PortalVisitor> SignedInAsync(TestService service, string address)
    {
        var visitor = new PortalVisitor(service);
        Assert.Equal(HttpStatusCode.Redirect, await visitor.SignInAsync(address));
        return visitor;
    }

    private static string Location(HttpResponseMessage response)
    {
        Assert.Equal(HttpStatusCode.Redirect, response.StatusCode);
        return response.Headers.Location!.ToString().Split('?')[0] is var path && Uri.TryCreate(path, UriKind.Absolute, out var uri) ? uri.AbsolutePath : path;
    }

    private static Task<RoleSet> RolesAsync(TestService service, Person person) =>
        service.QueryAsync(db => db.Set<Person>().Where(row => row.Id == person.Id).Select(row => row.Roles).SingleAsync(), person.TenantId);
}
