using System.Net;
using Deskward.Browser;
using Deskward.Fixture;
using Deskward.Grants;
using Deskward.Groups;
using Microsoft.EntityFrameworkCore;
using Xunit;

namespace Deskward.Policies.Exceptions;

/// <summary>An exception as people see to it: asked for by the customer, decided by the provider with a grant.</summary>
public sealed class ExceptionPagesTests(Services services)
{
    /// <summary>Without a grant; the latter where another customer of the shared service asks for none, so that something is open.</summary>
    private static readonly HttpStatusCode[] s_closed = [HttpStatusCode.Forbidden, HttpStatusCode.NotFound];

    public static TheoryData<Engine> Engines => [Engine.Sqlite, Engine.Postgres];

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task A_customer_asks_and_an_engineer_with_a_grant_approves_and_revokes(Engine engine)
    {
        var ground = await AccessGround.OnAsync(await services.SharedAsync(engine));
        using var alice = await ground.VisitAsync(ground.Alice);
        using var ed = await ground.VisitAsync(ground.Ed);
        Assert.Contains("There is no exception", await alice.TextAsync("/policy-exceptions"), StringComparison.Ordinal);
        var way = alice.WayOf(await AskAsync(ground, alice))!.Split('?')[0];
        Assert.Contains((await ed.GetAsync(way)).StatusCode, s_closed);
        await ground.GrantAsync(ground.Ed);
        await ApproveAsPlannedAsync(ground, ed, way);
        Assert.Contains("Approved", await alice.TextAsync(way), StringComparison.Ordinal);
        await PortalVisitor.ExpectAsync(HttpStatusCode.Redirect, ed.PostAsync(way + "/revoke", "revoke", false, ("seen", "1"), ("reason", "It made PCs hang."), ("advice", "Use what is built in."), ("days", "")));
        Assert.Contains("Being revoked", await alice.TextAsync(way), StringComparison.Ordinal);
        await PortalVisitor.ExpectAsync(HttpStatusCode.Redirect, alice.PostAsync(way, "appeal", false, ("seen", "2"), ("text", "We cannot do without it.")));
        Assert.Contains("Appeal waits", await alice.TextAsync("/policy-exceptions"), StringComparison.Ordinal);
        await PortalVisitor.ExpectAsync(HttpStatusCode.Redirect, alice.PostAsync(way, "end", false, ("seen", "3"), ("digest", DigestOf(await alice.MarkupAsync(way)))));
        Assert.Contains("The customer ended it", await alice.TextAsync(way), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_missing_is_said_and_what_was_typed_stays()
    {
        var ground = await AccessGround.OnAsync(await services.SharedAsync(Engine.Sqlite));
        using var alice = await ground.VisitAsync(ground.Alice);
        using var answer = await AskAsync(ground, alice, requirement: "");
        var text = WebUtility.HtmlDecode(await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        Assert.Contains("Say in 10 to 2000 characters why the business needs it.", text, StringComparison.Ordinal);
        Assert.Contains("Allow it on two PCs.", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_customer_does_not_decide_its_own_request()
    {
        var ground = await AccessGround.OnAsync(await services.SharedAsync(Engine.Sqlite));
        using var alice = await ground.VisitAsync(ground.Alice);
        var way = alice.WayOf(await AskAsync(ground, alice))!.Split('?')[0];
        Assert.Equal((HttpStatusCode.Forbidden, HttpStatusCode.Forbidden), ((await alice.GetAsync(way + "/decide")).StatusCode, (await alice.GetAsync(way + "/revoke")).StatusCode));
    }

    /// <summary>Another plan than the one on the page is refused.</summary>
    private static async Task ApproveAsPlannedAsync(AccessGround ground, PortalVisitor visitor, string way)
    {
        Assert.Contains("not the same any more", await (await ApproveAsync(ground, visitor, way, "another")).Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
        var plan = await visitor.MarkupAsync(way + "/decide");
        Assert.Contains("No PC gets another document", plan, StringComparison.Ordinal);
        await PortalVisitor.ExpectAsync(HttpStatusCode.Redirect, ApproveAsync(ground, visitor, way, DigestOf(plan)));
    }

    private static Task<HttpResponseMessage> ApproveAsync(AccessGround ground, PortalVisitor visitor, string way, string digest) => visitor.PostAsync(
        way + "/decide", "decide", false,
        [("seen", "0"), ("digest", digest), ("need", "NotMet"), ("end", Until(ground)), ("answer", "It harms nothing."), ("decision", "approve"), .. ExceptionAssessment.Each.Select(one => ("criteria", one.ToString()))]);

    private static string DigestOf(string page) => page.Split("name=\"digest\" value=\"")[1].Split('"')[0];

    private static string Until(AccessGround ground) => ground.Service.Time.GetUtcNow().AddDays(100).ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture);

    private static async Task<HttpResponseMessage> AskAsync(AccessGround ground, PortalVisitor visitor, string requirement = "Video calls need it.")
    {
        var group = await ground.Service.QueryAsync(db => db.Set<Group>().Where(row => row.Kind == GroupKind.AllDevices).Select(row => row.Id).SingleAsync(), ground.Customer.Id);
        return await visitor.PostAsync("/policy-exceptions/new", "ask", false, ("type", "Policies"), ("requirement", requirement), ("proposal", "Allow it on two PCs."), ("until", Until(ground)), ("group", group.ToString()),
            ("settings", "./Device/Vendor/MSFT/Policy/Config/Camera/AllowCamera\t1"));
    }
}
