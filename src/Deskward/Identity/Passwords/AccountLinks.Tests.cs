using System.Net;
using System.Text.RegularExpressions;
using Deskward.Browser;
using Deskward.Fixture;
using Deskward.Identity.Factors;
using Deskward.Notices;
using Deskward.Platform.Duties;
using Deskward.Tenants;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Deskward.Identity.Passwords;

/// <summary>Links by mail under which a password is set, read out of real mails.</summary>
public sealed partial class AccountLinksTests(MailGrounds grounds) : IClassFixture<MailGrounds>
{
    private const string Wanted = "lagoon verdict umbrella stone";

    public static TheoryData<Engine> Engines => [Engine.Sqlite, Engine.Postgres];

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task An_invitation_lets_a_person_set_a_password_once_and_says_so_the_second_time(Engine engine)
    {
        var (ground, _, guest, owner) = await GroundAsync(engine);
        Assert.Equal(HttpStatusCode.Redirect, (await owner.PostAsync($"/people/{guest.Id}/invite", "invite", false)).StatusCode);
        var link = await LinkAsync(ground, guest);
        using var visitor = new PortalVisitor(ground.Service);
        Assert.Contains(guest.UserName!, await visitor.MarkupAsync(link), StringComparison.Ordinal);
        Assert.Null((await PersonAsync(ground, guest)).PasswordHash);
        Assert.Equal(HttpStatusCode.Redirect, (await SetAsync(visitor, link, Wanted)).StatusCode);
        Assert.Equal(HttpStatusCode.Redirect, await visitor.SignInAsync(guest.UserName!, Wanted));
        Assert.Contains("This invitation was used already", await visitor.TextAsync(link), StringComparison.Ordinal);
        Assert.NotEqual(HttpStatusCode.Redirect, (await SetAsync(visitor, link, "another umbrella lagoon verdict")).StatusCode);
        Assert.NotEqual(HttpStatusCode.Redirect, (await owner.PostAsync($"/people/{guest.Id}/invite", "invite", false)).StatusCode);
        owner.Dispose();
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task A_weak_password_leaves_the_invitation_open_and_a_later_invitation_ends_it(Engine engine)
    {
        var (ground, _, guest, owner) = await GroundAsync(engine);
        await owner.PostAsync($"/people/{guest.Id}/invite", "invite", false);
        var first = await LinkAsync(ground, guest);
        using var visitor = new PortalVisitor(ground.Service);
        using var weak = await SetAsync(visitor, first, "password1234");
        Assert.Contains("easy to guess", await weak.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
        Assert.Contains("new-password", await visitor.MarkupAsync(first), StringComparison.Ordinal);
        await owner.PostAsync($"/people/{guest.Id}/invite", "invite", false);
        Assert.Contains("was replaced by a later one", await visitor.TextAsync(first), StringComparison.Ordinal);
        owner.Dispose();
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task Of_two_who_use_an_invitation_at_once_one_sets_the_password(Engine engine)
    {
        var (ground, _, guest, owner) = await GroundAsync(engine);
        await owner.PostAsync($"/people/{guest.Id}/invite", "invite", false);
        var link = await LinkAsync(ground, guest);
        var token = link[(link.IndexOf('=', StringComparison.Ordinal) + 1)..];
        var outcomes = await Task.WhenAll(Enumerable.Range(0, 3).Select(number => ground.Service.InScopeAsync(
            provider => provider.GetRequiredService<AccountLinks>().SetPasswordAsync(AccountLinks.Invitation, token, $"{Wanted} {number}", CancellationToken.None), guest.TenantId)));
        Assert.Single(outcomes, outcome => !outcome.IsRefused);
        owner.Dispose();
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task Who_may_not_make_accounts_invites_nobody(Engine engine)
    {
        var (ground, organisation, guest, owner) = await GroundAsync(engine);
        var reader = await ground.Service.AddPersonAsync(organisation, "rita", Role.ServiceReader);
        using var visitor = new PortalVisitor(ground.Service);
        await visitor.SignInAsync(reader.UserName!);
        Assert.Equal(HttpStatusCode.Forbidden, (await visitor.PostAsync($"/people/{guest.Id}/invite", "invite", false)).StatusCode);
        var (_, _, stranger, _) = await GroundAsync(engine);
        Assert.Equal(HttpStatusCode.NotFound, (await owner.GetAsync($"/people/{stranger.Id}/invite")).StatusCode);
        owner.Dispose();
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task A_forgotten_password_is_set_anew_by_mail_and_ends_every_session(Engine engine)
    {
        var (ground, organisation, _, owner) = await GroundAsync(engine);
        var person = await ground.Service.QueryAsync(db => db.Set<Person>().SingleAsync(row => row.UserName == "olga@" + organisation.Domain));
        using var visitor = new PortalVisitor(ground.Service);
        Assert.Equal("/sign-in?done=forgot", visitor.WayOf(await visitor.PostAsync("/forgot-password", "forgot", false, ("address", person.UserName!))));
        var link = await LinkAsync(ground, person);
        Assert.StartsWith("/reset-password?token=", link, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.Redirect, (await SetAsync(visitor, link, Wanted)).StatusCode);
        Assert.Equal(HttpStatusCode.Redirect, (await owner.GetAsync("/password")).StatusCode);
        Assert.Equal(HttpStatusCode.OK, await visitor.SignInAsync(person.UserName!));
        Assert.Equal(HttpStatusCode.Redirect, await visitor.SignInAsync(person.UserName!, Wanted));
        Assert.Contains("This link was used already", await visitor.TextAsync(link), StringComparison.Ordinal);
        owner.Dispose();
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task Nobody_learns_from_the_page_whether_an_address_exists(Engine engine)
    {
        var (ground, organisation, guest, owner) = await GroundAsync(engine);
        foreach (var address in new[] { "olga@" + organisation.Domain, guest.UserName!, "nobody@" + organisation.Domain, "nobody@nowhere.example" })
        {
            using var visitor = new PortalVisitor(ground.Service);
            using var forgot = await visitor.PostAsync("/forgot-password", "forgot", false, ("address", address));
            Assert.Equal((HttpStatusCode.Redirect, "/sign-in?done=forgot"), (forgot.StatusCode, visitor.WayOf(forgot)));
            using var wrong = await visitor.PostAsync("/sign-in", "sign-in", false, ("address", address), ("password", "wrong"));
            Assert.Contains("The address or the password is wrong.", await wrong.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
        }

        owner.Dispose();
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task Who_asks_again_at_once_fills_nobodys_mailbox(Engine engine)
    {
        var (ground, organisation, guest, owner) = await GroundAsync(engine);
        var person = await ground.Service.QueryAsync(db => db.Set<Person>().AsNoTracking().SingleAsync(row => row.UserName == "olga@" + organisation.Domain));
        for (var time = 0; time < 3; time++)
        {
            await ForgetAsync(ground, person);
            await ForgetAsync(ground, guest);
        }

        Assert.Equal(1, await ground.Service.QueryAsync(db => db.Set<MailLink>().CountAsync(row => row.PersonId == person.Id)));
        Assert.Equal(0, await ground.Service.QueryAsync(db => db.Set<MailLink>().CountAsync(row => row.PersonId == guest.Id)));
        owner.Dispose();
    }

    [Fact]
    public async Task A_new_password_leaves_the_second_factor_as_it_is()
    {
        var ground = await grounds.OnAsync(Engine.Sqlite);
        var person = await ground.Service.AddPersonAsync(await ground.Service.ProviderAsync(), $"ed{Guid.CreateVersion7():n}", Role.ProviderOwner);
        await ForgetAsync(ground, person);
        using var visitor = new PortalVisitor(ground.Service);
        await SetAsync(visitor, await LinkAsync(ground, person), Wanted);
        using var half = await visitor.PostAsync("/sign-in", "sign-in", false, ("address", person.UserName!), ("password", Wanted));
        Assert.StartsWith("/sign-in/second", visitor.WayOf(half), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.Redirect, (await visitor.GetAsync("/people")).StatusCode);
        Assert.Contains(await ground.Service.QueryAsync(db => db.Set<SentNotice>().Where(row => row.PersonId == person.Id).Select(row => row.Kind).ToListAsync()), kind => kind == AccountChanges.Kind.Key);
    }

    private async Task<(MailGround Ground, Organisation Organisation, Person Guest, PortalVisitor Owner)> GroundAsync(Engine engine)
    {
        var ground = await grounds.OnAsync(engine);
        var organisation = await ground.Service.AddCustomerAsync();
        var owner = await ground.Service.AddPersonAsync(organisation, "olga", Role.CustomerOwner);
        var guest = await ground.Service.AddPersonAsync(organisation, "guest");
        await ground.Service.QueryAsync(db => db.Set<Person>().Where(row => row.Id == guest.Id).ExecuteUpdateAsync(set => set.SetProperty(row => row.PasswordHash, (string?)null)));
        var visitor = new PortalVisitor(ground.Service);
        await visitor.SignInAsync(owner.UserName!);
        return (ground, organisation, guest, visitor);
    }

    private static Task<Person> PersonAsync(MailGround ground, Person person) => ground.Service.QueryAsync(db => db.Set<Person>().AsNoTracking().SingleAsync(row => row.Id == person.Id));

    private static Task<int> ForgetAsync(MailGround ground, Person person) => ground.Service.InScopeAsync(async provider =>
    {
        await provider.GetRequiredService<AccountLinks>().ForgottenAsync(person.NormalizedUserName!, CancellationToken.None);
        return 0;
    });

    /// <summary>Path and query of the link in the last mail to the person.</summary>
    private static async Task<string> LinkAsync(MailGround ground, Person person)
    {
        for (var tries = 0; tries < 100; tries++)
        {
            await ground.Service.Provider.GetRequiredService<Outbox>().SendDueAsync(CancellationToken.None);
            if (ground.Host.For(person.UserName!).Select(mail => Link().Match(mail.TextBody ?? "")).LastOrDefault(match => match.Success) is { } found)
            {
                return found.Groups[1].Value;
            }

            await Task.Delay(100, TestContext.Current.CancellationToken);
        }

        throw new InvalidOperationException("No mail with a link came.");
    }

    private static Task<HttpResponseMessage> SetAsync(PortalVisitor visitor, string link, string password) => visitor.PostAsync(link, "new-password", false, ("wanted", password), ("again", password));

    [GeneratedRegex(@"https://[^/\s]+(/(?:invitation|reset-password)\?token=[\w-]+)")]
    private static partial Regex Link();
}
