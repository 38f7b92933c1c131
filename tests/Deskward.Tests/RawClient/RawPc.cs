using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Security.Cryptography.Pkcs;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace Deskward.RawClient;

/// <summary>A PC made of raw bytes: its key, its request, and what it reads from the answers by plain XPath over their text.</summary>
public sealed class RawPc : IDisposable
{
    private static readonly RSA[] Keys = [RSA.Create(2048), RSA.Create(2048), RSA.Create(2048), RSA.Create(2048)];
    private int _key;

    public RawPc(string address, string code, string? deviceId = null) => (Address, Code, DeviceId) = (address, code, deviceId ?? Guid.CreateVersion7().ToString("N").ToUpperInvariant());

    public string Address { get; set; }

    public string Code { get; set; }

    public string DeviceId { get; }

    public string EnrollmentType { get; set; } = "Full";

    /// <summary>Facts beside DeviceID and EnrollmentType.</summary>
    public List<(string Name, string Value)> Facts { get; } =
    [
        ("UXInitiated", "True"), ("Locale", "en-US"), ("OSEdition", " 4"), ("DeviceName", "PC-RAW"), ("MAC", "00-11-22-33-44-55"), ("MAC", "00-11-22-33-44-56"),
        ("DeviceType", "CIMClient_Windows"), ("OSVersion", "10.0.26200.9278"), ("Manufacturer", "Raw"), ("DeviceModel", "Bytes"), ("SerialNumber", "R-1"), ("RequestVersion", "9.0"),
    ];

    /// <summary>The key of the next request.</summary>
    public RSA Key => Keys[_key];

    /// <summary>The certificate that was issued last, with its key.</summary>
    public X509Certificate2? Certificate { get; private set; }

    public void TakeNewKey() => _key++;

    /// <summary>The request as Windows makes it: a subject with an exclamation mark, and the device id in a private extension that is no DER.</summary>
    public byte[] Pkcs10(RSA? key = null)
    {
        var subject = new X500DistinguishedNameBuilder();
        subject.Add("2.5.4.3", "0F3B8E6C-A271-4556-9B72-A26CBD!" + DeviceId, System.Formats.Asn1.UniversalTagNumber.UTF8String);
        var request = new CertificateRequest(subject.Build(), key ?? Key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid("1.3.6.1.5.5.7.3.2")], false));
        request.CertificateExtensions.Add(new X509Extension("1.3.6.1.4.1.311.66.1.0", Encoding.ASCII.GetBytes(DeviceId + '\0'), false));
        return request.CreateSigningRequest();
    }

    public string IssueMessage(Uri to, byte[]? pkcs10 = null) =>
        RawMessages.Issue(Address, Code, to, pkcs10 ?? Pkcs10(), [("DeviceID", DeviceId), ("EnrollmentType", EnrollmentType), .. Facts]);

    /// <summary>A renewal for <see cref="Key"/>, signed by <paramref name="signer"/> or the present certificate.</summary>
    public string RenewMessage(Uri to, X509Certificate2? signer = null, bool encodeTwice = false) =>
        RawMessages.Renew(to, Address, Sign(Pkcs10(), signer ?? Certificate!), encodeTwice);

    /// <summary>CMS SignedData over the request, with the signer's certificate in it.</summary>
    public static byte[] Sign(byte[] content, X509Certificate2 signer, string digest = "2.16.840.1.101.3.4.2.1")
    {
        var message = new SignedCms(new ContentInfo(content), detached: false);
        message.ComputeSignature(new CmsSigner(signer) { DigestAlgorithm = new Oid(digest), IncludeOption = X509IncludeOption.EndCertOnly });
        return message.Encode();
    }

    /// <summary>Walks discovery, policies and request, and keeps the certificate.</summary>
    public async Task<RawAnswer> EnrolAsync(HttpClient http, Uri discovery)
    {
        var discovered = await PostAsync(http, discovery, RawMessages.Discover(Address, discovery));
        var policy = new Uri(discovered.Text("EnrollmentPolicyServiceUrl"));
        var policies = await PostAsync(http, policy, RawMessages.GetPolicies(Address, Code, policy));
        if (policies.Status != 200)
        {
            return policies;
        }

        var service = new Uri(discovered.Text("EnrollmentServiceUrl"));
        var answer = await PostAsync(http, service, IssueMessage(service));
        Keep(answer);
        return answer;
    }

    /// <summary>Takes the certificate out of an answer.</summary>
    public void Keep(RawAnswer answer)
    {
        if (answer.Status == 200)
        {
            using var issued = X509CertificateLoader.LoadCertificate(answer.IssuedCertificate());
            using var withKey = issued.CopyWithPrivateKey(Key);
            Certificate = X509CertificateLoader.LoadPkcs12(withKey.Export(X509ContentType.Pfx), null);
        }
    }

    public static async Task<RawAnswer> PostAsync(HttpClient http, Uri to, string message) => await PostAsync(http, to, Encoding.UTF8.GetBytes(message));

    public static async Task<RawAnswer> PostAsync(HttpClient http, Uri to, byte[] message)
    {
        using var content = new ByteArrayContent(message);
        content.Headers.ContentType = MediaTypeHeaderValue.Parse("application/soap+xml; charset=utf-8");
        using var request = new HttpRequestMessage(HttpMethod.Post, to) { Content = content, Version = new Version(1, 1), VersionPolicy = HttpVersionPolicy.RequestVersionExact };
        using var response = await http.SendAsync(request);
        return await RawAnswer.ReadAsync(response);
    }

    public void Dispose() => Certificate?.Dispose();
}
