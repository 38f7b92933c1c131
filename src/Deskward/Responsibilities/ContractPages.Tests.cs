using System.Globalization;
using System.Net;
using Deskward.Browser;
using Deskward.Fixture;
using Deskward.Platform.Duties;
using Deskward.Tenants;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Deskward.Responsibilities;

/// <summary>The contract and the rights as pages show and change them.</summary>
public sealed class ContractPagesTests(Services services)
{
    private static readonly DateOnly Later = DateOnly.FromDateTime(TimeProvider.System.GetUtcNow().UtcDateTime.AddDays(30));

    public static TheoryData<Engine> Engines => [Engine.Sqlite, Engine.Postgres];

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task A_service_lead_agrees_on_a_figure_from_a_day_on_and_the_days_before_stay(Engine engine)
    {
        var (service, customer) = await OnAsync(engine);
        using var lead = await PortalVisitor.NewAsync(service, await service.ProviderAsync(), $"l{customer.Domain[..8]}", Role.ServiceLead);
        var page = $"/contract/figure?customer={customer.Id}&key=notice.major";
        Assert.Contains("From " + Day(Later) + " on it is 45 days; by what is agreed now it would be 30 days", await lead.TextAsync($"{page}&value=45&from={Day(Later)}"), StringComparison.Ordinal);
        await PortalVisitor.ExpectAsync(HttpStatusCode.Redirect, lead.PostAsync($"{page}&value=45&from={Day(Later)}", "figure", false, ("value", "45"), ("from", Day(Later))));
        Assert.Contains("45 days from " + Day(Later), await lead.TextAsync($"/contract?customer={customer.Id}"), StringComparison.Ordinal);
        Assert.Contains("<strong>45 days</strong>", await lead.TextAsync($"/contract?customer={customer.Id}&on={Day(Later)}"), StringComparison.Ordinal);
        Assert.Contains("must be between 5 and 180", await lead.TextAsync($"{page}&value=500&from={Day(Later)}"), StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task A_duty_is_handed_over_when_the_owner_agrees_and_comes_back_when_somebody_ends_it(Engine engine)
    {
        var (service, customer) = await OnAsync(engine);
        using var lead = await PortalVisitor.NewAsync(service, await service.ProviderAsync(), $"l{customer.Domain[..8]}", Role.ServiceLead);
        using var owner = await PortalVisitor.NewAsync(service, customer, "olga", Role.CustomerOwner);
        using var administrator = await PortalVisitor.NewAsync(service, customer, "adam", Role.ItAdministrator);
        await PortalVisitor.ExpectAsync(HttpStatusCode.Redirect, lead.PostAsync($"/contract/delegations?customer={customer.Id}", "propose", false, ("duty", "C9.printers"), ("to", "Provider"), ("from", Day(Today(service)))));
        var id = await service.QueryAsync(db => db.Set<Delegation>().Select(row => row.Id).SingleAsync(), customer.Id);
        await PortalVisitor.ExpectAsync(HttpStatusCode.Forbidden, administrator.PostAsync($"/contract/delegations/{id}", "agree", false));
        await PortalVisitor.ExpectAsync(HttpStatusCode.Forbidden, lead.PostAsync($"/contract/delegations/{id}", "agree", false));
        await PortalVisitor.ExpectAsync(HttpStatusCode.Redirect, owner.PostAsync($"/contract/delegations/{id}", "agree", false));
        Assert.Contains("Provider, from " + Day(Today(service)), await administrator.TextAsync("/"), StringComparison.Ordinal);
        Assert.Equal(DutyHolder.Provider, await HolderAsync(service, customer));
        await PortalVisitor.ExpectAsync(HttpStatusCode.Redirect, owner.PostAsync($"/contract/delegations/{id}", "end", false, ("until", Day(Today(service)))));
        Assert.Null(await HolderAsync(service, customer));
        await PortalVisitor.ExpectAsync(HttpStatusCode.OK, owner.PostAsync($"/contract/delegations/{id}", "end", false, ("until", Day(Later))));
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task What_is_agreed_to_late_holds_and_is_shown_from_that_day(Engine engine)
    {
        await using var service = await services.FreshAsync(engine);
        var (provider, customer, proposed) = (await service.ProviderAsync(), await service.AddCustomerAsync(), Today(service));
        var pages = await ProposeAsync(service, provider, customer);
        service.Time.Advance(TimeSpan.FromDays(3));
        using var owner = await PortalVisitor.NewAsync(service, customer, "olga", Role.CustomerOwner);
        foreach (var page in pages)
        {
            Assert.Equal((true, false), await owner.TextAsync(page) is var asked ? (asked.Contains($"<dd>{Day(Today(service))}</dd>", StringComparison.Ordinal), asked.Contains($"<dd>{Day(proposed)}</dd>", StringComparison.Ordinal)) : default);
            await PortalVisitor.ExpectAsync(HttpStatusCode.Redirect, owner.PostAsync(page, "agree", false));
        }

        var (delegation, figure) = await service.QueryAsync(async db => (await db.Set<Delegation>().SingleAsync(), await db.Set<ContractFigure>().SingleAsync()), customer.Id);
        Assert.Equal((false, true, Today(service), Today(service)), (delegation.HoldsOn(proposed), delegation.HoldsOn(Today(service)), delegation.From, figure.ValidFrom));
        Assert.Contains($"<td class=\"nowrap\">{Day(Today(service))}</td>", await owner.MarkupAsync("/contract/delegations"), StringComparison.Ordinal);
        Assert.Contains("Provider, from " + Day(Today(service)), await owner.TextAsync("/"), StringComparison.Ordinal);
    }

    /// <summary>A duty to be handed over and a figure that opens the customer, both from today on; the pages on which they are agreed to.</summary>
    private static async Task<string[]> ProposeAsync(TestService service, Organisation provider, Organisation customer)
    {
        using var lead = await PortalVisitor.NewAsync(service, provider, "lea", Role.ServiceLead);
        await PortalVisitor.ExpectAsync(HttpStatusCode.Redirect, lead.PostAsync($"/contract/delegations?customer={customer.Id}", "propose", false, ("duty", "C9.printers"), ("to", "Provider"), ("from", Day(Today(service)))));
        await PortalVisitor.ExpectAsync(HttpStatusCode.Redirect, lead.PostAsync($"/contract/figure/propose?customer={customer.Id}&key=access.grant", "propose", false, ("value", "0"), ("from", Day(Today(service)))));
        return await service.QueryAsync(async db => new[] { $"/contract/delegations/{await db.Set<Delegation>().Select(row => row.Id).SingleAsync()}", $"/contract/proposals/{await db.Set<FigureProposal>().Select(row => row.Id).SingleAsync()}" }, customer.Id);
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task The_calendar_is_the_leads_to_change_and_everybodys_to_see(Engine engine)
    {
        var (service, customer) = await OnAsync(engine);
        using var lead = await PortalVisitor.NewAsync(service, await service.ProviderAsync(), $"l{customer.Domain[..8]}", Role.ServiceLead);
        using var owner = await PortalVisitor.NewAsync(service, customer, "olga", Role.CustomerOwner);
        var page = $"/contract/calendar?customer={customer.Id}";
        await PortalVisitor.ExpectAsync(HttpStatusCode.Forbidden, owner.PostAsync("/contract/calendar", "calendar", false, ("zone", "Europe/Zurich"), ("day", "1"), ("from", Day(Later))));
        await PortalVisitor.ExpectAsync(HttpStatusCode.Redirect, lead.PostAsync(page, "calendar", false, ("zone", "Europe/Zurich"), ("day", "1"), ("day", "2"), ("from", Day(Today(service)))));
        await PortalVisitor.ExpectAsync(HttpStatusCode.Redirect, lead.PostAsync(page, "holiday", false, ("holiday", Day(Later)), ("name", "Feast <b>day</b>")));
        var seen = await owner.MarkupAsync("/contract/calendar");
        Assert.Contains("Europe/Zurich", seen, StringComparison.Ordinal);
        Assert.Contains("Feast &lt;b&gt;day", seen, StringComparison.Ordinal);
        await PortalVisitor.ExpectAsync(HttpStatusCode.OK, lead.PostAsync(page, "calendar", false, ("zone", "Mars/Olympus"), ("day", "1"), ("from", Day(Later))));
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task The_rights_of_a_person_tell_why_and_of_others_people_nothing(Engine engine)
    {
        var (service, customer) = await OnAsync(engine);
        var alice = await service.AddPersonAsync(customer, "alice", Role.ItAdministrator);
        var stranger = await service.AddPersonAsync(await service.AddCustomerAsync("Fabrikam"), "eve", Role.ItAdministrator);
        using var visitor = new PortalVisitor(service);
        await visitor.SignInAsync(alice.UserName!);
        var own = await visitor.TextAsync($"/rights?person={alice.Id}&find=P6.groups");
        Assert.Contains("IT administrator, given directly, since", own, StringComparison.Ordinal);
        Assert.Contains($"IT administrator, in {customer.Name}", own, StringComparison.Ordinal);
        Assert.DoesNotContain("P1.policies</a>", own, StringComparison.Ordinal);
        await PortalVisitor.ExpectAsync(HttpStatusCode.NotFound, visitor.GetAsync($"/rights?person={stranger.Id}"));
        Assert.DoesNotContain(stranger.UserName!, await visitor.TextAsync("/rights?q=eve"), StringComparison.Ordinal);
        Assert.Contains("alice", await visitor.TextAsync("/rights?duty=P6.groups"), StringComparison.Ordinal);
    }

    private async Task<(TestService Service, Organisation Customer)> OnAsync(Engine engine)
    {
        var service = await services.SharedAsync(engine);
        return (service, await service.AddCustomerAsync());
    }

    private static async Task<DutyHolder?> HolderAsync(TestService service, Organisation customer)
    {
        await service.Provider.GetRequiredService<DelegationKeeper>().RefreshAsync(CancellationToken.None);
        return service.Provider.GetRequiredService<RightsTable>().Handed.TryGetValue((customer.Id, "C9.printers"), out var holder) ? holder : null;
    }

    private static DateOnly Today(TestService service) => DateOnly.FromDateTime(service.Time.GetUtcNow().UtcDateTime);

    private static string Day(DateOnly day) => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
}
