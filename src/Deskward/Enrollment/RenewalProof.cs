using System.Security.Cryptography;
using System.Security.Cryptography.Pkcs;
using Deskward.Platform;
using Deskward.Protocol.Enrolment;

namespace Deskward.Enrollment;

/// <summary>
/// What a renewal proves by itself: whoever has the key of <see cref="Signer"/> wants a certificate for the key in <see cref="Request"/>. Whether
/// the signer is a certificate of ours is another question.
/// </summary>
/// <param name="Signer">DER of the certificate whose key signed, as it lies in the message.</param>
/// <param name="Request">DER of the new certificate request.</param>
internal sealed record RenewalProof(byte[] Signer, byte[] Request)
{
    private const int LongestMessage = 256 * 1024;
    private static readonly string[] Digests = ["2.16.840.1.101.3.4.2.1", "2.16.840.1.101.3.4.2.2", "2.16.840.1.101.3.4.2.3"];

    /// <summary>Reads CMS SignedData (RFC 5652) with the request inside, one signer, and its certificate among the certificates.</summary>
    /// <returns>The proof; Invalid when it cannot be read, NotAuthenticated when the signature is wrong.</returns>
    internal static Outcome<RenewalProof> Read(RenewRequest request)
    {
        if (request.Pkcs7.Length > LongestMessage)
        {
            return Refusal.Invalid($"The PKCS#7 is {request.Pkcs7.Length} bytes long; at most {LongestMessage} are read.");
        }

        try
        {
            var message = new SignedCms();
            message.Decode(request.Pkcs7);
            return Read(message);
        }
        catch (CryptographicException)
        {
            return Refusal.Invalid("The PKCS#7 of the renewal cannot be read.");
        }
    }

    private static Outcome<RenewalProof> Read(SignedCms message)
    {
        if (message.Detached || message.ContentInfo.Content.Length == 0)
        {
            return Refusal.Invalid("The PKCS#7 of the renewal holds no certificate request.");
        }

        if (message.SignerInfos.Count != 1 || message.SignerInfos[0].Certificate is not { } signer)
        {
            return Refusal.Invalid("The PKCS#7 of the renewal must have one signer, and hold its certificate.");
        }

        if (!Digests.Contains(message.SignerInfos[0].DigestAlgorithm.Value))
        {
            return Refusal.Invalid("The PKCS#7 of the renewal must be signed over SHA-256 or better.");
        }

        return IsSigned(message.SignerInfos[0])
            ? new RenewalProof(signer.RawData, message.ContentInfo.Content)
            : new Refusal(RefusalReason.NotAuthenticated, "The signature of the renewal is wrong.");
    }

    private static bool IsSigned(SignerInfo signer)
    {
        try
        {
            signer.CheckSignature(verifySignatureOnly: true);
            return true;
        }
        catch (CryptographicException)
        {
            return false;
        }
    }
}
