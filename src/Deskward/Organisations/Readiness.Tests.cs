using System.Net;
using Deskward.Contacts;
using Deskward.Fixture;
using Deskward.Platform;
using Deskward.Platform.Duties;
using Deskward.Responsibilities;
using Deskward.Tenants;
using Microsoft.EntityFrameworkCore;
using Xunit;

namespace Deskward.Organisations;

public sealed class ReadinessTests(Services services)
{
    private static readonly ContactDraft s_hanna = new("Hanna", "hanna@contoso.example", "", "en", new HoursDraft(0b0111110, "08:00", "17:00"));

    public static TheoryData<Engine> Engines => [Engine.Sqlite, Engine.Postgres];

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task Each_check_says_what_it_found(Engine engine)
    {
        await using var ground = await OrganisationsGround.OnAsync(services, engine);
        var found = await RunAsync(ground);
        Assert.Equal((Readiness.Advisory, "readiness.domain.given"), found["domain"]);
        Assert.Equal((Readiness.Advisory, "readiness.roles.wanted.ChangeApprover"), found["roles"]);
        Assert.Equal((Readiness.Advisory, "readiness.calendar.default"), found["calendar"]);
        Assert.Equal((Readiness.Advisory, "readiness.certificate.own"), found["certificate"]);
        Assert.Equal((Readiness.Advisory, "readiness.mail.none"), found["mail"]);
        Assert.Equal((Readiness.NotReady, "readiness.contacts.missing.HelpDesk"), found["contacts"]);
        Assert.Equal((Readiness.NotReady, "readiness.contacts.missing.Security"), found["security-contacts"]);
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task What_was_mended_is_ready(Engine engine)
    {
        await using var ground = await OrganisationsGround.OnAsync(services, engine);
        var domain = await ground.Service.QueryAsync(db => db.Set<OrganisationDomain>().SingleAsync(), ground.Customer);
        ground.Dns.Set(domain.Record, domain.Value);
        await ground.Service.AddPersonAsync(ground.Access.Customer, "bob", Role.ChangeApprover);
        await ground.Service.AddPersonAsync(ground.Access.Customer, "sara", Role.SecurityManager);
        Assert.Null(await ground.WithAsync<Contracts, Refusal?>(contracts => contracts.SetCalendarAsync(ground.Customer, "Europe/Zurich", 0b0111110, DateOnly.FromDateTime(ground.Service.Time.Now().UtcDateTime), CancellationToken.None)));
        var found = await RunAsync(ground);
        Assert.Equal((Readiness.Ready, Readiness.Ready, Readiness.Ready), (found["domain"].Result, found["roles"].Result, found["calendar"].Result));
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task What_cannot_be_found_out_is_an_error_and_what_is_missing_is_not_ready(Engine engine)
    {
        await using var ground = await OrganisationsGround.OnAsync(services, engine);
        ground.Dns.Fails = true;
        var fabrikam = await ground.Service.AddCustomerAsync("Fabrikam");
        var found = await RunAsync(ground, fabrikam.Id);
        Assert.Equal((Readiness.Error, Readiness.NotReady), (found["domain"].Result, found["roles"].Result));
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task The_provider_checks_without_a_grant_and_the_customer_deletes_what_was_found(Engine engine)
    {
        await using var ground = await OrganisationsGround.OnAsync(services, engine);
        var page = $"/organisations/{ground.Customer}";
        using var ed = await ground.Access.VisitAsync(ground.Access.Ed);
        using var alice = await ground.Access.VisitAsync(ground.Access.Alice);
        Assert.Equal(HttpStatusCode.Redirect, (await ed.PostAsync(page, "readiness", false, ("act", "run"))).StatusCode);
        Assert.Contains("Nobody is change approver yet.", await ed.TextAsync(page), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.Redirect, (await alice.PostAsync(page, "readiness", false, ("act", "forget"))).StatusCode);
        Assert.Empty(await ground.Service.QueryAsync(db => db.Set<ReadinessRow>().ToListAsync(), ground.Customer));
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task Contacts_are_ready_when_named_and_confirmed_and_an_IT_administrator_reads_nothing_about_security(Engine engine)
    {
        await using var ground = await OrganisationsGround.OnAsync(services, engine);
        await ForAllAreasAsync<Contact>(ground, (book, area) => book.AddAsync(ground.Customer, area, s_hanna, CancellationToken.None));
        Assert.Equal((Readiness.Advisory, "readiness.contacts.unconfirmed"), (await RunAsync(ground))["contacts"]);
        await ForAllAreasAsync<AreaConfirmation>(ground, (book, area) => book.ConfirmAsync(ground.Customer, area, CancellationToken.None));
        var found = await RunAsync(ground);
        Assert.Equal((Readiness.Ready, Readiness.Ready), (found["contacts"].Result, found["security-contacts"].Result));
        using var ida = await ground.Access.VisitAsync(await ground.Service.AddPersonAsync(ground.Access.Customer, "ida", Role.ItAdministrator));
        var page = await ida.TextAsync($"/organisations/{ground.Customer}");
        Assert.Contains("Contacts are named", page, StringComparison.Ordinal);
        Assert.DoesNotContain("Contacts for security are named", page, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task Mail_is_ready_when_the_server_takes_it(Engine engine)
    {
        await using var mail = MailHost.Start();
        await using var ground = await OrganisationsGround.OnAsync(services, engine, settings => settings with { Mail = mail.Settings });
        Assert.Equal((Readiness.Ready, "readiness.mail.works"), (await RunAsync(ground))["mail"]);
    }

    [Theory]
    [InlineData(Role.ServiceReader)]
    [InlineData(Role.SecurityManager)]
    [InlineData(Role.ChangeApprover)]
    public async Task Others_of_the_customer_do_not_see_it(Role role)
    {
        await using var ground = await OrganisationsGround.OnAsync(services, Engine.Sqlite);
        using var person = await ground.Access.VisitAsync(await ground.Service.AddPersonAsync(ground.Access.Customer, "bob", role));
        Assert.Equal(HttpStatusCode.Forbidden, (await person.GetAsync($"/organisations/{ground.Customer}")).StatusCode);
    }

    private static async Task ForAllAreasAsync<T>(OrganisationsGround ground, Func<ContactBook, ContactArea, Task<Outcome<T>>> work)
    {
        foreach (var area in ContactAreas.All)
        {
            Assert.Null((await ground.WithAsync<ContactBook, Outcome<T>>(book => work(book, area))).Refusal);
        }
    }

    private static async Task<Dictionary<string, (Readiness Result, string Text)>> RunAsync(OrganisationsGround ground, Guid? customer = null) =>
        (await ground.WithAsync<ReadinessRuns, IReadOnlyList<ReadinessRow>>(runs => runs.RunAsync(customer ?? ground.Customer, CancellationToken.None))).ToDictionary(row => row.Key, row => (row.Result, row.Text));
}
