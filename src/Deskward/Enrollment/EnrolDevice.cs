using System.Net;
using Deskward.Audit;
using Deskward.Certificates;
using Deskward.Platform;
using Deskward.Protocol;
using Deskward.Protocol.Enrolment;

namespace Deskward.Enrollment;

/// <summary>RequestSecurityToken of the kind Issue: turns a code and a key into a managed PC (MS-MDE2 3.4).</summary>
internal sealed class EnrolDevice(
    DeskwardContext db, CodeCheck codes, Authorities authorities, CodeUses uses, AuditTrail audit, TimeProvider time, ILogger<EnrolDevice> log)
{
    /// <summary>
    /// 1 Who asks is proven. 2 The key's owner proves to have it, what the PC states is well-formed, and it is registered where the contract asks for it. 3 The authority is loaded. 4 In one transaction, under locks
    /// of the machine and of the code: a request that was answered before gets the same answer; any other takes a use, or takes its use over,
    /// and gets a certificate. 5 It is committed before the first byte leaves, so a PC that hears nothing asks again and loses nothing.
    /// </summary>
    internal async Task<EnrolmentReply> AnswerAsync(IssueRequest request, IPAddress? source, CancellationToken cancellationToken)
    {
        // 1
        var admitted = await codes.AdmitAsync(request.Header, source, cancellationToken);
        if (admitted.IsRefused)
        {
            return EnrolmentReply.Refused(RefusedOver.Credentials, admitted.Refusal);
        }

        // 2
        var enroller = admitted.Value;
        var registration = DeviceFacts.Read(request, enroller);
        if (registration.IsRefused)
        {
            return EnrolmentReply.Refused(RefusedOver.Facts, registration.Refusal);
        }

        if (await codes.RefusePcAsync(registration.Value, cancellationToken) is { } unregistered)
        {
            return EnrolmentReply.Refused(RefusedOver.Credentials, unregistered);
        }

        var key = ReadKey(request, registration.Value.HardwareId);
        if (key.IsRefused)
        {
            return EnrolmentReply.Refused(RefusedOver.Request, key.Refusal);
        }

        // 3
        var authority = await authorities.ForAsync(enroller.TenantId, cancellationToken);
        audit.Actor = new Actor(ActorKind.Person, enroller.PersonId, enroller.Address);

        // 4
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        await db.LockAsync($"device:{enroller.TenantId}:{registration.Value.HardwareId}", cancellationToken);
        await db.LockAsync($"enrolment-code:{enroller.CodeId}", cancellationToken);
        var document = await uses.DocumentAsync(enroller, authority, registration.Value, key.Value, cancellationToken);
        if (document.IsRefused)
        {
            return EnrolmentReply.Refused(RefusedOver.Credentials, document.Refusal);
        }

        // 5
        await db.SaveChangesAsync(CancellationToken.None);
        await transaction.CommitAsync(CancellationToken.None);
        return EnrolmentReply.Of(new RequestSecurityTokenResponse { ProvisioningDocument = document.Value }.Write(request.Header.MessageId, time.Now()));
    }

    private Outcome<byte[]> ReadKey(IssueRequest request, string hardwareId)
    {
        try
        {
            var read = Pkcs10Request.Read(request.Pkcs10);
            if (read.ClaimedDeviceId is { } claimed && !claimed.Equals(hardwareId, StringComparison.OrdinalIgnoreCase))
            {
                EnrollmentLog.ClaimsDiffer(log, hardwareId, claimed);
            }

            return read.SubjectPublicKeyInfo;
        }
        catch (ProtocolException exception)
        {
            return Refusal.Invalid(exception.Message);
        }
    }
}
