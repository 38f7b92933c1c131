using System.Net;
using System.Text.RegularExpressions;
using Deskward.Audit;
using Deskward.Browser;
using Deskward.Fixture;
using Deskward.Platform.Duties;
using Microsoft.EntityFrameworkCore;
using Xunit;

namespace Deskward.Identity.Visits;

public sealed partial class PortalSessionsTests(Services services)
{
    private const string Sessions = "/account/sessions";

    public static TheoryData<Engine> Engines => [Engine.Sqlite, Engine.Postgres];

    [Fact]
    public async Task A_session_that_is_ended_on_one_node_is_over_on_the_other_with_the_next_request()
    {
        var settings = await services.NewDatabaseAsync(Engine.Postgres);
        var other = TestService.NewSettings();
        await using var alpha = await TestService.StartAsync(settings);
        await using var beta = await TestService.StartAsync(settings with { PublicUrl = other.PublicUrl, ManagementUrl = other.ManagementUrl });
        await alpha.ProviderAsync();
        var person = await PersonAsync(alpha);
        using PortalVisitor one = new(alpha), two = new(beta);
        await one.SignInAsync(person.UserName!);
        await two.SignInAsync(person.UserName!);
        Assert.Equal(HttpStatusCode.OK, (await two.GetAsync(Sessions)).StatusCode);
        var handler = End().Match(await one.MarkupAsync(Sessions)).Groups[1].Value;
        Assert.Equal(HttpStatusCode.Redirect, (await one.PostAsync(Sessions, handler, false)).StatusCode);
        Assert.Equal("/sign-in", (await two.GetAsync(Sessions)).Headers.Location?.AbsolutePath);
        Assert.Equal(HttpStatusCode.OK, (await one.GetAsync(Sessions)).StatusCode);
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task All_other_sessions_end_at_once_and_it_is_audited(Engine engine)
    {
        var (service, person) = await GroundAsync(engine);
        using PortalVisitor one = new(service), two = new(service), three = new(service);
        foreach (var visitor in new[] { one, two, three })
        {
            await visitor.SignInAsync(person.UserName!);
        }

        await one.PostAsync(Sessions, "end-others", false);
        Assert.Equal([HttpStatusCode.OK, HttpStatusCode.Redirect, HttpStatusCode.Redirect], new[] { await AskAsync(one), await AskAsync(two), await AskAsync(three) });
        Assert.Contains("\"ended\":2", (await service.QueryAsync(db => db.Set<AuditEntry>().SingleAsync(row => row.ObjectId == person.Id && row.Action == "person.sessions-end"))).After, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task Nobody_ends_the_session_of_another_person(Engine engine)
    {
        var (service, alice) = await GroundAsync(engine);
        var mallory = await PersonAsync(service);
        using PortalVisitor victim = new(service), attacker = new(service);
        await victim.SignInAsync(alice.UserName!);
        await attacker.SignInAsync(mallory.UserName!);
        var session = await service.QueryAsync(db => db.Set<PortalSession>().SingleAsync(row => row.PersonId == alice.Id));
        Assert.NotEqual(HttpStatusCode.Redirect, (await attacker.PostAsync(Sessions, $"end-{session.Id}", false)).StatusCode);
        Assert.Equal(HttpStatusCode.OK, await AskAsync(victim));
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task A_new_password_ends_the_others_and_keeps_this_one(Engine engine)
    {
        var (service, person) = await GroundAsync(engine);
        using PortalVisitor one = new(service), two = new(service);
        await one.SignInAsync(person.UserName!);
        await two.SignInAsync(person.UserName!);
        const string Wanted = "lagoon verdict umbrella stone";
        using var wrong = await one.PostAsync("/password", "password", false, ("present", "wrong"), ("wanted", Wanted), ("again", Wanted));
        Assert.Equal(HttpStatusCode.OK, wrong.StatusCode);
        Assert.Equal(HttpStatusCode.Redirect, (await one.PostAsync("/password", "password", false, ("present", TestService.Password), ("wanted", Wanted), ("again", Wanted))).StatusCode);
        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.Redirect), (await AskAsync(one), await AskAsync(two)));
        using var three = new PortalVisitor(service);
        Assert.Equal(HttpStatusCode.Redirect, await three.SignInAsync(person.UserName!, Wanted));
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task Signing_out_ends_the_session_also_for_whoever_copied_the_cookie(Engine engine)
    {
        var (service, person) = await GroundAsync(engine);
        using var visitor = new PortalVisitor(service);
        await visitor.SignInAsync(person.UserName!);
        await visitor.PostToAsync("/password", "/sign-out", "", false);
        Assert.NotNull((await service.QueryAsync(db => db.Set<PortalSession>().SingleAsync(row => row.PersonId == person.Id))).EndedAt);
    }

    [Fact]
    public void A_session_holds_as_long_as_it_is_used_and_no_longer_than_a_day()
    {
        var (person, start) = (new Person { SecurityStamp = "s" }, DateTimeOffset.UnixEpoch);
        PortalSession Seen(double hours) => new() { Stamp = "s", StartedAt = start, LastSeenAt = start.AddHours(hours) };
        Assert.True(Seen(0).Holds(person, start.AddHours(9.9)));
        Assert.False(Seen(0).Holds(person, start.AddHours(10)));
        Assert.True(Seen(20).Holds(person, start.AddHours(23.9)));
        Assert.False(Seen(20).Holds(person, start.AddHours(24)));
        Assert.False(Seen(0).Holds(new Person { SecurityStamp = "t" }, start));
        Assert.False(Seen(0).Holds(new Person { SecurityStamp = "s", IsEnabled = false }, start));
    }

    [Theory]
    [InlineData("Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36 Edg/126.0.0.0", "Edge, Windows")]
    [InlineData("Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 Mobile/15E148 Safari/604.1", "Safari, iPhone")]
    [InlineData("Mozilla/5.0 (X11; Linux x86_64; rv:126.0) Gecko/20100101 Firefox/126.0", "Firefox, Linux")]
    [InlineData("<script>alert(1)</script>", "")]
    public void A_browser_is_called_by_its_name(string agent, string name) => Assert.Equal(name, BrowserName.Of(agent));

    private async Task<(TestService Service, Person Person)> GroundAsync(Engine engine)
    {
        var service = await services.SharedAsync(engine);
        return (service, await PersonAsync(service));
    }

    private static async Task<Person> PersonAsync(TestService service) => await service.AddPersonAsync(await service.AddCustomerAsync(), "alice", Role.CustomerOwner, Role.ItAdministrator);

    private static async Task<HttpStatusCode> AskAsync(PortalVisitor visitor) => (await visitor.GetAsync(Sessions)).StatusCode;

    [GeneratedRegex("\"(end-[0-9a-f-]{36})\"")]
    private static partial Regex End();
}
