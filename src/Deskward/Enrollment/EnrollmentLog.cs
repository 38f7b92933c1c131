using Deskward.Platform;

namespace Deskward.Enrollment;

/// <summary>
/// Log methods of this module; event ids 1400-1499. Refusal messages quote what strangers wrote, in one line without control characters
/// (the protocol's readers see to that); codes and keys never stand in them.
/// </summary>
internal static partial class EnrollmentLog
{
    [LoggerMessage(1400, LogLevel.Information, "{Step} {RequestId} from {Source} ({Length} bytes) was refused over {Over}, {Reason}: {Message}")]
    internal static partial void Refused(ILogger log, string step, string requestId, System.Net.IPAddress? source, int length, RefusedOver over, RefusalReason reason, string message);

    [LoggerMessage(1401, LogLevel.Error, "{Step} {RequestId} failed")]
    internal static partial void Failed(ILogger log, Exception exception, string step, string requestId);

    [LoggerMessage(1402, LogLevel.Information, "{Step} {RequestId} from {Source} was not received: {Cause}")]
    internal static partial void NotReceived(ILogger log, string step, string requestId, System.Net.IPAddress? source, string cause);

    [LoggerMessage(1403, LogLevel.Information, "PC {Device} of {Tenant} enrolled")]
    internal static partial void Enrolled(ILogger log, Guid device, Guid tenant);

    [LoggerMessage(1404, LogLevel.Information, "PC {Device} of {Tenant} renewed its certificate")]
    internal static partial void Renewed(ILogger log, Guid device, Guid tenant);

    [LoggerMessage(1405, LogLevel.Information, "The certificate request of {HardwareId} names another device id, {Claimed}")]
    internal static partial void ClaimsDiffer(ILogger log, string hardwareId, string claimed);
}
