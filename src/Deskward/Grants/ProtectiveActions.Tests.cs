using System.Net;
using Deskward.Audit;
using Deskward.Fixture;
using Deskward.Identity;
using Deskward.Notices;
using Deskward.Platform;
using Deskward.Platform.Duties;
using Deskward.Responsibilities;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Xunit;
using static Deskward.Grants.AccessGround;

namespace Deskward.Grants;

public sealed class ProtectiveActionsTests(Services services)
{
    public static TheoryData<Engine> Engines => [Engine.Sqlite, Engine.Postgres];

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task An_analyst_acts_without_a_grant_and_the_customer_sees_it_with_its_review(Engine engine)
    {
        var ground = await OnAsync(await services.SharedAsync(engine));
        var action = await ActAsync(ground, await ground.AtProviderAsync("sam", Role.SocAnalyst));
        Assert.Null(action.Refusal);
        using var alice = await ground.VisitAsync(ground.Alice);
        using var lead = await ground.VisitAsync(await ground.AtProviderAsync("lea", Role.ServiceLead));
        var page = $"/protective-actions/{action.Value!.Id}";
        Assert.Contains("Seen encrypting files", await alice.TextAsync("/protective-actions"), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.Redirect, (await lead.PostAsync(page, "review", false, ("verdict", nameof(ReviewVerdict.Justified)), ("text", "It was ransomware."))).StatusCode);
        Assert.Equal(HttpStatusCode.Redirect, (await alice.PostAsync(page + "/comment", "comment", false, ("text", "Thank you."))).StatusCode);
        var row = await ground.Service.QueryAsync(db => db.Set<ProtectiveAction>().SingleAsync(), ground.Customer.Id);
        Assert.Equal((ReviewVerdict.Justified, "Thank you.", 1), (row.Verdict, row.Comment, row.Told));
        Assert.Equal([ground.Alice.Id], await ground.Service.QueryAsync(db => db.Set<SentNotice>().Where(sent => sent.Kind == "grants.protective").Select(sent => sent.PersonId!.Value).ToListAsync(), ground.Customer.Id));
        var audited = await ground.Service.QueryAsync(db => db.Set<AuditEntry>().Where(entry => entry.ObjectId == row.Id).Select(entry => entry.Action).ToListAsync(), ground.Customer.Id);
        Assert.Equal(["protective.act", "protective.comment", "protective.review"], audited.Order(StringComparer.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task Where_the_contract_forbids_it_nothing_is_done_without_asking(Engine engine)
    {
        var ground = await OnAsync(await services.SharedAsync(engine));
        await ground.AgreeAsync("protective.allowed", 0);
        Assert.Equal(RefusalReason.NotAllowed, (await ActAsync(ground, await ground.AtProviderAsync("sam", Role.SocAnalyst))).Refusal?.Reason);
        Assert.Empty(await ground.Service.QueryAsync(db => db.Set<ProtectiveAction>().ToListAsync(), ground.Customer.Id));
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task The_review_is_due_by_the_customers_calendar(Engine engine)
    {
        var ground = await OnAsync(await services.SharedAsync(engine));
        var action = (await ActAsync(ground, await ground.AtProviderAsync("sam", Role.SocAnalyst))).Value!;
        var calendar = new CustomerCalendar([], []);
        Assert.Equal(calendar.EndOf(calendar.AddWorkingDays(calendar.DayOf(action.At), 2)), action.ReviewDueAt);
        Assert.True(action.IsOverdue(action.ReviewDueAt));
        Assert.False(action.IsOverdue(action.ReviewDueAt.AddTicks(-1)));
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task Who_reviews_is_told_once_that_nobody_has_in_time(Engine engine)
    {
        var ground = await OnAsync(await services.SharedAsync(engine));
        var (sam, lead) = (await ground.AtProviderAsync("sam", Role.SocAnalyst), await ground.AtProviderAsync("lea", Role.ServiceLead));
        var (late, reviewed) = ((await ActAsync(ground, sam)).Value!, (await ActAsync(ground, sam)).Value!);
        Assert.Null(await ReviewAsync(ground, lead, reviewed));
        await ground.Service.Provider.GetRequiredService<AccessUpkeep>().SettleAsync(CancellationToken.None);
        Assert.Empty(await OverdueAsync(ground, lead));
        var now = ground.Service.Time.Now();
        await ground.Service.QueryAsync(db => db.Set<ProtectiveAction>().ExecuteUpdateAsync(set => set.SetProperty(row => row.ReviewDueAt, now)), ground.Customer.Id);
        await Task.WhenAll(Enumerable.Range(0, 2).Select(_ => QuietlyAsync(() => ground.Service.Provider.GetRequiredService<AccessUpkeep>().SettleAsync(CancellationToken.None))));
        Assert.Equal($"/protective-actions/{late.Id}", Assert.Single(await OverdueAsync(ground, lead)));
    }

    [Theory]
    [InlineData(Role.OperationsEngineer, "P4.isolation")]
    [InlineData(Role.ServiceLead, "P4.isolation")]
    [InlineData(Role.SocAnalyst, "P4.remediation")]
    [InlineData(Role.SocAnalyst, "platform.devices")]
    public async Task Only_an_analyst_and_only_what_protects_needs_no_question(Role role, string duty)
    {
        var ground = await OnAsync(await services.SharedAsync(Engine.Sqlite));
        Assert.Equal(RefusalReason.NotAllowed, (await ActAsync(ground, await ground.AtProviderAsync("sam", role), duty)).Refusal?.Reason);
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task Who_acted_does_not_review_and_nobody_reviews_twice(Engine engine)
    {
        var ground = await OnAsync(await services.SharedAsync(engine));
        var both = await ground.AtProviderAsync("sam", Role.SocAnalyst, Role.ServiceLead);
        var action = (await ActAsync(ground, both)).Value!;
        Assert.Equal(RefusalReason.NotAllowed, (await ReviewAsync(ground, both, action))?.Reason);
        var lead = await ground.AtProviderAsync("lea", Role.ServiceLead);
        Assert.Null(await ReviewAsync(ground, lead, action));
        Assert.Equal(RefusalReason.Conflict, (await ReviewAsync(ground, lead, action))?.Reason);
        Assert.Equal(RefusalReason.NotFound, (await ReviewAsync(ground, ground.Eva, action))?.Reason);
    }

    [Theory]
    [InlineData(Role.CustomerOwner, true)]
    [InlineData(Role.ServiceReader, false)]
    public async Task The_audit_page_tells_it_to_those_who_answer_for_security(Role role, bool told)
    {
        var ground = await OnAsync(await services.SharedAsync(Engine.Sqlite));
        await ActAsync(ground, await ground.AtProviderAsync("sam", Role.SocAnalyst));
        using var person = await ground.VisitAsync(await ground.Service.AddPersonAsync(ground.Customer, "bob", role));
        Assert.Equal(told, (await person.TextAsync("/audit")).Contains("Seen encrypting files", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(Role.SecurityManager, HttpStatusCode.OK)]
    [InlineData(Role.CustomerOwner, HttpStatusCode.OK)]
    [InlineData(Role.ItAdministrator, HttpStatusCode.Forbidden)]
    [InlineData(Role.ChangeApprover, HttpStatusCode.Forbidden)]
    [InlineData(Role.ServiceReader, HttpStatusCode.Forbidden)]
    public async Task Of_the_customer_those_who_answer_for_security_see_it(Role role, HttpStatusCode answer)
    {
        var ground = await OnAsync(await services.SharedAsync(Engine.Sqlite));
        using var person = await ground.VisitAsync(await ground.Service.AddPersonAsync(ground.Customer, "bob", role));
        Assert.Equal(answer, (await person.GetAsync("/protective-actions")).StatusCode);
    }

    private static async Task<Outcome<ProtectiveAction>> ActAsync(AccessGround ground, Person analyst, string duty = "P4.isolation")
    {
        var member = await ground.MemberAsync(analyst);
        var wish = new ProtectiveWish(ground.Customer.Id, duty, DutyAction.Act, ground.Pc, "CONTOSO-PC-1", "Seen encrypting files");
        return await ground.Service.InScopeAsync(provider => provider.GetRequiredService<ProtectiveActions>().AuthoriseAsync(member, analyst.UserName!, wish, CancellationToken.None), ground.Provider.Id);
    }

    private static Task<List<string?>> OverdueAsync(AccessGround ground, Person reader) => ground.Service.QueryAsync(
        db => db.Set<SentNotice>().Where(sent => sent.Kind == "grants.review-overdue" && sent.PersonId == reader.Id).Select(sent => sent.Path).ToListAsync(), ground.Provider.Id);

    /// <summary>A round that another one was quicker than writes nothing, as in the service.</summary>
    private static async Task QuietlyAsync(Func<Task> round)
    {
        try
        {
            await round();
        }
        catch (DbUpdateConcurrencyException)
        {
            // The other told.
        }
    }

    private static async Task<Refusal?> ReviewAsync(AccessGround ground, Person by, ProtectiveAction action)
    {
        var member = await ground.MemberAsync(by);
        return await ground.Service.InScopeAsync(
            provider => provider.GetRequiredService<ProtectiveActions>().ReviewAsync(member, by.UserName!, action, ReviewVerdict.NotJustified, "It was a backup.", CancellationToken.None), ground.Provider.Id);
    }
}
