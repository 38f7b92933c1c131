using System.Diagnostics.CodeAnalysis;
using Deskward.Audit;
using Deskward.Devices;
using Deskward.Platform;
using Deskward.Protocol.SyncMl;
using Deskward.Tenants;
using Microsoft.EntityFrameworkCore;

namespace Deskward.Sessions;

/// <summary>The kinds of one-shot commands.</summary>
public static class CommandKind
{
    public const string Restart = "restart";
    public const string Retire = "retire";

    /// <summary>Another name for the PC, which it takes with its next restart.</summary>
    public const string Rename = "rename";

    /// <summary>What is sent although the customer is suspended: unenrolment. A new kind that protects belongs here too.</summary>
    internal static bool GoesOnWhileHeld(string kind) => kind == Retire;
}

/// <summary>One-shot commands to PCs: recorded before they are sent, sent once, and never repeated by themselves.</summary>
[SuppressMessage("Naming", "CA1711", Justification = "It is the queue that people speak of, not a collection type.")]
public sealed class CommandQueue(DeskwardContext db, DeviceDirectory devices, OrganisationList organisations, AuditTrail audit, TimeProvider time)
{
    internal const string UnenrolPath = "./Device/Vendor/MSFT/DMClient/Provider/Deskward/Unenroll";
    private const string RestartPath = "./Device/Vendor/MSFT/Reboot/RebootNow";

    /// <summary>Asks the PC to restart at the end of its next session; Windows warns its user some minutes before.</summary>
    /// <returns>The command; refused when there is no such PC, it is leaving, or a restart already waits.</returns>
    public async Task<Outcome<DeviceCommand>> RestartAsync(Guid device, CancellationToken cancellationToken) =>
        await QueueAsync(device, CommandKind.Restart, RestartPath, "device.restart", cancellationToken);

    /// <summary>
    /// Asks the PC to leave management with its next session. Its certificate stays valid until alert 1226 comes or 30 days pass; that the
    /// command itself is never answered is expected.
    /// </summary>
    /// <returns>Null; or NotFound, or Conflict when it is leaving or has left.</returns>
    public Task<Refusal?> RetireAsync(Guid device, CancellationToken cancellationToken) => devices.RetireAsync(device, cancellationToken);

    /// <summary>
    /// Takes back that a PC is to leave, as long as it was not told. Saves. Needs a transaction: a session of the PC that begins meanwhile waits.
    /// </summary>
    /// <returns>Null; or NotFound, or Conflict when the PC was told already or is not about to leave.</returns>
    public async Task<Refusal?> KeepAsync(Guid device, CancellationToken cancellationToken)
    {
        await DeviceTurn.WaitAsync(db, device, cancellationToken);
        var wasTold = await db.Set<DeviceCommand>().AnyAsync(row => row.DeviceId == device && row.Kind == CommandKind.Retire, cancellationToken);
        return wasTold ? Refusal.Conflict("The PC was told to leave already.") : await devices.KeepAsync(device, cancellationToken);
    }

    /// <summary>Whether the customer is suspended or leaving, so that nothing new goes out to its PCs.</summary>
    internal ValueTask<bool> IsHeldAsync(Guid organisation, CancellationToken cancellationToken) => organisations.IsHeldAsync(organisation, cancellationToken);

    /// <summary>The next session reads everything back, and tries failed settings again.</summary>
    /// <returns>Null, or why not.</returns>
    public async Task<Refusal?> ReadNowAsync(Guid device, CancellationToken cancellationToken)
    {
        if (await FindAsync(device, cancellationToken) is not { } found)
        {
            return Refusal.NotFound("PC");
        }

        if (found.State != DeviceState.Enrolled)
        {
            return Refusal.Conflict("The PC is leaving management or has left it.");
        }

        var progress = await db.Set<DesiredState.DeviceProgress>().SingleOrDefaultAsync(row => row.DeviceId == device, cancellationToken);
        if (progress is not null)
        {
            progress.ReadDueAt = time.Now();
            if (DesiredState.EvidenceCodec.Read(progress.Evidence) is { } evidence)
            {
                evidence.RetryNow(time.Now());
                progress.Evidence = DesiredState.EvidenceCodec.Write(evidence);
            }

            progress.Version++;
        }

        audit.Record(found.TenantId, "device.read", found.Id, found.Name);
        db.Announce(new Change("device", found.TenantId, found.Id));
        await db.SaveChangesAsync(cancellationToken);
        return null;
    }

    /// <summary>Takes back a command that was not sent yet.</summary>
    /// <returns>Null, or why not.</returns>
    public async Task<Refusal?> CancelAsync(Guid command, CancellationToken cancellationToken)
    {
        if (db.Database.CurrentTransaction is not null
            && await db.Set<DeviceCommand>().Where(row => row.Id == command).Select(row => (Guid?)row.DeviceId).SingleOrDefaultAsync(cancellationToken) is { } device)
        {
            // Among other work, a session that sends it at this moment must not make all of it fail.
            await DeviceTurn.WaitAsync(db, device, cancellationToken);
        }

        if (await db.Set<DeviceCommand>().SingleOrDefaultAsync(row => row.Id == command, cancellationToken) is not { } found)
        {
            return Refusal.NotFound("command");
        }

        if (found.State != CommandState.Queued || found.Kind == CommandKind.Retire)
        {
            return Refusal.Conflict("The command was sent already, or cannot be taken back.");
        }

        (found.State, found.Version) = (CommandState.Cancelled, found.Version + 1);
        audit.Record(found.TenantId, "command.cancel", found.DeviceId, found.Kind);
        db.Announce(new Change("command", found.TenantId, found.DeviceId));
        await db.SaveChangesAsync(cancellationToken);
        return null;
    }

