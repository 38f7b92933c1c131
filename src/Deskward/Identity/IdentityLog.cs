namespace Deskward.Identity;

/// <summary>Log methods of identity; event ids 1300-1399.</summary>
internal static partial class IdentityLog
{
    [LoggerMessage(1300, LogLevel.Information, "A sign-in from {Source} failed")]
    internal static partial void SignInFailed(ILogger log, string source);
}
