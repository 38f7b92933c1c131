using Deskward.Fixture;
using Deskward.Platform.Duties;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Deskward.Identity;

public sealed class PeopleListTests(Services services)
{
    [Theory]
    [InlineData(Engine.Sqlite, PeopleMatch.Contains, "ol", "ola,zola")]
    [InlineData(Engine.Postgres, PeopleMatch.Contains, "ol", "ola,zola")]
    [InlineData(Engine.Sqlite, PeopleMatch.Contains, "ZOLA .example", "zola")]
    [InlineData(Engine.Postgres, PeopleMatch.Contains, "ZOLA .example", "zola")]
    [InlineData(Engine.Sqlite, PeopleMatch.Contains, "exam ola o.z amp pl", "zola")]
    [InlineData(Engine.Postgres, PeopleMatch.Contains, "exam ola o.z amp pl", "zola")]
    [InlineData(Engine.Sqlite, PeopleMatch.Contains, "o_a", "")]
    [InlineData(Engine.Postgres, PeopleMatch.Contains, "o_a", "")]
    [InlineData(Engine.Postgres, PeopleMatch.Contains, "%", "")]
    [InlineData(Engine.Postgres, PeopleMatch.Contains, "\\", "")]
    [InlineData(Engine.Sqlite, PeopleMatch.Begins, "ZÖ", "zola")]
    [InlineData(Engine.Postgres, PeopleMatch.Begins, "ZÖ", "zola")]
    [InlineData(Engine.Sqlite, PeopleMatch.Begins, "o.zola@", "zola")]
    [InlineData(Engine.Postgres, PeopleMatch.Begins, "o.zola@", "zola")]
    [InlineData(Engine.Sqlite, PeopleMatch.Begins, "nn", "")]
    [InlineData(Engine.Sqlite, PeopleMatch.Begins, "%", "")]
    [InlineData(Engine.Postgres, PeopleMatch.Begins, "%", "")]
    [InlineData(Engine.Sqlite, PeopleMatch.Begins, "o", "ola,zola")]
    [InlineData(Engine.Postgres, PeopleMatch.Begins, "o", "ola,zola")]
    [InlineData(Engine.Sqlite, PeopleMatch.Exactly, "ola", "ola")]
    [InlineData(Engine.Postgres, PeopleMatch.Exactly, "ola@DOMAIN", "ola")]
    [InlineData(Engine.Sqlite, PeopleMatch.Exactly, "ola@DOMAIN", "ola")]
    [InlineData(Engine.Sqlite, PeopleMatch.Exactly, "ol", "")]
    public async Task A_search_finds_names_and_addresses(Engine engine, PeopleMatch match, string typed, string found)
    {
        var service = await services.SharedAsync(engine);
        var customer = await service.AddCustomerAsync();
        foreach (var name in new[] { "zola", "ann", "ola" })
        {
            await service.AddPersonAsync(customer, name);
        }

        await AnotherAddressAsync(service, customer.Id, "zola");
        var page = await service.InScopeAsync(
            provider => provider.GetRequiredService<PeopleList>().FindAsync(new PeopleFilter { Words = typed.Replace("DOMAIN", customer.Domain, StringComparison.Ordinal), Match = match }, CancellationToken.None), customer.Id);
        Assert.Equal(found, string.Join(',', page.People.Select(person => person.DisplayName)));
    }

    [Theory]
    [InlineData(Engine.Sqlite)]
    [InlineData(Engine.Postgres)]
    public async Task Pages_are_by_name_and_a_role_narrows_them(Engine engine)
    {
        var service = await services.SharedAsync(engine);
        var customer = await service.AddCustomerAsync();
        await service.AddPersonAsync(customer, "cem", Role.ServiceReader);
        await service.AddPersonAsync(customer, "ann");
        await service.AddPersonAsync(customer, "bea");
        Assert.Equal((3, "ann,bea"), await PageAsync(service, customer.Id, new PeopleFilter { Take = 2 }));
        Assert.Equal((3, "cem"), await PageAsync(service, customer.Id, new PeopleFilter { Skip = 2, Take = 2 }));
        Assert.Equal((3, ""), await PageAsync(service, customer.Id, new PeopleFilter { Skip = 4, Take = 2 }));
        Assert.Equal((1, "cem"), await PageAsync(service, customer.Id, new PeopleFilter { Role = Role.ServiceReader }));
    }

    /// <summary>The address begins with another letter than the name.</summary>
    private static Task<int> AnotherAddressAsync(TestService service, Guid customer, string name) => service.QueryAsync(async db =>
    {
        var found = await db.Set<Person>().SingleAsync(person => person.DisplayName == name);
        (found.UserName, found.NormalizedUserName) = ($"o.{found.UserName}", $"O.{found.NormalizedUserName}");
        found.RefreshSearch();
        return await db.SaveChangesAsync();
    }, customer);

    private static Task<(long, string)> PageAsync(TestService service, Guid customer, PeopleFilter filter) => service.InScopeAsync(
        async provider => await provider.GetRequiredService<PeopleList>().FindAsync(filter, CancellationToken.None) is var page ? (page.Total, string.Join(',', page.People.Select(person => person.DisplayName))) : default, customer);
}
