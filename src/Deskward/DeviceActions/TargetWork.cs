using Deskward.Platform;
using Deskward.Sessions;
using Microsoft.EntityFrameworkCore;

namespace Deskward.DeviceActions;

/// <summary>Carries out, and takes back, what a run wants of single PCs. Works in the caller's transaction.</summary>
public sealed class TargetWork(DeskwardContext db, CommandQueue commands, TimeProvider time)
{
    /// <summary>Whoever changes a run holds this lock.</summary>
    internal static string LockOf(Guid run) => $"device-action:{run}";

    /// <summary>Has the PC told with its next session.</summary>
    /// <returns>The command, where there is one; or why not.</returns>
    internal async Task<(Guid? Command, Refusal? Refusal)> QueueAsync(DeviceActionKind kind, Guid device, CancellationToken cancellationToken)
    {
        return kind switch
        {
            DeviceActionKind.Restart => Of(await commands.RestartAsync(device, cancellationToken)),
            DeviceActionKind.Retire => (null, await commands.RetireAsync(device, cancellationToken)),
            DeviceActionKind.Read => (null, await commands.ReadNowAsync(device, cancellationToken)),
        };
    }

    private static (Guid? Command, Refusal? Refusal) Of(Outcome<DeviceCommand> restart) => (restart.Value?.Id, restart.Refusal);

    /// <summary>The run ends early: what it has not come to is left alone, and what no PC was told is taken back.</summary>
    /// <returns>How many PCs are spared by it.</returns>
    internal async Task<int> TakeBackAsync(DeviceActionRun run, CancellationToken cancellationToken)
    {
        var now = time.Now();
        var spared = await db.Set<DeviceActionTarget>().Where(row => row.RunId == run.Id && row.State == TargetState.Waiting)
            .ExecuteUpdateAsync(set => set.SetProperty(row => row.State, TargetState.Cancelled).SetProperty(row => row.At, now), cancellationToken);
        var queued = run.Kind == DeviceActionKind.Read ? [] : await db.Set<DeviceActionTarget>().Where(row => row.RunId == run.Id && row.State == TargetState.Queued).OrderBy(row => row.DeviceId).ToListAsync(cancellationToken);
        foreach (var target in queued)
        {
            var refusal = run.Kind == DeviceActionKind.Retire ? await commands.KeepAsync(target.DeviceId, cancellationToken)
                : target.CommandId is { } command ? await commands.CancelAsync(command, cancellationToken) : null;
            if (refusal is null)
            {
                (target.State, target.At) = (TargetState.Withdrawn, now);
                spared++;
            }
        }

        return spared;
    }
}
