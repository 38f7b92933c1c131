namespace Deskward.Groups;

/// <summary>Log methods of groups; event ids 2500-2549.</summary>
internal static partial class GroupsLog
{
    [LoggerMessage(2500, LogLevel.Warning, "Undid {Count} changes of the service's own groups of organisation {Organisation} that nobody had decided")]
    internal static partial void Undone(ILogger log, int count, Guid organisation);
}
