namespace Deskward.DesiredState;

/// <summary>Log methods of what is desired; event ids 1700-1749.</summary>
internal static partial class DesiredStateLog
{
    [LoggerMessage(1700, LogLevel.Error, "Assignment sets could not be compiled; they are tried again")]
    internal static partial void PendingSetsFailed(ILogger log, Exception exception);

    [LoggerMessage(1701, LogLevel.Debug, "Compiling of assignment sets has stopped with the service")]
    internal static partial void PendingSetsStopped(ILogger log);

    [LoggerMessage(1703, LogLevel.Information, "Removed {Documents} documents and {Sets} assignment sets that nothing refers to")]
    internal static partial void Removed(ILogger log, int documents, int sets);
}
