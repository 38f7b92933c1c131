namespace Deskward.Devices;

/// <summary>Log methods of this module; event ids 1200-1299.</summary>
internal static partial class DevicesLog
{
    [LoggerMessage(1200, LogLevel.Warning, "Retirements that are overdue were not ended ({Cause}); the next attempt is in an hour")]
    internal static partial void RetirementNotEnded(ILogger log, string cause);
}
