using System.Net;
using Deskward.Browser;
using Deskward.Fixture;
using Deskward.Platform.Duties;
using Deskward.Tenants;
using Microsoft.EntityFrameworkCore;
using Xunit;

namespace Deskward.Contacts;

/// <summary>Who sees and changes which contacts, through the pages.</summary>
public sealed class ContactPagesTests(Services services)
{
    private static readonly (string, string)[] Anna =
        [("name", "Anna <b>Muster</b>"), ("mail", "anna@contoso.example"), ("telephone", "+41 44 1"), ("language", "en"), ("day", "1"), ("from", "08:00"), ("until", "17:00")];

    public static TheoryData<Engine> Engines => [Engine.Sqlite, Engine.Postgres];

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task An_administrator_names_confirms_downloads_and_removes_a_contact(Engine engine)
    {
        var service = await services.SharedAsync(engine);
        using var visitor = await AccessTests.SignedInAsync(service, Role.ItAdministrator);
        await PortalVisitor.ExpectAsync(HttpStatusCode.Redirect, visitor.PostAsync("/contacts/new?area=Devices", "contact", false, Anna));
        Assert.Contains("Anna &lt;b&gt;Muster", await visitor.MarkupAsync("/contacts"), StringComparison.Ordinal);
        await PortalVisitor.ExpectAsync(HttpStatusCode.Redirect, visitor.PostAsync("/contacts", "confirm-Devices", false, ("area", "Devices")));
        Assert.Contains("again by", await visitor.TextAsync("/contacts"), StringComparison.Ordinal);
        Assert.Contains("\"'+41 44 1\"", await visitor.MarkupAsync("/contacts.csv"), StringComparison.Ordinal);
        var id = await service.QueryAsync(db => db.Set<Contact>().OrderByDescending(row => row.Id).Select(row => row.Id).FirstAsync());
        await PortalVisitor.ExpectAsync(HttpStatusCode.Redirect, visitor.PostAsync($"/contacts/{id}", "remove", false));
        Assert.Contains("Put back", await visitor.TextAsync("/contacts"), StringComparison.Ordinal);
        await PortalVisitor.ExpectAsync(HttpStatusCode.Redirect, visitor.PostAsync("/contacts", $"restore-{id}", false, ("contact", id.ToString())));
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task Security_contacts_are_the_security_managers_alone(Engine engine)
    {
        var (service, customer) = await CustomerAsync(engine);
        using var security = await PortalVisitor.NewAsync(service, customer, "sue", Role.SecurityManager);
        await PortalVisitor.ExpectAsync(HttpStatusCode.Redirect, security.PostAsync("/security-contacts/new", "contact", false, Anna));
        var id = await service.QueryAsync(db => db.Set<Contact>().Select(row => row.Id).SingleAsync(), customer.Id);
        await PortalVisitor.ExpectAsync(HttpStatusCode.Forbidden, security.GetAsync("/contacts"));
        using var administrator = await PortalVisitor.NewAsync(service, customer, "adam", Role.ItAdministrator);
        foreach (var path in new[] { "/security-contacts", "/security-contacts/new", "/security-contacts.csv", $"/security-contacts/{id}" })
        {
            await PortalVisitor.ExpectAsync(HttpStatusCode.Forbidden, administrator.GetAsync(path));
        }

        await PortalVisitor.ExpectAsync(HttpStatusCode.NotFound, administrator.GetAsync($"/contacts/{id}"));
        Assert.DoesNotContain("Muster", await administrator.TextAsync("/contacts") + await administrator.TextAsync("/contacts.csv") + await administrator.TextAsync("/"), StringComparison.Ordinal);
        Assert.DoesNotContain("security contact", await administrator.TextAsync("/"), StringComparison.OrdinalIgnoreCase);
        Assert.Contains("The security contacts were never confirmed", await security.TextAsync("/"), StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task The_provider_reads_without_a_grant_each_role_its_own_areas_and_changes_nothing(Engine engine)
    {
        var (service, customer) = await CustomerAsync(engine);
        using var owner = await PortalVisitor.NewAsync(service, customer, "olga", Role.CustomerOwner);
        await owner.PostAsync("/security-contacts/new", "contact", false, [("name", "Sec Person"), .. Anna[1..]]);
        await owner.PostAsync("/contacts/new?area=Updates", "contact", false, [("name", "Upd Person"), .. Anna[1..]]);
        var provider = await service.ProviderAsync();
        using var engineer = await PortalVisitor.NewAsync(service, provider, $"e{customer.Domain[..8]}", Role.OperationsEngineer);
        using var analyst = await PortalVisitor.NewAsync(service, provider, $"a{customer.Domain[..8]}", Role.SocAnalyst);
        Assert.Contains("Upd Person", await engineer.TextAsync($"/contacts?customer={customer.Id}"), StringComparison.Ordinal);
        Assert.Contains("Sec Person", await analyst.TextAsync($"/security-contacts?customer={customer.Id}"), StringComparison.Ordinal);
        await PortalVisitor.ExpectAsync(HttpStatusCode.Forbidden, engineer.GetAsync($"/security-contacts?customer={customer.Id}"));
        await PortalVisitor.ExpectAsync(HttpStatusCode.Forbidden, analyst.GetAsync($"/contacts?customer={customer.Id}"));
        await PortalVisitor.ExpectAsync(HttpStatusCode.Forbidden, engineer.PostAsync($"/contacts?customer={customer.Id}", "confirm-Updates", false, ("area", "Updates")));
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task What_was_done_to_security_contacts_is_not_in_the_audit_of_those_who_may_not_know(Engine engine)
    {
        var (service, customer) = await CustomerAsync(engine);
        using var owner = await PortalVisitor.NewAsync(service, customer, "olga", Role.CustomerOwner);
        await owner.PostAsync("/security-contacts/new", "contact", false, [("name", "Sec Person"), .. Anna[1..]]);
        using var reader = await PortalVisitor.NewAsync(service, customer, "rita", Role.ServiceReader);
        Assert.Contains("Sec Person", await owner.TextAsync("/audit"), StringComparison.Ordinal);
        Assert.DoesNotContain("Sec Person", await reader.TextAsync("/audit") + await reader.TextAsync("/audit?what=securityContact") + await reader.TextAsync("/"), StringComparison.Ordinal);
    }

    private async Task<(TestService Service, Organisation Customer)> CustomerAsync(Engine engine)
    {
        var service = await services.SharedAsync(engine);
        return (service, await service.AddCustomerAsync());
    }
}
