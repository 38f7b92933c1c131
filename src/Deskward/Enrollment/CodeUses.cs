using System.Security.Cryptography;
using Deskward.Certificates;
using Deskward.Devices;
using Deskward.Platform;
using Microsoft.EntityFrameworkCore;

namespace Deskward.Enrollment;

/// <summary>The uses of codes, and what each brought. Everything here runs in the caller's transaction and under its locks.</summary>
internal sealed class CodeUses(
    DeskwardContext db, DeviceDirectory devices, DeviceCertificates certificates, ProvisioningFor provisioning, ServiceKey key, TimeProvider time, ILogger<CodeUses> log)
{
    /// <summary>The provisioning document for this PC and key: the one it was sent before, or a new one.</summary>
    internal async Task<Outcome<byte[]>> DocumentAsync(
        Enroller enroller, SigningAuthority authority, DeviceRegistration registration, byte[] publicKey, CancellationToken cancellationToken)
    {
        var recent = await RecentAsync(enroller.CodeId, registration.HardwareId, cancellationToken);
        if (recent is { Use.WrappedDocument: { } sent } found && found.Use.PublicKeySha256.AsSpan().SequenceEqual(SHA256.HashData(publicKey)))
        {
            return key.Unwrap(sent, Purpose(found.Use.Id));
        }

        var use = recent?.Use;
        if (use is null)
        {
            var taken = await TakeAsync(enroller, registration.HardwareId, cancellationToken);
            if (taken.IsRefused)
            {
                return taken.Refusal;
            }

            use = taken.Value;
        }

        var device = await DeviceAsync(recent, registration, cancellationToken);
        var secrets = await SecretsAsync(device, cancellationToken);
        var issued = certificates.Issue(authority, device.Id, publicKey);
        var document = provisioning.Enrolled(authority, device, secrets, issued);
        (use.DeviceId, use.CertificateId, use.PublicKeySha256) = (device.Id, issued.Id, issued.PublicKeySha256);
        use.WrappedDocument = key.Wrap(document, Purpose(use.Id));
        EnrollmentLog.Enrolled(log, device.Id, device.TenantId);
        return document;
    }

    /// <summary>The use that this machine made of this code within the last hour, unless what it brought was revoked since.</summary>
    private async Task<Recent?> RecentAsync(Guid code, string hardwareId, CancellationToken cancellationToken)
    {
        var since = time.Now() - CodeUse.Repeatable;
        var use = await db.Set<CodeUse>().Where(row => row.CodeId == code && row.HardwareId == hardwareId && row.FirstAt > since)
            .OrderByDescending(row => row.FirstAt).FirstOrDefaultAsync(cancellationToken);
        var certificate = use is null ? null : await db.Set<IssuedCertificate>().SingleOrDefaultAsync(row => row.Id == use.CertificateId, cancellationToken);
        return certificate is { RevokedAt: null } ? new Recent(use!, certificate) : null;
    }

    /// <summary>Takes one of the code's uses. The code is read under the lock, so two nodes cannot take the same one.</summary>
    private async Task<Outcome<CodeUse>> TakeAsync(Enroller enroller, string hardwareId, CancellationToken cancellationToken)
    {
        var code = await db.Set<EnrolmentCode>().SingleAsync(row => row.Id == enroller.CodeId, cancellationToken);
        if (code.RefuseAnother(time.Now()) is { } refusal)
        {
            return refusal;
        }

        code.Used++;
        code.Version++;
        var use = new CodeUse { TenantId = enroller.TenantId, CodeId = code.Id, Number = code.Used, HardwareId = hardwareId, FirstAt = time.Now() };
        db.Add(use);
        return use;
    }

    /// <summary>
    /// The same machine with a new key keeps its row while nothing came of the first key but a certificate that was never used, which is revoked;
    /// otherwise it is a new enrolment.
    /// </summary>
    private async Task<Device> DeviceAsync(Recent? recent, DeviceRegistration registration, CancellationToken cancellationToken)
    {
        if (recent is { Certificate.FirstSeenAt: null })
        {
            var device = await db.Set<Device>().SingleAsync(row => row.Id == recent.Use.DeviceId, cancellationToken);
            if (device.State == DeviceState.Enrolled && device.IsDeviceEnrolment == registration.IsDeviceEnrolment)
            {
                await certificates.RevokeAllAsync(device.Id, RevocationReason.Superseded, cancellationToken);
                return device;
            }
        }

        return await devices.RegisterAsync(registration, cancellationToken);
    }

    private async Task<DeviceSecrets> SecretsAsync(Device device, CancellationToken cancellationToken)
    {
        var secrets = await db.Set<DeviceSecrets>().SingleOrDefaultAsync(row => row.DeviceId == device.Id, cancellationToken);
        if (secrets is null)
        {
            secrets = new DeviceSecrets { DeviceId = device.Id, TenantId = device.TenantId };
            db.Add(secrets);
        }

        secrets.Renew(key);
        return secrets;
    }

    private static string Purpose(Guid use) => $"enrolment-document:{use}";

    private sealed record Recent(CodeUse Use, IssuedCertificate Certificate);
}
