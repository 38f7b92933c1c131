namespace Deskward.Sessions;

/// <summary>Log methods of the sessions; event ids 1900-1999.</summary>
internal static partial class SessionsLog
{
    [LoggerMessage(1900, LogLevel.Information, "A management message from {Address} was refused: {Reason} (source {Source})")]
    internal static partial void IdentityRefused(ILogger log, string address, IdentityRefusal reason, string? source);

    [LoggerMessage(1901, LogLevel.Information, "A management message from {Address} could not be read: {Cause}")]
    internal static partial void MessageUnreadable(ILogger log, string address, string cause);

    [LoggerMessage(1902, LogLevel.Information, "PC {Device} sent message {MessageId} of session {SessionId} out of turn: {Cause}")]
    internal static partial void MessageOutOfTurn(ILogger log, Guid device, string sessionId, int messageId, string cause);

    [LoggerMessage(1903, LogLevel.Warning, "The last-seen instants of {Count} PCs were not written ({Cause})")]
    internal static partial void LastSeenNotWritten(ILogger log, int count, string cause);

    [LoggerMessage(1904, LogLevel.Error, "A management message could not be answered; request {RequestId}")]
    internal static partial void ExchangeFailed(ILogger log, Exception exception, string requestId);

    [LoggerMessage(1905, LogLevel.Warning, "More management messages than this node takes; answered 429")]
    internal static partial void Overloaded(ILogger log);

    [LoggerMessage(1907, LogLevel.Information, "PC {Device} reported an event of type {Type}")]
    internal static partial void DeviceEvent(ILogger log, Guid device, string type);
}
