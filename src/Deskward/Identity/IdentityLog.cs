namespace Deskward.Identity;

/// <summary>Log methods of identity; event ids 1300-1399.</summary>
internal static partial class IdentityLog
{
    [LoggerMessage(1300, LogLevel.Information, "A sign-in from {Source} failed")]
    internal static partial void SignInFailed(ILogger log, string source);

    [LoggerMessage(1301, LogLevel.Error, "The mail for a forgotten password could not be made")]
    internal static partial void ForgottenFailed(ILogger log, Exception exception);

    [LoggerMessage(1302, LogLevel.Information, "An answer of an identity provider was refused, over the {What}: {Why}")]
    internal static partial void ProviderRefused(ILogger log, string what, string why);
}
