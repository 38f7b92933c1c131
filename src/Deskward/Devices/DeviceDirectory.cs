using Deskward.Audit;
using Deskward.Certificates;
using Deskward.Platform;
using Microsoft.EntityFrameworkCore;

namespace Deskward.Devices;

/// <summary>What an accepted enrolment tells of a PC; texts are cut and cleaned by the caller.</summary>
public sealed record DeviceRegistration
{
    public required Guid TenantId { get; init; }

    public required Guid PersonId { get; init; }

    public required string UserAddress { get; init; }

    /// <summary>1 to 64 printable ASCII characters; case does not count.</summary>
    public required string HardwareId { get; init; }

    public string? HardwareHash { get; init; }

    public required string Name { get; init; }

    public required bool IsDeviceEnrolment { get; init; }

    public string? Manufacturer { get; init; }

    public string? Model { get; init; }

    public string? Serial { get; init; }

    public string? OsBuild { get; init; }

    public int? Edition { get; init; }
}

/// <summary>
/// What a lower module does when a PC comes, such as giving it its assignment set; runs in the same transaction, with the PC's organisation open
/// and the new row added but not saved. They run in the order of the modules.
/// </summary>
public delegate Task DeviceArrived(DeskwardContext db, Device device, CancellationToken cancellationToken);

/// <summary>The managed PCs: how they come and how they leave. Callers save, except where a method says otherwise.</summary>
public sealed class DeviceDirectory(DeskwardContext db, DeviceCertificates certificates, AuditTrail audit, TimeProvider time, IEnumerable<DeviceArrived> arrived)
{
    /// <summary>The change that nodes hear when the row of a PC changed.</summary>
    public const string ChangeKind = "device";

    /// <summary>How long a PC that was told to leave keeps its certificate.</summary>
    public static readonly TimeSpan LongestRetirement = TimeSpan.FromDays(30);

    /// <summary>
    /// Adds the PC of an accepted enrolment. An earlier enrolment of the same machine in the same organisation is retired at once and its certificates
    /// are revoked. Other machines with the same hardware hash (cloned images) are left alone; the audit row counts them. The caller holds the
    /// lock <c>device:{tenant}:{hardware id}</c>.
    /// </summary>
    public async Task<Device> RegisterAsync(DeviceRegistration registration, CancellationToken cancellationToken)
    {
        var device = NewDevice(registration);
        var earlier = await db.Set<Device>().Where(row => row.TenantId == device.TenantId && row.HardwareId == device.HardwareId && row.State != DeviceState.Retired)
            .ToListAsync(cancellationToken);
        foreach (var row in earlier)
        {
            await LeaveAsync(row, RevocationReason.Superseded, "device.replace", cancellationToken);
        }

        db.Add(device);
        foreach (var hook in arrived)
        {
            await hook(db, device, cancellationToken);
        }

        var twins = await TwinsAsync(device, cancellationToken);
        audit.Record(device.TenantId, "device.enrol", device.Id, device.Name, after: new { device.HardwareId, device.UserAddress, SameHardwareHash = twins });
        db.Announce(new Change(ChangeKind, device.TenantId, device.Id));
        return device;
    }

    /// <summary>
    /// Tells a PC to leave management: its state becomes Retiring, and its next session tells it to unenrol. Saves. Its certificate stays valid until
    /// it says that it left or <see cref="LongestRetirement"/> has passed.
    /// </summary>
    /// <returns>Null; or NotFound, or Conflict when it is retiring or retired already.</returns>
    public async Task<Refusal?> RetireAsync(Guid id, CancellationToken cancellationToken)
    {
        var device = await db.Set<Device>().SingleOrDefaultAsync(row => row.Id == id, cancellationToken);
        if (device is null)
        {
            return Refusal.NotFound("PC");
        }

        if (device.State != DeviceState.Enrolled)
        {
            return Refusal.Conflict($"This PC is {device.State.ToString().ToLowerInvariant()} already.");
        }

        Move(device, DeviceState.Retiring, "device.retire");
        device.RetiringSince = time.Now();
        try
        {
            await db.SaveChangesAsync(cancellationToken);
            return null;
        }
        catch (DbUpdateConcurrencyException)
        {
            return Refusal.Conflict("This PC changed meanwhile. Look at it again.");
        }
    }

