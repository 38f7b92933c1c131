using System.Net;
using Deskward.Browser;
using Deskward.Fixture;
using Deskward.Identity.Visits;
using Deskward.Platform;
using Deskward.Platform.Duties;
using Deskward.Tenants;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.EntityFrameworkCore;
using Xunit;

namespace Deskward.Identity.Providers;

public sealed class ProviderSignInTests(ProviderGrounds grounds) : IClassFixture<ProviderGrounds>
{
    private const string NotAccepted = "What the identity provider answered was not accepted.";
    private const string NoAccount = "leads to no account here";

    public static TheoryData<Engine> Engines => [Engine.Sqlite, Engine.Postgres];

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task A_person_is_found_by_address_once_and_by_issuer_and_subject_from_then_on(Engine engine)
    {
        var ground = await grounds.OnAsync(engine);
        var (organisation, owner) = await ground.CustomerAsync();
        ground.Host.Person = new OpenIdPerson($"s-{owner.Id}", owner.UserName!.ToUpperInvariant());
        await EntersAsync(ground, owner.UserName!);
        ground.Host.Person = ground.Host.Person with { Address = "renamed@elsewhere.example" };
        await EntersAsync(ground, owner.UserName!);
        var login = await ground.Service.QueryAsync(db => db.Set<PersonLogin>().SingleAsync(row => row.UserId == owner.Id));
        Assert.Equal((ground.Host.Issuer, $"s-{owner.Id}", organisation.Id), (login.LoginProvider, login.ProviderKey, login.TenantId));
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task An_address_of_another_domain_or_one_that_was_not_verified_links_nobody(Engine engine)
    {
        var ground = await grounds.OnAsync(engine);
        var (_, owner) = await ground.CustomerAsync();
        var (_, stranger) = await ground.CustomerAsync();
        foreach (var person in new OpenIdPerson[] { new("a", stranger.UserName!), new("b", owner.UserName!, false), new("c", owner.UserName!, null), new("d", "nobody@" + owner.UserName!.Split('@')[1]) })
        {
            ground.Host.Person = person;
            Assert.Contains(NoAccount, await RefusedAsync(ground, owner.UserName!), StringComparison.Ordinal);
        }

        Assert.False(await ground.Service.QueryAsync(db => db.Set<PersonLogin>().AnyAsync(row => row.UserId == owner.Id || row.UserId == stranger.Id)));
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task The_first_linking_takes_an_address_of_any_domain_that_the_organisation_has_proven_and_of_none_that_it_claims(Engine engine)
    {
        var ground = await grounds.OnAsync(engine);
        var (organisation, owner) = await ground.CustomerAsync();
        var labs = $"labs-{organisation.Domain}";
        await MoveAsync(ground, owner, labs);
        ground.Host.Person = new OpenIdPerson($"s-{owner.Id}", $"olga@{labs}");
        Assert.Contains(NoAccount, await RefusedAsync(ground, owner.UserName!), StringComparison.Ordinal);
        await ground.Service.QueryAsync(async db =>
        {
            (await db.Set<OrganisationDomain>().SingleAsync(row => row.Domain == labs)).ProvenAt = ground.Service.Time.Now();
            db.Announce(new Change(OrganisationList.ChangeKind, organisation.Id, organisation.Id));
            return await db.SaveChangesAsync();
        }, organisation.Id);
        (await EntersAsync(ground, $"olga@{labs}")).Dispose();
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task A_provider_of_the_organisation_alone_is_taken_at_its_word_unless_it_says_no(Engine engine)
    {
        var ground = await grounds.OnAsync(engine);
        var (_, owner) = await ground.CustomerAsync(isOursAlone: true);
        ground.Host.Person = new OpenIdPerson($"s-{owner.Id}", owner.UserName!, false);
        Assert.Contains(NoAccount, await RefusedAsync(ground, owner.UserName!), StringComparison.Ordinal);
        ground.Host.Person = new OpenIdPerson($"s-{owner.Id}", owner.UserName!, null);
        await EntersAsync(ground, owner.UserName!);
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task The_same_subject_is_another_person_in_another_organisation(Engine engine)
    {
        var ground = await grounds.OnAsync(engine);
        var ((_, one), (_, other)) = (await ground.CustomerAsync(), await ground.CustomerAsync());
        ground.Host.Person = new OpenIdPerson("shared-subject" + engine, one.UserName!);
        await EntersAsync(ground, one.UserName!);
        Assert.Contains(NoAccount, await RefusedAsync(ground, other.UserName!), StringComparison.Ordinal);
        ground.Host.Person = ground.Host.Person with { Address = other.UserName! };
        using var visitor = await EntersAsync(ground, other.UserName!);
        Assert.DoesNotContain(one.UserName!, await visitor.TextAsync("/people"), StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task An_address_that_was_given_to_somebody_else_gives_them_no_account(Engine engine)
    {
        var ground = await grounds.OnAsync(engine);
        var (_, owner) = await ground.CustomerAsync();
        ground.Host.Person = new OpenIdPerson("first", owner.UserName!);
        await EntersAsync(ground, owner.UserName!);
        ground.Host.Person = new OpenIdPerson("second", owner.UserName!);
        Assert.Contains(NoAccount, await RefusedAsync(ground, owner.UserName!), StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task A_disabled_person_does_not_enter(Engine engine)
    {
        var ground = await grounds.OnAsync(engine);
        var (_, owner) = await ground.CustomerAsync();
        ground.Host.Person = new OpenIdPerson("s", owner.UserName!);
        await EntersAsync(ground, owner.UserName!);
        await ground.Service.QueryAsync(db => db.Set<Person>().Where(row => row.Id == owner.Id).ExecuteUpdateAsync(set => set.SetProperty(row => row.IsEnabled, false)));
        Assert.Contains(NoAccount, await RefusedAsync(ground, owner.UserName!), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(Engine.Sqlite, "mfa", true)]
    [InlineData(Engine.Postgres, "mfa", true)]
    [InlineData(Engine.Sqlite, "pwd", false)]
    [InlineData(Engine.Postgres, "pwd", false)]
    public async Task A_providers_person_shows_our_second_factor_unless_the_identity_provider_tells_of_one(Engine engine, string method, bool isEnough)
    {
        var ground = await grounds.OnAsync(engine);
        var provider = await ground.Service.ProviderAsync();
        await ground.SetUpAsync(provider);
        var person = await ground.Service.AddPersonAsync(provider, $"ed{Guid.CreateVersion7():n}", Role.ProviderOwner);
        ground.Host.Person = new OpenIdPerson($"s-{person.Id}", person.UserName!, true, method);
        using var visitor = new PortalVisitor(ground.Service);
        using var answer = await ground.SignInAsync(visitor, person.UserName!);
        Assert.Equal(isEnough ? "/people" : "/sign-in/second?return=%2Fpeople", visitor.WayOf(answer));
        Assert.Equal(isEnough ? HttpStatusCode.OK : HttpStatusCode.Redirect, (await visitor.GetAsync("/people")).StatusCode);
        if (!isEnough)
        {
            await visitor.PostAsync("/sign-in/second", "second", false, ("code", await ground.Service.CodeAsync(person.UserName!)));
            Assert.Equal(HttpStatusCode.OK, (await visitor.GetAsync("/people")).StatusCode);
        }
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task An_answer_counts_once_and_in_the_browser_that_was_sent_alone(Engine engine)
    {
        var ground = await grounds.OnAsync(engine);
        var (_, owner) = await ground.CustomerAsync();
        ground.Host.Person = new OpenIdPerson("s", owner.UserName!);
        using PortalVisitor visitor = new(ground.Service), thief = new(ground.Service);
        var back = await ground.AnswerAsync(await ProviderGround.LeaveAsync(visitor, owner.UserName!));
        Assert.Contains("begun elsewhere", await thief.TextAsync(back), StringComparison.Ordinal);
        await ProviderGround.LeaveAsync(thief, owner.UserName!);
        Assert.Contains("begun elsewhere", await thief.TextAsync(back), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.Redirect, (await visitor.GetAsync(back)).StatusCode);
        Assert.Contains("begun elsewhere", await visitor.TextAsync(back), StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task A_code_that_was_used_or_asked_for_by_another_browser_brings_nothing(Engine engine)
    {
        var ground = await grounds.OnAsync(engine);
        var (_, owner) = await ground.CustomerAsync();
        ground.Host.Person = new OpenIdPerson("s", owner.UserName!);
        using PortalVisitor victim = new(ground.Service), thief = new(ground.Service);
        var stolen = QueryHelpers.ParseQuery((await ground.AnswerAsync(await ProviderGround.LeaveAsync(victim, owner.UserName!))).Split('?')[1]);
        var own = QueryHelpers.ParseQuery((await ground.AnswerAsync(await ProviderGround.LeaveAsync(thief, owner.UserName!))).Split('?')[1]);
        var mixed = QueryHelpers.AddQueryString(ProviderSignIn.CallbackPath, new Dictionary<string, string?> { ["code"] = stolen["code"], ["state"] = own["state"], ["iss"] = ground.Host.Issuer });
        Assert.Contains(NotAccepted, await thief.TextAsync(mixed), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("https://evil.example/")]
    [InlineData("")]
    public async Task An_answer_of_another_provider_is_refused_before_its_code_is_used(string issuer)
    {
        var ground = await grounds.OnAsync(Engine.Sqlite);
        var (_, owner) = await ground.CustomerAsync();
        ground.Host.Person = new OpenIdPerson("s", owner.UserName!);
        using var visitor = new PortalVisitor(ground.Service);
        var back = QueryHelpers.ParseQuery((await ground.AnswerAsync(await ProviderGround.LeaveAsync(visitor, owner.UserName!))).Split('?')[1]);
        Dictionary<string, string?> query = new() { ["code"] = back["code"], ["state"] = back["state"] };
        if (issuer.Length > 0)
        {
            query["iss"] = issuer;
        }

        Assert.Contains("another identity provider", await visitor.TextAsync(QueryHelpers.AddQueryString(ProviderSignIn.CallbackPath, query)), StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task When_the_provider_changes_its_key_people_enter_all_the_same(Engine engine)
    {
        var ground = await grounds.OnAsync(engine);
        var (_, owner) = await ground.CustomerAsync();
        ground.Host.Person = new OpenIdPerson("s", owner.UserName!);
        await EntersAsync(ground, owner.UserName!);
        ground.Host.RollOver();
        ground.Service.Time.Advance(TimeSpan.FromMinutes(1));
        await EntersAsync(ground, owner.UserName!);
    }

    [Fact]
    public async Task The_way_back_leads_into_this_portal_alone()
    {
        var ground = await grounds.OnAsync(Engine.Sqlite);
        var (_, owner) = await ground.CustomerAsync();
        ground.Host.Person = new OpenIdPerson("s", owner.UserName!);
        using var visitor = new PortalVisitor(ground.Service);
        var back = await ground.AnswerAsync(await ProviderGround.LeaveAsync(visitor, owner.UserName!, "/sign-in?return=https%3A%2F%2Fevil.example%2F"));
        Assert.Equal("/", visitor.WayOf(await visitor.GetAsync(back)));
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task Who_proves_it_again_is_asked_again_and_must_be_the_same(Engine engine)
    {
        var ground = await grounds.OnAsync(engine);
        var (organisation, owner) = await ground.CustomerAsync();
        var other = await ground.Service.AddPersonAsync(organisation, "otto", Role.CustomerOwner);
        ground.Host.Person = new OpenIdPerson("s", owner.UserName!);
        using var visitor = await EntersAsync(ground, owner.UserName!);
        var old = ground.Service.Time.GetUtcNow().AddHours(-1);
        await ground.Service.QueryAsync(db => db.Set<PortalSession>().Where(row => row.PersonId == owner.Id).ExecuteUpdateAsync(set => set.SetProperty(row => row.ConfirmedAt, old)));
        ground.Host.Person = new OpenIdPerson("o", other.UserName!);
        Assert.Contains("has not shown that it is you", await visitor.TextAsync(await ground.AnswerAsync(await AgainAsync(visitor))), StringComparison.Ordinal);
        ground.Host.Person = new OpenIdPerson("s", owner.UserName!);
        using var again = await visitor.GetAsync(await ground.AnswerAsync(await AgainAsync(visitor)));
        Assert.Equal("/identity-provider", visitor.WayOf(again));
        Assert.Contains("name=\"issuer\"", await visitor.MarkupAsync("/identity-provider"), StringComparison.Ordinal);
    }

    private static async Task<Uri> AgainAsync(PortalVisitor visitor)
    {
        using var answer = await visitor.PostAsync("/confirm?return=%2Fidentity-provider", "confirm-provider", false);
        var there = new Uri(WebUtility.HtmlDecode(System.Text.RegularExpressions.Regex.Match(await answer.Content.ReadAsStringAsync(), "href=\"([^\"]+)\" data-provider").Groups[1].Value));
        Assert.Contains("prompt=login", there.Query, StringComparison.Ordinal);
        return there;
    }

    /// <summary>The person gets an address of a domain that the organisation claims.</summary>
    private static Task<int> MoveAsync(ProviderGround ground, Person owner, string domain) => ground.Service.QueryAsync(async db =>
    {
        db.Add(OrganisationDomain.Claimed(owner.TenantId, domain, ground.Service.Time.Now()));
        var person = await db.Set<Person>().SingleAsync(row => row.Id == owner.Id);
        (person.UserName, person.NormalizedUserName) = ($"olga@{domain}", $"OLGA@{domain}".ToUpperInvariant());
        return await db.SaveChangesAsync();
    }, owner.TenantId);

    private static async Task<PortalVisitor> EntersAsync(ProviderGround ground, string address)
    {
        var visitor = new PortalVisitor(ground.Service);
        using var answer = await ground.SignInAsync(visitor, address);
        Assert.Equal((HttpStatusCode.Redirect, "/people"), (answer.StatusCode, visitor.WayOf(answer)));
        Assert.Equal(HttpStatusCode.OK, (await visitor.GetAsync("/people")).StatusCode);
        return visitor;
    }

    private static async Task<string> RefusedAsync(ProviderGround ground, string address)
    {
        using var visitor = new PortalVisitor(ground.Service);
        using var answer = await ground.SignInAsync(visitor, address);
        Assert.Equal(HttpStatusCode.Redirect, (await visitor.GetAsync("/people")).StatusCode);
        return WebUtility.HtmlDecode(await answer.Content.ReadAsStringAsync());
    }
}
