using System.Net;
using Deskward.Browser;
using Deskward.Devices;
using Deskward.Fixture;
using Deskward.Identity;
using Deskward.Platform;
using Deskward.Platform.Duties;
using Deskward.Responsibilities;
using Deskward.Tenants;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Deskward.Grants;

/// <summary>A customer of its own with an owner and a PC, and two engineers of the provider.</summary>
internal sealed class AccessGround
{
    private AccessGround(TestService service, Organisation provider, Organisation customer) => (Service, Provider, Customer) = (service, provider, customer);

    /// <summary>Who sits at the PCs.</summary>
    internal const string User = "carol@contoso.example";

    internal TestService Service { get; }

    internal Organisation Provider { get; }

    internal Organisation Customer { get; }

    internal Person Ed { get; private set; } = null!;

    internal Person Eva { get; private set; } = null!;

    internal Person Alice { get; private set; } = null!;

    internal Guid Pc { get; private set; }

    internal static async Task<AccessGround> OnAsync(TestService service)
    {
        var ground = new AccessGround(service, await service.ProviderAsync(), await service.AddCustomerAsync());
        ground.Ed = await ground.AtProviderAsync("ed", Role.OperationsEngineer);
        ground.Eva = await ground.AtProviderAsync("eva", Role.ProviderOwner, Role.OperationsEngineer);
        ground.Alice = await service.AddPersonAsync(ground.Customer, "alice", Role.CustomerOwner, Role.ItAdministrator);
        ground.Pc = (await ground.AddPcsAsync(1))[0];
        return ground;
    }

    /// <summary>Agrees on a figure of the contract, and has this node know it at once.</summary>
    internal async Task AgreeAsync(string figure, int value, Organisation? customer = null)
    {
        var tenant = (customer ?? Customer).Id;
        var today = DateOnly.FromDateTime(Service.Time.Now().UtcDateTime);
        Assert.Null(await Service.InScopeAsync(async services =>
        {
            if (Figures.Find(figure) is not { IsTheCustomers: true })
            {
                return await services.GetRequiredService<Contracts>().SetFigureAsync(tenant, figure, value, today, CancellationToken.None);
            }

            var proposals = services.GetRequiredService<FigureProposals>();
            return await proposals.AgreeAsync((await proposals.ProposeAsync(tenant, figure, value, today, CancellationToken.None)).Value!, CancellationToken.None);
        }, tenant));
        await RefreshAsync(Service);
    }

    internal static Task RefreshAsync(TestService service) => service.Provider.GetRequiredService<DelegationKeeper>().RefreshAsync(CancellationToken.None);

    internal Task<Person> AtProviderAsync(string name, params Role[] roles) => Service.AddPersonAsync(Provider, $"{name}-{Guid.CreateVersion7():n}", roles);

    internal async Task<Guid[]> AddPcsAsync(int count, Organisation? customer = null)
    {
        var tenant = (customer ?? Customer).Id;
        return await Service.QueryAsync(async db =>
        {
            var pcs = Enumerable.Range(1, count).Select(number => new Device
            {
                TenantId = tenant, HardwareId = Guid.CreateVersion7().ToString("n").ToUpperInvariant(), Name = $"CONTOSO-PC-{number}", EnrolledAt = DateTimeOffset.UnixEpoch, UserAddress = User,
            }).ToList();
            pcs.ForEach(pc => pc.RefreshSearch());
            db.AddRange(pcs);
            await db.SaveChangesAsync();
            return pcs.Select(pc => pc.Id).ToArray();
        }, tenant);
    }

    internal Task<PortalVisitor> VisitAsync(Person person) => VisitAsync(Service, person);

    internal static async Task<PortalVisitor> VisitAsync(TestService service, Person person)
    {
        var visitor = new PortalVisitor(service);
        Assert.Equal(HttpStatusCode.Redirect, await visitor.SignInAsync(person.UserName!));
        return visitor;
    }

    internal async Task<AccessRequest> AskAsync(PortalVisitor visitor, Person person, Role role = Role.OperationsEngineer)
    {
        var answer = await visitor.PostAsync("/access/new", "ask", false, ("customer", Customer.Id.ToString()), ("role", role.ToString()), ("reason", "The proxy must be set anew"), ("hours", "2"));
        Assert.Equal((HttpStatusCode.Redirect, "/access"), (answer.StatusCode, answer.Headers.Location?.AbsolutePath));
        return await LatestAsync(person);
    }

    internal Task<AccessRequest> LatestAsync(Person person) =>
        Service.QueryAsync(db => db.Set<AccessRequest>().AsNoTracking().Where(row => row.PersonId == person.Id).OrderByDescending(row => row.RequestedAt).FirstAsync(), Customer.Id);

    internal static async Task<HttpStatusCode> AnswerAsync(PortalVisitor visitor, AccessRequest request, string answer = "approve") =>
        (await visitor.PostAsync($"/access/{request.Id}/answer", "answer", false, ("answer", answer))).StatusCode;

    internal static async Task<HttpStatusCode> EndAsync(PortalVisitor visitor, AccessRequest request) => (await visitor.PostAsync($"/access/{request.Id}/end", "end", false)).StatusCode;

    /// <summary>A grant that is there already, for tests of what it opens.</summary>
    internal Task<AccessRequest> GrantAsync(Person person, Role role = Role.OperationsEngineer, Organisation? customer = null) => Service.QueryAsync(async db =>
    {
        var now = Service.Time.Now();
        var request = new AccessRequest
        {
            TenantId = (customer ?? Customer).Id, PersonId = person.Id, PersonName = person.DisplayName, PersonAddress = person.UserName!, Role = role, Reason = "The proxy must be set anew", Hours = 2, RequestedAt = now,
        };
        request.Answer(true, new Answerer(Guid.CreateVersion7(), "somebody@northwind.example", SecondPerson.Provider), now);
        db.Add(request);
        await db.SaveChangesAsync();
        return request;
    }, (customer ?? Customer).Id);

    /// <summary>Whether the page of the customer's PC shows its user; otherwise it shows the PC alone.</summary>
    internal async Task<bool> SeesPcAsync(PortalVisitor visitor)
    {
        var page = await visitor.TextAsync($"/devices/{Pc}");
        Assert.Contains("CONTOSO-PC-1", page, StringComparison.Ordinal);
        return page.Contains(User, StringComparison.Ordinal);
    }

    internal Task<Member> MemberAsync(Person person) => Service.InScopeAsync(
        async provider => new Member(person.Id, person.TenantId, person.TenantId == Provider.Id, person.Roles, [.. (await provider.GetRequiredService<GrantBook>().OfAsync(provider.GetRequiredService<DeskwardContext>(), [person.Id], CancellationToken.None))[person.Id]]),
        person.TenantId);
}
