namespace Deskward.Directories;

/// <summary>Log methods of directories; event ids 2300-2399.</summary>
internal static partial class DirectoriesLog
{
    [LoggerMessage(2300, LogLevel.Error, "A directory's request {Request} failed")]
    internal static partial void Failed(ILogger log, Exception exception, string request);

    [LoggerMessage(2301, LogLevel.Information, "A directory's request {Request} of organisation {Organisation} was refused: a name is taken")]
    internal static partial void NotUnique(ILogger log, string request, Guid organisation);
}
