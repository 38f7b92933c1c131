using Deskward.Fixture;
using Deskward.Identity;
using Deskward.Platform;
using Deskward.Platform.Portal;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using MimeKit;
using Xunit;

namespace Deskward.Notices;

public sealed class OutboxTests(MailGrounds grounds) : IClassFixture<MailGrounds>
{
    public static TheoryData<Engine> Engines => [Engine.Sqlite, Engine.Postgres];

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task A_notice_is_mailed_in_the_readers_language_in_plain_and_in_HTML(Engine engine)
    {
        var ground = await grounds.OnAsync(engine);
        var (customer, person) = await ground.ReaderAsync();
        var id = await ground.TellAsync(customer.Id, new Recipient(person.Id, person.Email!, Language.Chinese), link: NoticeLink.Page("/devices?q=a&sort=b"));
        var mail = await ground.UntilAsync(id, MailState.Sent);
        var message = Assert.Single(ground.Host.For(person.Email!));
        Assert.Equal(("Deskward 的邮件可以送达", mail.MessageId, "zh-Hans"), (message.Subject, message.MessageId, message.Body!.Headers[HeaderId.ContentLanguage]));
        var parts = Assert.IsType<MultipartAlternative>(message.Body);
        Assert.Equal(["text/plain", "text/html"], parts.Select(part => part.ContentType.MimeType));
        Assert.All([message.TextBody, message.HtmlBody], body => Assert.Contains("Alice 于 1970-01-01 00:00 UTC", body, StringComparison.Ordinal));
        Assert.Contains($"href=\"{ground.Service.PublicUrl}devices?q=a&amp;sort=b\"", message.HtmlBody, StringComparison.Ordinal);
        Assert.Equal(("auto-generated", "desk@northwind.example"), (message.Headers["Auto-Submitted"], message.From.Mailboxes.Single().Address));
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task What_is_rolled_back_is_told_to_nobody(Engine engine)
    {
        var ground = await grounds.OnAsync(engine);
        var (customer, person) = await ground.ReaderAsync();
        await ground.Service.InScopeAsync(async provider =>
        {
            await using var transaction = await provider.GetRequiredService<DeskwardContext>().Database.BeginTransactionAsync();
            await provider.GetRequiredService<NoticeBoard>().SendAsync(MailGround.Notice(customer.Id, person.AsRecipient()), CancellationToken.None);
            return await provider.GetRequiredService<DeskwardContext>().SaveChangesAsync();
        }, customer.Id);
        await ground.UntilAsync(await ground.TellAsync(customer.Id, new Recipient(null, $"after@{customer.Domain}", null)), MailState.Sent);
        Assert.Empty(ground.Host.For(person.Email!));
        Assert.Equal(1, await ground.Service.QueryAsync(db => db.Set<SentNotice>().CountAsync(), customer.Id));
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task Refused_for_now_it_is_tried_again_with_the_same_message_id(Engine engine)
    {
        var ground = await grounds.OnAsync(engine);
        var (customer, person) = await ground.ReaderAsync();
        var refusals = 1;
        ground.Host.OnRecipient = address => _ = address == person.Email && refusals-- > 0 ? throw MailGround.Answer(450, "greylisted, come back") : 0;
        var id = await ground.TellAsync(customer.Id, person.AsRecipient());
        var waiting = await ground.UntilAsync(id, MailState.Waiting);
        Assert.Equal((1, Mail.Pauses[0]), (waiting.Attempts, waiting.DueAt - waiting.TriedAt > TimeSpan.FromSeconds(50) ? Mail.Pauses[0] : TimeSpan.Zero));
        Assert.Contains("greylisted", waiting.Answer, StringComparison.Ordinal);
        ground.Service.Time.Advance(Mail.Pauses[0]);
        var sent = await ground.UntilAsync(id, MailState.Sent);
        Assert.Equal((2, waiting.MessageId, waiting.MessageId, false), (sent.Attempts, sent.MessageId, Assert.Single(ground.Host.For(person.Email!)).MessageId, sent.IsDoubtful));
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task Refused_for_good_it_fails_at_once_and_a_person_may_send_it_again(Engine engine)
    {
        var ground = await grounds.OnAsync(engine);
        var (customer, person) = await ground.ReaderAsync();
        var refusals = 1;
        ground.Host.OnRecipient = address => _ = address == person.Email && refusals-- > 0 ? throw MailGround.Answer(550, "no such mailbox") : 0;
        var id = await ground.TellAsync(customer.Id, person.AsRecipient());
        var failed = await ground.UntilAsync(id, MailGround.Ends);
        Assert.Equal((MailState.Failed, 1), (failed.State, failed.Attempts));
        Assert.Contains("550 no such mailbox", failed.Answer, StringComparison.Ordinal);
        Assert.Null(await ground.Service.InScopeAsync(provider => provider.GetRequiredService<SentNotices>().SendAgainAsync(id, [], CancellationToken.None), customer.Id));
        Assert.Equal(MailState.Sent, (await ground.UntilAsync(id, MailGround.Ends)).State);
        var again = await ground.Service.InScopeAsync(provider => provider.GetRequiredService<SentNotices>().SendAgainAsync(id, [], CancellationToken.None), customer.Id);
        Assert.Equal(RefusalReason.Conflict, again?.Reason);
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task While_the_server_is_down_mail_waits_and_goes_when_it_is_back(Engine engine)
    {
        var ground = await grounds.OnAsync(engine);
        var (customer, person) = await ground.ReaderAsync();
        await ground.Host.StopAsync();
        var id = await ground.TellAsync(customer.Id, person.AsRecipient());
        var mail = await ground.UntilAsync(id, mail => mail.Answer.Length > 0);
        Assert.Equal((MailState.Waiting, 0), (mail.State, mail.Attempts));
        Assert.Contains("cannot be used", mail.Answer, StringComparison.Ordinal);
        ground.Host.StartAgain();
        ground.Service.Time.Advance(TimeSpan.FromMinutes(5));
        Assert.Equal(1, (await ground.UntilAsync(id, MailState.Sent)).Attempts);
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task When_the_answer_is_lost_it_goes_once_more_and_the_doubt_is_shown(Engine engine)
    {
        var ground = await grounds.OnAsync(engine);
        var (customer, person) = await ground.ReaderAsync();
        var losses = 1;
        ground.Host.OnMessage = context => (losses-- > 0 ? context.Pipe : null)?.Dispose();
        var id = await ground.TellAsync(customer.Id, person.AsRecipient());
        Assert.True((await ground.UntilAsync(id, MailState.Waiting)).IsDoubtful);
        ground.Service.Time.Advance(Mail.Pauses[0]);
        Assert.True((await ground.UntilAsync(id, MailState.Sent)).IsDoubtful);
        Assert.Equal(2, ground.Host.For(person.Email!).Count);
        Assert.Single(ground.Host.For(person.Email!).Select(message => message.MessageId).Distinct());
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task What_is_no_address_fails_by_itself_and_holds_up_nobody(Engine engine)
    {
        var ground = await grounds.OnAsync(engine);
        var (customer, person) = await ground.ReaderAsync();
        string[] hostile = ["x\r\nBcc: eve@evil.example", "a@b.example, eve@evil.example", "Eve <eve@evil.example>", "nobody", "", new string('a', 400) + "@b.example"];
        var ids = new List<Guid>();
        foreach (var address in hostile)
        {
            ids.Add(await ground.TellAsync(customer.Id, new Recipient(null, address, null)));
        }

        await ground.UntilAsync(await ground.TellAsync(customer.Id, person.AsRecipient()), MailState.Sent);
        var mails = await ground.Service.QueryAsync(db => db.Set<Mail>().Where(row => ids.Contains(row.Id)).ToListAsync(), customer.Id);
        Assert.All(mails, mail => Assert.Equal(MailState.Failed, mail.State));
        Assert.DoesNotContain(ground.Host.Taken, message => message.ToString().Contains("evil.example", StringComparison.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task What_waits_for_a_person_who_loses_access_is_not_sent(Engine engine)
    {
        var ground = await grounds.OnAsync(engine);
        var (customer, person) = await ground.ReaderAsync();
        ground.Host.OnRecipient = address => _ = address == person.Email ? throw MailGround.Answer(450, "later") : 0;
        var id = await ground.TellAsync(customer.Id, person.AsRecipient());
        await ground.UntilAsync(id, MailState.Waiting);
        await ground.Service.InScopeAsync(async provider =>
        {
            await provider.GetRequiredService<NoticeBoard>().EndAccessAsync(person.Id, CancellationToken.None);
            return 0;
        }, customer.Id);
        var mail = await ground.MailAsync(id);
        Assert.Equal((MailState.Withdrawn, null, null), (mail.State, mail.DueAt, mail.WrappedContent));
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task A_mail_to_a_person_who_was_disabled_meanwhile_does_not_leave(Engine engine)
    {
        var ground = await grounds.OnAsync(engine);
        var (customer, person) = await ground.ReaderAsync();
        var refusals = 1;
        ground.Host.OnRecipient = address => _ = address == person.Email && refusals-- > 0 ? throw MailGround.Answer(450, "later") : 0;
        var id = await ground.TellAsync(customer.Id, person.AsRecipient());
        await ground.UntilAsync(id, MailState.Waiting);
        await ground.Service.QueryAsync(db => db.Set<Person>().Where(row => row.Id == person.Id).ExecuteUpdateAsync(set => set.SetProperty(row => row.IsEnabled, false)), customer.Id);
        ground.Service.Time.Advance(Mail.Pauses[0]);
        Assert.Equal(MailState.Withdrawn, (await ground.UntilAsync(id, MailGround.Ends)).State);
        Assert.Empty(ground.Host.For(person.Email!));
    }
}
