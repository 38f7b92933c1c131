using Deskward.Audit;
using Deskward.Certificates;
using Deskward.Devices;
using Deskward.Platform;
using Microsoft.EntityFrameworkCore;

namespace Deskward.Sessions;

/// <summary>How certificates come into use and PCs leave, as the sessions see it.</summary>
internal sealed class Departure(DeskwardContext db, AuditTrail audit, TimeProvider time)
{
    /// <summary>The first use of a certificate: it counts from now on, and the one it renews no longer does.</summary>
    internal async Task FirstUseAsync(IssuedCertificate certificate, CancellationToken cancellationToken)
    {
        if (certificate.FirstSeenAt is not null)
        {
            return;
        }

        certificate.FirstSeenAt = time.Now();
        db.Announce(new Change("certificate", certificate.TenantId, certificate.Id));
        var others = await db.Set<IssuedCertificate>()
            .Where(row => row.DeviceId == certificate.DeviceId && row.Id != certificate.Id && row.RevokedAt == null && row.IssuedAt <= certificate.IssuedAt).ToListAsync(cancellationToken);
        others.ForEach(other => Revoke(other, "superseded"));
    }

    /// <summary>The PC said that it leaves (alert 1226), or has been silent for 30 days after it was told to.</summary>
    internal async Task UnenrolledAsync(Device device, CancellationToken cancellationToken)
    {
        var now = time.Now();
        foreach (var certificate in await db.Set<IssuedCertificate>().Where(row => row.DeviceId == device.Id && row.RevokedAt == null).ToListAsync(cancellationToken))
        {
            Revoke(certificate, "unenrolled");
        }

        foreach (var command in await db.Set<DeviceCommand>().Where(row => row.DeviceId == device.Id && (row.State == CommandState.Queued || row.State == CommandState.Sent)).ToListAsync(cancellationToken))
        {
            command.State = command.Kind == CommandKind.Retire ? CommandState.Done : command.State == CommandState.Queued ? CommandState.Cancelled : CommandState.Unknown;
            command.AnsweredAt = now;
            command.Version++;
        }

        audit.Record(device.TenantId, "device.unenrol", device.Id, device.Name, new { State = device.State.ToString() }, new { State = nameof(DeviceState.Retired) });
        (device.State, device.RetiredAt, device.IsClean) = (DeviceState.Retired, now, false);
        db.Announce(new Change("device", device.TenantId, device.Id));
    }

    private void Revoke(IssuedCertificate certificate, string reason)
    {
        (certificate.RevokedAt, certificate.RevocationReason) = (time.Now(), reason);
        audit.Record(certificate.TenantId, "certificate.revoke", certificate.Id, certificate.Serial, after: new { Reason = reason });
        db.Announce(new Change("certificate", certificate.TenantId, certificate.Id));
    }
}