    /// <summary>
    /// A new session begins: what was sent in the one before and has no answer is Unknown, and a PC that is to leave gets the command to. A
    /// PC that comes back after that command has shown that it did not happen.
    /// </summary>
    internal async Task BeginSessionAsync(Device device, bool hasCommands, CancellationToken cancellationToken)
    {
        List<DeviceCommand> open = hasCommands
            ? await db.Set<DeviceCommand>().Where(row => row.DeviceId == device.Id && (row.State == CommandState.Sent || row.State == CommandState.Queued)).ToListAsync(cancellationToken)
            : [];
        open.ForEach(command => command.Lose());
        if (device.State == DeviceState.Retiring && !open.Exists(command => command.Kind == CommandKind.Retire))
        {
            device.Version++; // If the retirement is taken back at this moment, one of the two fails.
            db.Add(new DeviceCommand
            {
                TenantId = device.TenantId, DeviceId = device.Id, Kind = CommandKind.Retire, Verb = nameof(SyncVerb.Exec), Path = UnenrolPath, Format = SyncFormat.Null,
                CreatedBy = Actor.Service.Name, CreatedAt = time.Now(),
            });
        }
    }

    /// <summary>What waits for a PC, oldest first, and what this session has sent it.</summary>
    internal async Task<List<DeviceCommand>> OfAsync(Device device, Guid session, bool hasCommands, CancellationToken cancellationToken)
    {
        if (!hasCommands && device.State != DeviceState.Retiring)
        {
            return [];
        }

        var stored = await db.Set<DeviceCommand>().Where(row => row.DeviceId == device.Id && (row.State == CommandState.Queued || row.SentInSession == session)).ToListAsync(cancellationToken);
        var added = db.Set<DeviceCommand>().Local.Where(row => row.DeviceId == device.Id && row.State == CommandState.Queued);
        var waiting = stored.Union(added).OrderBy(row => row.CreatedAt);
        return [.. device.State == DeviceState.Retiring ? waiting.Where(row => row.Kind == CommandKind.Retire) : waiting];
    }

    /// <summary>The PC has left: it is retired, the command to leave is done, the others will not be sent.</summary>
    internal async Task EndAsync(Device device, CancellationToken cancellationToken)
    {
        await devices.UnenrolledAsync(device, cancellationToken);
        foreach (var command in await db.Set<DeviceCommand>().Where(row => row.DeviceId == device.Id && (row.State == CommandState.Queued || row.State == CommandState.Sent)).ToListAsync(cancellationToken))
        {
            command.State = command.Kind == CommandKind.Retire ? CommandState.Done : command.State == CommandState.Queued ? CommandState.Cancelled : CommandState.Unknown;
            (command.AnsweredAt, command.Version) = (time.Now(), command.Version + 1);
        }
    }

    /// <summary>Commands that the PC accepted with 202 and now reports on, by their node.</summary>
    internal async Task EndedAsync(Device device, IReadOnlyList<DeviceEvent> events, CancellationToken cancellationToken)
    {
        const int Accepted = SyncStatus.Accepted;
        var open = await db.Set<DeviceCommand>().Where(row => row.DeviceId == device.Id && row.Status == Accepted && row.Result == null).OrderBy(row => row.CreatedAt).ToListAsync(cancellationToken);
        foreach (var told in events)
        {
            open.Find(command => string.Equals(command.Path, told.Source, StringComparison.OrdinalIgnoreCase))?.End(told.Data, time.Now());
        }
    }

    /// <summary>The command as it is sent.</summary>
    internal static ItemCommand ToSyncMl(DeviceCommand command, int id) => new(Enum.Parse<SyncVerb>(command.Verb), [
        new SyncItem
        {
            Target = command.Path,
            Meta = command.Format is null ? null : new SyncMeta(command.Format, "text/plain"),
            Data = command.Data,
        },
    ]) { CommandId = OutgoingMessage.Text(id) };

    private async Task<Outcome<DeviceCommand>> QueueAsync(Guid device, string kind, string path, string action, CancellationToken cancellationToken)
    {
        if (await FindAsync(device, cancellationToken) is not { } found)
        {
            return Refusal.NotFound("PC");
        }

        if (!CommandKind.GoesOnWhileHeld(kind) && await IsHeldAsync(found.TenantId, cancellationToken))
        {
            return Refusal.Conflict("The customer is suspended or leaving; nothing new goes out to its PCs.");
        }

        var waits = await db.Set<DeviceCommand>().AnyAsync(
            row => row.DeviceId == device && row.Kind == kind && (row.State == CommandState.Queued || row.State == CommandState.Sent), cancellationToken);
        if (found.State != DeviceState.Enrolled)
        {
            return Refusal.Conflict("The PC is leaving management or has left it.");
        }

        if (waits)
        {
            return Refusal.Conflict("The same command already waits for this PC.");
        }

        var command = new DeviceCommand
        {
            TenantId = found.TenantId, DeviceId = found.Id, Kind = kind, Verb = nameof(SyncVerb.Exec), Path = path, Format = SyncFormat.Null,
            CreatedBy = audit.Actor.Name, CreatedAt = time.Now(),
        };
        db.Add(command);
        audit.Record(found.TenantId, action, found.Id, found.Name);
        db.Announce(new Change("command", found.TenantId, found.Id));
        await db.SaveChangesAsync(cancellationToken);
        return command;
    }

    private Task<Device?> FindAsync(Guid device, CancellationToken cancellationToken) =>
        db.Set<Device>().SingleOrDefaultAsync(row => row.Id == device, cancellationToken);
}
