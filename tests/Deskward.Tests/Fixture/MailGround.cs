using Deskward.Identity;
using Deskward.Notices;
using Deskward.Platform;
using Deskward.Platform.Duties;
using Deskward.Tenants;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using SmtpServer.Protocol;
using Xunit;

namespace Deskward.Fixture;

/// <summary>A node that mails to a server of its own, one per engine, for the tests of a class.</summary>
public sealed class MailGrounds(Services services) : IAsyncDisposable
{
    private readonly Dictionary<Engine, MailGround> _grounds = [];

    internal async Task<MailGround> OnAsync(Engine engine)
    {
        if (!_grounds.TryGetValue(engine, out var ground))
        {
            var host = MailHost.Start();
            _grounds[engine] = ground = new MailGround(await services.FreshAsync(engine, settings => settings with { Mail = host.Settings }), host);
            await ground.Service.ProviderAsync();
        }

        return ground;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var ground in _grounds.Values)
        {
            await ground.Service.DisposeAsync();
            await ground.Host.DisposeAsync();
        }
    }
}

/// <summary>What tests of mail do on a node.</summary>
internal sealed class MailGround(TestService service, MailHost host)
{
    internal static readonly NoticeKind Test = NoticesModule.Test;

    internal static readonly MailState[] Ends = [MailState.Sent, MailState.Failed, MailState.Withdrawn];

    internal TestService Service { get; } = service;

    internal MailHost Host { get; } = host;

    /// <summary>A reader at a new customer.</summary>
    internal async Task<(Organisation Customer, Person Person)> ReaderAsync(string name = "alice")
    {
        var customer = await Service.AddCustomerAsync();
        return (customer, await Service.AddPersonAsync(customer, name, Role.CustomerOwner, Role.ItAdministrator));
    }

    /// <summary>Tells one reader, and returns the id of what was told.</summary>
    internal Task<Guid> TellAsync(Guid tenant, Recipient to, string name = "Alice", NoticeLink? link = null, NoticeKind? kind = null) => Service.InScopeAsync(async provider =>
    {
        var db = provider.GetRequiredService<DeskwardContext>();
        await provider.GetRequiredService<NoticeBoard>().SendAsync(Notice(tenant, to, name, link, kind), CancellationToken.None);
        await db.SaveChangesAsync();
        return db.Set<SentNotice>().Local.Single().Id;
    }, tenant);

    internal static Notice Notice(Guid tenant, Recipient to, string name = "Alice", NoticeLink? link = null, NoticeKind? kind = null) => new(kind ?? Test, tenant)
    {
        To = [to], Link = link, Values = new Dictionary<string, NoticeValue> { ["name"] = name, ["at"] = DateTimeOffset.UnixEpoch },
    };

    internal Task<Mail> MailAsync(Guid id) => Service.QueryAsync(db => db.Set<Mail>().AsNoTracking().SingleAsync(row => row.Id == id));

    /// <summary>Sends what is due now, and waits until the mail is in one of these states and no attempt is under way.</summary>
    internal Task<Mail> UntilAsync(Guid id, params MailState[] states) => UntilAsync(id, mail => states.Contains(mail.State) && mail.TriedAt is not null);

    internal async Task<Mail> UntilAsync(Guid id, Func<Mail, bool> isSo)
    {
        for (var tries = 0; ; tries++)
        {
            await Service.Provider.GetRequiredService<Outbox>().SendDueAsync(CancellationToken.None);
            var mail = await MailAsync(id);
            if (isSo(mail))
            {
                return mail;
            }

            Assert.True(tries < 300, $"The mail is {mail.State}: {mail.Answer}");
            await Task.Delay(100, TestContext.Current.CancellationToken);
        }
    }

    internal static SmtpResponseException Answer(int code, string text) => new(new SmtpResponse((SmtpReplyCode)code, text));
}
