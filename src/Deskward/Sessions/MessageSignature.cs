using System.Buffers.Text;
using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Security.Cryptography.Pkcs;

namespace Deskward.Sessions;

/// <summary>
/// The signature header of a message: base64 of a detached CMS over the raw body, SHA-2, with the signing time among the signed attributes.
/// The specification calls it MS-Signature, the DMClient documentation MDM-Signature; both are read (protocol facts 2.2).
/// </summary>
internal sealed class MessageSignature(TimeProvider time)
{
    private const int LongestHeader = 32 * 1024;
    private const int MostRemembered = 200_000;

    /// <summary>
    /// A PC that repeats a message within the second its reply was lost makes the very same signature; later, a repeated one is somebody else's.
    /// What a repetition can get in that time is the answer that was given already.
    /// </summary>
    private static readonly TimeSpan Repeats = TimeSpan.FromSeconds(30);

    /// <summary>How far the PC's clock may be off, either way.</summary>
    internal static readonly TimeSpan Window = TimeSpan.FromMinutes(10);

    private static readonly string[] Names = ["MS-Signature", "MDM-Signature"];
    private static readonly string[] Sha2 = ["2.16.840.1.101.3.4.2.1", "2.16.840.1.101.3.4.2.2", "2.16.840.1.101.3.4.2.3"];
    private readonly ConcurrentDictionary<CertificateHash, DateTimeOffset> _seen = new();

    /// <summary>The header; null when the message has none.</summary>
    internal static string? HeaderOf(HttpRequest request)
    {
        foreach (var name in Names)
        {
            if (request.Headers.TryGetValue(name, out var value) && value is [{ Length: > 0 } header])
            {
                return header;
            }
        }

        return null;
    }

    /// <summary>
    /// SHA-256 of the certificate that signed the body, whoever's it is; or why the header proves nothing. A signature counts once: who repeats
    /// a message later signs it again.
    /// </summary>
    internal (byte[]? Signer, IdentityRefusal Refusal) Verify(string header, ReadOnlyMemory<byte> body)
    {
        if (header.Length > LongestHeader || !Base64.IsValid(header))
        {
            return (null, IdentityRefusal.BadSignature);
        }

        try
        {
            var encoded = Convert.FromBase64String(header);
            var cms = new SignedCms(new ContentInfo(body.ToArray()), detached: true);
            cms.Decode(encoded);
            return Verify(cms, encoded);
        }
        catch (Exception exception) when (exception is CryptographicException or FormatException or ArgumentException or InvalidOperationException)
        {
            return (null, IdentityRefusal.BadSignature);
        }
    }

    private (byte[]? Signer, IdentityRefusal Refusal) Verify(SignedCms cms, byte[] encoded)
    {
        if (cms.SignerInfos is not [{ Certificate: { } certificate } signer] || !Sha2.Contains(signer.DigestAlgorithm.Value))
        {
            return (null, IdentityRefusal.BadSignature);
        }

        // Chain and trust are ours to judge: the certificate must be one that we issued, byte for byte.
        signer.CheckSignature(verifySignatureOnly: true);
        var now = time.GetUtcNow();
        if (SigningTime(signer) is not { } signed || signed < now - Window || signed > now + Window)
        {
            return (null, IdentityRefusal.SignatureOutOfTime);
        }

        return Remember(SHA256.HashData(encoded), now)
            ? (certificate.GetCertHash(HashAlgorithmName.SHA256), IdentityRefusal.None)
            : (null, IdentityRefusal.SignatureReplayed);
    }

    private bool Remember(byte[] hash, DateTimeOffset now)
    {
        if (_seen.Count >= MostRemembered)
        {
            foreach (var (key, first) in _seen)
            {
                if (first + Window + Window < now)
                {
                    _seen.TryRemove(key, out _);
                }
            }
        }

        return now - _seen.GetOrAdd(new CertificateHash(hash), now) <= Repeats;
    }

    private static DateTimeOffset? SigningTime(SignerInfo signer)
    {
        foreach (var attribute in signer.SignedAttributes)
        {
            if (attribute.Values is [Pkcs9SigningTime signed])
            {
                return new DateTimeOffset(DateTime.SpecifyKind(signed.SigningTime, DateTimeKind.Utc));
            }
        }

        return null;
    }
}
