using System.Security.Cryptography;
using Deskward.Audit;
using Deskward.Certificates;
using Deskward.Devices;
using Deskward.Platform;
using Deskward.Protocol;
using Deskward.Protocol.Enrolment;
using Microsoft.EntityFrameworkCore;

namespace Deskward.Enrollment;

/// <summary>RequestSecurityToken of the kind Renew (MS-MDE2 3.4, ROBO): the holder of a certificate gets the next one, without a person.</summary>
internal sealed class RenewCertificate(
    DeskwardContext db, DeviceCertificates certificates, Authorities authorities, AuditTrail audit, TimeProvider time, ILogger<RenewCertificate> log)
{
    private static readonly Refusal Unknown = new(RefusalReason.NotAuthenticated, "The signer of the renewal is no certificate that this service issued.");

    /// <summary>
    /// 1 The message is signed by the key of the certificate in it. 2 That certificate is, byte for byte, one that was issued here, and so is the one
    /// of the connection, if it has one, or the one that a trusted proxy saw. 3 The new key's owner proves to have it. 4 In one transaction, under a lock of the old certificate: still
    /// valid, in its last days; a request that was answered before gets the same answer, any other a certificate. The old one stays
    /// valid until the new one is seen.
    /// </summary>
    internal async Task<EnrolmentReply> AnswerAsync(RenewRequest request, EnrolmentSource source, CancellationToken cancellationToken)
    {
        // 1
        var proof = RenewalProof.Read(request);
        if (proof.IsRefused)
        {
            return EnrolmentReply.Refused(RefusedOver.Renewal, proof.Refusal);
        }

        // 2
        if (await certificates.RecogniseAsync(proof.Value.Signer, cancellationToken) is not { } signer)
        {
            return EnrolmentReply.Refused(RefusedOver.Renewal, Unknown);
        }

        if ((source.Certificate is { } shown && !shown.RawDataMemory.Span.SequenceEqual(signer.Certificate)) || source.ProxyShowsAnother(signer.Certificate))
        {
            return EnrolmentReply.Refused(RefusedOver.Renewal, Refusal.NotAllowed("The connection shows another certificate than the one that signed the renewal."));
        }

        // 3
        var key = ReadKey(proof.Value.Request);
        if (key.IsRefused)
        {
            return EnrolmentReply.Refused(RefusedOver.Request, key.Refusal);
        }

        // 4
        var document = await IssueAsync(signer, key.Value, cancellationToken);
        return document.IsRefused
            ? EnrolmentReply.Refused(RefusedOver.Renewal, document.Refusal)
            : EnrolmentReply.Of(new RequestSecurityTokenResponse { ProvisioningDocument = document.Value }.Write(request.Header.MessageId, time.Now()));
    }

    private async Task<Outcome<byte[]>> IssueAsync(IssuedCertificate signer, byte[] publicKey, CancellationToken cancellationToken)
    {
        var authority = await authorities.ForAsync(signer.TenantId, cancellationToken);
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        await db.LockAsync($"renewal:{signer.Id}", cancellationToken);
        await db.Entry(signer).ReloadAsync(cancellationToken);
        var device = await db.Set<Device>().SingleAsync(row => row.Id == signer.DeviceId, cancellationToken);
        if (Refuse(signer, device, time.Now()) is { } refusal)
        {
            return refusal;
        }

        var hash = SHA256.HashData(publicKey);
        var successors = await db.Set<IssuedCertificate>().Where(row => row.RenewsId == signer.Id && row.RevokedAt == null).ToListAsync(cancellationToken);
        if (successors.Find(row => row.PublicKeySha256.AsSpan().SequenceEqual(hash)) is { } same)
        {
            return ProvisioningFor.Renewed(authority, device, signer, same);
        }

        audit.Actor = new Actor(ActorKind.Device, device.Id, device.Name);
        successors.ForEach(row => certificates.Revoke(row, RevocationReason.Superseded));
        var issued = certificates.Issue(authority, device.Id, publicKey, signer);
        await db.SaveChangesAsync(CancellationToken.None);
        await transaction.CommitAsync(CancellationToken.None);
        EnrollmentLog.Renewed(log, device.Id, device.TenantId);
        return ProvisioningFor.Renewed(authority, device, signer, issued);
    }

    /// <summary>Whether this certificate may be renewed now; pure.</summary>
    internal static Refusal? Refuse(IssuedCertificate signer, Device device, DateTimeOffset now) =>
        signer.RevokedAt is not null ? Refusal.Conflict("The certificate was revoked.")
        : device.State != DeviceState.Enrolled ? Refusal.Conflict("This PC is no longer managed.")
        : now >= signer.NotAfter ? Refusal.Conflict("The certificate has expired. Enrol the PC again.")
        : now < signer.NotAfter - ProvisioningFor.RenewalWindow
            ? Refusal.Conflict($"The certificate can be renewed from {signer.NotAfter - ProvisioningFor.RenewalWindow:yyyy-MM-dd} on.")
        : null;

    private static Outcome<byte[]> ReadKey(byte[] request)
    {
        try
        {
            return Pkcs10Request.Read(request).SubjectPublicKeyInfo;
        }
        catch (ProtocolException exception)
        {
            return Refusal.Invalid(exception.Message);
        }
    }
}
