using System.Net;
using Deskward.Browser;
using Deskward.Fixture;
using Deskward.Identity;
using Deskward.Platform;
using Deskward.Platform.Duties;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Deskward.Notices;

public sealed class NoticePagesTests(MailGrounds grounds) : IClassFixture<MailGrounds>
{
    public static TheoryData<Engine> Engines => [Engine.Sqlite, Engine.Postgres];

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task The_bell_counts_what_is_unread_until_it_is_marked(Engine engine)
    {
        var (ground, person, visitor) = await VisitAsync(engine);
        var first = await ground.TellAsync(person.TenantId, person.AsRecipient(), "One");
        await ground.TellAsync(person.TenantId, person.AsRecipient(), "Two");
        Assert.Contains("Messages: 2 unread", await visitor.TextAsync("/people"), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.Redirect, (await visitor.PostAsync("/messages", $"read-{first}", false)).StatusCode);
        Assert.Contains("Messages: 1 unread", await visitor.TextAsync("/people"), StringComparison.Ordinal);
        Assert.DoesNotContain("One asked", await visitor.TextAsync("/messages?show=unread"), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.Redirect, (await visitor.PostAsync("/messages", "mark-all", false)).StatusCode);
        Assert.DoesNotContain("unread\"", await visitor.TextAsync("/people"), StringComparison.Ordinal);
        Assert.Contains("One asked", await visitor.TextAsync("/messages"), StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task Messages_of_others_are_neither_seen_nor_marked(Engine engine)
    {
        var (ground, person, visitor) = await VisitAsync(engine);
        var colleague = await ground.Service.AddPersonAsync(await OrganisationAsync(ground, person), "bob", Role.ItAdministrator);
        var (stranger, eve) = await ground.ReaderAsync("eve");
        var (own, foreign) = (await ground.TellAsync(person.TenantId, colleague.AsRecipient(), "Colleague"), await ground.TellAsync(stranger.Id, eve.AsRecipient(), "Stranger"));
        Assert.DoesNotContain("Colleague asked", await visitor.TextAsync("/messages"), StringComparison.Ordinal);
        await visitor.PostAsync("/messages", $"read-{own}", false);
        await visitor.PostAsync("/messages", "mark-all", false);
        Assert.DoesNotContain(eve.Email!, await visitor.TextAsync("/messages/sent"), StringComparison.Ordinal);
        Assert.Contains(colleague.Email!, await visitor.TextAsync("/messages/sent"), StringComparison.Ordinal);
        Assert.All(await ground.Service.QueryAsync(db => db.Set<SentNotice>().Where(row => row.Id == own || row.Id == foreign).ToListAsync()), row => Assert.Null(row.ReadAt));
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task A_test_mail_arrives_and_stands_on_the_page_of_what_was_sent(Engine engine)
    {
        var (ground, person, visitor) = await VisitAsync(engine);
        Assert.Equal(HttpStatusCode.Redirect, (await visitor.PostAsync("/messages/sent", "test", false)).StatusCode);
        var id = await ground.Service.QueryAsync(db => db.Set<SentNotice>().Select(row => row.Id).SingleAsync(), person.TenantId);
        await ground.UntilAsync(id, MailState.Sent);
        Assert.Single(ground.Host.For(person.Email!));
        var page = await visitor.TextAsync("/messages/sent?state=Sent&q=deskward%20works");
        Assert.Contains(person.Email!, page, StringComparison.Ordinal);
        Assert.Contains("queued as 7", page, StringComparison.Ordinal);
        Assert.Contains("Nothing was sent that matches", await visitor.TextAsync("/messages/sent?state=Failed"), StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task What_failed_is_shown_with_its_reason_and_can_be_sent_again(Engine engine)
    {
        var (ground, person, visitor) = await VisitAsync(engine);
        var refusals = 1;
        ground.Host.OnRecipient = address => _ = address == person.Email && refusals-- > 0 ? throw MailGround.Answer(554, "<script>no</script>") : 0;
        var id = await ground.TellAsync(person.TenantId, person.AsRecipient());
        await ground.UntilAsync(id, MailState.Failed);
        Assert.Contains("554 &lt;script&gt;no", await visitor.MarkupAsync("/messages/sent"), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.Redirect, (await visitor.PostAsync("/messages/sent", $"again-{id}", false)).StatusCode);
        await ground.UntilAsync(id, MailState.Sent);
        Assert.Contains("Had a mail sent again", await visitor.TextAsync("/audit"), StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task Somebody_without_that_duty_has_messages_and_does_not_see_what_was_sent_to_others(Engine engine)
    {
        var (_, _, visitor) = await VisitAsync(engine, Role.SupportPartner);
        Assert.Equal(HttpStatusCode.OK, (await visitor.GetAsync("/messages")).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await visitor.GetAsync("/messages/by-mail")).StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, (await visitor.GetAsync("/messages/sent")).StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, (await visitor.PostAsync("/messages/sent", "test", false)).StatusCode);
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task What_is_about_security_is_not_for_the_IT_administrator(Engine engine)
    {
        var (ground, person, visitor) = await VisitAsync(engine, Role.ItAdministrator);
        var id = await ground.TellAsync(person.TenantId, new Recipient(null, "soc@x.example", null), kind: MailGround.Test with { IsSecurity = true });
        Assert.DoesNotContain("soc@x.example", await visitor.TextAsync("/messages/sent"), StringComparison.Ordinal);
        var again = (Guid[] security) => ground.Service.InScopeAsync(provider => provider.GetRequiredService<SentNotices>().SendAgainAsync(id, security, CancellationToken.None), person.TenantId);
        Assert.Equal((RefusalReason.NotFound, RefusalReason.Conflict), ((await again([]))?.Reason, (await again([person.TenantId]))?.Reason));
        var owner = await ground.Service.AddPersonAsync(await OrganisationAsync(ground, person), "olga", Role.CustomerOwner);
        using var other = new PortalVisitor(ground.Service);
        await other.SignInAsync(owner.UserName!);
        Assert.Contains("soc@x.example", await other.TextAsync("/messages/sent"), StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task A_providers_person_reads_what_was_told_about_a_customer(Engine engine)
    {
        var ground = await grounds.OnAsync(engine);
        var (customer, _) = await ground.ReaderAsync();
        var provider = await ground.Service.ProviderAsync();
        var engineer = await ground.Service.AddPersonAsync(provider, $"ed{Guid.CreateVersion7():n}", Role.OperationsEngineer);
        await ground.TellAsync(customer.Id, engineer.AsRecipient(), "Grant");
        using var visitor = new PortalVisitor(ground.Service);
        await visitor.SignInAsync(engineer.UserName!);
        Assert.Contains("About " + customer.Name, await visitor.TextAsync("/messages"), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.Redirect, (await visitor.PostAsync("/messages", "mark-all", false)).StatusCode);
        Assert.Contains("0 unread", await visitor.TextAsync("/messages"), StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task Mails_follow_the_language_that_a_person_chooses_in_the_portal(Engine engine)
    {
        var (ground, person, visitor) = await VisitAsync(engine);
        Assert.Equal("en", await LanguageAsync(ground, person));
        Assert.Equal(HttpStatusCode.Redirect, (await visitor.PostToAsync("/messages", "/preferences", "", false, ("language", "zh-Hans"), ("return", "/messages"))).StatusCode);
        Assert.Equal("zh-Hans", await LanguageAsync(ground, person));
        await ground.TellAsync(person.TenantId, person.AsRecipient());
        Assert.Contains("Deskward 的邮件可以送达", await visitor.TextAsync("/messages"), StringComparison.Ordinal);
        Assert.Contains("选择语言", await visitor.TextAsync("/audit"), StringComparison.Ordinal);
    }

    private static Task<string?> LanguageAsync(MailGround ground, Person person) => ground.Service.QueryAsync(db => db.Set<Person>().Where(row => row.Id == person.Id).Select(row => row.Language).SingleAsync());

    private static Task<Tenants.Organisation> OrganisationAsync(MailGround ground, Person person) => ground.Service.QueryAsync(db => db.Set<Tenants.Organisation>().SingleAsync(row => row.Id == person.TenantId));

    private async Task<(MailGround Ground, Person Person, PortalVisitor Visitor)> VisitAsync(Engine engine, params Role[] roles)
    {
        var ground = await grounds.OnAsync(engine);
        var person = await ground.Service.AddPersonAsync(await ground.Service.AddCustomerAsync(), "alice", roles.Length > 0 ? roles : [Role.CustomerOwner, Role.ItAdministrator]);
        var visitor = new PortalVisitor(ground.Service);
        Assert.Equal(HttpStatusCode.Redirect, await visitor.SignInAsync(person.UserName!));
        return (ground, person, visitor);
    }
}
