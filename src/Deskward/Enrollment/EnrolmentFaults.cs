using Deskward.Platform;
using Deskward.Protocol.Enrolment;

namespace Deskward.Enrollment;

/// <summary>The one place where refusals become SOAP faults (MS-MDE2 2.2.6): Windows shows its own text for each kind.</summary>
internal static class EnrolmentFaults
{
    internal static SoapFault For(EnrolmentReply reply, string traceId) =>
        new(KindOf(reply.Over, reply.Refusal!.Reason), reply.Refusal.Message, traceId);

    /// <summary>A bug or a broken database: the person is told nothing but the id under which the log has it.</summary>
    internal static SoapFault Ours(string traceId) => new(SoapFaultKind.InternalServiceFault, $"The service failed. Its log has the details under {traceId}.", traceId);

    /// <summary>The database cannot be reached; the log has it once, and not under this id.</summary>
    internal static SoapFault Away(string traceId) => new(SoapFaultKind.InMaintenance, "The service cannot answer just now. Try again in a minute.", traceId);

    private static SoapFaultKind KindOf(RefusedOver over, RefusalReason reason) => (over, reason) switch
    {
        (_, RefusalReason.TooMany or RefusalReason.Unavailable) => SoapFaultKind.InMaintenance,
        (RefusedOver.Message, _) => SoapFaultKind.MessageFormat,
        (RefusedOver.Credentials, RefusalReason.Invalid) => SoapFaultKind.InvalidSecurity,
        (RefusedOver.Credentials, RefusalReason.NotAllowed) => SoapFaultKind.Authorization,
        (RefusedOver.Credentials, _) => SoapFaultKind.Authentication,
        (RefusedOver.Facts, _) => SoapFaultKind.InvalidEnrollmentData,
        (RefusedOver.Request, _) => SoapFaultKind.CertificateRequest,
        (RefusedOver.Renewal, RefusalReason.Invalid) => SoapFaultKind.MessageFormat,
        (RefusedOver.Renewal, RefusalReason.NotAuthenticated) => SoapFaultKind.Authentication,
        (RefusedOver.Renewal, RefusalReason.NotAllowed) => SoapFaultKind.Authorization,
        (RefusedOver.Renewal, _) => SoapFaultKind.NotEligibleToRenew,
        (RefusedOver.Kind, _) => SoapFaultKind.NotSupported,
        _ => throw new ArgumentOutOfRangeException(nameof(over)),
    };
}
