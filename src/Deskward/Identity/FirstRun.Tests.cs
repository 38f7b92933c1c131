using Deskward.Fixture;
using Deskward.Platform;
using Deskward.Tenants;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Deskward.Identity;

public sealed class FirstRunTests(Services services)
{
    private static readonly FirstAdministrator Eva = new("Northwind", "northwind.example", "eva@northwind.example", "Eva", TestService.Password);

    public static TheoryData<Engine> Engines => [Engine.Sqlite, Engine.Postgres];

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task The_link_makes_the_provider_and_its_first_administrator_once(Engine engine)
    {
        await using var service = await services.FreshAsync(engine);
        var token = (await With(service, first => first.NewLinkAsync(CancellationToken.None)))!.Split('=')[1];
        Assert.Null((await With(service, first => first.CompleteAsync(token, Eva, CancellationToken.None))).Refusal);
        Assert.Equal("Northwind", await service.QueryAsync(db => db.Set<Organisation>().Select(row => row.Name).SingleAsync()));
        Assert.Equal(RefusalReason.NotFound, (await With(service, first => first.CompleteAsync(token, Eva, CancellationToken.None))).Refusal?.Reason);
        Assert.Null(await With(service, first => first.NewLinkAsync(CancellationToken.None)));
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task A_provider_that_is_there_already_gets_its_administrator(Engine engine)
    {
        await using var service = await services.FreshAsync(engine);
        var provider = await service.ProviderAsync();
        var token = (await With(service, first => first.NewLinkAsync(CancellationToken.None)))!.Split('=')[1];
        Assert.Equal(provider.Id, (await With(service, first => first.CompleteAsync(token, Eva, CancellationToken.None))).Value?.TenantId);
    }

    private static Task<T> With<T>(TestService service, Func<FirstRun, Task<T>> work) => service.InScopeAsync(provider => work(provider.GetRequiredService<FirstRun>()), Guid.Empty);
}
