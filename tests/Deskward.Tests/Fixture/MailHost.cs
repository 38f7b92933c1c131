using System.Buffers;
using System.Collections.Concurrent;
using System.Security.Cryptography.X509Certificates;
using Deskward.Platform;
using MimeKit;
using SmtpServer;
using SmtpServer.Authentication;
using SmtpServer.Mail;
using SmtpServer.Protocol;
using SmtpServer.Storage;

namespace Deskward.Fixture;

/// <summary>A real SMTP server on loopback, with TLS and sign-in, whose answers a test may choose.</summary>
internal sealed class MailHost : MessageStore, IMailboxFilter, IAsyncDisposable
{
    private const string Password = "Mail-Horse-7-Battery";
    private readonly MailSecurity _security;
    private readonly X509Certificate2 _certificate;
    private CancellationTokenSource _stop = new();
    private Task _running = Task.CompletedTask;

    private MailHost(MailSecurity security)
    {
        _security = security;
        _certificate = LocalCertificate.Make();
        var root = Path.Combine(Directory.CreateTempSubdirectory("deskward-mail-").FullName, "root.pem");
        File.WriteAllText(root, _certificate.ExportCertificatePem());
        Settings = new MailServer
        {
            Host = "localhost", Port = PostgresServer.FreePort(), Security = security, From = "desk@northwind.example", RootFile = root,
            User = security == MailSecurity.None ? null : "desk", Password = security == MailSecurity.None ? null : Password,
        };
    }

    /// <summary>How the service reaches it.</summary>
    internal MailServer Settings { get; }

    /// <summary>What it took, in order.</summary>
    internal ConcurrentQueue<MimeMessage> Taken { get; } = [];

    /// <summary>Runs when somebody signs in.</summary>
    internal Action OnSignIn { get; set; } = () => { };

    /// <summary>Asked before a recipient is accepted; what it throws is answered.</summary>
    internal Action<string> OnRecipient { get; set; } = _ => { };

    /// <summary>Runs when a message is there and before it is answered.</summary>
    internal Action<ISessionContext> OnMessage { get; set; } = _ => { };

    internal static MailHost Start(MailSecurity security = MailSecurity.StartTls)
    {
        var host = new MailHost(security);
        host.StartAgain();
        return host;
    }

    internal void StartAgain()
    {
        _stop = new CancellationTokenSource();
        var options = new SmtpServerOptionsBuilder().ServerName("localhost").Endpoint(endpoint =>
        {
            endpoint.Endpoint(new System.Net.IPEndPoint(System.Net.IPAddress.Loopback, Settings.Port)).IsSecure(_security == MailSecurity.Tls);
            if (_security != MailSecurity.None)
            {
                endpoint.Certificate(_certificate).AuthenticationRequired();
            }
        }).Build();
        var provider = new SmtpServer.ComponentModel.ServiceProvider();
        provider.Add((IMessageStore)this);
        provider.Add((IMailboxFilter)this);
        provider.Add(new DelegatingUserAuthenticator(IsWelcome));
        _running = new SmtpServer.SmtpServer(options, provider).StartAsync(_stop.Token);
    }

    internal async Task StopAsync()
    {
        await _stop.CancelAsync();
        await _running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stop.Dispose();
    }

    /// <summary>What it took for an address.</summary>
    internal List<MimeMessage> For(string address) => [.. Taken.Where(message => message.To.Mailboxes.Any(to => to.Address == address))];

    public override async Task<SmtpResponse> SaveAsync(ISessionContext context, IMessageTransaction transaction, ReadOnlySequence<byte> buffer, CancellationToken cancellationToken)
    {
        using var stream = new MemoryStream(buffer.ToArray());
        Taken.Enqueue(await MimeMessage.LoadAsync(stream, CancellationToken.None));
        OnMessage(context);
        return new SmtpResponse(SmtpReplyCode.Ok, "queued as 7");
    }

    public Task<bool> CanAcceptFromAsync(ISessionContext context, IMailbox from, int size, CancellationToken cancellationToken) => Task.FromResult(true);

    public Task<bool> CanDeliverToAsync(ISessionContext context, IMailbox to, IMailbox from, CancellationToken cancellationToken)
    {
        OnRecipient($"{to.User}@{to.Host}");
        return Task.FromResult(true);
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        Directory.Delete(Path.GetDirectoryName(Settings.RootFile)!, recursive: true);
        _certificate.Dispose();
    }

    private bool IsWelcome(string user, string password)
    {
        OnSignIn();
        return user == "desk" && password == Password;
    }
}
