namespace Deskward.Platform;

/// <summary>Log methods of the platform; event ids 1000-1099.</summary>
internal static partial class PlatformLog
{
    [LoggerMessage(1000, LogLevel.Warning, "The connection that listens for other nodes' changes was lost ({Cause}); caches are emptied")]
    internal static partial void ChangeListenerLost(ILogger log, string cause);

    [LoggerMessage(1002, LogLevel.Information, "TLS certificate {File} was read: {Subject}, valid until {NotAfter}")]
    internal static partial void TlsCertificateRead(ILogger log, string file, string subject, DateTimeOffset notAfter);

    [LoggerMessage(1003, LogLevel.Error, "TLS certificate {File} could not be read ({Cause}); the one in use stays in use")]
    internal static partial void TlsCertificateUnreadable(ILogger log, string file, string cause);

    [LoggerMessage(1004, LogLevel.Error, "The database cannot be reached ({Cause}); requests are answered 503 until it is back")]
    internal static partial void DatabaseLost(ILogger log, string cause);

    [LoggerMessage(1005, LogLevel.Warning, "The database is back after {Outage}; {Refused} requests were answered 503 meanwhile")]
    internal static partial void DatabaseBack(ILogger log, TimeSpan outage, long refused);

    [LoggerMessage(1006, LogLevel.Error, "{Work} failed; it is tried again in {Every}")]
    internal static partial void PeriodicWorkFailed(ILogger log, Exception exception, string work, TimeSpan every);

    [LoggerMessage(1007, LogLevel.Information, "{Work} met another node at the same row; what is left is done in {Every}")]
    internal static partial void PeriodicWorkMet(ILogger log, string work, TimeSpan every);
}
