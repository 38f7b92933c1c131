using System.Diagnostics;
using System.Globalization;
using Deskward.Fixture;
using Deskward.Platform.Duties;
using Deskward.Platform.Portal;
using Deskward.Responsibilities;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Deskward.Benchmarks.Rights;

/// <summary>
/// What the gate adds to a request of a provider's person: which of fifty customers a duty opens, with twenty duties of each in other hands and a grant at twenty of
/// them. The gate is the product's own; who the person is was read from the database before and counts elsewhere.
/// </summary>
internal sealed class AuthoriseLine(BenchOptions options, BenchDatabases databases)
{
    private const double LimitMicroseconds = 50;
    private const int Customers = 50;
    private const int Assignments = 20;
    private readonly int _requests = options.Quick ? 500 : 50_000;

    internal async IAsyncEnumerable<BenchLine> RunAsync()
    {
        await using var service = await TestService.StartAsync(await databases.CreateAsync(Engine.Sqlite));
        var provider = await service.ProviderAsync();
        var customers = await MakeAsync(service);
        var person = await service.AddPersonAsync(provider, "ed", Role.OperationsEngineer, Role.ServiceLead);
        GrantedRole[] grants = [.. customers.Take(Assignments).Select(customer => new GrantedRole(Guid.CreateVersion7(), customer.Id, Role.OperationsEngineer, DateTimeOffset.MaxValue))];
        var member = new Member(person.Id, provider.Id, true, person.Roles, grants);
        var times = new List<double>();
        for (var round = 0; round <= options.Pairs; round++)
        {
            times.Add(await MicrosecondsAsync(service.Provider, member, customers));
        }

        yield return BenchLine.AtMost(string.Create(CultureInfo.InvariantCulture, $"authorise: a request, {Customers} customers"), Figures.Median(times.Skip(1)), "us", LimitMicroseconds);
    }

    /// <summary>Every duty that can be handed over is, up to twenty for each customer.</summary>
    private static async Task<IReadOnlyList<CustomerChoice>> MakeAsync(TestService service)
    {
        var duties = Matrix.Default.Duties.Where(duty => duty.Delegable?.Contains(DutyHolder.Provider) == true).Select(duty => duty.Id).Take(Assignments).ToList();
        var customers = new List<CustomerChoice>();
        for (var number = 0; number < Customers; number++)
        {
            var customer = await service.AddCustomerAsync();
            customers.Add(new CustomerChoice(customer.Id, customer.Name));
        }

        var now = service.Time.GetUtcNow();
        await service.QueryAsync(db =>
        {
            db.AddRange(customers.SelectMany(customer => duties.Select(duty => new Delegation
            {
                TenantId = customer.Id, Duty = duty, From = DateOnly.FromDateTime(now.UtcDateTime).AddDays(-2), ProposedBy = "lea", ProposedAt = now, AgreedBy = "alice", AgreedAt = now,
            })));
            return db.SaveChangesAsync();
        });
        await service.Provider.GetRequiredService<DelegationKeeper>().RefreshAsync(CancellationToken.None);
        return customers;
    }

    /// <summary>Of a request, over the duties in turn that people are served by.</summary>
    private async Task<double> MicrosecondsAsync(IServiceProvider services, Member member, IReadOnlyList<CustomerChoice> customers)
    {
        await using var scope = services.CreateAsyncScope();
        scope.ServiceProvider.GetRequiredService<CurrentPerson>().Recognise(member, "ed@northwind.example", "Ed", customers);
        Endpoint[] endpoints = [.. Matrix.Default.Duties.Where(duty => duty.Actions.ContainsKey(DutyAction.Read)).Select(duty => new Endpoint(null, new EndpointMetadataCollection(new ServesAttribute(duty.Id, DutyAction.Read)), duty.Id))];
        var context = new DefaultHttpContext { RequestServices = scope.ServiceProvider };
        context.Request.Method = HttpMethods.Get;
        var (clock, passed) = (Stopwatch.StartNew(), 0);
        for (var number = 0; number < _requests; number++)
        {
            context.SetEndpoint(endpoints[number % endpoints.Length]);
            await Access.GateAsync(context, Pass);
        }

        return passed > _requests / 2 ? clock.Elapsed.TotalMicroseconds / _requests : throw new InvalidOperationException($"Only {passed} of {_requests} requests passed the gate.");

        // Nothing is shown, so that no use of access is written down: that belongs to what is done, not to whether it may be.
        Task Pass(HttpContext answered)
        {
            passed++;
            answered.Response.StatusCode = StatusCodes.Status404NotFound;
            return Task.CompletedTask;
        }
    }
}
