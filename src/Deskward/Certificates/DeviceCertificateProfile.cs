using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Deskward.Certificates;

/// <summary>
/// What a PC's certificate looks like. Everything in it is ours; from the request comes the public key alone. The subject is stable over
/// renewals, because the PC searches its certificate by it (SSLCLIENTCERTSEARCHCRITERIA) and a renewal cannot tell it another one.
/// </summary>
internal static class DeviceCertificateProfile
{
    internal const string ClientAuthentication = "1.3.6.1.5.5.7.3.2";

    /// <summary>How long a certificate lives: also what GetPolicies announces.</summary>
    internal static readonly TimeSpan Life = TimeSpan.FromDays(365);

    /// <summary>How far a PC's clock may be behind: certificates begin so much before they are made, and not more.</summary>
    internal static readonly TimeSpan ClockTolerance = TimeSpan.FromMinutes(5);

    internal static string Subject(Guid device) => $"CN={device:D}";

    /// <summary>16 random bytes, positive and without leading zero.</summary>
    internal static byte[] NewSerial()
    {
        var serial = RandomNumberGenerator.GetBytes(16);
        serial[0] = (byte)(0x40 | (serial[0] & 0x3F));
        return serial;
    }

    /// <summary>Makes the certificate; what the linter objects to is never signed.</summary>
    /// <exception cref="InvalidOperationException">The linter objected: a bug here, or a key it should have refused earlier.</exception>
    internal static X509Certificate2 Sign(SigningAuthority authority, Guid device, byte[] subjectPublicKeyInfo, DateTimeOffset now)
    {
        var request = Request(device, subjectPublicKeyInfo, authority.Certificate);
        var end = now + Life < authority.NotAfter ? now + Life : authority.NotAfter;
        var linter = new CertificateLinter { Issuer = authority.Certificate, Device = device, SubjectPublicKeyInfo = subjectPublicKeyInfo, Now = now };
        var signer = authority.Signer(toBeSigned =>
        {
            if (linter.FaultsOf(toBeSigned) is [var first, ..])
            {
                throw new InvalidOperationException($"A certificate was not signed: {first}");
            }
        });
        return request.Create(authority.Certificate.SubjectName, signer, now - ClockTolerance, end, NewSerial());
    }

    private static CertificateRequest Request(Guid device, byte[] subjectPublicKeyInfo, X509Certificate2 issuer)
    {
        var key = PublicKey.CreateFromSubjectPublicKeyInfo(subjectPublicKeyInfo, out _);
        var request = new CertificateRequest(new X500DistinguishedName(Subject(device)), key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: false, hasPathLengthConstraint: false, 0, critical: true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, critical: true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid(ClientAuthentication)], critical: false));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, critical: false));
        request.CertificateExtensions.Add(X509AuthorityKeyIdentifierExtension.CreateFromCertificate(issuer, includeKeyIdentifier: true, includeIssuerAndSerial: false));
        return request;
    }
}
