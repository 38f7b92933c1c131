using System.Globalization;
using System.Net;
using Deskward.Browser;
using Deskward.Fixture;
using Deskward.Identity;
using Deskward.Notices;
using Deskward.Platform;
using Deskward.Platform.Duties;
using Deskward.Tenants;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Deskward.Responsibilities;

/// <summary>The figures that open a customer to the provider: proposed by either side, agreed to by the customer's owner alone.</summary>
public sealed class FigureProposalsTests(Services services)
{
    private const string Grant = "access.grant";

    public static TheoryData<Engine> Engines => [Engine.Sqlite, Engine.Postgres];

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task What_the_provider_proposes_holds_when_the_customers_owner_agrees_and_not_before(Engine engine)
    {
        var ground = await OnAsync(engine);
        using var administrator = await PortalVisitor.NewAsync(ground.Service, ground.Customer, "adam", Role.ItAdministrator);
        await PortalVisitor.ExpectAsync(HttpStatusCode.BadRequest, ground.Lead.PostAsync($"{ground.Page}&value=0&from={Day(ground.Today)}", "figure", false, ("value", "0"), ("from", Day(ground.Today))));
        await PortalVisitor.ExpectAsync(HttpStatusCode.Redirect, ground.ProposeAsync(ground.Lead, 0));
        var proposal = await ground.ProposalAsync();
        foreach (var other in new[] { ground.Lead, administrator })
        {
            await PortalVisitor.ExpectAsync(HttpStatusCode.Forbidden, other.PostToAsync("/", $"/contract/proposals/{proposal.Id}", "agree", false));
        }

        Assert.Equal((1, AccessLevel.None), (await ground.FigureAsync(), await ground.EngineersLevelAsync()));
        await PortalVisitor.ExpectAsync(HttpStatusCode.Redirect, ground.Owner.PostAsync($"/contract/proposals/{proposal.Id}", "agree", false));
        Assert.Equal((0, AccessLevel.Full), (await ground.FigureAsync(), await ground.EngineersLevelAsync()));
        Assert.Contains("No</strong>", await ground.Lead.MarkupAsync($"/contract?customer={ground.Customer.Id}"), StringComparison.Ordinal);
        Assert.Equal(["contract.figure", "contract.propose"], (await ground.AuditAsync()).Order(StringComparer.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task An_owner_proposes_and_agrees_and_so_opens_and_closes_the_customer(Engine engine)
    {
        var ground = await OnAsync(engine);
        foreach (var value in new[] { 0, 1 })
        {
            var led = ground.Owner.WayOf(await ground.ProposeAsync(ground.Owner, value))!;
            Assert.StartsWith($"/contract/proposals/{(await ground.ProposalAsync()).Id}", led, StringComparison.Ordinal);
            await PortalVisitor.ExpectAsync(HttpStatusCode.Redirect, ground.Owner.PostAsync(led, "agree", false));
            Assert.Equal((value, value == 0 ? AccessLevel.Full : AccessLevel.None), (await ground.FigureAsync(), await ground.EngineersLevelAsync()));
        }
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task Owners_are_told_what_is_proposed_and_the_proposer_what_became_of_it(Engine engine)
    {
        var ground = await OnAsync(engine);
        await PortalVisitor.ExpectAsync(HttpStatusCode.Redirect, ground.ProposeAsync(ground.Lead, 0));
        await PortalVisitor.ExpectAsync(HttpStatusCode.Redirect, ground.Owner.PostAsync($"/contract/proposals/{(await ground.ProposalAsync()).Id}", "decline", false));
        await PortalVisitor.ExpectAsync(HttpStatusCode.Redirect, ground.ProposeAsync(ground.Lead, 0));
        await PortalVisitor.ExpectAsync(HttpStatusCode.Redirect, ground.Owner.PostAsync($"/contract/proposals/{(await ground.ProposalAsync()).Id}", "agree", false));
        var (lead, owner) = (ground.LeadsAddress, ground.OwnersAddress);
        Assert.Equal(
            [("responsibilities.agreed", lead), ("responsibilities.agreed", owner), ("responsibilities.declined", lead), ("responsibilities.proposed", owner), ("responsibilities.proposed", owner)],
            (await ground.ToldAsync()).OrderBy(told => told.Kind, StringComparer.Ordinal).ThenBy(told => told.Address == lead ? 0 : 1));
        Assert.Contains("declined what was proposed: The provider needs a grant for each access: No", await ground.Lead.TextAsync("/messages"), StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task One_proposal_waits_at_a_time_and_what_was_answered_stays_so(Engine engine)
    {
        var ground = await OnAsync(engine);
        await PortalVisitor.ExpectAsync(HttpStatusCode.OK, ground.ProposeAsync(ground.Lead, 1));
        await PortalVisitor.ExpectAsync(HttpStatusCode.Redirect, ground.ProposeAsync(ground.Lead, 0));
        await PortalVisitor.ExpectAsync(HttpStatusCode.OK, ground.ProposeAsync(ground.Owner, 0));
        var proposal = await ground.ProposalAsync();
        await PortalVisitor.ExpectAsync(HttpStatusCode.Redirect, ground.Lead.PostAsync(ground.Page, "withdraw", false, ("proposal", proposal.Id.ToString())));
        Assert.Equal("The proposal was taken back or declined.", (await ground.InAsync(proposals => proposals.AgreeAsync(proposal, CancellationToken.None)))?.Message);
        Assert.Equal(1, await ground.FigureAsync());
        await PortalVisitor.ExpectAsync(HttpStatusCode.NotFound, ground.Lead.GetAsync($"/contract/figure/propose?customer={ground.Customer.Id}&key=notice.major"));
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task What_is_agreed_to_late_changes_no_day_that_is_over(Engine engine)
    {
        var ground = await OnAsync(engine);
        var late = new FigureProposal { TenantId = ground.Customer.Id, Key = Grant, Value = 0, From = ground.Today.AddDays(-3), ProposedBy = "lead", ProposedAt = DateTimeOffset.UnixEpoch };
        await ground.Service.QueryAsync(db =>
        {
            db.Add(late);
            return db.SaveChangesAsync();
        }, ground.Customer.Id);
        await PortalVisitor.ExpectAsync(HttpStatusCode.Redirect, ground.Owner.PostAsync($"/contract/proposals/{late.Id}", "agree", false));
        Assert.Equal((1, 0), (await ground.FigureAsync(ground.Today.AddDays(-1)), await ground.FigureAsync()));
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task Another_customers_owner_finds_no_such_proposal(Engine engine)
    {
        var ground = await OnAsync(engine);
        await PortalVisitor.ExpectAsync(HttpStatusCode.Redirect, ground.ProposeAsync(ground.Lead, 0));
        using var stranger = await PortalVisitor.NewAsync(ground.Service, await ground.Service.AddCustomerAsync("Fabrikam"), "olaf", Role.CustomerOwner);
        var path = $"/contract/proposals/{(await ground.ProposalAsync()).Id}";
        await PortalVisitor.ExpectAsync(HttpStatusCode.NotFound, stranger.GetAsync(path));
        await PortalVisitor.ExpectAsync(HttpStatusCode.NotFound, stranger.PostToAsync("/contract", path, "agree", false));
    }

    private Task<Ground> OnAsync(Engine engine) => Ground.OnAsync(services, engine);

    private static string Day(DateOnly day) => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    /// <summary>A customer with an owner, and a service lead of the provider.</summary>
    private sealed record Ground(TestService Service, Organisation Customer, PortalVisitor Lead, PortalVisitor Owner, string LeadsAddress, string OwnersAddress)
    {
        internal string Page => $"/contract/figure?customer={Customer.Id}&key={Grant}";

        internal DateOnly Today => DateOnly.FromDateTime(Service.Time.Now().UtcDateTime);

        internal static async Task<Ground> OnAsync(Services services, Engine engine)
        {
            var service = await services.SharedAsync(engine);
            var (provider, customer) = (await service.ProviderAsync(), await service.AddCustomerAsync());
            var lead = await service.AddPersonAsync(provider, $"l{customer.Domain[..8]}", Role.ServiceLead);
            var owner = await service.AddPersonAsync(customer, "olga", Role.CustomerOwner);
            return new Ground(service, customer, await VisitAsync(service, lead), await VisitAsync(service, owner), lead.UserName!, owner.UserName!);
        }

        internal Task<HttpResponseMessage> ProposeAsync(PortalVisitor by, int value) => by.PostAsync(
            $"/contract/figure/propose?customer={Customer.Id}&key={Grant}", "propose", false, ("value", value.ToString(CultureInfo.InvariantCulture)), ("from", Day(Today)));

        internal Task<FigureProposal> ProposalAsync() => Service.QueryAsync(db => db.Set<FigureProposal>().SingleAsync(row => row.State == ProposalState.Waiting), Customer.Id);

        internal async Task<int> FigureAsync(DateOnly? day = null) =>
            (await Service.InScopeAsync(provider => provider.GetRequiredService<Contracts>().FiguresAsync(Customer.Id, day ?? Today, CancellationToken.None), Customer.Id))[Grant];

        /// <summary>How far the customer's PCs are open to an engineer of the provider who holds no grant.</summary>
        internal async Task<AccessLevel> EngineersLevelAsync()
        {
            await Service.Provider.GetRequiredService<DelegationKeeper>().RefreshAsync(CancellationToken.None);
            var engineer = new Member(Guid.CreateVersion7(), (await Service.ProviderAsync()).Id, IsProvider: true, RoleSet.Of(Role.OperationsEngineer), []);
            return Service.Provider.GetRequiredService<RightsTable>().Of(engineer, Customer.Id, "P1.policies", DutyAction.Act);
        }

        internal Task<List<string>> AuditAsync() => Service.QueryAsync(
            db => db.Set<Audit.AuditEntry>().Where(row => row.Action.StartsWith("contract.")).Select(row => row.Action).ToListAsync(), Customer.Id);

        internal async Task<List<(string Kind, string Address)>> ToldAsync() =>
            [.. (await Service.QueryAsync(db => db.Set<SentNotice>().Where(row => row.Kind.StartsWith("responsibilities.")).Select(row => new { row.Kind, row.Address }).ToListAsync(), Customer.Id))
                .Select(row => (row.Kind, row.Address))];

        internal Task<T> InAsync<T>(Func<FigureProposals, Task<T>> work) => Service.InScopeAsync(provider => work(provider.GetRequiredService<FigureProposals>()), Customer.Id);

        private static async Task<PortalVisitor> VisitAsync(TestService service, Person person)
        {
            var visitor = new PortalVisitor(service);
            Assert.Equal(HttpStatusCode.Redirect, await visitor.SignInAsync(person.UserName!));
            return visitor;
        }
    }
}
