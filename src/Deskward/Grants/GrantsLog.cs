namespace Deskward.Grants;

/// <summary>Log methods of access; event ids 3000-3099.</summary>
internal static partial class GrantsLog
{
    [LoggerMessage(3000, LogLevel.Error, "{Count} uses of access were not written yet; they are kept for the next round")]
    internal static partial void UsesNotWritten(ILogger log, Exception exception, int count);

    [LoggerMessage(3001, LogLevel.Error, "Requests and grants whose time is over were not written down")]
    internal static partial void UpkeepFailed(ILogger log, Exception exception);
}
