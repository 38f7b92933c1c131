namespace Deskward.DeviceActions;

/// <summary>Log methods of device actions; event ids 3100-3199.</summary>
internal static partial class DeviceActionsLog
{
    [LoggerMessage(3100, LogLevel.Error, "Runs of device actions did not go on; they are tried again")]
    internal static partial void WorkFailed(ILogger log, Exception exception);
}
