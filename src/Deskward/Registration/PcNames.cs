using Deskward.Audit;
using Deskward.Devices;
using Deskward.Groups.Rings;
using Deskward.Platform;
using Microsoft.EntityFrameworkCore;

namespace Deskward.Registration;

/// <summary>Orders that a PC takes another name with its next session; it holds after the next restart. An upper module that speaks with PCs registers it; it does not save.</summary>
/// <returns>Whether it was ordered; false when the same order waits already.</returns>
public delegate Task<bool> PcRenaming(DeskwardContext db, Device device, string name, CancellationToken cancellationToken);

/// <summary>How the PCs of a customer are named, and the renaming of those that are named otherwise.</summary>
internal sealed class PcNames(DeskwardContext db, AuditTrail audit, IEnumerable<PcRenaming> renaming)
{
    /// <summary>So many are renamed in one round.</summary>
    private const int Most = 500;

    /// <summary>Agrees on templates; without any, PCs keep the names that they have.</summary>
    /// <returns>Null; or Invalid over a template, or Conflict when somebody else changed them meanwhile.</returns>
    internal async Task<Refusal?> SetAsync(Guid tenant, int concurrency, string standard, string kiosk, CancellationToken cancellationToken)
    {
        foreach (var text in new[] { standard, kiosk }.Where(text => text.Length > 0))
        {
            if (NameTemplate.Read(text).Refusal is { } wrong)
            {
                return wrong;
            }
        }

        var row = await db.Set<NameTemplates>().SingleOrDefaultAsync(one => one.TenantId == tenant, cancellationToken);
        if ((row?.Version ?? 0) != concurrency)
        {
            return Refusal.Conflict("It changed meanwhile. Look at it again.");
        }

        if (row is null)
        {
            row = new NameTemplates { TenantId = tenant };
            db.Add(row);
        }

        var before = new { row.Standard, row.Kiosk };
        (row.Standard, row.Kiosk, row.Version) = (standard.Length == 0 ? null : standard, kiosk.Length == 0 ? null : kiosk, row.Version + 1);
        audit.Record(tenant, "registration.names", null, "", before, new { row.Standard, row.Kiosk });
        try
        {
            await db.SaveChangesAsync(cancellationToken);
            return null;
        }
        catch (DbUpdateException exception) when (exception is DbUpdateConcurrencyException || DuplicateRow.Is(exception))
        {
            return Refusal.Conflict("It changed meanwhile. Look at it again.");
        }
    }

    /// <summary>Orders new names for the PCs of an open organisation whose name is neither the registered one nor by its template. Saves.</summary>
    /// <returns>How many were ordered.</returns>
    internal async Task<int> RenameAsync(Guid tenant, CancellationToken cancellationToken)
    {
        var templates = await db.Set<NameTemplates>().AsNoTracking().SingleOrDefaultAsync(row => row.TenantId == tenant, cancellationToken);
        var (standard, kiosk) = (Read(templates?.Standard), Read(templates?.Kiosk));
        var ordered = 0;
        var pcs = await (from device in db.Set<Device>()
                         join placement in db.Set<DevicePlacement>() on device.Id equals placement.DeviceId
                         join registered in db.Set<RegisteredPc>().Where(row => row.State == RegistrationState.Active) on device.Id equals registered.DeviceId into registrations
                         from registered in registrations.DefaultIfEmpty()
                         where device.TenantId == tenant && device.State == DeviceState.Enrolled && device.IsDeviceEnrolment
                         select new { device, placement.Profile, Wanted = registered!.Name }).ToListAsync(cancellationToken);
        foreach (var pc in pcs)
        {
            var template = pc.Profile == DeviceProfile.Kiosk ? kiosk ?? standard : standard;
            var isRight = pc.Wanted is { } wanted ? wanted.Equals(pc.device.Name, StringComparison.OrdinalIgnoreCase) : template?.Fits(pc.device.Name, pc.device.Serial) != false;
            if (!isRight && (pc.Wanted ?? template!.Make(pc.device.Serial)) is { } name)
            {
                ordered += await OrderAsync(pc.device, name, cancellationToken);
            }

            if (ordered == Most)
            {
                break;
            }
        }

        await db.SaveChangesAsync(cancellationToken);
        return ordered;
    }

    private async Task<int> OrderAsync(Device device, string name, CancellationToken cancellationToken)
    {
        foreach (var hook in renaming)
        {
            if (await hook(db, device, name, cancellationToken))
            {
                audit.Record(device.TenantId, "device.rename", device.Id, device.Name, new { device.Name }, new { Name = name });
                return 1;
            }
        }

        return 0;
    }

    private static NameTemplate? Read(string? text) => text is null ? null : NameTemplate.Read(text).Value;
}
