using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Deskward.Benchmarks.Load;

/// <summary>What a PC shows in the handshake; made once, so that a connection costs no more than its handshake.</summary>
internal sealed class LoadIdentity
{
    /// <param name="certificate">DER.</param>
    /// <param name="key">Its private key.</param>
    /// <param name="issuer">The issuing authority, which goes with it.</param>
    internal LoadIdentity(ReadOnlyMemory<byte> certificate, RSA key, X509Certificate2? issuer)
    {
        using var bare = X509CertificateLoader.LoadCertificate(certificate.Span);
        var identity = bare.CopyWithPrivateKey(key);
        Sha256 = SHA256.HashData(certificate.Span);
        Options = new SslClientAuthenticationOptions
        {
            TargetHost = "localhost",
            ClientCertificateContext = SslStreamCertificateContext.Create(identity, issuer is null ? null : [issuer], offline: true),
            ApplicationProtocols = [SslApplicationProtocol.Http11],
            // A PC comes back after hours: there is nothing to resume.
            AllowTlsResume = false,
            CertificateChainPolicy = new X509ChainPolicy { RevocationMode = X509RevocationMode.NoCheck, VerificationFlags = X509VerificationFlags.AllFlags, DisableCertificateDownloads = true },
        };
    }

    /// <summary>SHA-256 of the certificate.</summary>
    internal byte[] Sha256 { get; }

    internal SslClientAuthenticationOptions Options { get; }
}
