using System.Net;
using Deskward.Browser;
using Deskward.Fixture;
using Deskward.Platform.Duties;
using Deskward.Platform.Portal;
using Microsoft.EntityFrameworkCore;
using Xunit;

namespace Deskward.Identity.Visits;

/// <summary>Some actions ask once more who it is, when the last time was more than five minutes ago.</summary>
public sealed class ConfirmTests(Services services)
{
    public static TheoryData<Engine> Engines => [Engine.Sqlite, Engine.Postgres];

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task After_five_minutes_roles_are_given_only_by_somebody_who_proves_it_again(Engine engine)
    {
        var (service, owner, other, visitor) = await GroundAsync(engine);
        var page = $"/people/{other.Id}";
        Assert.Contains("name=\"role\"", await visitor.MarkupAsync(page), StringComparison.Ordinal);
        await GrowOldAsync(service, owner);
        Assert.DoesNotContain("name=\"role\"", await visitor.MarkupAsync(page), StringComparison.Ordinal);
        using var refused = await visitor.PostAsync(page, "person", false, ("role", nameof(Role.ServiceReader)), ("enabled", "true"));
        Assert.StartsWith("/confirm?return=", visitor.WayOf(refused), StringComparison.Ordinal);
        Assert.True((await PersonAsync(service, other)).Roles.IsEmpty);
        using var confirmed = await visitor.PostAsync($"/confirm?return={Uri.EscapeDataString(page)}", "confirm-you", false, ("password", TestService.Password));
        Assert.Equal(page, visitor.WayOf(confirmed));
        Assert.Equal(HttpStatusCode.Redirect, (await visitor.PostAsync(page, "person", false, ("role", nameof(Role.ServiceReader)), ("enabled", "true"))).StatusCode);
        Assert.Equal(RoleSet.Of(Role.ServiceReader), (await PersonAsync(service, other)).Roles);
        visitor.Dispose();
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task A_wrong_password_confirms_nothing(Engine engine)
    {
        var (service, owner, other, visitor) = await GroundAsync(engine);
        await GrowOldAsync(service, owner);
        using var answer = await visitor.PostAsync("/confirm?return=%2F", "confirm-you", false, ("password", "wrong"));
        Assert.Contains("The password is wrong.", await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
        Assert.DoesNotContain("name=\"role\"", await visitor.MarkupAsync($"/people/{other.Id}"), StringComparison.Ordinal);
        visitor.Dispose();
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task Retiring_asks_before_the_page_is_shown_and_restarting_does_not(Engine engine)
    {
        var (service, owner, _, visitor) = await GroundAsync(engine);
        await GrowOldAsync(service, owner);
        var page = $"/devices/{Guid.CreateVersion7()}/confirm?act=";
        Assert.Equal($"/confirm?return={Uri.EscapeDataString(page + "retire")}", (await visitor.GetAsync(page + "retire")).Headers.Location?.OriginalString);
        Assert.Equal(HttpStatusCode.NotFound, (await visitor.GetAsync(page + "restart")).StatusCode);
        visitor.Dispose();
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task With_an_app_the_password_alone_confirms_nothing(Engine engine)
    {
        var service = await services.SharedAsync(engine);
        var owner = await service.AddPersonAsync(await service.ProviderAsync(), $"eva{Guid.CreateVersion7():n}", Role.ProviderOwner);
        using var visitor = new PortalVisitor(service);
        await visitor.SignInAsync(owner.UserName!);
        await GrowOldAsync(service, owner);
        Assert.Equal(HttpStatusCode.OK, (await visitor.PostAsync("/confirm", "confirm-you", false, ("password", TestService.Password), ("code", "000000"))).StatusCode);
        Assert.DoesNotContain("begin-app", await visitor.MarkupAsync("/account/second-factor"), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.Redirect, (await visitor.PostAsync("/confirm", "confirm-you", false, ("password", TestService.Password), ("code", await service.CodeAsync(owner.UserName!)))).StatusCode);
        Assert.Contains("begin-app", await visitor.MarkupAsync("/account/second-factor"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("https://evil.example/")]
    [InlineData("//evil.example")]
    [InlineData("/\\evil.example")]
    [InlineData("/\tevil")]
    public async Task The_way_back_leads_into_this_portal_alone(string elsewhere)
    {
        var (_, _, _, visitor) = await GroundAsync(Engine.Sqlite);
        using var answer = await visitor.PostAsync($"/confirm?return={Uri.EscapeDataString(elsewhere)}", "confirm-you", false, ("password", TestService.Password));
        Assert.Equal((HttpStatusCode.Redirect, "/"), (answer.StatusCode, visitor.WayOf(answer)));
        visitor.Dispose();
    }

    private async Task<(TestService Service, Person Owner, Person Other, PortalVisitor Visitor)> GroundAsync(Engine engine)
    {
        var service = await services.SharedAsync(engine);
        var customer = await service.AddCustomerAsync();
        var (owner, other) = (await service.AddPersonAsync(customer, "olga", Role.CustomerOwner, Role.ItAdministrator), await service.AddPersonAsync(customer, "bob"));
        var visitor = new PortalVisitor(service);
        await visitor.SignInAsync(owner.UserName!);
        return (service, owner, other, visitor);
    }

    /// <summary>The person's last proof is as old as makes it worth nothing.</summary>
    private static Task<int> GrowOldAsync(TestService service, Person person)
    {
        var old = service.Time.GetUtcNow() - Proof.Fresh;
        return service.QueryAsync(db => db.Set<PortalSession>().Where(row => row.PersonId == person.Id).ExecuteUpdateAsync(set => set.SetProperty(row => row.ConfirmedAt, old)));
    }

    private static Task<Person> PersonAsync(TestService service, Person person) => service.QueryAsync(db => db.Set<Person>().AsNoTracking().SingleAsync(row => row.Id == person.Id));
}
