using System.Net;
using System.Text.RegularExpressions;
using Deskward.Browser;
using Deskward.Fixture;
using Deskward.Identity.Visits;
using Deskward.Platform.Duties;
using Deskward.Platform.Guessing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Deskward.Identity.Factors;

public sealed partial class SecondFactorsTests(Services services)
{
    private const string SetUp = "/account/second-factor";
    private static readonly IPAddress Home = IPAddress.Parse("192.0.2.7");

    public static TheoryData<Engine> Engines => [Engine.Sqlite, Engine.Postgres];

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task Without_a_second_factor_a_providers_person_reaches_the_page_that_sets_one_up_and_nothing_else(Engine engine)
    {
        var service = await services.SharedAsync(engine);
        using var visitor = await BareAsync(service);
        using var full = await FullAsync(service);
        foreach (var path in AccessTests.Pages(service).Where(path => path is not (SetUp or "/confirm" or "/audit/export" or "/organisations/export")))
        {
            var isClosed = (await full.GetAsync(path)).StatusCode == HttpStatusCode.Forbidden; // To the role, whatever is proven.
            Assert.Equal((path, isClosed ? null : SetUp), (path, (await visitor.GetAsync(path)).Headers.Location?.OriginalString));
        }

        Assert.Equal(SetUp, (await visitor.GetAsync("/people")).Headers.Location?.OriginalString);
        Assert.Equal(SetUp, (await visitor.PostAsync("/password", "password", false)).Headers.Location?.OriginalString);
        Assert.Equal(HttpStatusCode.OK, (await visitor.GetAsync(SetUp)).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await visitor.GetAsync("/confirm")).StatusCode);
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task Setting_up_an_app_opens_the_portal_and_shows_recovery_codes_once(Engine engine)
    {
        var service = await services.SharedAsync(engine);
        using var visitor = await BareAsync(service);
        await visitor.PostAsync(SetUp, "begin-app", false);
        var secret = Secret().Match(await visitor.MarkupAsync(SetUp)).Groups[1].Value;
        using var answer = await visitor.PostAsync(SetUp, "finish-app", false, ("code", Totp.Code(Totp.FromBase32(secret), Totp.StepAt(service.Time.GetUtcNow()))));
        Assert.Equal(10, Code().Count(await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)));
        Assert.Equal(HttpStatusCode.OK, (await visitor.GetAsync("/people")).StatusCode);
        var page = await visitor.MarkupAsync(SetUp);
        Assert.DoesNotContain(secret, page, StringComparison.Ordinal);
        Assert.Equal((0, true), (Code().Count(page), page.Contains("10 unused codes left", StringComparison.Ordinal)));
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task A_code_of_the_app_signs_in_once(Engine engine)
    {
        var service = await services.SharedAsync(engine);
        var person = await ProviderPersonAsync(service);
        var code = await service.CodeAsync(person.UserName!);
        Assert.Equal(HttpStatusCode.Redirect, await SecondStepAsync(service, person, code));
        Assert.Equal(HttpStatusCode.OK, await SecondStepAsync(service, person, code));
        Assert.Equal(HttpStatusCode.OK, await SecondStepAsync(service, person, ""));
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task Of_two_who_send_the_same_code_at_once_one_is_right(Engine engine)
    {
        var service = await services.SharedAsync(engine);
        var person = await ProviderPersonAsync(service);
        var code = await service.CodeAsync(person.UserName!);
        var right = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => service.InScopeAsync(provider => provider.GetRequiredService<AuthenticatorApps>().VerifyAsync(person.Id, code, CancellationToken.None), person.TenantId)));
        Assert.Single(right, one => one);
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task A_recovery_code_stands_for_the_app_once(Engine engine)
    {
        var service = await services.SharedAsync(engine);
        var person = await ProviderPersonAsync(service);
        var codes = await service.InScopeAsync(async provider => await provider.GetRequiredService<OneTimeCodes>().MakeAsync(
            await provider.GetRequiredService<Platform.DeskwardContext>().Set<Person>().SingleAsync(row => row.Id == person.Id), OneTimeCodeKind.Recovery, CancellationToken.None), person.TenantId);
        Assert.Equal(HttpStatusCode.Redirect, await SecondStepAsync(service, person, codes[0].ToLowerInvariant().Replace("-", " ", StringComparison.Ordinal)));
        Assert.Equal(HttpStatusCode.OK, await SecondStepAsync(service, person, codes[0]));
        var kept = await service.QueryAsync(db => db.Set<OneTimeCode>().Where(row => row.PersonId == person.Id).ToListAsync());
        Assert.DoesNotContain(kept, row => System.Text.Encoding.UTF8.GetString(row.Hash).Contains(codes[1], StringComparison.Ordinal));
        Assert.Single(kept, row => row.UsedAt is not null);
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task Strangers_who_know_the_password_share_their_guesses_and_lock_nobody_out_at_home(Engine engine)
    {
        var service = await services.SharedAsync(engine);
        var person = await ProviderPersonAsync(service);
        await SignedInFromHomeAsync(service, person);
        for (var stranger = 1; stranger < GuessLimiter.FreeGuesses; stranger++)
        {
            Assert.Equal("The code is wrong, or was used already.", await ProveAsync(service, person, "000000", IPAddress.Parse($"198.51.100.{stranger}")));
        }

        var code = await service.CodeAsync(person.UserName!);
        Assert.StartsWith("Too many", await ProveAsync(service, person, code, IPAddress.Parse("203.0.113.1")), StringComparison.Ordinal);
        Assert.Null(await ProveAsync(service, person, code, Home));
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task The_last_factor_of_a_providers_person_stays(Engine engine)
    {
        var service = await services.SharedAsync(engine);
        var person = await ProviderPersonAsync(service);
        using var visitor = new PortalVisitor(service);
        await visitor.SignInAsync(person.UserName!);
        using var answer = await visitor.PostAsync(SetUp, "remove-app", false);
        Assert.Contains("This is your last second factor", await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, (await visitor.GetAsync("/password")).StatusCode);
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task An_owner_helps_somebody_who_lost_everything_and_their_sessions_end(Engine engine)
    {
        var service = await services.SharedAsync(engine);
        var (owner, lost) = (await ProviderPersonAsync(service), await ProviderPersonAsync(service));
        using PortalVisitor helper = new(service), other = new(service), again = new(service);
        await helper.SignInAsync(owner.UserName!);
        await other.SignInAsync(lost.UserName!);
        Assert.Equal(HttpStatusCode.Redirect, (await helper.PostAsync($"/people/{lost.Id}/second-factor", "reset-factors", false)).StatusCode);
        Assert.Equal("/sign-in", (await other.GetAsync("/people")).Headers.Location?.AbsolutePath);
        Assert.Equal(HttpStatusCode.Redirect, await again.SignInAsync(lost.UserName!));
        Assert.Equal(SetUp, (await again.GetAsync("/people")).Headers.Location?.OriginalString);
        Assert.Contains(await service.QueryAsync(db => db.Set<Audit.AuditEntry>().Where(row => row.ObjectId == lost.Id).Select(row => row.Action).ToListAsync()), action => action == "person.factors-reset");
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task The_secret_of_an_app_lies_wrapped_and_for_one_person(Engine engine)
    {
        var service = await services.SharedAsync(engine);
        var (one, other) = (await ProviderPersonAsync(service), await ProviderPersonAsync(service));
        var row = await service.QueryAsync(db => db.Set<Authenticator>().SingleAsync(row => row.PersonId == one.Id));
        Assert.True(row.WrappedSecret.AsSpan().IndexOf(TestService.AppSecret) < 0);
        await service.QueryAsync(db => db.Set<Authenticator>().Where(row => row.PersonId == other.Id).ExecuteUpdateAsync(set => set.SetProperty(app => app.WrappedSecret, row.WrappedSecret)));
        var code = await service.CodeAsync(other.UserName!);
        await Assert.ThrowsAnyAsync<System.Security.Cryptography.CryptographicException>(() =>
            service.InScopeAsync(provider => provider.GetRequiredService<AuthenticatorApps>().VerifyAsync(other.Id, code, CancellationToken.None), other.TenantId));
    }

    private static Task<int> SignedInFromHomeAsync(TestService service, Person person) => service.InScopeAsync(provider =>
    {
        var db = provider.GetRequiredService<Platform.DeskwardContext>();
        db.Add(new PortalSession { TenantId = person.TenantId, PersonId = person.Id, Source = Home.ToString(), LastSeenAt = service.Time.GetUtcNow(), StartedAt = service.Time.GetUtcNow() });
        return db.SaveChangesAsync();
    }, person.TenantId);

    private static async Task<Person> ProviderPersonAsync(TestService service) =>
        await service.AddPersonAsync(await service.ProviderAsync(), $"ed{Guid.CreateVersion7():n}", Role.ProviderOwner, Role.OperationsEngineer);

    /// <summary>The same with a second factor.</summary>
    private static async Task<PortalVisitor> FullAsync(TestService service)
    {
        var visitor = new PortalVisitor(service);
        Assert.Equal(HttpStatusCode.Redirect, await visitor.SignInAsync((await ProviderPersonAsync(service)).UserName!));
        return visitor;
    }

    /// <summary>Somebody of the provider who has a password and nothing else, signed in.</summary>
    private static async Task<PortalVisitor> BareAsync(TestService service)
    {
        var person = await ProviderPersonAsync(service);
        await service.QueryAsync(db => db.Set<Authenticator>().Where(row => row.PersonId == person.Id).ExecuteDeleteAsync());
        var visitor = new PortalVisitor(service);
        Assert.Equal(HttpStatusCode.Redirect, await visitor.SignInAsync(person.UserName!));
        return visitor;
    }

    private static async Task<HttpStatusCode> SecondStepAsync(TestService service, Person person, string code)
    {
        using var visitor = new PortalVisitor(service);
        await visitor.PostAsync("/sign-in", "sign-in", false, ("address", person.UserName!), ("password", TestService.Password));
        var answer = await visitor.PostAsync("/sign-in/second", "second", false, ("code", code));
        Assert.Equal(answer.StatusCode == HttpStatusCode.Redirect ? HttpStatusCode.OK : HttpStatusCode.Redirect, (await visitor.GetAsync("/people")).StatusCode);
        return answer.StatusCode;
    }

    private static Task<string?> ProveAsync(TestService service, Person person, string code, IPAddress from) =>
        service.InScopeAsync(async provider => (await provider.GetRequiredService<SecondFactors>().ProveAsync(person, code, from, CancellationToken.None)).Refusal?.Message, person.TenantId);

    [GeneratedRegex("data-secret>([A-Z2-7]{32})<")]
    private static partial Regex Secret();

    [GeneratedRegex("data-code>[A-Z2-9]{5}-[A-Z2-9]{5}<")]
    private static partial Regex Code();
}
