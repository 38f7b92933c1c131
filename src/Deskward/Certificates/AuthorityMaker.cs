using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Deskward.Platform;

namespace Deskward.Certificates;

/// <summary>
/// Makes authorities. RSA with SHA-256, because it is what every build of Windows' enrolment and certificate-store code is known to take; 3072 bits,
/// because an authority outlives 2030, until when 2048 bits are deemed enough (NIST SP 800-57), and a signature still costs only milliseconds.
/// </summary>
internal static class AuthorityMaker
{
    internal const int KeyBits = 3072;
    internal static readonly TimeSpan RootLife = TimeSpan.FromDays(20 * 365);
    internal static readonly TimeSpan IssuingLife = TimeSpan.FromDays(8 * 365);
    private const string ClientAuthentication = "1.3.6.1.5.5.7.3.2";

    /// <summary>The device root: signs issuing authorities only (path length 1). It is apart from the TLS root, so neither can stand for the other.</summary>
    internal static (Authority Row, RSA Key) Root(Guid provider, RSA key, ServiceKey serviceKey, DateTimeOffset now)
    {
        var id = Guid.CreateVersion7();
        var request = Request($"CN=Deskward device root {id:D}", key, pathLength: 1);
        using var certificate = request.CreateSelfSigned(now - DeviceCertificateProfile.ClockTolerance, now + RootLife);
        return (Row(id, provider, AuthorityKind.DeviceRoot, certificate, Wrap(serviceKey, id, key), now), key);
    }

    /// <summary>An organisation's issuing authority: signs certificates of PCs only, for client authentication only.</summary>
    internal static (Authority Row, RSA Key) Issuing(Guid tenant, RSA key, (Authority Row, RSA Key) root, ServiceKey serviceKey, DateTimeOffset now)
    {
        var id = Guid.CreateVersion7();
        var request = Request($"CN=Deskward devices {id:D}", key, pathLength: 0);
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid(ClientAuthentication)], critical: false));
        using var issuer = X509CertificateLoader.LoadCertificate(root.Row.Certificate);
        request.CertificateExtensions.Add(X509AuthorityKeyIdentifierExtension.CreateFromCertificate(issuer, includeKeyIdentifier: true, includeIssuerAndSerial: false));
        var end = now + IssuingLife < root.Row.NotAfter ? now + IssuingLife : root.Row.NotAfter;
        using var certificate = request.Create(
            issuer.SubjectName, X509SignatureGenerator.CreateForRSA(root.Key, RSASignaturePadding.Pkcs1), now - DeviceCertificateProfile.ClockTolerance, end, DeviceCertificateProfile.NewSerial());
        return (Row(id, tenant, AuthorityKind.Issuing, certificate, Wrap(serviceKey, id, key), now), key);
    }

    /// <summary>The key of a stored authority.</summary>
    /// <exception cref="CryptographicException">The service key is not the one that wrapped it.</exception>
    internal static RSA Unwrap(ServiceKey serviceKey, Authority row)
    {
        var plain = serviceKey.Unwrap(row.WrappedKey, Purpose(row.Id));
        var key = RSA.Create();
        key.ImportPkcs8PrivateKey(plain, out _);
        CryptographicOperations.ZeroMemory(plain);
        return key;
    }

    private static CertificateRequest Request(string name, RSA key, int pathLength)
    {
        var request = new CertificateRequest(name, key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: true, hasPathLengthConstraint: true, pathLength, critical: true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, critical: true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, critical: false));
        return request;
    }

    private static Authority Row(Guid id, Guid tenant, AuthorityKind kind, X509Certificate2 certificate, byte[] wrapped, DateTimeOffset now) => new()
    {
        Id = id, TenantId = tenant, Kind = kind, Certificate = certificate.RawData, WrappedKey = wrapped,
        NotAfter = new DateTimeOffset(certificate.NotAfter.ToUniversalTime(), TimeSpan.Zero), CreatedAt = now,
    };

    private static byte[] Wrap(ServiceKey serviceKey, Guid id, RSA key)
    {
        var plain = key.ExportPkcs8PrivateKey();
        var wrapped = serviceKey.Wrap(plain, Purpose(id));
        CryptographicOperations.ZeroMemory(plain);
        return wrapped;
    }

    private static string Purpose(Guid id) => $"authority:{id}";
}
