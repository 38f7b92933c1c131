namespace Deskward.Audit;

/// <summary>Log methods of this module; event ids 1100-1199.</summary>
internal static partial class SealingLog
{
    [LoggerMessage(1100, LogLevel.Warning, "Audit entries of {Organisation} could not be chained ({Cause}); they wait in the database and are tried again")]
    internal static partial void SealingFailed(ILogger log, Guid organisation, string cause);

    [LoggerMessage(1104, LogLevel.Warning, "It could not be told which audit entries wait for their place ({Cause}); it is tried again")]
    internal static partial void SweepFailed(ILogger log, string cause);

    [LoggerMessage(1101, LogLevel.Debug, "The sealer has stopped")]
    internal static partial void Stopped(ILogger log);

    [LoggerMessage(1102, LogLevel.Warning, "A checkpoint of the audit could not be signed ({Cause}); it is tried again")]
    internal static partial void SigningFailed(ILogger log, string cause);

    [LoggerMessage(1103, LogLevel.Error, "The audit chain of {Organisation} no longer holds what checkpoint {Sequence} attests: nothing more is signed until somebody has looked. Run deskward audit verify")]
    internal static partial void ChainRewritten(ILogger log, Guid organisation, long sequence);
}