    /// <summary>Takes back <see cref="RetireAsync"/>; the caller knows that the PC was not told yet. Saves.</summary>
    /// <returns>Null; or NotFound, or Conflict when it is not about to leave.</returns>
    public async Task<Refusal?> KeepAsync(Guid id, CancellationToken cancellationToken)
    {
        var device = await db.Set<Device>().SingleOrDefaultAsync(row => row.Id == id, cancellationToken);
        if (device is not { State: DeviceState.Retiring })
        {
            return device is null ? Refusal.NotFound("PC") : Refusal.Conflict("This PC is not about to leave.");
        }

        Move(device, DeviceState.Enrolled, "device.keep");
        device.RetiringSince = null;
        await db.SaveChangesAsync(cancellationToken);
        return null;
    }

    /// <summary>Notes that a PC said it left (alert 1226, by its user or because it was told to): it is retired, its certificates are revoked.</summary>
    public Task UnenrolledAsync(Device device, CancellationToken cancellationToken) =>
        LeaveAsync(device, RevocationReason.Unenrolled, "device.unenrol", cancellationToken);

    /// <summary>Retires for good the PCs of the open organisations that were told to leave long ago and never answered. Saves.</summary>
    public async Task<int> EndRetirementsAsync(CancellationToken cancellationToken)
    {
        var before = time.Now() - LongestRetirement;
        var overdue = await db.Set<Device>().Where(row => row.State == DeviceState.Retiring && row.RetiringSince <= before).OrderBy(row => row.RetiringSince).Take(500).ToListAsync(cancellationToken);
        foreach (var device in overdue)
        {
            await LeaveAsync(device, RevocationReason.Retired, "device.retired", cancellationToken);
        }

        await db.SaveChangesAsync(cancellationToken);
        return overdue.Count;
    }

    private async Task LeaveAsync(Device device, RevocationReason reason, string action, CancellationToken cancellationToken)
    {
        if (device.State != DeviceState.Retired)
        {
            Move(device, DeviceState.Retired, action);
            device.RetiredAt = time.Now();
            await certificates.RevokeAllAsync(device.Id, reason, cancellationToken);
        }
    }

    private void Move(Device device, DeviceState state, string action)
    {
        audit.Record(device.TenantId, action, device.Id, device.Name, before: new { State = device.State.ToString() }, after: new { State = state.ToString() });
        device.State = state;
        device.Version++;
        db.Announce(new Change(ChangeKind, device.TenantId, device.Id));
    }

    private async Task<int> TwinsAsync(Device device, CancellationToken cancellationToken) => device.HardwareHash is null ? 0
        : await db.Set<Device>().CountAsync(
            row => row.TenantId == device.TenantId && row.HardwareHash == device.HardwareHash && row.HardwareId != device.HardwareId && row.State != DeviceState.Retired,
            cancellationToken);

    private Device NewDevice(DeviceRegistration registration)
    {
        var device = new Device
        {
            TenantId = registration.TenantId, HardwareId = registration.HardwareId.ToUpperInvariant(), HardwareHash = registration.HardwareHash, Name = registration.Name,
            PersonId = registration.PersonId, UserAddress = registration.UserAddress, IsDeviceEnrolment = registration.IsDeviceEnrolment,
            Manufacturer = registration.Manufacturer, Model = registration.Model, Serial = registration.Serial, OsBuild = registration.OsBuild,
            Edition = registration.Edition, EnrolledAt = time.Now(),
        };
        device.RefreshSearch();
        return device;
    }
}
