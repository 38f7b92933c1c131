using System.Formats.Asn1;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Deskward.Certificates;

/// <summary>
/// Looks at a PC's certificate before it is signed, by the bytes that will be signed (RFC 5280, 4.1.1.1) and without using what made them. Its rules:
/// version 3; serial positive, 16 to 20 bytes; SHA-256 with RSA; issuer and authority key as the authority's; the one subject CN is our device
/// id; begins now, lives at most a year and not beyond the authority; the requested key, byte for byte; client authentication and digital
/// signature and nothing else; not an authority; no other extension.
/// </summary>
internal sealed class CertificateLinter
{
    private const string Sha256WithRsa = "1.2.840.113549.1.1.11";
    private static readonly TimeSpan LongestLife = TimeSpan.FromDays(366);
    private static readonly string[] Extensions = ["2.5.29.14", "2.5.29.15", "2.5.29.19", "2.5.29.35", "2.5.29.37"];

    internal required X509Certificate2 Issuer { get; init; }

    internal required Guid Device { get; init; }

    internal required byte[] SubjectPublicKeyInfo { get; init; }

    internal required DateTimeOffset Now { get; init; }

    /// <summary>What is wrong, one sentence each; empty when nothing is.</summary>
    internal IReadOnlyList<string> FaultsOf(byte[] toBeSigned)
    {
        try
        {
            using var certificate = X509CertificateLoader.LoadCertificate(WithEmptySignature(toBeSigned));
            return [.. Names(certificate), .. Times(certificate), .. Uses(certificate)];
        }
        catch (Exception exception) when (exception is CryptographicException or AsnContentException)
        {
            return ["it is no certificate: " + exception.Message];
        }
    }

    private IEnumerable<string> Names(X509Certificate2 certificate)
    {
        var serial = certificate.SerialNumberBytes.Span;
        var isLong = serial.Length is >= 16 and <= 20 && serial[0] is > 0 and < 0x80;
        return Broken(
            (certificate.Version == 3, "the version is not 3"),
            (isLong, "the serial number is not positive with 16 to 20 bytes"),
            (certificate.SignatureAlgorithm.Value == Sha256WithRsa, "it would not be signed with SHA-256 and RSA"),
            (certificate.IssuerName.RawData.AsSpan().SequenceEqual(Issuer.SubjectName.RawData), "the issuer is not the authority"),
            (certificate.Subject == DeviceCertificateProfile.Subject(Device), "the subject is not our id of the PC and that alone"),
            (certificate.PublicKey.ExportSubjectPublicKeyInfo().AsSpan().SequenceEqual(SubjectPublicKeyInfo), "the key is not the one in the request"));
    }

    private IEnumerable<string> Times(X509Certificate2 certificate)
    {
        var (begin, end) = (certificate.NotBefore.ToUniversalTime(), certificate.NotAfter.ToUniversalTime());
        return Broken(
            (begin <= Now.UtcDateTime, "it begins in the future"),
            (begin >= Now.UtcDateTime - DeviceCertificateProfile.ClockTolerance - TimeSpan.FromSeconds(1), "it is dated back"),
            (end > Now.UtcDateTime, "it ends before it begins to be of use"),
            (end - begin <= LongestLife, "it lives longer than a year"),
            (end <= Issuer.NotAfter.ToUniversalTime(), "it outlives the authority"));
    }

    private IEnumerable<string> Uses(X509Certificate2 certificate)
    {
        var oids = certificate.Extensions.Select(extension => extension.Oid!.Value!).ToArray();
        var basic = certificate.Extensions.OfType<X509BasicConstraintsExtension>().FirstOrDefault();
        var usage = certificate.Extensions.OfType<X509KeyUsageExtension>().FirstOrDefault();
        var purposes = certificate.Extensions.OfType<X509EnhancedKeyUsageExtension>().FirstOrDefault()?.EnhancedKeyUsages.Cast<Oid>().Select(oid => oid.Value).ToArray() ?? [];
        var authority = certificate.Extensions.OfType<X509AuthorityKeyIdentifierExtension>().FirstOrDefault()?.KeyIdentifier;
        var issuer = Issuer.Extensions.OfType<X509SubjectKeyIdentifierExtension>().Single().SubjectKeyIdentifierBytes;
        return Broken(
            (basic is { Critical: true, CertificateAuthority: false }, "it does not say, critically, that it is no authority"),
            (usage is { Critical: true, KeyUsages: X509KeyUsageFlags.DigitalSignature }, "its key may do more or less than sign"),
            (purposes is [DeviceCertificateProfile.ClientAuthentication], "it is for something else than client authentication"),
            (authority is { } id && id.Span.SequenceEqual(issuer.Span), "the authority's key is not named"),
            (oids.Order(StringComparer.Ordinal).SequenceEqual(Extensions), "the extensions are not exactly the five it should have"));
    }

    private static IEnumerable<string> Broken(params (bool Kept, string Fault)[] rules) => rules.Where(rule => !rule.Kept).Select(rule => rule.Fault);

    /// <summary>Certificate readers want a signature: an empty one under the algorithm that the certificate itself names.</summary>
    private static byte[] WithEmptySignature(byte[] toBeSigned)
    {
        var fields = new AsnReader(toBeSigned, AsnEncodingRules.DER).ReadSequence();
        if (fields.PeekTag().HasSameClassAndValue(new Asn1Tag(TagClass.ContextSpecific, 0)))
        {
            fields.ReadEncodedValue();
        }

        fields.ReadIntegerBytes();
        var writer = new AsnWriter(AsnEncodingRules.DER);
        using (writer.PushSequence())
        {
            writer.WriteEncodedValue(toBeSigned);
            writer.WriteEncodedValue(fields.ReadEncodedValue().Span);
            writer.WriteBitString([0]);
        }

        return writer.Encode();
    }
}
