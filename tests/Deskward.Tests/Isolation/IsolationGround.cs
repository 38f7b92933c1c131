using System.Collections.Concurrent;
using Deskward.Browser;
using Deskward.Contacts;
using Deskward.DesiredState;
using Deskward.Fixture;
using Deskward.Grants;
using Deskward.Identity;
using Deskward.Identity.Visits;
using Deskward.Platform.Duties;
using Deskward.Platform;
using Deskward.Policies.Profiles;
using Deskward.Responsibilities;
using Deskward.Tenants;
using Microsoft.AspNetCore.Hosting;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Xunit;

namespace Deskward.Isolation;

/// <summary>One service per engine for all tests of isolation: made once, because two customers with everything take a while.</summary>
public sealed class IsolationGrounds(Services services) : IAsyncDisposable
{
    private readonly Dictionary<Engine, IsolationGround> _grounds = [];

    internal async Task<IsolationGround> OnAsync(Engine engine)
    {
        if (!_grounds.TryGetValue(engine, out var ground))
        {
            _grounds[engine] = ground = await IsolationGround.StartAsync(await services.NewDatabaseAsync(engine));
        }

        return ground;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var ground in _grounds.Values)
        {
            await ground.DisposeAsync();
        }
    }
}

[CollectionDefinition(Name)]
public sealed class IsolationTests : ICollectionFixture<IsolationGrounds>
{
    internal const string Name = "Isolation";
}

/// <summary>Policy sets of the provider: one that customers read, one that was never released.</summary>
internal sealed record ProvidedRows(Guid Provider, Guid Released, Guid Draft);

/// <summary>A provider and two customers with rows of every kind, and people in every role who visit.</summary>
internal sealed class IsolationGround : IAsyncDisposable
{
    private const int AtOnce = 6;
    private readonly ConcurrentDictionary<string, IReadOnlyList<PostedForm>> _forms = new();

    private IsolationGround(TestService service, MailHost mail, LineLog log) => (Service, Mail, Log) = (service, mail, log);

    internal static TheoryData<Engine> Engines => [Engine.Sqlite, Engine.Postgres];

    internal TestService Service { get; }

    internal MailHost Mail { get; }

    /// <summary>Everything the node logs.</summary>
    internal LineLog Log { get; }

    /// <summary>What the pages have asked of the addresses.</summary>
    private AskedNames Asked { get; init; } = null!;

    /// <summary>The customer whose people visit.</summary>
    internal PlantedCustomer A { get; private set; } = null!;

    /// <summary>The customer of which nothing may be seen.</summary>
    internal PlantedCustomer B { get; private set; } = null!;

    /// <summary>What is the provider's own.</summary>
    internal ProvidedRows Provided { get; private set; } = null!;

    internal IReadOnlyList<Operation> Operations { get; private set; } = [];

    internal IReadOnlyList<Visitor> Visitors { get; private set; } = [];

    /// <summary>Those who hold every role of their side: whatever anybody may, one of them may.</summary>
    internal IEnumerable<Visitor> Mightiest => Visitors.Where(visitor => visitor.Roles.Count > 1);

    internal IEnumerable<Operation> Pages => Operations.Where(operation => operation is { IsPortal: true, Method: "GET" });

