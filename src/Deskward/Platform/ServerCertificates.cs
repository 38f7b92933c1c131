using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Server.Kestrel.Https;

namespace Deskward.Platform;

/// <summary>
/// Chooses the certificate a listener shows by the name the client asks for, and reads certificate files again when they change. Without
/// files, a certificate of the service's own TLS root is made.
/// </summary>
internal sealed class ServerCertificates : IDisposable
{
    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(2);
    private readonly ServiceSettings _settings;
    private readonly ILogger<ServerCertificates> _log;
    private readonly TimeProvider _time;
    private readonly ITimer? _timer;
    private volatile Entry[] _entries = [];

    public ServerCertificates(ServiceSettings settings, TimeProvider time, ILogger<ServerCertificates> log)
    {
        (_settings, _time, _log) = (settings, time, log);
        _entries = settings.TlsCertificates.Count == 0
            ? [OwnTlsRoot.Entry(settings, time.Now())]
            : [.. settings.TlsCertificates.Select(Read)];
        _timer = settings.TlsCertificates.Count == 0 ? null : time.CreateTimer(_ => Reload(), null, LookEvery, LookEvery);
    }

    /// <summary>The public listener: no client certificate is asked for.</summary>
    internal TlsHandshakeCallbackOptions ForPeople() => new() { OnConnection = context => new(Options(context.ClientHelloInfo.ServerName, askForCertificate: false)) };

    /// <summary>
    /// The management listener: a client certificate is asked for, and any or none is admitted; the application decides and says why. HTTP/1.1
    /// only is not needed: the certificate is asked for in the handshake, never by renegotiation.
    /// </summary>
    internal TlsHandshakeCallbackOptions ForDevices() => new() { OnConnection = context => new(Options(context.ClientHelloInfo.ServerName, askForCertificate: true)) };

    public void Dispose() => _timer?.Dispose();

    private SslServerAuthenticationOptions Options(string name, bool askForCertificate)
    {
        var entry = Choose(name);
        return askForCertificate ? entry.Devices : entry.People;
    }

    private Entry Choose(string name)
    {
        var entries = _entries;
        return entries.FirstOrDefault(entry => entry.Matches(name)) ?? entries[0];
    }

    private void Reload()
    {
        var entries = _entries;
        for (var index = 0; index < entries.Length; index++)
        {
            var file = entries[index].File!;
            if (Stamp(file) == entries[index].Stamp)
            {
                continue;
            }

            try
            {
                var read = Read(file);
                _entries = [.. entries[..index], read, .. entries[(index + 1)..]];
                entries = _entries;
            }
            catch (Exception exception) when (exception is IOException or System.Security.Cryptography.CryptographicException or UnauthorizedAccessException)
            {
                PlatformLog.TlsCertificateUnreadable(_log, file.Certificate, exception.Message);
            }
        }
    }

    private Entry Read(TlsCertificateFile file)
    {
        var stamp = Stamp(file);
        var chain = new X509Certificate2Collection();
        chain.ImportFromPemFile(file.Certificate);
        using var pem = X509Certificate2.CreateFromPemFile(file.Certificate, file.Key ?? file.Certificate);
        var leaf = X509CertificateLoader.LoadPkcs12(pem.Export(X509ContentType.Pfx), null);
        PlatformLog.TlsCertificateRead(_log, file.Certificate, leaf.Subject, leaf.NotAfter);
        return new Entry(leaf, [.. chain.Skip(1)]) { File = file, Stamp = stamp };
    }

    private static (DateTime, DateTime) Stamp(TlsCertificateFile file) =>
        (File.GetLastWriteTimeUtc(file.Certificate), file.Key is null ? default : File.GetLastWriteTimeUtc(file.Key));

    /// <summary>One certificate with the handshake options made from it once: handshakes share them, so that TLS sessions resume.</summary>
    internal sealed class Entry
    {
        private readonly X509Certificate2 _leaf;

        internal Entry(X509Certificate2 leaf, X509Certificate2Collection intermediates)
        {
            _leaf = leaf;
            var context = SslStreamCertificateContext.Create(leaf, intermediates, offline: true);
            People = new SslServerAuthenticationOptions
            {
                ServerCertificateContext = context,
                EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13,
                ApplicationProtocols = [SslApplicationProtocol.Http2, SslApplicationProtocol.Http11],
            };
            Devices = new SslServerAuthenticationOptions
            {
                ServerCertificateContext = context,
                EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13,
                ApplicationProtocols = [SslApplicationProtocol.Http2, SslApplicationProtocol.Http11],
                ClientCertificateRequired = true,
                // The chain proves nothing here: a PC is recognised by its certificate, byte for byte, in the database.
                CertificateChainPolicy = TrustNothing(),
                RemoteCertificateValidationCallback = static (_, certificate, _, _) => certificate is null or X509Certificate2,
            };
        }

        internal TlsCertificateFile? File { get; init; }

        internal (DateTime, DateTime) Stamp { get; init; }

        internal SslServerAuthenticationOptions People { get; }

        internal SslServerAuthenticationOptions Devices { get; }

        internal bool Matches(string name) => name.Length > 0 && _leaf.MatchesHostname(name, allowWildcards: true, allowCommonName: false);

        private static X509ChainPolicy TrustNothing() => new()
        {
            RevocationMode = X509RevocationMode.NoCheck,
            TrustMode = X509ChainTrustMode.CustomRootTrust,
            DisableCertificateDownloads = true,
            VerificationFlags = X509VerificationFlags.AllFlags,
        };
    }
}
