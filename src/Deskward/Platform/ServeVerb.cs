using Deskward.Platform.Duties;
using System.CommandLine;

namespace Deskward.Platform;

/// <summary><c>deskward serve</c>: runs one node until it is told to stop.</summary>
[Serves("platform.operation", DutyAction.Act)]
internal static class ServeVerb
{
    internal static Command Create() => Verb.WithSettings("serve", "Runs the service.", async (settings, cancellationToken) =>
    {
        using var alone = NodeLock.Take(settings);
        var findings = await Findings.CollectAsync(settings, TimeProvider.System.Now(), cancellationToken);
        if (findings.Find(finding => finding.Gravity == Gravity.Wrong) is { } wrong)
        {
            return await Verb.RefuseAsync(wrong.Text);
        }

        await using var app = ServiceHost.Build(settings);
        await app.StartAsync(cancellationToken);
        await Console.Out.WriteLineAsync($"Deskward is serving: {settings.PublicUrl.GetLeftPart(UriPartial.Authority)}");
        foreach (var announcement in app.Services.GetServices<ServeAnnouncement>())
        {
            if (await announcement(app.Services, cancellationToken) is { } line)
            {
                await Console.Out.WriteLineAsync(line);
            }
        }

        await app.WaitForShutdownAsync(cancellationToken);
        return 0;
    });
}
