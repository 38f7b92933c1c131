namespace Deskward.Notices;

/// <summary>Log methods of notices; event ids 1100-1199. Neither addresses nor content stand in them, and never a link.</summary>
internal static partial class NoticesLog
{
    [LoggerMessage(1100, LogLevel.Warning, "Mail waits until {Until:O}: {Cause}")]
    internal static partial void NoServer(ILogger log, DateTimeOffset until, string cause);

    [LoggerMessage(1101, LogLevel.Error, "Sending what waits failed")]
    internal static partial void RoundFailed(ILogger log, Exception exception);

    [LoggerMessage(1102, LogLevel.Information, "Mail {Mail} of {Tenant}: {State} after {Attempts} attempts")]
    internal static partial void Settled(ILogger log, Guid mail, Guid tenant, MailState state, int attempts);

    [LoggerMessage(1103, LogLevel.Warning, "Mail {Mail} of {Tenant}: another node took it before this one could note {Result}")]
    internal static partial void Overtaken(ILogger log, Guid mail, Guid tenant, AttemptResult result);

    [LoggerMessage(1104, LogLevel.Error, "Mail {Mail} of {Tenant} was handed over ({Result}), but that could not be noted yet")]
    internal static partial void NotNoted(ILogger log, Exception exception, Guid mail, Guid tenant, AttemptResult result);
}
