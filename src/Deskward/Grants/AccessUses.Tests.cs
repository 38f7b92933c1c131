using Deskward.Fixture;
using Deskward.Platform.Duties;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Xunit;
using static Deskward.Grants.AccessGround;

namespace Deskward.Grants;

public sealed class AccessUsesTests(Services services)
{
    public static TheoryData<Engine> Engines => [Engine.Sqlite, Engine.Postgres];

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task The_customer_sees_each_page_that_was_looked_at_by_grant_and_by_whom(Engine engine)
    {
        var ground = await OnAsync(await services.SharedAsync(engine));
        await ground.GrantAsync(ground.Ed);
        using var ed = await ground.VisitAsync(ground.Ed);
        await ground.SeesPcAsync(ed);
        await FlushAsync(ground);
        using var alice = await ground.VisitAsync(ground.Alice);
        foreach (var page in new[] { "/access", "/access/uses", $"/access/uses?who={ground.Ed.UserName}", "/access/uses.csv" })
        {
            var text = await alice.TextAsync(page);
            Assert.Contains(ground.Ed.UserName!, text, StringComparison.Ordinal);
            Assert.Contains($"/devices/{ground.Pc}", text, StringComparison.Ordinal);
        }

        Assert.DoesNotContain($"/devices/{ground.Pc}", await alice.TextAsync("/access/uses?who=nobody"), StringComparison.Ordinal);
        Assert.DoesNotContain($"/devices/{ground.Pc}", await alice.TextAsync("/access/uses?to=2020-01-01"), StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task The_same_within_a_minute_counts_up_one_row(Engine engine)
    {
        var ground = await OnAsync(await services.SharedAsync(engine));
        var writer = ground.Service.Provider.GetRequiredService<UsesWriter>();
        var use = new AccessUse(ground.Ed.Id, ground.Ed.UserName!, ground.Customer.Id, AccessLevel.Full, "platform.devices", DutyAction.Act, "/devices");
        for (var round = 0; round < 3; round++)
        {
            writer.Note(use);
            writer.Note(use);
            await writer.FlushAsync(CancellationToken.None);
        }

        var rows = await UsesAsync(ground);
        Assert.Equal(6, rows.Sum(row => row.Times));
        Assert.Equal(rows.Select(row => row.Minute).Distinct().Count(), rows.Count);
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task A_page_of_one_PC_is_told_to_the_customer_it_belongs_to_alone(Engine engine)
    {
        var ground = await OnAsync(await services.SharedAsync(engine));
        var fabrikam = await ground.Service.AddCustomerAsync("Fabrikam");
        await ground.GrantAsync(ground.Ed);
        await ground.GrantAsync(ground.Ed, customer: fabrikam);
        using var ed = await ground.VisitAsync(ground.Ed);
        await ground.SeesPcAsync(ed);
        await ed.GetAsync($"/devices?customer={ground.Customer.Id}");
        await FlushAsync(ground);
        Assert.Equal(2, (await UsesAsync(ground)).Count);
        Assert.Empty(await ground.Service.QueryAsync(db => db.Set<RecordedUse>().ToListAsync(), fabrikam.Id));
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task What_was_refused_is_no_use_and_a_write_without_a_grant_is_one(Engine engine)
    {
        var ground = await OnAsync(await services.SharedAsync(engine));
        using var ed = await ground.VisitAsync(ground.Ed);
        await ground.SeesPcAsync(ed);
        await ed.GetAsync("/access");
        await FlushAsync(ground);
        Assert.Empty(await UsesAsync(ground));
        await ground.AskAsync(ed, ground.Ed);
        await FlushAsync(ground);
        Assert.Equal((AccessLevel.Standing, DutyAction.Request), (await UsesAsync(ground)).Select(row => (row.Level, row.Action)).Single());
    }

    [Theory]
    [InlineData(Engine.Sqlite, Role.ItAdministrator, false)]
    [InlineData(Engine.Postgres, Role.ItAdministrator, false)]
    [InlineData(Engine.Sqlite, Role.ServiceReader, false)]
    [InlineData(Engine.Sqlite, Role.SecurityManager, true)]
    [InlineData(Engine.Postgres, Role.SecurityManager, true)]
    public async Task What_was_done_about_security_is_told_to_those_who_answer_for_it(Engine engine, Role role, bool told)
    {
        var ground = await OnAsync(await services.SharedAsync(engine));
        ground.Service.Provider.GetRequiredService<UsesWriter>().Note(
            new AccessUse(ground.Ed.Id, ground.Ed.UserName!, ground.Customer.Id, AccessLevel.Protective, "P4.isolation", DutyAction.Act, "/protective-actions/1"));
        await FlushAsync(ground);
        using var person = await ground.VisitAsync(await ground.Service.AddPersonAsync(ground.Customer, "bob", role));
        foreach (var page in new[] { "/access", "/access/uses", "/access/uses.csv" })
        {
            Assert.Equal((page, told), (page, (await person.TextAsync(page)).Contains("/protective-actions/1", StringComparison.Ordinal)));
        }
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task What_a_customer_does_at_home_is_no_use_of_access(Engine engine)
    {
        var ground = await OnAsync(await services.SharedAsync(engine));
        using var alice = await ground.VisitAsync(ground.Alice);
        Assert.True(await ground.SeesPcAsync(alice));
        await FlushAsync(ground);
        Assert.Empty(await UsesAsync(ground));
    }

    private static Task FlushAsync(AccessGround ground) => ground.Service.Provider.GetRequiredService<UsesWriter>().FlushAsync(CancellationToken.None);

    private static Task<List<RecordedUse>> UsesAsync(AccessGround ground) => ground.Service.QueryAsync(db => db.Set<RecordedUse>().ToListAsync(), ground.Customer.Id);
}