    internal static async Task<IsolationGround> StartAsync(ServiceSettings settings)
    {
        var (mail, log, asked) = (MailHost.Start(), new LineLog(LogLevel.Debug), new AskedNames());
        var service = await TestService.StartAsync(settings with { Mail = mail.Settings }, null, more => more.AddSingleton<IStartupFilter>(asked).AddLogging(logging => logging.SetMinimumLevel(LogLevel.Debug).AddProvider(log)));
        var provider = await service.ProviderAsync();
        var engineer = await service.AddPersonAsync(provider, "asker", Role.OperationsEngineer);
        var ground = new IsolationGround(service, mail, log) { Asked = asked, A = await PlantedCustomer.OnAsync(service, engineer), B = await PlantedCustomer.OnAsync(service, engineer), Operations = Operation.Of(service.Provider) };
        await service.Provider.GetServices<IHostedService>().OfType<CheckpointRounds>().Single().SendAllAsync(CancellationToken.None); // Or it would, a minute from now.
        ground.Provided = await ProvidedByAsync(service, provider, ground.A.Organisation, ground.B.Organisation);
        ground.Visitors = [new Visitor("nobody", new PortalVisitor(service), Guid.Empty, false, []), .. await Task.WhenAll(ground.Invited(provider))];
        var lasting = service.Time.Now() + TimeSpan.FromHours(1); // Or what they proved at sign-in would run out in the middle of a test.
        await service.QueryAsync(db => db.Set<PortalSession>().ExecuteUpdateAsync(set => set.SetProperty(row => row.ConfirmedAt, lasting)), ground.A.Id, provider.Id);
        // Or the board would first show what was counted before all this was planted, and then what is.
        await service.Provider.GetRequiredService<BoardEvidence>().OfAsync([ground.A.Id, ground.B.Id], TimeSpan.Zero, CancellationToken.None);
        return ground;
    }

    /// <summary>What the product ships, given to both customers; and a policy set that the provider has not released.</summary>
    private static async Task<ProvidedRows> ProvidedByAsync(TestService service, Organisation provider, params Organisation[] customers)
    {
        foreach (var customer in customers)
        {
            Assert.Null(await service.InScopeAsync(services => ShippedPolicies.ReadyAsync(services, customer, CancellationToken.None), customer.Id));
        }

        return await service.InScopeAsync(async services =>
        {
            var draft = Fleet.Granted(await services.GetRequiredService<PolicySets>().CreateAsync(provider.Id, "Not released", "", Fleet.Lines((Fleet.Camera, "0")), CancellationToken.None));
            var db = services.GetRequiredService<DeskwardContext>();
            return new ProvidedRows(provider.Id, await db.Set<PolicySet>().Where(row => row.Shipped == ShippedPolicies.BaselineKey).Select(row => row.Id).SingleAsync(), draft.PolicySetId);
        }, provider.Id);
    }

    public async ValueTask DisposeAsync()
    {
        Visitors.ToList().ForEach(visitor => visitor.Portal.Dispose());
        await Service.DisposeAsync();
        await Mail.DisposeAsync();
    }

    private IEnumerable<Task<Visitor>> Invited(Organisation provider)
    {
        Role[] customers = [.. RoleSet.All.Where(role => !role.IsProvider)], providers = [.. RoleSet.All.Where(role => role.IsProvider)], granted = [.. providers.Except([Role.ProviderOwner])];
        Role[][] atCustomer = [.. customers.Select(role => new[] { role }), customers], atProvider = [.. providers.Select(role => new[] { role }), providers];
        return atCustomer.Select(roles => InvitedAsync(A.Organisation, roles, false)).Concat(atProvider.Select(roles => InvitedAsync(provider, roles, false)))
            .Concat(granted.Select(role => InvitedAsync(provider, [role], true))).Append(InvitedAsync(provider, granted, true));
    }

    private async Task<Visitor> InvitedAsync(Organisation home, Role[] roles, bool isGranted)
    {
        var name = string.Join('-', roles.Select(role => role.Name)) + (isGranted ? "-granted" : "");
        // Everybody of a customer is an end user without being given that role.
        var person = await Service.AddPersonAsync(home, (roles.Length > 1 ? "all" + roles.Length : name) + PlantedCustomer.Tail(), [.. roles.Except([Role.EndUser])]);
        foreach (var role in isGranted ? roles : [])
        {
            await GrantAsync(person, role);
        }

        return new Visitor(name, await AccessGround.VisitAsync(Service, person), home.Id, home.Kind == OrganisationKind.Provider, roles, isGranted ? A.Id : null);
    }

