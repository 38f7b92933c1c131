namespace Deskward.Responsibilities;

internal static partial class ResponsibilitiesLog
{
    [LoggerMessage(1801, LogLevel.Error, "The delegations could not be read; rights stay as they were: {Message}")]
    internal static partial void DelegationsNotRead(ILogger logger, string message);
}
