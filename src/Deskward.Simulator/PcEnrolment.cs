using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using Deskward.Protocol.Enrolment;

namespace Deskward.Simulator;

/// <summary>What a PC remembers of the service that manages it: the account of the provisioning document, the certificate, and its private key.</summary>
internal sealed record PcEnrolment
{
    /// <summary>Address of the person who enrolled the PC.</summary>
    public required string Address { get; init; }

    public required string ProviderId { get; init; }

    /// <summary>ADDR, letter by letter.</summary>
    public required string ManagementUrl { get; init; }

    /// <summary>Where certificates are asked for: EnrollmentServiceUrl of the discovery.</summary>
    public required string EnrolmentUrl { get; init; }

    /// <summary>Null: the certificate is not renewed by itself.</summary>
    public required RenewSettings? Renew { get; init; }

    /// <summary>False when the account names another certificate than the one that was issued: then Windows finds none and shows none.</summary>
    public bool ShowsCertificate { get; init; } = true;

    /// <summary>The digest credentials of the PC.</summary>
    public required AppAuth Digest { get; init; }

    public required int ConnectionRetries { get; init; }

    public required TimeSpan InitialBackoff { get; init; }

    public required TimeSpan MaximumBackoff { get; init; }

    /// <summary>DER.</summary>
    public required byte[] Certificate { get; init; }

    /// <summary>DER of the issuing authority; null when there is none.</summary>
    public byte[]? Intermediate { get; init; }

    /// <summary>DER of the device root; null when the PC was sent none.</summary>
    public byte[]? Root { get; init; }

    /// <summary>Name of the private key in the key store.</summary>
    public required string KeyName { get; init; }

    /// <summary>When the poll schedule began.</summary>
    public required DateTimeOffset EnrolledAt { get; init; }

    /// <summary>From when on the certificate is to be renewed.</summary>
    public required DateTimeOffset RenewFrom { get; init; }
}

/// <summary>The certificate of an enrolment, ready for use: with its key, and as TLS shows it. Expensive to make, so a PC keeps it.</summary>
internal sealed class PcCredential : IDisposable
{
    public PcCredential(PcEnrolment enrolment, KeyStore keys)
    {
        using var certificate = X509CertificateLoader.LoadCertificate(enrolment.Certificate);
        using var key = keys.Get(enrolment.KeyName);
        Identity = certificate.CopyWithPrivateKey(key);
        if (enrolment.ShowsCertificate)
        {
            Tls = SslStreamCertificateContext.Create(
                Identity, enrolment.Intermediate is null ? null : [X509CertificateLoader.LoadCertificate(enrolment.Intermediate)], offline: true);
        }
    }

    /// <summary>The certificate with its key.</summary>
    public X509Certificate2 Identity { get; }

    /// <summary>The certificate and the intermediate, never the root; null when the account names a certificate that is not there.</summary>
    public SslStreamCertificateContext? Tls { get; }

    public void Dispose() => Identity.Dispose();
}
