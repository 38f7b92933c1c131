using System.Security.Cryptography;
using System.Security.Cryptography.Pkcs;
using System.Security.Cryptography.X509Certificates;

namespace Deskward.Simulator;

/// <summary>The signature header and the wrapped renewal request: CMS with the PC's certificate and key.</summary>
internal static class MessageSignature
{
    private const string Sha256 = "2.16.840.1.101.3.4.2.1";

    /// <summary>Base64 of a detached CMS over the whole body, with certificate and signing time (MS-MDM 2.1; DMClient RequireMessageSigning).</summary>
    public static string Sign(ReadOnlySpan<byte> body, X509Certificate2 identity, DateTimeOffset now) =>
        Convert.ToBase64String(Sign(body, identity, now, detached: true));

    /// <summary>DER of a CMS that carries the content (MS-MDE2, renewal).</summary>
    public static byte[] Wrap(ReadOnlySpan<byte> content, X509Certificate2 identity, DateTimeOffset now) => Sign(content, identity, now, detached: false);

    private static byte[] Sign(ReadOnlySpan<byte> content, X509Certificate2 identity, DateTimeOffset now, bool detached)
    {
        var cms = new SignedCms(new ContentInfo(content.ToArray()), detached);
        var signer = new CmsSigner(SubjectIdentifierType.IssuerAndSerialNumber, identity)
        {
            DigestAlgorithm = new Oid(Sha256),
            IncludeOption = X509IncludeOption.EndCertOnly,
        };
        signer.SignedAttributes.Add(new Pkcs9SigningTime(now.UtcDateTime));
        cms.ComputeSignature(signer, silent: true);
        return cms.Encode();
    }
}
