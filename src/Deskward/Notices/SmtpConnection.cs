using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Deskward.Platform;
using MailKit;
using MailKit.Net.Smtp;
using MailKit.Security;
using MimeKit;

namespace Deskward.Notices;

/// <summary>A signed-in connection to the mail server, and what each way of failing on it means.</summary>
internal sealed class SmtpConnection : IAsyncDisposable
{
    /// <summary>Well below <see cref="Mail.Lease"/>, so that no other node takes a mail while this one still sends it.</summary>
    internal static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly SmtpClient _client = new() { CheckCertificateRevocation = false };

    private SmtpConnection()
    {
    }

    internal bool IsOpen => _client.IsConnected;

    /// <summary>Connects, protects the connection and signs in.</summary>
    /// <returns>The connection, or why there is none.</returns>
    internal static async Task<Outcome<SmtpConnection>> OpenAsync(ServiceSettings settings, MailServer server, CancellationToken cancellationToken)
    {
        var connection = new SmtpConnection();
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(Patience);
        try
        {
            connection._client.LocalDomain = settings.PublicUrl.Host;
            connection.Trust(server);
            await connection._client.ConnectAsync(server.Host, server.Port, Security(server.Security), patience.Token);
            if (server is { User: { } user, Password: { } password })
            {
                await connection._client.AuthenticateAsync(user, password, patience.Token);
            }

            return connection;
        }
        catch (Exception exception) when (IsTrouble(exception) && !cancellationToken.IsCancellationRequested)
        {
            await connection.DisposeAsync();
            return new Refusal(RefusalReason.Unavailable, $"The mail server {server.Host}:{server.Port} cannot be used: {Why(exception)}");
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }

    /// <summary>Hands one message over. It is not broken off when the service stops: what was begun is finished, or its patience ends.</summary>
    internal async Task<Attempt> SendAsync(MimeMessage message)
    {
        var progress = new Progress();
        using var patience = new CancellationTokenSource(Patience);
        try
        {
            return new Attempt(AttemptResult.Taken, await _client.SendAsync(message, patience.Token, progress));
        }
        catch (SmtpCommandException exception)
        {
            return new Attempt(Meaning(exception), $"{(int)exception.StatusCode} {exception.Message}");
        }
        catch (NotSupportedException exception)
        {
            return new Attempt(AttemptResult.Refused, exception.Message);
        }
        catch (ServiceNotAuthenticatedException exception)
        {
            return new Attempt(AttemptResult.NoServer, exception.Message);
        }
        catch (Exception exception) when (IsTrouble(exception))
        {
            return new Attempt(progress.HasBegun ? AttemptResult.Unclear : AttemptResult.RefusedForNow, Why(exception));
        }
    }

    public async ValueTask DisposeAsync()
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(2));
        try
        {
            await _client.DisconnectAsync(quit: true, patience.Token);
        }
        catch (Exception exception) when (IsTrouble(exception))
        {
            // It is gone already.
        }

        _client.Dispose();
    }

    /// <summary>A refused sender is a matter of the settings, not of this mail.</summary>
    private static AttemptResult Meaning(SmtpCommandException exception) =>
        exception.ErrorCode == SmtpErrorCode.SenderNotAccepted ? AttemptResult.NoServer
        : (int)exception.StatusCode >= 500 ? AttemptResult.Refused : AttemptResult.RefusedForNow;

    private static SecureSocketOptions Security(MailSecurity security) => security switch
    {
        MailSecurity.StartTls => SecureSocketOptions.StartTls,
        MailSecurity.Tls => SecureSocketOptions.SslOnConnect,
        MailSecurity.None => SecureSocketOptions.None,
    };

    private static bool IsTrouble(Exception exception) => exception is SocketException or IOException or TimeoutException or OperationCanceledException or CryptographicException
        or ProtocolException or CommandException or AuthenticationException or SslHandshakeException or ServiceNotConnectedException or NotSupportedException;

    private static string Why(Exception exception) => exception switch
    {
        OperationCanceledException or TimeoutException => "it did not answer in time.",
        SslHandshakeException => "its certificate is not trusted, does not name it, or it speaks no TLS on this port.",
        _ => exception.Message,
    };

    private void Trust(MailServer server)
    {
        if (server.RootFile is not { } file)
        {
            return;
        }

        var root = X509CertificateLoader.LoadCertificateFromFile(file);
        _client.ServerCertificateValidationCallback = (_, certificate, sent, errors) =>
        {
            using var chain = new X509Chain { ChainPolicy = { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck } };
            chain.ChainPolicy.CustomTrustStore.Add(root);
            chain.ChainPolicy.ExtraStore.AddRange(sent?.ChainPolicy.ExtraStore ?? []);
            return (errors & ~SslPolicyErrors.RemoteCertificateChainErrors) == 0 && certificate is X509Certificate2 shown && chain.Build(shown);
        };
    }

    /// <summary>Notices when the content begins to leave.</summary>
    private sealed class Progress : ITransferProgress
    {
        internal bool HasBegun { get; private set; }

        public void Report(long bytesTransferred, long totalSize) => HasBegun = true;

        public void Report(long bytesTransferred) => HasBegun = true;
    }
}
