using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Deskward.Platform;
using Deskward.Tenants;

namespace Deskward.Certificates;

/// <summary>
/// Whether both addresses of the service are reached and show a certificate of their name that still counts for a while. Asked over the network, as a PC
/// would, from where this node stands.
/// </summary>
internal static class ServerReadiness
{
    internal static readonly ReadinessCheck Check = new("certificate", 50, LookAsync);
    private static readonly TimeSpan Soon = TimeSpan.FromDays(30);

    private static async Task<ReadinessFinding> LookAsync(IServiceProvider services, Guid customer, CancellationToken cancellationToken)
    {
        var (settings, now) = (services.GetRequiredService<ServiceSettings>(), services.GetRequiredService<TimeProvider>().GetUtcNow());
        foreach (var url in new[] { settings.PublicUrl, settings.ManagementUrl })
        {
            try
            {
                using var shown = await ShownAsync(url, cancellationToken);
                if (!shown.MatchesHostname(url.IdnHost) || shown.NotAfter <= now)
                {
                    return new(Readiness.NotReady, shown.NotAfter <= now ? "readiness.certificate.expired" : "readiness.certificate.name", url.Authority);
                }

                if (shown.NotAfter - now < Soon)
                {
                    return new(Readiness.Advisory, "readiness.certificate.soon", url.Authority);
                }
            }
            catch (Exception exception) when (exception is SocketException or IOException or AuthenticationException)
            {
                return new(Readiness.Error, "readiness.certificate.silent", url.Authority);
            }
        }

        return settings.TlsCertificates.Count == 0 ? new(Readiness.Advisory, "readiness.certificate.own") : new(Readiness.Ready, "readiness.certificate.shown");
    }

    /// <summary>The certificate is looked at, not believed: whether a PC trusts its root is the PC's affair.</summary>
    private static async Task<X509Certificate2> ShownAsync(Uri url, CancellationToken cancellationToken)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(url.IdnHost, url.Port, cancellationToken);
        await using var tls = new SslStream(client.GetStream());
        X509Certificate2? shown = null;
        await tls.AuthenticateAsClientAsync(new SslClientAuthenticationOptions
        {
            TargetHost = url.IdnHost,
            RemoteCertificateValidationCallback = (_, certificate, _, _) => (shown = certificate is null ? null : X509CertificateLoader.LoadCertificate(certificate.GetRawCertData())) is not null,
        }, cancellationToken);
        return shown!;
    }
}