    private Task<int> GrantAsync(Person person, Role role) => Service.QueryAsync(async db =>
    {
        var now = Service.Time.Now();
        var request = new AccessRequest { TenantId = A.Id, PersonId = person.Id, PersonName = person.DisplayName, PersonAddress = person.UserName!, Role = role, Reason = "The proxy must be set anew", Hours = 2, RequestedAt = now };
        request.Answer(true, new Answerer(Guid.CreateVersion7(), "somebody@northwind.example", SecondPerson.Provider), now);
        db.Add(request);
        return await db.SaveChangesAsync();
    }, A.Id);

    /// <summary>Somebody may do it somewhere.</summary>
    internal bool May(Visitor visitor, Operation operation) => visitor.MayAnywhere(operation, A.Id, B.Id);

    /// <summary>Asks as this visitor, as a browser does.</summary>
    internal async Task<Answer> AskAsync(Visitor visitor, Operation operation, string path, PostedForm? form = null, params string[] asked)
    {
        using var request = new HttpRequestMessage(new HttpMethod(operation.Method), path);
        request.Headers.Accept.ParseAdd("text/html");
        request.Content = operation.Method is "GET" ? null : (form ?? PostedForm.Bare).With(await visitor.TokenAsync());
        using var response = await visitor.Portal.SendAsync(request);
        return await Answer.ReadAsync(response, asked);
    }

    /// <summary>Which of these names a page asks its address for, told by asking for the page.</summary>
    internal async Task<IReadOnlyList<string>> AskedOfAsync(Visitor visitor, Operation page, IEnumerable<string> names)
    {
        await AskAsync(visitor, page, page.With(OwnId(page)));
        return [.. names.Where(name => Asked.Has(page, name))];
    }

    /// <summary>Posts a form without its token, as a page of somebody else's would have the browser do.</summary>
    internal static async Task<Answer> ForgeAsync(Visitor visitor, Operation operation, string path, PostedForm form)
    {
        using var request = new HttpRequestMessage(new HttpMethod(operation.Method), path) { Content = new FormUrlEncodedContent(form.Fields) };
        request.Headers.Accept.ParseAdd("text/html");
        using var response = await visitor.Portal.SendAsync(request);
        return await Answer.ReadAsync(response);
    }

    /// <summary>The forms that the mightiest see on a page, or elsewhere for a route that is no page; a bare one where they see none.</summary>
    internal async Task<IReadOnlyList<PostedForm>> FormsAsync(Operation operation)
    {
        if (_forms.IsEmpty)
        {
            await EachAsync(Mightiest.SelectMany(visitor => Pages.Where(page => May(visitor, page)).Select(page => (visitor, page))), async ask =>
            {
                var html = await ask.visitor.Portal.MarkupAsync(ask.page.With(OwnId(ask.page)));
                foreach (var group in PostedForm.In(html).GroupBy(form => form.Target ?? ask.page.Pattern))
                {
                    _forms.AddOrUpdate(group.Key, _ => [.. group], (_, known) => [.. known, .. group]);
                }

                return [];
            });
        }

        return _forms.TryGetValue(operation.Pattern, out var forms) ? [.. forms.DistinctBy(form => string.Join('&', form.Fields.Select(field => field.Key)))] : [PostedForm.Bare];
    }

    /// <summary>Of a customer's row; what is released is the provider's own.</summary>
    internal Guid OwnId(Operation operation) => operation.Kind is not { } kind ? Guid.Empty : operation.Pattern.EndsWith("/release", StringComparison.Ordinal) ? Provided.Draft : A.Rows[kind];

    /// <summary>Does the work for each, several at once, and gathers what is wrong.</summary>
    internal static async Task<IReadOnlyList<string>> EachAsync<T>(IEnumerable<T> items, Func<T, Task<IEnumerable<string>>> work)
    {
        var offences = new ConcurrentBag<string>();
        await Parallel.ForEachAsync(items, new ParallelOptions { MaxDegreeOfParallelism = AtOnce }, async (item, _) =>
        {
            foreach (var offence in await work(item))
            {
                offences.Add(offence);
            }
        });
        return [.. offences.Order(StringComparer.Ordinal)];
    }
}
