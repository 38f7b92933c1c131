using System.Formats.Asn1;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Deskward.Protocol.Tests;
using Xunit;
using static Deskward.Protocol.Enrolment.EnrolmentSamples;

namespace Deskward.Protocol.Enrolment;

public sealed class Pkcs10RequestTests
{
    [Fact]
    public void A_genuine_request_of_windows_is_read()
    {
        var text = Text(SharedFiles.Bytes("reference/captures/fleet-csr.b64"));
        var request = Pkcs10Request.Read(Convert.FromBase64String(text));

        Assert.Equal((KeyAlgorithm.Rsa, 2048), (request.KeyAlgorithm, request.KeySize));
        Assert.Equal("8090C8B484A0E24EB5C56E806CB4EE5B", request.ClaimedDeviceId);
    }

    [Fact]
    public void The_key_comes_out_byte_for_byte()
    {
        var request = Pkcs10Request.Read(Csr);

        Assert.Equal(Key.ExportSubjectPublicKeyInfo(), request.SubjectPublicKeyInfo);
        Assert.Equal(DeviceId, request.ClaimedDeviceId);
    }

    [Theory]
    [InlineData("nistP256", KeyAlgorithm.EcdsaP256, 256)]
    [InlineData("nistP384", KeyAlgorithm.EcdsaP384, 384)]
    public void The_two_curves_are_read(string curve, KeyAlgorithm algorithm, int size)
    {
        using var key = ECDsa.Create(ECCurve.CreateFromFriendlyName(curve));
        var request = Pkcs10Request.Read(Pkcs10Request.Create(key, "r", DeviceId));

        Assert.Equal((algorithm, size), (request.KeyAlgorithm, request.KeySize));
        Assert.Equal(key.ExportSubjectPublicKeyInfo(), request.SubjectPublicKeyInfo);
    }

