using Deskward.Certificates;
using Deskward.DesiredState;
using Deskward.Devices;
using Deskward.Platform;

namespace Deskward.Sessions;

/// <summary>What an exchange works on, loaded with one statement.</summary>
internal sealed class ExchangeRows
{
    private static readonly TenantQuery<Guid, Guid, string, ExchangeRows> Query = new((db, deviceId, certificateId, sessionId) =>
        from device in db.Set<Device>().Where(row => row.Id == deviceId)
        join certificate in db.Set<IssuedCertificate>().Where(row => row.Id == certificateId) on device.Id equals certificate.DeviceId into certificates
        from certificate in certificates.DefaultIfEmpty()
        join progress in db.Set<DeviceProgress>() on device.Id equals progress.DeviceId into progresses
        from progress in progresses.DefaultIfEmpty()
        join session in db.Set<Session>().Where(row => row.DeviceId == deviceId && row.SessionId == sessionId).OrderByDescending(row => row.StartedAt).Take(1)
            on device.Id equals session.DeviceId into sessions
        from session in sessions.DefaultIfEmpty()
        select new ExchangeRows
        {
            Device = device,
            Certificate = certificate,
            Stored = progress,
            Session = session,
            HasCommands = db.Set<DeviceCommand>().Any(row =>
                row.DeviceId == deviceId && (row.State == CommandState.Queued || row.State == CommandState.Sent || row.State == CommandState.Unknown)),
        });

    internal required Device Device { get; init; }

    /// <summary>The one that the sender was recognised by; null when it is gone.</summary>
    internal IssuedCertificate? Certificate { get; init; }

    /// <summary>The latest session with the message's SessionID; null: none yet.</summary>
    internal Session? Session { get; init; }

    /// <summary>There are one-shot commands that wait or have no answer.</summary>
    internal bool HasCommands { get; init; }

    /// <summary>How far the PC has come; made when it speaks for the first time.</summary>
    internal DeviceProgress Progress { get; private set; } = null!;

    private DeviceProgress? Stored { get; init; }

    /// <summary>Loads; null when the PC is not there any more.</summary>
    internal static async Task<ExchangeRows?> LoadAsync(DeskwardContext db, DeviceSnapshot sender, string sessionId, DateTimeOffset now, CancellationToken cancellationToken)
    {
        if (await Query.FindAsync(db, sender.DeviceId, sender.CertificateId, sessionId, cancellationToken) is not { } rows)
        {
            return null;
        }

        if (rows.Stored is null)
        {
            rows.Progress = new DeviceProgress { DeviceId = rows.Device.Id, TenantId = rows.Device.TenantId, ReadDueAt = now };
            db.Add(rows.Progress);
        }
        else
        {
            rows.Progress = rows.Stored;
        }

        return rows;
    }
}
