using System.Net;
using Deskward.Browser;
using Deskward.Devices;
using Deskward.Fixture;
using Deskward.Grants;
using Deskward.Platform.Duties;
using Deskward.Sessions;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Deskward.DeviceActions;

public sealed class DeviceActionsTests(Services services)
{
    public static TheoryData<Engine> Engines => [Engine.Sqlite, Engine.Postgres];

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task Ten_PCs_begin_at_once(Engine engine)
    {
        var ground = await AccessGround.OnAsync(await services.SharedAsync(engine));
        using var alice = await ground.VisitAsync(ground.Alice);
        var run = await AskAsync(ground, alice, await ground.AddPcsAsync(10));
        Assert.False(run.NeedsSecondPerson);
        await WorkAsync(ground);
        Assert.Equal(RunState.Done, (await RunAsync(ground)).State);
        Assert.Equal([(CommandState.Queued, 10)], await CommandsAsync(ground));
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task Eleven_PCs_wait_for_somebody_else(Engine engine)
    {
        var ground = await AccessGround.OnAsync(await services.SharedAsync(engine));
        using var alice = await ground.VisitAsync(ground.Alice);
        using var bob = await ground.VisitAsync(await ground.Service.AddPersonAsync(ground.Customer, "bob", Role.ItAdministrator));
        var run = await AskAsync(ground, alice, await ground.AddPcsAsync(11));
        await WorkAsync(ground);
        Assert.Equal((RunState.Waiting, 0), (run.State, (await CommandsAsync(ground)).Count));
        Assert.NotEqual(HttpStatusCode.Redirect, await AnswerAsync(alice, run));
        Assert.Equal(HttpStatusCode.Redirect, await AnswerAsync(bob, run));
        await WorkAsync(ground);
        Assert.Equal([(CommandState.Queued, 11)], await CommandsAsync(ground));
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task All_that_match_are_meant_without_naming_them(Engine engine)
    {
        var ground = await AccessGround.OnAsync(await services.SharedAsync(engine));
        await ground.AddPcsAsync(60);
        using var alice = await ground.VisitAsync(ground.Alice);
        Assert.Contains("61 of 61", await alice.TextAsync("/devices/act?all=1"), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, (await alice.PostAsync("/devices/act?all=1", "act", false, ("seen", "60"), ("kind", "Read"))).StatusCode);
        Assert.Equal(HttpStatusCode.Redirect, (await alice.PostAsync("/devices/act?all=1", "act", false, ("seen", "61"), ("kind", "Read"))).StatusCode);
        Assert.Equal((61, true), await RunAsync(ground) is var run ? (run.Total, run.NeedsSecondPerson) : default);
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task PCs_of_two_customers_need_a_second_person_at_each(Engine engine)
    {
        var ground = await AccessGround.OnAsync(await services.SharedAsync(engine));
        var fabrikam = await ground.Service.AddCustomerAsync("Fabrikam");
        await ground.GrantAsync(ground.Ed);
        await ground.GrantAsync(ground.Ed, customer: fabrikam);
        Guid[] pcs = [ground.Pc, .. await ground.AddPcsAsync(1, fabrikam)];
        using var ed = await ground.VisitAsync(ground.Ed);
        Assert.Equal(HttpStatusCode.Redirect, (await ed.PostAsync(Plan(pcs), "act", false, ("seen", "2"), ("kind", "Restart"))).StatusCode);
        var runs = await ground.Service.QueryAsync(db => db.Set<DeviceActionRun>().ToListAsync(), ground.Customer.Id, fabrikam.Id);
        Assert.Equal(2, runs.Count);
        Assert.All(runs, run => Assert.Equal((1, RunState.Waiting, true), (run.Total, run.State, run.NeedsSecondPerson)));
    }

    [Theory]
    [InlineData(Engine.Sqlite, "Restart")]
    [InlineData(Engine.Postgres, "Restart")]
    [InlineData(Engine.Sqlite, "Retire")]
    [InlineData(Engine.Postgres, "Retire")]
    public async Task A_stopped_run_takes_back_what_no_PC_was_told(Engine engine, string kind)
    {
        var ground = await AccessGround.OnAsync(await services.SharedAsync(engine));
        using var alice = await ground.VisitAsync(ground.Alice);
        var run = await AskAsync(ground, alice, await ground.AddPcsAsync(3), kind, hasEnded: true);
        Assert.Equal(HttpStatusCode.Redirect, (await alice.PostAsync($"/device-actions/{run.Id}/stop", "stop", false)).StatusCode);
        var targets = await ground.Service.QueryAsync(db => db.Set<DeviceActionTarget>().Select(row => row.State).ToListAsync(), ground.Customer.Id);
        Assert.Equal([TargetState.Withdrawn, TargetState.Withdrawn, TargetState.Withdrawn], targets);
        Assert.Equal(4, await ground.Service.QueryAsync(db => db.Set<Device>().CountAsync(row => row.State == DeviceState.Enrolled), ground.Customer.Id));
        Assert.All(await CommandsAsync(ground), one => Assert.Equal(CommandState.Cancelled, one.State));
        Assert.Equal(HttpStatusCode.OK, (await alice.PostAsync($"/device-actions/{run.Id}/stop", "stop", false)).StatusCode);
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task Many_single_actions_within_an_hour_are_no_way_round_the_second_person(Engine engine)
    {
        await using var service = await services.FreshAsync(engine);
        var ground = await AccessGround.OnAsync(service);
        var pcs = await ground.AddPcsAsync(11);
        using var alice = await ground.VisitAsync(ground.Alice);
        foreach (var pc in pcs[..10])
        {
            Assert.Equal(HttpStatusCode.Redirect, await RestartAsync(alice, pc));
        }

        Assert.Equal(HttpStatusCode.OK, await RestartAsync(alice, pcs[10]));
        Assert.Equal([(CommandState.Queued, 10)], await CommandsAsync(ground));
        service.Time.Advance(TimeSpan.FromHours(1));
        Assert.Equal(HttpStatusCode.Redirect, await RestartAsync(alice, pcs[10]));
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task Small_runs_within_an_hour_add_up(Engine engine)
    {
        var ground = await AccessGround.OnAsync(await services.SharedAsync(engine));
        using var alice = await ground.VisitAsync(ground.Alice);
        Assert.False((await AskAsync(ground, alice, await ground.AddPcsAsync(10))).NeedsSecondPerson);
        Assert.True((await AskAsync(ground, alice, await ground.AddPcsAsync(1))).NeedsSecondPerson);
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task A_run_that_was_begun_by_grant_ends_with_the_grant(Engine engine)
    {
        var ground = await AccessGround.OnAsync(await services.SharedAsync(engine));
        var grant = await ground.GrantAsync(ground.Ed);
        var pcs = await ground.AddPcsAsync(11);
        using var ed = await ground.VisitAsync(ground.Ed);
        using var alice = await ground.VisitAsync(ground.Alice);
        var run = await AskAsync(ground, ed, pcs);
        Assert.Equal(HttpStatusCode.Redirect, await AccessGround.EndAsync(alice, grant));
        Assert.Equal(HttpStatusCode.Redirect, await AnswerAsync(alice, run));
        await WorkAsync(ground);
        Assert.Equal((RunState.Stopped, 0), ((await RunAsync(ground)).State, (await CommandsAsync(ground)).Count));
    }

    [Theory]
    [InlineData(Engine.Sqlite, Role.ItAdministrator, HttpStatusCode.OK, HttpStatusCode.NotFound, HttpStatusCode.NotFound)]
    [InlineData(Engine.Postgres, Role.ItAdministrator, HttpStatusCode.OK, HttpStatusCode.NotFound, HttpStatusCode.NotFound)]
    [InlineData(Engine.Sqlite, Role.CustomerOwner, HttpStatusCode.Forbidden, HttpStatusCode.Forbidden, HttpStatusCode.NotFound)]
    [InlineData(Engine.Sqlite, Role.ServiceReader, HttpStatusCode.Forbidden, HttpStatusCode.Forbidden, HttpStatusCode.Forbidden)]
    [InlineData(Engine.Postgres, Role.ChangeApprover, HttpStatusCode.Forbidden, HttpStatusCode.Forbidden, HttpStatusCode.Forbidden)]
    public async Task Each_part_has_its_roles(Engine engine, Role role, HttpStatusCode asks, HttpStatusCode answers, HttpStatusCode stops)
    {
        var ground = await AccessGround.OnAsync(await services.SharedAsync(engine));
        using var person = await ground.VisitAsync(await ground.Service.AddPersonAsync(ground.Customer, "bob", role));
        var none = Guid.CreateVersion7();
        Assert.Equal((asks, answers, stops), (await StatusAsync(person, "/devices/act"), await StatusAsync(person, $"/device-actions/{none}/answer"), await StatusAsync(person, $"/device-actions/{none}/stop")));
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task A_stranger_reaches_neither_the_run_nor_the_PCs(Engine engine)
    {
        var ground = await AccessGround.OnAsync(await services.SharedAsync(engine));
        using var alice = await ground.VisitAsync(ground.Alice);
        var run = await AskAsync(ground, alice, await ground.AddPcsAsync(11));
        using var stranger = await ground.VisitAsync(await ground.Service.AddPersonAsync(await ground.Service.AddCustomerAsync("Fabrikam"), "mallory", Role.ItAdministrator));
        Assert.Equal(HttpStatusCode.NotFound, await StatusAsync(stranger, $"/device-actions/{run.Id}"));
        Assert.Equal(HttpStatusCode.NotFound, await StatusAsync(stranger, $"/device-actions/{run.Id}/answer"));
        Assert.Equal(HttpStatusCode.NotFound, await StatusAsync(stranger, $"/device-actions/{run.Id}/stop"));
        Assert.DoesNotContain("CONTOSO", await stranger.TextAsync(Plan([ground.Pc])), StringComparison.Ordinal);
    }

    private static async Task<HttpStatusCode> StatusAsync(PortalVisitor visitor, string path) => (await visitor.GetAsync(path)).StatusCode;

    private static async Task<HttpStatusCode> AnswerAsync(PortalVisitor visitor, DeviceActionRun run) =>
        (await visitor.PostAsync($"/device-actions/{run.Id}/answer", "answer", false, ("answer", "approve"))).StatusCode;

    private static async Task<HttpStatusCode> RestartAsync(PortalVisitor visitor, Guid pc) => (await visitor.PostAsync($"/devices/{pc}/confirm?act=restart", "confirm", false)).StatusCode;

    private static string Plan(IEnumerable<Guid> pcs) => "/devices/act?" + string.Join('&', pcs.Select(pc => $"pc={pc}"));

    private static async Task<DeviceActionRun> AskAsync(AccessGround ground, PortalVisitor visitor, Guid[] pcs, string kind = "Restart", bool hasEnded = false)
    {
        var answer = await visitor.PostAsync(Plan(pcs), "act", false, ("seen", pcs.Length.ToString(System.Globalization.CultureInfo.InvariantCulture)), ("kind", kind));
        Assert.Equal(HttpStatusCode.Redirect, answer.StatusCode);
        if (hasEnded)
        {
            await WorkAsync(ground);
        }

        return await RunAsync(ground);
    }

    private static Task WorkAsync(AccessGround ground) => ground.Service.Provider.GetRequiredService<RunWorker>().WorkAsync(CancellationToken.None);

    private static Task<DeviceActionRun> RunAsync(AccessGround ground) =>
        ground.Service.QueryAsync(db => db.Set<DeviceActionRun>().AsNoTracking().Where(row => !row.IsSingle).OrderByDescending(row => row.AskedAt).FirstAsync(), ground.Customer.Id);

    private static async Task<List<(CommandState State, int Count)>> CommandsAsync(AccessGround ground) =>
        [.. (await ground.Service.QueryAsync(db => db.Set<DeviceCommand>().Select(row => row.State).ToListAsync(), ground.Customer.Id)).GroupBy(state => state).Select(group => (group.Key, group.Count()))];
}
