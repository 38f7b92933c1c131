namespace Deskward.Organisations;

internal static partial class OrganisationsLog
{
    [LoggerMessage(3900, LogLevel.Error, "The check of readiness {Check} failed.")]
    internal static partial void CheckFailed(ILogger log, Exception exception, string check);
}
