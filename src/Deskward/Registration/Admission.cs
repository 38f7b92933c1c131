using Deskward.Devices;
using Deskward.Groups.Rings;
using Deskward.Platform;
using Deskward.Responsibilities;
using Microsoft.EntityFrameworkCore;

namespace Deskward.Registration;

/// <summary>
/// What registration means for a PC that comes: the one that is registered gets what was bound to its serial number. By contract, one that is not is refused,
/// or comes into quarantine; where neither was agreed, it comes like any other.
/// </summary>
public sealed class Admission(DeskwardContext db, TimeProvider time)
{
    private const string Refuses = "registration.refuse";
    private const string Quarantines = "registration.quarantine";

    /// <summary>Why a PC may not enrol; null: it may.</summary>
    public async Task<Refusal?> RefuseAsync(DeviceRegistration registration, CancellationToken cancellationToken)
    {
        var figures = await Contracts.FiguresAsync(db, registration.TenantId, time.Now(), cancellationToken);
        if (figures[Refuses] == 0)
        {
            return null;
        }

        return RegistrationRules.IsPlaceholder(registration.Serial)
            ? Refusal.NotAllowed("Your organisation enrols registered PCs only, and this one does not tell its serial number. Ask your IT department.")
            : await FindAsync(db, registration.TenantId, registration.Serial, registration.Manufacturer, registration.Model, cancellationToken) is null
                ? Refusal.NotAllowed("Your organisation enrols registered PCs only, and this one is not registered. Ask your IT department.") : null;
    }

    /// <summary>What was bound to the serial number of a PC that comes.</summary>
    internal async Task<PlacementWish?> WishAsync(DeskwardContext context, Device device, CancellationToken cancellationToken)
    {
        if (await FindAsync(context, device.TenantId, device.Serial, device.Manufacturer, device.Model, cancellationToken) is { } found)
        {
            return new PlacementWish(found.Ring, found.Profile);
        }

        var figures = await Contracts.FiguresAsync(context, device.TenantId, time.Now(), cancellationToken);
        return figures[Quarantines] == 0 ? null : new PlacementWish(null, DeviceProfile.Standard) { IsQuarantined = true };
    }

    /// <summary>The PC has come; saved with it.</summary>
    internal static async Task ArriveAsync(DeskwardContext context, Device device, CancellationToken cancellationToken)
    {
        await Registrations.LockAsync(context, device.TenantId, cancellationToken);
        if (await FindAsync(context, device.TenantId, device.Serial, device.Manufacturer, device.Model, cancellationToken) is { } found)
        {
            (found.State, found.DeviceId, found.Version) = (RegistrationState.Active, device.Id, found.Version + 1);
        }
    }

    private static async Task<RegisteredPc?> FindAsync(DeskwardContext context, Guid tenant, string? serial, string? manufacturer, string? model, CancellationToken cancellationToken)
    {
        if (RegistrationRules.IsPlaceholder(serial))
        {
            return null;
        }

        var key = RegistrationRules.KeyOf(serial!);
        var rows = await context.Set<RegisteredPc>().Where(row => row.TenantId == tenant && row.SerialKey == key && row.State != RegistrationState.Failed).OrderBy(row => row.Id).ToListAsync(cancellationToken);
        var told = new Device { Manufacturer = manufacturer, Model = model };
        return rows.Find(row => Registrations.Matches(row, told));
    }
}