    [Fact]
    public void A_curve_that_is_not_allowed_is_named()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP521);

        Assert.Contains("1.3.132.0.35", Refusal(Pkcs10Request.Create(key, "r", DeviceId)), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1024, "has 1024 bits")]
    [InlineData(2040, "has 2040 bits")]
    [InlineData(4104, "has 4104 bits")]
    public void A_key_of_the_wrong_size_is_refused(int size, string part)
    {
        using var key = RSA.Create(2048);
        var modulus = new byte[size / 8];
        Array.Fill(modulus, (byte)0xC1);

        Assert.Contains(part, Refusal(WithKey(modulus, [1, 0, 1])), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0xC1, new byte[] { 3 })]
    [InlineData(0xC0, new byte[] { 1, 0, 1 })]
    public void An_odd_exponent_or_an_even_modulus_is_refused(int filler, byte[] exponent)
    {
        var modulus = new byte[256];
        Array.Fill(modulus, (byte)filler);

        Assert.Contains("65537", Refusal(WithKey(modulus, exponent)), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(5, "SHA-1")]
    [InlineData(4, "MD5")]
    [InlineData(99, "1.2.840.113549.1.1.99")]
    public void A_signature_with_a_weak_or_unknown_hash_is_refused_by_its_name(byte algorithm, string name)
    {
        var at = Csr.AsSpan().LastIndexOf<byte>([0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 1, 1, 11]) + 8;

        Assert.Contains(name, Refusal([.. Csr[..at], algorithm, .. Csr[(at + 1)..]]), StringComparison.Ordinal);
    }

    [Fact]
    public void A_signature_with_pss_is_refused_by_its_number()
    {
        var request = new CertificateRequest("CN=a", Key, HashAlgorithmName.SHA256, RSASignaturePadding.Pss);

        Assert.Contains("1.2.840.113549.1.1.10", Refusal(request.CreateSigningRequest()), StringComparison.Ordinal);
    }

    [Fact]
    public void Sha_512_is_fine() => Assert.Equal(2048, Pkcs10Request.Read(NewRequest("CN=a", HashAlgorithmName.SHA512)).KeySize);

    [Fact]
    public void Somebody_elses_key_is_refused()
    {
        using var other = RSA.Create(2048);
        var spki = Key.ExportSubjectPublicKeyInfo();
        var at = Csr.AsSpan().IndexOf(spki);
        byte[] stolen = [.. Csr[..at], .. other.ExportSubjectPublicKeyInfo(), .. Csr[(at + spki.Length)..]];

        Assert.Contains("not proved", Refusal(stolen), StringComparison.Ordinal);
    }

    [Fact]
    public void A_damaged_signature_is_refused()
    {
        byte[] damaged = [.. Csr[..^1], (byte)(Csr[^1] ^ 1)];

        Assert.Contains("not proved", Refusal(damaged), StringComparison.Ordinal);
    }

    [Fact]
    public void Bytes_that_follow_are_refused() => Assert.Contains("Bytes follow", Refusal([.. Csr, 0]), StringComparison.Ordinal);

    [Fact]
    public void Every_truncation_is_refused()
    {
        for (var length = 0; length < Csr.Length; length++)
        {
            Refusal(Csr[..length]);
        }
    }

    [Fact]
    public void More_than_64_kilobytes_are_refused_unread() =>
        Assert.Contains("65536", Refusal(new byte[Pkcs10Request.MaxBytes + 1]), StringComparison.Ordinal);

    [Theory]
    [InlineData(UniversalTagNumber.UTF8String, "é!\u0000x")]
    [InlineData(UniversalTagNumber.PrintableString, "a!b@c")]
    public void The_subject_is_never_looked_at(UniversalTagNumber tag, string name)
    {
        var text = Bytes(name);
        var odd = NewRequest(new X500DistinguishedName(
            [0x30, (byte)(text.Length + 11), 0x31, (byte)(text.Length + 9), 0x30, (byte)(text.Length + 7), 6, 3, 0x55, 4, 3, (byte)tag, (byte)text.Length, .. text]));

        Assert.Equal(2048, Pkcs10Request.Read(odd).KeySize);
    }

    [Fact]
    public void A_device_id_that_is_no_text_is_not_a_fact()
    {
        var request = new CertificateRequest("CN=a", Key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        request.CertificateExtensions.Add(new X509Extension("1.3.6.1.4.1.311.66.1.0", [65, 10, 66], critical: true));

        Assert.Null(Pkcs10Request.Read(request.CreateSigningRequest()).ClaimedDeviceId);
    }

    [Fact]
    public void Only_version_1_exists()
    {
        var at = Csr.AsSpan().IndexOf<byte>([2, 1, 0]);
        byte[] later = [.. Csr[..(at + 2)], 1, .. Csr[(at + 3)..]];

        Assert.Contains("version 1", Refusal(later), StringComparison.Ordinal);
    }

    private static string Refusal(byte[] der) => Assert.Throws<ProtocolException>(() => Pkcs10Request.Read(der)).Message;

    private static byte[] NewRequest(string subject, HashAlgorithmName hash) =>
        new CertificateRequest(subject, Key, hash, RSASignaturePadding.Pkcs1).CreateSigningRequest();

    private static byte[] NewRequest(X500DistinguishedName subject) =>
        new CertificateRequest(subject, Key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1).CreateSigningRequest();

    // Signed with another key, which is never reached: the size is looked at first, so that checking a signature stays cheap.
    private static byte[] WithKey(byte[] modulus, byte[] exponent)
    {
        var key = new AsnWriter(AsnEncodingRules.DER);
        using (key.PushSequence())
        {
            key.WriteIntegerUnsigned(modulus);
            key.WriteIntegerUnsigned(exponent);
        }
        var spki = new PublicKey(new Oid("1.2.840.113549.1.1.1"), new AsnEncodedData([5, 0]), new AsnEncodedData(key.Encode()));
        var request = new CertificateRequest(new X500DistinguishedName("CN=a"), spki, HashAlgorithmName.SHA256);
        return request.CreateSigningRequest(X509SignatureGenerator.CreateForRSA(Key, RSASignaturePadding.Pkcs1));
    }
}
