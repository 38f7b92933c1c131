namespace Deskward.Platform;

/// <summary>Log methods of the platform; event ids 1000-1099.</summary>
internal static partial class PlatformLog
{
    [LoggerMessage(1000, LogLevel.Warning, "The connection that listens for other nodes' changes was lost ({Cause}); caches are emptied")]
    internal static partial void ChangeListenerLost(ILogger log, string cause);

    [LoggerMessage(1001, LogLevel.Error, "Request {RequestId} failed")]
    internal static partial void RequestFailed(ILogger log, Exception exception, string requestId);

    [LoggerMessage(1002, LogLevel.Information, "TLS certificate {File} was read: {Subject}, valid until {NotAfter}")]
    internal static partial void TlsCertificateRead(ILogger log, string file, string subject, DateTimeOffset notAfter);

    [LoggerMessage(1003, LogLevel.Error, "TLS certificate {File} could not be read ({Cause}); the one in use stays in use")]
    internal static partial void TlsCertificateUnreadable(ILogger log, string file, string cause);
}
