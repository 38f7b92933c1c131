using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace Deskward.Protocol.Enrolment;

/// <summary>Messages, keys and certificates that several tests start from.</summary>
internal static class EnrolmentSamples
{
    public const string MessageId = "urn:uuid: 5f0f6c1e-0000-4000-8000-000000000001";
    public const string DeviceId = "0123456789ABCDEF0123456789ABCDEF";

    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    public static RSA Key { get; } = RSA.Create(2048);

    public static byte[] Csr { get; } = Pkcs10Request.Create(Key, "5F0F6C1E-0000-4000-8000-00000000", DeviceId);

    public static byte[] RootCertificate { get; } = NewCertificate("CN=Example Device Root");

    public static byte[] IssuingCertificate { get; } = NewCertificate("CN=Example Customer");

    public static byte[] DeviceCertificate { get; } = NewCertificate($"CN={DeviceId}");

    public static SoapHeader Header(Credentials? credentials = null) =>
        SoapHeader.ForRequest(MessageId, "https://desk.example/EnrollmentServer/Enrollment.svc", credentials);

    public static Discover FirstQuestion => new()
    {
        Header = Header(),
        EmailAddress = "alice@contoso.example",
        RequestVersion = 9.0m,
        DeviceType = "CIMClient_Windows",
        ApplicationVersion = "10.0.26200.1",
        OsEdition = "4",
        AuthPolicies = [AuthPolicy.OnPremise, AuthPolicy.Federated],
    };

    public static IssueRequest Issue => new()
    {
        Header = Header(new UsernameToken("alice@contoso.example", "code<&>1")),
        Pkcs10 = Csr,
        Context =
        [
            new("UXInitiated", "True"), new("MAC", "AA-BB-CC-00-00-01"), new("MAC", "AA-BB-CC-00-00-02"), new("DeviceID", DeviceId),
            new("EnrollmentType", "Full"), new("Unheard", "of"),
        ],
    };

    public static ProvisioningDocument Document => new()
    {
        ProviderId = "Deskward",
        Root = RootCertificate,
        Intermediate = IssuingCertificate,
        Certificate = DeviceCertificate,
        Store = CertificateStore.User,
        Renew = new RenewSettings(ServerUrl: "https://manage.example:8444/renew"),
        Application = new W7Application
        {
            Name = "Desk & Ward",
            Address = "https://manage.example:8444/ManagementServer/MDM.svc",
            CertificateSubject = $"CN={DeviceId}",
            ServerToClient = new AppAuth(null, "server-secret", new byte[16]),
            ClientToServer = new AppAuth("client", "client-secret", [.. Enumerable.Repeat((byte)1, 16)]),
        },
        Provider = new DmClientProvider { Upn = "alice@contoso.example", DeviceName = "Desk \"7\"", DeviceManagementId = "pc-7" },
    };

    public static string Text(byte[] bytes) => Encoding.UTF8.GetString(bytes);

    public static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);

    private static byte[] NewCertificate(string subject) =>
        new CertificateRequest(subject, Key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1)
            .CreateSelfSigned(Start, Start.AddYears(1)).RawData;
}
