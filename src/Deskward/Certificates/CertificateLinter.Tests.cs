using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Xunit;

namespace Deskward.Certificates;

public sealed class CertificateLinterTests : IDisposable
{
    private static readonly DateTimeOffset Now = new(2026, 5, 1, 12, 0, 0, TimeSpan.Zero);
    private static readonly Guid Device = Guid.Parse("0190a1b2-0000-7000-8000-000000000001");
    private static readonly RSA IssuerKey = RSA.Create(2048);
    private static readonly RSA DeviceKey = RSA.Create(2048);
    private readonly X509Certificate2 _issuer = Issuer("CN=Good issuer");

    public void Dispose() => _issuer.Dispose();

    [Fact]
    public void What_the_profile_makes_passes() => Assert.Empty(Faults(new Draft()));

    [Theory]
    [InlineData("serial", "the serial number")]
    [InlineData("hash", "SHA-256")]
    [InlineData("issuer", "the issuer is not")]
    [InlineData("subject", "the subject is not")]
    [InlineData("second name", "the subject is not")]
    [InlineData("key", "the key is not")]
    [InlineData("future", "begins in the future")]
    [InlineData("dated back", "dated back")]
    [InlineData("over", "ends before")]
    [InlineData("long", "longer than a year")]
    [InlineData("outlives", "outlives the authority")]
    [InlineData("is authority", "it is no authority")]
    [InlineData("key usage", "do more or less")]
    [InlineData("server", "something else than client")]
    [InlineData("two purposes", "something else than client")]
    [InlineData("foreign authority key", "authority's key")]
    [InlineData("extra extension", "not exactly the five")]
    [InlineData("missing extension", "not exactly the five")]
    public void Each_rule_can_fail(string wrong, string expected) =>
        Assert.Contains(Faults(Draft.With(wrong)), fault => fault.Contains(expected, StringComparison.Ordinal));

    [Fact]
    public void Bytes_that_are_no_certificate_are_a_fault() => Assert.Single(Linter().FaultsOf([0x30, 0x03, 0x02, 0x01, 0x01]));

    [Fact]
    public void A_certificate_of_version_1_is_a_fault()
    {
        var made = ToBeSigned(new Draft());
        // [0] EXPLICIT version 2 becomes version 0: the third field of the header.
        var at = made.AsSpan().IndexOf<byte>([0xA0, 0x03, 0x02, 0x01, 0x02]);
        made[at + 4] = 0;
        Assert.NotEmpty(Linter().FaultsOf(made));
    }

    private IReadOnlyList<string> Faults(Draft draft) => Linter().FaultsOf(ToBeSigned(draft));

    private CertificateLinter Linter() => new() { Issuer = _issuer, Device = Device, SubjectPublicKeyInfo = DeviceKey.ExportSubjectPublicKeyInfo(), Now = Now };

    private static byte[] ToBeSigned(Draft draft)
    {
        byte[] seen = [];
        var generator = new Recorder(X509SignatureGenerator.CreateForRSA(IssuerKey, RSASignaturePadding.Pkcs1), bytes => seen = bytes);
        var request = new CertificateRequest(
            new X500DistinguishedName(draft.Subject), new PublicKey(draft.IsOtherKey ? IssuerKey : DeviceKey), draft.Hash, RSASignaturePadding.Pkcs1);
        draft.Extensions(request).ForEach(request.CertificateExtensions.Add);
        using var made = request.Create(new X500DistinguishedName(draft.Issuer), generator, draft.Begin, draft.End, draft.Serial);
        return seen;
    }

    private static X509Certificate2 Issuer(string name)
    {
        var request = new CertificateRequest(name, IssuerKey, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, false));
        return request.CreateSelfSigned(Now.AddDays(-1), Now.AddDays(365));
    }

    private sealed class Recorder(X509SignatureGenerator signer, Action<byte[]> record) : X509SignatureGenerator
    {
        public override byte[] GetSignatureAlgorithmIdentifier(HashAlgorithmName hashAlgorithm) => signer.GetSignatureAlgorithmIdentifier(hashAlgorithm);

        public override byte[] SignData(byte[] data, HashAlgorithmName hashAlgorithm)
        {
            record(data);
            return signer.SignData(data, hashAlgorithm);
        }

        protected override PublicKey BuildPublicKey() => signer.PublicKey;
    }

    private sealed record Draft
    {
        public string Subject { get; private init; } = $"CN={Device:D}";

        public string Issuer { get; private init; } = "CN=Good issuer";

        public bool IsOtherKey { get; private init; }

        public HashAlgorithmName Hash { get; private init; } = HashAlgorithmName.SHA256;

        public DateTimeOffset Begin { get; private init; } = Now.AddMinutes(-5);

        public DateTimeOffset End { get; private init; } = Now.AddDays(300);

        public byte[] Serial { get; private init; } = DeviceCertificateProfile.NewSerial();

        private string Wrong { get; init; } = "";

        public static Draft With(string wrong) => wrong switch
        {
            "serial" => new Draft { Serial = [1, 2, 3] },
            "hash" => new Draft { Hash = HashAlgorithmName.SHA384 },
            "issuer" => new Draft { Issuer = "CN=Other issuer" },
            "subject" => new Draft { Subject = "CN=0190a1b2-0000-7000-8000-000000000002" },
            "second name" => new Draft { Subject = $"CN={Device:D}, O=Contoso" },
            "key" => new Draft { IsOtherKey = true },
            "future" => new Draft { Begin = Now.AddMinutes(1) },
            "dated back" => new Draft { Begin = Now.AddHours(-1) },
            "over" => new Draft { Begin = Now.AddMinutes(-4), End = Now.AddMinutes(-1) },
            "long" => new Draft { Begin = Now.AddMinutes(-5), End = Now.AddDays(367) },
            "outlives" => new Draft { End = Now.AddDays(366) },
            _ => new Draft { Wrong = wrong },
        };

        public List<X509Extension> Extensions(CertificateRequest request) =>
        [
            new X509BasicConstraintsExtension(Wrong == "is authority", false, 0, true),
            new X509KeyUsageExtension(Wrong == "key usage" ? X509KeyUsageFlags.KeyCertSign : X509KeyUsageFlags.DigitalSignature, true),
            new X509EnhancedKeyUsageExtension([.. Purposes()], false),
            .. Wrong == "missing extension" ? (X509Extension[])[] : [new X509SubjectKeyIdentifierExtension(request.PublicKey, false)],
            X509AuthorityKeyIdentifierExtension.CreateFromSubjectKeyIdentifier(
                new X509SubjectKeyIdentifierExtension(new PublicKey(Wrong == "foreign authority key" ? DeviceKey : IssuerKey), false)),
            .. Wrong == "extra extension" ? (X509Extension[])[new X509Extension("2.5.29.17", [0x30, 0x00], false)] : [],
        ];

        private IEnumerable<Oid> Purposes()
        {
            yield return new Oid(Wrong == "server" ? "1.3.6.1.5.5.7.3.1" : "1.3.6.1.5.5.7.3.2");
            if (Wrong == "two purposes")
            {
                yield return new Oid("1.3.6.1.5.5.7.3.1");
            }
        }
    }
}
