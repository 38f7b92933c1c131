using System.Net;
using Deskward.Fixture;
using Deskward.Grants;
using Deskward.Platform;
using Deskward.Tenants;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Deskward.Organisations;

/// <summary>A service of its own with a DNS server, and the people of <see cref="AccessGround"/>: Ed and Eva at the provider, Alice at the customer.</summary>
internal sealed class OrganisationsGround : IAsyncDisposable
{
    private OrganisationsGround(DnsServer dns, TestService service, AccessGround access) => (Dns, Service, Access) = (dns, service, access);

    internal DnsServer Dns { get; }

    internal TestService Service { get; }

    internal AccessGround Access { get; }

    internal Guid Customer => Access.Customer.Id;

    internal static async Task<OrganisationsGround> OnAsync(Services services, Engine engine, Func<ServiceSettings, ServiceSettings>? more = null)
    {
        var dns = new DnsServer();
        var service = await TestService.StartAsync((more ?? (same => same))(await services.NewDatabaseAsync(engine) with { DnsServer = dns.Address }));
        return new OrganisationsGround(dns, service, await AccessGround.OnAsync(service));
    }

    public async ValueTask DisposeAsync()
    {
        await Service.DisposeAsync();
        await Dns.DisposeAsync();
    }

    internal Task<T> WithAsync<TService, T>(Func<TService, Task<T>> work, Guid? open = null)
        where TService : notnull => Service.InScopeAsync(provider => work(provider.GetRequiredService<TService>()), open ?? Customer);

    /// <summary>Suspends the customer, and has this node know it at once.</summary>
    internal async Task SuspendAsync()
    {
        Assert.Null(await WithAsync<OrganisationLife, Refusal?>(life => life.SuspendAsync(Customer, "The contract is being settled", CancellationToken.None)));
        await AccessGround.RefreshAsync(Service);
    }

    /// <summary>Alice asks, Eva approves; the contract keeps the data for so many days.</summary>
    internal async Task LeaveAsync(int retention)
    {
        await Access.AgreeAsync("retention.offboarding", retention);
        using var alice = await Access.VisitAsync(Access.Alice);
        using var eva = await Access.VisitAsync(Access.Eva);
        Assert.Equal(HttpStatusCode.Redirect, (await alice.PostAsync($"/organisations/{Customer}/leave", "leave", false, ("reason", "We are bought"), ("confirmation", Access.Customer.Domain))).StatusCode);
        Assert.Equal(HttpStatusCode.Redirect, (await eva.PostAsync($"/organisations/{Customer}/leave/answer", "answer", false, ("answer", "approve"), ("confirmation", Access.Customer.Domain))).StatusCode);
        await AccessGround.RefreshAsync(Service);
    }

    internal Task WorkAsync() => Service.Provider.GetRequiredService<DepartureWork>().WorkAsync(CancellationToken.None);

    /// <summary>Two rounds of the worker with its rest between them.</summary>
    internal async Task DeleteAsync()
    {
        await WorkAsync();
        await Service.Provider.GetRequiredService<UsesWriter>().FlushAsync(CancellationToken.None); // As it does within the rest.
        Service.Time.Advance(Deletion.Rest);
        await WorkAsync();
    }

    internal Task<Organisation> RowAsync() => Service.QueryAsync(db => db.Set<Organisation>().AsNoTracking().SingleAsync(row => row.Id == Customer), Customer);
}
