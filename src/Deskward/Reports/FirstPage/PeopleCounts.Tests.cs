using Deskward.Devices;
using Deskward.Directories;
using Deskward.Fixture;
using Deskward.Platform;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Deskward.Reports.FirstPage;

public sealed class PeopleCountsTests(Services services)
{
    [Theory]
    [InlineData(Engine.Sqlite)]
    [InlineData(Engine.Postgres)]
    public async Task Each_customer_has_its_own_figures(Engine engine)
    {
        var service = await services.SharedAsync(engine);
        using var contoso = await DirectoryGround.OnAsync(service);
        var fabrikam = await service.AddCustomerAsync("Fabrikam");
        var left = await contoso.AddUserAsync("ann");
        await contoso.SendAsync(HttpMethod.Post, "/Users", $$"""{"schemas":["{{DirectoryGround.UserSchema}}"],"userName":"nomail"}""");
        await contoso.PatchAsync($"/Users/{left}", """{"op":"replace","path":"active","value":false}""");
        await AddAsync(service, Pc(contoso.Customer.Id, "A", left), Pc(contoso.Customer.Id, "B", null), Pc(fabrikam.Id, "C", null), Pc(fabrikam.Id, "D", null));
        var figures = await service.InScopeAsync(provider => provider.GetRequiredService<PeopleCounts>().OfAsync([contoso.Customer.Id, fabrikam.Id], CancellationToken.None), contoso.Customer.Id, fabrikam.Id);
        Assert.True(service.Time.Now() - figures[contoso.Customer.Id].LastSync < TimeSpan.FromMinutes(2));
        Assert.Equal(new PeopleFigures(contoso.Customer.Id, null, 1, 1, 1), figures[contoso.Customer.Id] with { LastSync = null });
        Assert.Equal(new PeopleFigures(fabrikam.Id, null, 0, 2, 0), figures[fabrikam.Id]);
    }

    [Theory]
    [InlineData(Engine.Sqlite)]
    [InlineData(Engine.Postgres)]
    public async Task The_PCs_of_somebody_who_is_deleted_are_without_a_person(Engine engine)
    {
        var service = await services.SharedAsync(engine);
        using var ground = await DirectoryGround.OnAsync(service);
        var user = await ground.AddUserAsync("ann");
        await AddAsync(service, Pc(ground.Customer.Id, "A", user));
        await ground.SendAsync(HttpMethod.Delete, $"/Users/{user}");
        Assert.Null(await service.QueryAsync(db => db.Set<Device>().Select(row => row.PersonId).SingleAsync(), ground.Customer.Id));
    }

    private static Task<int> AddAsync(TestService service, params Device[] pcs) => service.QueryAsync(
        db =>
        {
            db.AddRange(pcs.AsEnumerable());
            return db.SaveChangesAsync();
        },
        [.. pcs.Select(pc => pc.TenantId).Distinct()]);

    private static Device Pc(Guid tenant, string name, Guid? person) => new() { TenantId = tenant, Name = name, HardwareId = Guid.CreateVersion7().ToString("n"), PersonId = person };
}
