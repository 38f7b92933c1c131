namespace Deskward.Tenants;

internal static partial class TenantsLog
{
    [LoggerMessage(3800, LogLevel.Error, "A refused request was not written down; it is tried again.")]
    internal static partial void ClashNotWritten(ILogger log, Exception exception);
}
