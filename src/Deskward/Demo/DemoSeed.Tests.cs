using Deskward.Audit;
using Deskward.Contacts;
using Deskward.Fixture;
using Deskward.Grants;
using Deskward.Tenants;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Deskward.Demo;

public sealed class DemoSeedTests(Services services)
{
    [Theory]
    [InlineData(Engine.Sqlite)]
    [InlineData(Engine.Postgres)]
    public async Task Each_page_has_something_to_look_at_and_a_second_start_adds_nothing(Engine engine)
    {
        await using var service = await services.FreshAsync(engine);
        var seed = new DemoSeed(service.Provider, service.Settings);
        await seed.FillAsync(DemoCast.Organisations(0), CancellationToken.None);
        var (contoso, fabrikam) = (await IdAsync(service, DemoCast.ContosoDomain), await IdAsync(service, DemoCast.FabrikamDomain));
        var standing = await StandingAsync(service, contoso);
        Assert.Equal([ContactArea.Updates], standing.Where(area => area.State == AreaState.Missing).Select(area => area.Area));
        Assert.Equal(["Devices", "HelpDesk", "Security"], standing.Where(area => area.State == AreaState.Confirmed).Select(area => area.Area.ToString()).Order(StringComparer.Ordinal));
        Assert.Equal((AccessState.Ended, "ed@northwind.example", "alice@contoso.example"), await RequestAsync(service, contoso));
        Assert.Equal((AccessState.Requested, "sam@northwind.example", null), await RequestAsync(service, fabrikam));
        Assert.Equal("alice@contoso.example", await service.QueryAsync(db => db.Set<AuditEntry>().Where(row => row.Action == "contact.confirm").Select(row => row.ActorName).Distinct().SingleAsync(), contoso));
        var before = await CountAsync(service);
        await seed.FillAsync(DemoCast.Organisations(0), CancellationToken.None);
        Assert.Equal(before, await CountAsync(service));
    }

    private static Task<Guid> IdAsync(TestService service, string domain) => service.QueryAsync(db => db.Set<Organisation>().Where(row => row.Domain == domain).Select(row => row.Id).SingleAsync());

    private static Task<List<AreaStanding>> StandingAsync(TestService service, Guid customer) => service.InScopeAsync(async provider =>
    {
        var book = provider.GetRequiredService<ContactBook>();
        return (await book.StandingAsync(customer, false, CancellationToken.None)).Concat(await book.StandingAsync(customer, true, CancellationToken.None)).ToList();
    }, customer);

    private static async Task<(AccessState State, string Asked, string? Answered)> RequestAsync(TestService service, Guid customer) =>
        await service.QueryAsync(db => db.Set<AccessRequest>().SingleAsync(), customer) is var row ? (row.State, row.PersonAddress, row.AnsweredBy) : default;

    private static Task<(int Contacts, int Requests, int Audit)> CountAsync(TestService service) => service.QueryAsync(async db =>
        (await db.Set<Contact>().CountAsync(), await db.Set<AccessRequest>().CountAsync(), await db.Set<AuditEntry>().CountAsync()));
}
