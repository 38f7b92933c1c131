using Deskward.Platform.Duties;
using System.CommandLine;

namespace Deskward.Platform;

/// <summary><c>deskward migrate</c>: brings the schema to this version.</summary>
[Serves("platform.operation", DutyAction.Act)]
internal static class MigrateVerb
{
    internal static Command Create() => Verb.WithSettings("migrate", "Brings the database schema to this version; run it before the nodes of a new version start.", async (settings, cancellationToken) =>
    {
        await Schema.MigrateAsync(settings, cancellationToken);
        await Console.Out.WriteLineAsync("The schema is up to date.");
        return 0;
    });
}
