namespace Deskward.Responsibilities;

internal static partial class ResponsibilitiesLog
{
    [LoggerMessage(1801, LogLevel.Error, "The delegations could not be read; rights stay as they were: {Message}")]
    internal static partial void DelegationsNotRead(ILogger logger, string message);

    [LoggerMessage(1802, LogLevel.Error, "The evidence of row {Row} could not be counted; the board shows it as not known")]
    internal static partial void EvidenceNotCounted(ILogger logger, Exception exception, string row);
}
