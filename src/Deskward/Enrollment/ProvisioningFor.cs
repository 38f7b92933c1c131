using Deskward.Certificates;
using Deskward.Devices;
using Deskward.Platform;
using Deskward.Protocol.Enrolment;

namespace Deskward.Enrollment;

/// <summary>Composes what a PC is told when it enrols and when it renews. Pure: the same values make the same bytes.</summary>
internal sealed class ProvisioningFor(ServiceSettings settings, ServiceKey key)
{
    internal const string ProviderId = "Deskward";
    internal const string EnrolmentPath = "/EnrollmentServer/Enrollment.svc";

    /// <summary>How long before its end a certificate may be renewed; the PC is told the same.</summary>
    internal static readonly TimeSpan RenewalWindow = TimeSpan.FromDays(60);

    private const string ManagementPath = "/ManagementServer/MDM.svc";
    private const string ShownName = "Deskward";

    internal byte[] Enrolled(SigningAuthority authority, Device device, DeviceSecrets secrets, IssuedCertificate certificate) => new ProvisioningDocument
    {
        ProviderId = ProviderId,
        Root = authority.Root,
        Intermediate = authority.Intermediate,
        Certificate = certificate.Certificate,
        Store = StoreOf(device),
        Renew = new RenewSettings((int)RenewalWindow.TotalDays, ServerUrl: new Uri(settings.ManagementUrl, EnrolmentPath).AbsoluteUri),
        Application = new W7Application
        {
            Name = ShownName,
            Address = new Uri(settings.ManagementUrl, ManagementPath).AbsoluteUri,
            CertificateSubject = DeviceCertificates.SubjectOf(device.Id),
            ServerToClient = new AppAuth(null, secrets.ServerSecret(key), secrets.ServerNonce),
            ClientToServer = new AppAuth(secrets.ClientName, secrets.ClientSecret(key), secrets.ClientNonce),
        },
        Provider = new DmClientProvider
        {
            Upn = device.UserAddress,
            DeviceName = device.Name,
            DeviceManagementId = device.Id.ToString("D"),
            RequireMessageSigning = settings.RequireMessageSigning,
            Poll = settings.Poll,
        },
    }.Write();

    /// <summary>Root and intermediate only when the certificate comes from another authority than the one before.</summary>
    internal static byte[] Renewed(SigningAuthority authority, Device device, IssuedCertificate before, IssuedCertificate certificate)
    {
        var isSameAuthority = before.AuthorityId == certificate.AuthorityId;
        return new RenewalDocument
        {
            ProviderId = ProviderId,
            Certificate = certificate.Certificate,
            Store = StoreOf(device),
            Root = isSameAuthority ? null : authority.Root,
            Intermediate = isSameAuthority ? null : authority.Intermediate,
        }.Write();
    }

    private static CertificateStore StoreOf(Device device) => ProvisioningDocument.StoreFor(device.IsDeviceEnrolment ? EnrolmentType.Device : EnrolmentType.Full);
}
