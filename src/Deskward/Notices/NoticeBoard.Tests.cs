using System.Text;
using Deskward.Fixture;
using Deskward.Identity;
using Deskward.Platform;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using MimeKit;
using Xunit;

namespace Deskward.Notices;

public sealed class NoticeBoardTests(MailGrounds grounds) : IClassFixture<MailGrounds>
{
    private static readonly NoticeKind OptionalTest = MailGround.Test with { MayOptOut = true };

    public static TheoryData<Engine> Engines => [Engine.Sqlite, Engine.Postgres];

    [Theory]
    [InlineData("<script>alert(1)</script>")]
    [InlineData("x\r\nBcc: eve@evil.example\r\n\r\n<h1>hi</h1>")]
    [InlineData("\"><img src=x onerror=alert(1)>")]
    [InlineData("exe.\u202Egnp")]
    [InlineData("=?utf-8?B?PHNjcmlwdD4=?=")]
    [InlineData("{at} {name} {0}")]
    public async Task A_hostile_name_stays_a_name(string name)
    {
        var ground = await grounds.OnAsync(Engine.Sqlite);
        var (customer, person) = await ground.ReaderAsync();
        var id = await ground.TellAsync(customer.Id, person.AsRecipient(), name);
        await ground.UntilAsync(id, MailState.Sent);
        var message = Assert.Single(ground.Host.For(person.Email!));
        Assert.Single(message.GetRecipients());
        Assert.DoesNotMatch("<(script|img|h1)|\u202E", message.HtmlBody);
        Assert.DoesNotMatch("\u202E|(?m)^Bcc:", message.TextBody);
        Assert.Contains(PlainText.Clean(name, 300), message.TextBody, StringComparison.Ordinal);
        Assert.Contains(PlainText.Clean(name, 300), System.Net.WebUtility.HtmlDecode(message.HtmlBody), StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task A_name_of_ten_thousand_characters_is_bounded(Engine engine)
    {
        var ground = await grounds.OnAsync(engine);
        var (customer, person) = await ground.ReaderAsync();
        await ground.UntilAsync(await ground.TellAsync(customer.Id, person.AsRecipient(), new string('名', 10_000)), MailState.Sent);
        Assert.InRange(Assert.Single(ground.Host.For(person.Email!)).TextBody!.Count(letter => letter == '名'), 250, 300);
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task Who_opted_out_reads_it_in_the_portal_alone_and_alarms_come_all_the_same(Engine engine)
    {
        var ground = await grounds.OnAsync(engine);
        var (customer, person) = await ground.ReaderAsync();
        await ground.Service.InScopeAsync(async provider =>
        {
            await new MailChoices(provider.GetRequiredService<DeskwardContext>(), [OptionalTest], provider.GetRequiredService<Audit.AuditTrail>())
                .SaveAsync(person.Id, customer.Id, person.Email!, [], CancellationToken.None);
            return 0;
        }, customer.Id);
        await ground.TellAsync(customer.Id, person.AsRecipient(), "Quiet", kind: OptionalTest);
        await ground.UntilAsync(await ground.TellAsync(customer.Id, person.AsRecipient(), "Loud"), MailState.Sent);
        Assert.Contains("Loud", Assert.Single(ground.Host.For(person.Email!)).TextBody, StringComparison.Ordinal);
        Assert.Equal(2, await UnreadAsync(ground, person));
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task A_one_time_link_is_known_to_the_mail_alone(Engine engine)
    {
        var ground = await grounds.OnAsync(engine);
        var (customer, person) = await ground.ReaderAsync();
        var refusals = 1;
        ground.Host.OnRecipient = address => _ = address == person.Email && refusals-- > 0 ? throw MailGround.Answer(450, "later") : 0;
        var (id, token) = await InviteAsync(ground, person);
        await ground.UntilAsync(id, MailState.Waiting);
        Assert.DoesNotContain(token, await DumpAsync(ground), StringComparison.Ordinal);
        ground.Service.Time.Advance(Mail.Pauses[0]);
        Assert.Null((await ground.UntilAsync(id, MailState.Sent)).WrappedContent);
        Assert.Contains(token, Assert.Single(ground.Host.For(person.Email!)).TextBody, StringComparison.Ordinal);
        Assert.DoesNotContain(token, await DumpAsync(ground), StringComparison.Ordinal);
        Assert.Equal(0, await UnreadAsync(ground, person));
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task A_mail_whose_link_has_ended_is_not_sent(Engine engine)
    {
        var ground = await grounds.OnAsync(engine);
        var (_, person) = await ground.ReaderAsync();
        var (id, _) = await InviteAsync(ground, person, TimeSpan.FromSeconds(-1));
        Assert.Equal(MailState.Withdrawn, (await ground.UntilAsync(id, MailGround.Ends)).State);
        Assert.Empty(ground.Host.For(person.Email!));
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task A_small_file_goes_with_the_mail(Engine engine)
    {
        var ground = await grounds.OnAsync(engine);
        var (customer, person) = await ground.ReaderAsync();
        var notice = MailGround.Notice(customer.Id, person.AsRecipient()) with { Attachments = [new("checkpoint.json", "application/json", """{"名":"1"}""")] };
        var id = await SendAsync(ground, notice);
        await ground.UntilAsync(id, MailState.Sent);
        var file = Assert.IsType<MimePart>(Assert.Single(Assert.Single(ground.Host.For(person.Email!)).Attachments));
        using var content = new MemoryStream();
        await file.Content!.DecodeToAsync(content, TestContext.Current.CancellationToken);
        Assert.Equal(("checkpoint.json", """{"名":"1"}"""), (file.FileName, Encoding.UTF8.GetString(content.ToArray())));
    }

    [Theory]
    [InlineData("a/b.json", 1)]
    [InlineData("a\r\nb", 1)]
    [InlineData("a.json", NoticeAttachment.Longest + 1)]
    public async Task A_file_that_could_do_harm_is_a_mistake_of_the_sender(string name, int length)
    {
        var ground = await grounds.OnAsync(Engine.Sqlite);
        var (customer, person) = await ground.ReaderAsync();
        var notice = MailGround.Notice(customer.Id, person.AsRecipient()) with { Attachments = [new(name, "text/plain", new string('x', length))] };
        await Assert.ThrowsAsync<InvalidOperationException>(() => SendAsync(ground, notice));
    }

    [Theory]
    [InlineData("https://evil.example/")]
    [InlineData("//evil.example")]
    [InlineData("")]
    public void A_notice_leads_into_the_portal_alone(string path) => Assert.Throws<ArgumentException>(() => NoticeLink.Page(path));

    private static Task<int> UnreadAsync(MailGround ground, Person person) =>
        ground.Service.Provider.GetRequiredService<Inbox>().CountUnreadAsync(person.Id, [person.TenantId], CancellationToken.None);

    private static Task<Guid> SendAsync(MailGround ground, Notice notice) => ground.Service.InScopeAsync(async provider =>
    {
        var db = provider.GetRequiredService<DeskwardContext>();
        await provider.GetRequiredService<NoticeBoard>().SendAsync(notice, CancellationToken.None);
        await db.SaveChangesAsync();
        return db.Set<SentNotice>().Local.Single().Id;
    }, notice.Tenant);

    private static async Task<(Guid Id, string Token)> InviteAsync(MailGround ground, Person person, TimeSpan? life = null)
    {
        var link = await ground.Service.InScopeAsync(async provider =>
        {
            var made = provider.GetRequiredService<MailLinks>().Add("invitation", "/invitation", person.TenantId, person.Id, life ?? TimeSpan.FromDays(7));
            await provider.GetRequiredService<DeskwardContext>().SaveChangesAsync();
            return made;
        }, person.TenantId);
        var id = await ground.TellAsync(person.TenantId, person.AsRecipient(), link: NoticeLink.ByMailAlone(link));
        return (id, link.Path.Split('=')[1]);
    }

    /// <summary>Everything that notices keep, as text; bytes also as the text they could be.</summary>
    private static Task<string> DumpAsync(MailGround ground) => ground.Service.QueryAsync(async db =>
    {
        object[] rows = [.. await db.Set<SentNotice>().ToListAsync(), .. await db.Set<Mail>().ToListAsync(), .. await db.Set<MailLink>().ToListAsync()];
        var values = rows.SelectMany(row => row.GetType().GetProperties().Select(property => property.GetValue(row)));
        return string.Join('\n', values.Select(value => value is byte[] bytes ? Encoding.Latin1.GetString(bytes) + WebEncoders.Base64UrlEncode(bytes) : $"{value}"));
    });
}
