using System.Diagnostics;
using System.Net;
using Deskward.Fixture;
using Deskward.Identity;
using Deskward.Notices;
using Deskward.Platform;
using Deskward.Platform.Duties;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Xunit;
using static Deskward.Grants.AccessGround;

namespace Deskward.Grants;

public sealed class AccessTests(Services services)
{
    public static TheoryData<Engine> Engines => [Engine.Sqlite, Engine.Postgres];

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task An_engineer_reaches_a_customer_after_a_colleague_approved_and_until_the_customer_ends_it(Engine engine)
    {
        var ground = await OnAsync(await services.SharedAsync(engine));
        using var ed = await ground.VisitAsync(ground.Ed);
        using var eva = await ground.VisitAsync(ground.Eva);
        using var alice = await ground.VisitAsync(ground.Alice);
        Assert.False(await ground.SeesPcAsync(ed));
        var request = await ground.AskAsync(ed, ground.Ed);
        Assert.False(await ground.SeesPcAsync(ed));
        Assert.Equal(HttpStatusCode.Redirect, await AnswerAsync(eva, request));
        Assert.Contains($"{ground.Customer.Name}: Operations engineer until", await ed.TextAsync($"/devices/{ground.Pc}"), StringComparison.Ordinal);
        Assert.False(await ground.SeesPcAsync(eva));
        Assert.Contains(ground.Ed.UserName!, await alice.TextAsync("/access"), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.Redirect, await EndAsync(alice, request));
        Assert.False(await ground.SeesPcAsync(ed));
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task A_grant_ends_by_itself_and_is_written_down_as_ended(Engine engine)
    {
        await using var service = await services.FreshAsync(engine);
        var ground = await OnAsync(service);
        await ground.GrantAsync(ground.Ed);
        using var ed = await ground.VisitAsync(ground.Ed);
        Assert.True(await ground.SeesPcAsync(ed));
        service.Time.Advance(TimeSpan.FromHours(2));
        Assert.False(await ground.SeesPcAsync(ed));
        await service.Provider.GetRequiredService<AccessUpkeep>().SettleAsync(CancellationToken.None);
        var ended = await ground.LatestAsync(ground.Ed);
        Assert.Equal((AccessState.Ended, AccessEnding.Time, ended.Until), (ended.State, ended.Ending, ended.EndedAt));
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task The_asker_cannot_answer_and_a_colleague_cannot_end(Engine engine)
    {
        var ground = await OnAsync(await services.SharedAsync(engine));
        using var ed = await ground.VisitAsync(ground.Ed);
        using var eva = await ground.VisitAsync(ground.Eva);
        var request = await ground.AskAsync(ed, ground.Ed);
        Assert.NotEqual(HttpStatusCode.Redirect, await AnswerAsync(ed, request));
        Assert.Equal(RefusalReason.NotAllowed, (await DeskAsync(ground, ground.Ed, desk => desk.By(request, approve: true)))?.Reason);
        Assert.Equal(HttpStatusCode.OK, await EndAsync(eva, request));
        Assert.Equal(AccessState.Requested, (await ground.LatestAsync(ground.Ed)).State);
        Assert.Equal(HttpStatusCode.Redirect, await EndAsync(ed, request));
        Assert.Equal(AccessState.Withdrawn, (await ground.LatestAsync(ground.Ed)).State);
    }

    [Theory]
    [InlineData(Engine.Sqlite, Role.ChangeApprover, HttpStatusCode.NotFound)]
    [InlineData(Engine.Postgres, Role.ChangeApprover, HttpStatusCode.NotFound)]
    [InlineData(Engine.Sqlite, Role.CustomerOwner, HttpStatusCode.NotFound)]
    [InlineData(Engine.Sqlite, Role.ItAdministrator, HttpStatusCode.Forbidden)]
    [InlineData(Engine.Sqlite, Role.SecurityManager, HttpStatusCode.Forbidden)]
    [InlineData(Engine.Postgres, Role.ServiceReader, HttpStatusCode.Forbidden)]
    [InlineData(Engine.Sqlite, Role.AppPackager, HttpStatusCode.Forbidden)]
    [InlineData(Engine.Sqlite, Role.SupportPartner, HttpStatusCode.Forbidden)]
    public async Task Of_the_customer_the_owner_and_the_change_approver_answer(Engine engine, Role role, HttpStatusCode ofNothing)
    {
        var ground = await OnAsync(await services.SharedAsync(engine));
        using var ed = await ground.VisitAsync(ground.Ed);
        var request = await ground.AskAsync(ed, ground.Ed);
        using var person = await ground.VisitAsync(await ground.Service.AddPersonAsync(ground.Customer, "bob", role));
        Assert.Equal(ofNothing, (await person.GetAsync($"/access/{Guid.CreateVersion7()}/answer")).StatusCode);
        var may = ofNothing == HttpStatusCode.NotFound;
        Assert.Equal(may ? HttpStatusCode.Redirect : HttpStatusCode.Forbidden, await AnswerAsync(person, request));
        Assert.Equal(may ? AccessState.Approved : AccessState.Requested, (await ground.LatestAsync(ground.Ed)).State);
    }

    [Theory]
    [InlineData(Role.OperationsEngineer, HttpStatusCode.OK, HttpStatusCode.NotFound)]
    [InlineData(Role.SocAnalyst, HttpStatusCode.OK, HttpStatusCode.NotFound)]
    [InlineData(Role.ServiceLead, HttpStatusCode.OK, HttpStatusCode.NotFound)]
    [InlineData(Role.Auditor, HttpStatusCode.OK, HttpStatusCode.Forbidden)]
    [InlineData(Role.ProviderOwner, HttpStatusCode.Forbidden, HttpStatusCode.Forbidden)]
    public async Task At_the_provider_who_works_asks_and_who_works_answers(Role role, HttpStatusCode asks, HttpStatusCode answers)
    {
        var ground = await OnAsync(await services.SharedAsync(Engine.Sqlite));
        using var person = await ground.VisitAsync(await ground.AtProviderAsync("pat", role));
        Assert.Equal((asks, answers), ((await person.GetAsync("/access/new")).StatusCode, (await person.GetAsync($"/access/{Guid.CreateVersion7()}/answer")).StatusCode));
        Assert.Equal(HttpStatusCode.OK, (await person.GetAsync("/access")).StatusCode);
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task A_person_of_another_customer_neither_sees_nor_answers(Engine engine)
    {
        var ground = await OnAsync(await services.SharedAsync(engine));
        using var ed = await ground.VisitAsync(ground.Ed);
        var request = await ground.AskAsync(ed, ground.Ed);
        using var stranger = await ground.VisitAsync(await ground.Service.AddPersonAsync(await ground.Service.AddCustomerAsync("Fabrikam"), "mallory", Role.CustomerOwner));
        Assert.Equal(HttpStatusCode.NotFound, (await stranger.GetAsync($"/access/{request.Id}/answer")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await stranger.GetAsync($"/access/{request.Id}/end")).StatusCode);
        Assert.DoesNotContain(ground.Ed.UserName!, await stranger.TextAsync("/access"), StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task Whoever_loses_the_role_loses_the_grant_at_once_and_does_not_get_it_back_with_the_role(Engine engine)
    {
        var ground = await OnAsync(await services.SharedAsync(engine));
        await ground.GrantAsync(ground.Ed);
        using var ed = await ground.VisitAsync(ground.Ed);
        Assert.True(await ground.SeesPcAsync(ed));
        await ChangeAsync(ground, RoleSet.Of(Role.SocAnalyst), enabled: true);
        await ed.SignInAsync(ground.Ed.UserName!);
        Assert.False(await ground.SeesPcAsync(ed));
        await ChangeAsync(ground, RoleSet.Of(Role.OperationsEngineer), enabled: true);
        await ed.SignInAsync(ground.Ed.UserName!);
        Assert.False(await ground.SeesPcAsync(ed));
        await ground.Service.Provider.GetRequiredService<AccessUpkeep>().SettleAsync(CancellationToken.None);
        Assert.Equal(AccessEnding.RoleLost, (await ground.LatestAsync(ground.Ed)).Ending);
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task Whoever_is_disabled_holds_no_grant_and_gets_none(Engine engine)
    {
        var ground = await OnAsync(await services.SharedAsync(engine));
        using var ed = await ground.VisitAsync(ground.Ed);
        var request = await ground.AskAsync(ed, ground.Ed);
        await ground.GrantAsync(ground.Ed);
        await ChangeAsync(ground, RoleSet.Of(Role.OperationsEngineer), enabled: false);
        Assert.Empty((await ground.MemberAsync(ground.Ed)).Grants);
        Assert.Equal(RefusalReason.Conflict, (await DeskAsync(ground, ground.Eva, desk => desk.By(request, approve: true)))?.Reason);
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task The_customers_owner_may_allow_a_role_beforehand(Engine engine)
    {
        var ground = await OnAsync(await services.SharedAsync(engine));
        await ground.AgreeAsync("access.automatic", 1);
        using var alice = await ground.VisitAsync(ground.Alice);
        using var ed = await ground.VisitAsync(ground.Ed);
        var saved = await alice.PostAsync("/access/terms", "terms", false, ("version", "0"), ("role", nameof(Role.OperationsEngineer)));
        Assert.Equal(HttpStatusCode.Redirect, saved.StatusCode);
        var request = await ground.AskAsync(ed, ground.Ed);
        Assert.Equal((AccessState.Approved, SecondPerson.Contract), (request.State, request.ApprovedAs));
        Assert.True(await ground.SeesPcAsync(ed));
        Assert.Equal(HttpStatusCode.Forbidden, (await ed.PostAsync("/access/terms", "terms", false, ("version", "1"))).StatusCode);
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task The_contract_may_give_access_for_less_than_eight_hours_and_alone_grants_nothing(Engine engine)
    {
        var ground = await OnAsync(await services.SharedAsync(engine));
        await ground.AgreeAsync("access.longest", 1);
        await ground.AgreeAsync("access.automatic", 1);
        using var ed = await ground.VisitAsync(ground.Ed);
        (string, string)[] form = [("customer", ground.Customer.Id.ToString()), ("role", nameof(Role.OperationsEngineer)), ("reason", "The proxy must be set anew")];
        Assert.Equal(HttpStatusCode.OK, (await ed.PostAsync("/access/new", "ask", false, [.. form, ("hours", "2")])).StatusCode);
        Assert.Equal(HttpStatusCode.Redirect, (await ed.PostAsync("/access/new", "ask", false, [.. form, ("hours", "1")])).StatusCode);
        Assert.Equal(AccessState.Requested, (await ground.LatestAsync(ground.Ed)).State);
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task A_customer_whose_contract_demands_no_grant_is_told_so(Engine engine)
    {
        const string Told = "The contract lets the provider's people in without asking";
        var ground = await OnAsync(await services.SharedAsync(engine));
        using var alice = await ground.VisitAsync(ground.Alice);
        Assert.DoesNotContain(Told, await alice.TextAsync("/access"), StringComparison.Ordinal);
        await ground.AgreeAsync("access.grant", 0);
        Assert.Contains(Told, await alice.TextAsync("/access"), StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task The_customer_is_told_that_somebody_asks_and_that_access_is_open(Engine engine)
    {
        var ground = await OnAsync(await services.SharedAsync(engine));
        using var ed = await ground.VisitAsync(ground.Ed);
        using var eva = await ground.VisitAsync(ground.Eva);
        await AnswerAsync(eva, await ground.AskAsync(ed, ground.Ed));
        var told = await ground.Service.QueryAsync(db => db.Set<SentNotice>().OrderBy(sent => sent.At).Select(sent => new { sent.Kind, sent.PersonId }).ToListAsync(), ground.Customer.Id);
        Assert.Equal([("grants.requested", ground.Alice.Id), ("grants.opened", ground.Alice.Id)], told.Select(sent => (sent.Kind, sent.PersonId!.Value)));
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task The_same_is_not_asked_for_twice(Engine engine)
    {
        var ground = await OnAsync(await services.SharedAsync(engine));
        using var ed = await ground.VisitAsync(ground.Ed);
        await ground.AskAsync(ed, ground.Ed);
        var member = await ground.MemberAsync(ground.Ed);
        var again = await ground.Service.InScopeAsync(provider => provider.GetRequiredService<AccessDesk>().AskAsync(
            member, "Ed", ground.Ed.UserName!, new AccessWish(ground.Customer.Id, Role.OperationsEngineer, "Once more, please", 1), CancellationToken.None), ground.Provider.Id);
        Assert.Equal(RefusalReason.Conflict, again.Refusal?.Reason);
    }

    [Fact]
    public async Task PostgreSQL_itself_yields_nothing_beyond_the_standing_level_without_a_grant()
    {
        var ground = await OnAsync(await services.SharedAsync(Engine.Postgres));
        await ground.GrantAsync(ground.Eva);
        await using var scope = ground.Service.Provider.CreateAsyncScope();
        scope.ServiceProvider.GetRequiredService<TenantScope>().Open([], [ground.Customer.Id]);
        var db = scope.ServiceProvider.GetRequiredService<DeskwardContext>();
        var standing = RowLevelSecurity.StandingTables(db.Model).ToHashSet();
        foreach (var table in RowLevelSecurity.TenantTables(db.Model).Except(standing))
        {
            Assert.Equal((table, 0L), (table, await CountAsync(db, table)));
        }

        Assert.Equal(1L, await CountAsync(db, "grants_requests"));
        Assert.Equal(0, await db.Database.ExecuteSqlRawAsync("UPDATE grants_requests SET hours = 8", TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task A_grant_that_ends_on_one_node_is_refused_on_the_other_within_five_seconds()
    {
        var settings = await services.NewDatabaseAsync(Engine.Postgres);
        await using var alpha = await TestService.StartAsync(settings);
        await using var beta = await TestService.StartAsync(settings with { PublicUrl = TestService.NewSettings().PublicUrl, ManagementUrl = TestService.NewSettings().ManagementUrl });
        var ground = await OnAsync(alpha);
        await RefreshAsync(beta);
        var grant = await ground.GrantAsync(ground.Ed);
        using var alice = await ground.VisitAsync(ground.Alice);
        using var here = await ground.VisitAsync(ground.Ed);
        using var there = await VisitAsync(beta, ground.Ed);
        Assert.Equal((true, true), (await ground.SeesPcAsync(here), await ground.SeesPcAsync(there)));
        var clock = Stopwatch.StartNew();
        Assert.Equal(HttpStatusCode.Redirect, await EndAsync(alice, grant));
        Assert.Equal((false, false), (await ground.SeesPcAsync(there), await ground.SeesPcAsync(here)));
        Assert.InRange(clock.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(5));
    }

    private static async Task<long> CountAsync(DeskwardContext db, string table)
    {
        var sql = $"SELECT count(*) AS \"Value\" FROM {table}";
        return await db.Database.SqlQueryRaw<long>(sql).SingleAsync(TestContext.Current.CancellationToken);
    }

    private static async Task<Refusal?> DeskAsync(AccessGround ground, Person by, Func<(AccessDesk Desk, Member Member, string Address), Task<Refusal?>> work)
    {
        var member = await ground.MemberAsync(by);
        return await ground.Service.InScopeAsync(provider => work((provider.GetRequiredService<AccessDesk>(), member, by.UserName!)), by.TenantId);
    }

    private static Task<Refusal?> ChangeAsync(AccessGround ground, RoleSet roles, bool enabled) => ground.Service.InScopeAsync(async provider =>
    {
        var person = await provider.GetRequiredService<DeskwardContext>().Set<Person>().SingleAsync(row => row.Id == ground.Ed.Id);
        return await provider.GetRequiredService<PeopleDirectory>().ChangeAsync(person, roles, enabled, CancellationToken.None);
    }, ground.Provider.Id);
}

/// <summary>The desk, asked past the pages.</summary>
internal static class AskedDirectly
{
    internal static Task<Refusal?> By(this (AccessDesk Desk, Member Member, string Address) at, AccessRequest request, bool approve) =>
        at.Desk.AnswerAsync(at.Member, at.Address, request, approve, CancellationToken.None);
}
