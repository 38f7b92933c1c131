using System.Text;
using Deskward.Audit;
using Deskward.Devices;
using Deskward.Groups;
using Deskward.Groups.Dynamic;
using Deskward.Groups.Rings;
using Deskward.Identity;
using Deskward.Platform;
using Deskward.Platform.Duties;
using Deskward.Registration;
using Microsoft.EntityFrameworkCore;

namespace Deskward.Demo;

/// <summary>What a newcomer finds on the pages of groups: one PC of each profile, PCs in Test, a group by rule, registered PCs. Made once by the customer's administrator.</summary>
internal static class DemoGroups
{
    private const string Rule = "device.deviceManufacturer -startsWith \"Dell\" -and -not (device.deviceModel -contains \"OptiPlex\")";

    /// <summary>The second has the serial number of the first, and the third none: two that fail, as they do in real files.</summary>
    private const string File = "Manufacturer,Model,Serial Number\nDell Inc.,Latitude 5450,0040017\nDell Inc.,Latitude 5450,0040017\nHP,HP EliteBook 840,To be filled by O.E.M.\nHP,HP EliteBook 840,5CG4102XYZ\n";

    /// <summary>When the PCs are there: without four of them there is nothing to show.</summary>
    /// <returns>Whether there was anything to make.</returns>
    internal static async Task<bool> MakeAsync(IServiceProvider services, Guid customer, CancellationToken cancellationToken)
    {
        await using var scope = services.CreateAsyncScope();
        var provider = scope.ServiceProvider;
        provider.GetRequiredService<TenantScope>().Open(customer);
        var db = provider.GetRequiredService<DeskwardContext>();
        var pcs = await db.Set<Device>().Where(row => row.State == DeviceState.Enrolled).OrderBy(row => row.Name).Select(row => row.Id).Take(6).ToListAsync(cancellationToken);
        if (pcs.Count < 6 || await db.Set<Group>().AnyAsync(row => row.Kind == GroupKind.Dynamic, cancellationToken)
            || (await db.HoldersAsync(customer, [Role.ItAdministrator], cancellationToken)).FirstOrDefault() is not { } administrator)
        {
            return false;
        }

        provider.GetRequiredService<AuditTrail>().Actor = new Actor(ActorKind.Person, administrator.Id, administrator.UserName!);
        var placements = provider.GetRequiredService<Placements>();
        foreach (var profile in new[] { DeviceProfile.SensitiveData, DeviceProfile.PowerUser, DeviceProfile.Kiosk })
        {
            Must(await placements.AssignProfileAsync(customer, [pcs[(int)profile]], profile, null, cancellationToken));
        }

        Must(await placements.AssignRingAsync(customer, [pcs[4], pcs[5]], Ring.Test, null, cancellationToken));
        Must((await provider.GetRequiredService<DynamicGroups>().CreateAsync(customer, "Dell notebooks", Rule, cancellationToken)).Refusal);
        Must((await provider.GetRequiredService<Registrations>().RegisterAsync(customer, Encoding.ASCII.GetBytes(File), new RegistrationWish(DeviceProfile.Standard, false, null), cancellationToken)).Refusal);
        return true;
    }

    private static void Must(Refusal? refusal)
    {
        if (refusal is not null)
        {
            throw new InvalidDataException(refusal.Message);
        }
    }
}
