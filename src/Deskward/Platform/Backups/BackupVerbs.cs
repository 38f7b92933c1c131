using Deskward.Platform.Duties;
using System.CommandLine;

namespace Deskward.Platform.Backups;

/// <summary><c>deskward backup FILE</c> and <c>deskward restore FILE</c>.</summary>
[Serves("platform.operation", DutyAction.Act)]
internal static class BackupVerbs
{
    internal static Command CreateBackup()
    {
        var file = new Argument<FileInfo>("FILE") { Description = "The file to write; it must not exist" };
        var backup = new Command("backup", "Writes the database to one file, while the service runs. The service key is not in it: keep it apart.") { file };
        return Verb.WithSettings(backup, async (settings, result, cancellationToken) =>
        {
            var target = result.GetRequiredValue(file);
            if (target.Exists)
            {
                return await Verb.RefuseAsync($"{target} exists already.");
            }

            await Backup.WriteAsync(settings, target.FullName, cancellationToken);
            await Console.Out.WriteLineAsync($"{target} was written. Keep the service key {settings.KeyPath} too, somewhere else: without it the backup's secrets cannot be read.");
            return 0;
        });
    }

    internal static Command CreateRestore()
    {
        var file = new Argument<FileInfo>("FILE") { Description = "A file that backup wrote" };
        var restore = new Command("restore", "Fills an empty database from a backup. PCs are then read before anything is sent to them.") { file };
        return Verb.WithSettings(restore, async (settings, result, cancellationToken) =>
        {
            var source = result.GetRequiredValue(file);
            if (!source.Exists)
            {
                return await Verb.RefuseAsync($"{source} does not exist.");
            }

            using var alone = NodeLock.Take(settings);
            var report = await Backup.RestoreAsync(settings, source.FullName, cancellationToken);
            await Console.Out.WriteLineAsync("The backup was restored. Each PC is read before anything is sent to it; PCs that enrolled or renewed after the backup must enrol again.");
            foreach (var line in report.Lines())
            {
                await Console.Out.WriteLineAsync(line);
            }

            return 0;
        });
    }
}
