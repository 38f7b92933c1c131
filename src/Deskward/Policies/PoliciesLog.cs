namespace Deskward.Policies;

/// <summary>Log methods of policies; event ids 4100-4149.</summary>
internal static partial class PoliciesLog
{
    [LoggerMessage(4100, LogLevel.Error, "What the product ships was refused: {Reason}")]
    internal static partial void NotShipped(ILogger log, string reason);

    [LoggerMessage(4101, LogLevel.Error, "What the product ships could not be given to the provider; it is tried again")]
    internal static partial void ShippingFailed(ILogger log, Exception exception);

    [LoggerMessage(4102, LogLevel.Warning, "Exception {Number} of {Customer} has come to its end, but its settings could not be taken away; it is tried again: {Reason}")]
    internal static partial void NotEnded(ILogger log, int number, Guid customer, string reason);
}
