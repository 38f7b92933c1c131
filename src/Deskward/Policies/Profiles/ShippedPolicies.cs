using Deskward.Audit;
using Deskward.DesiredState;
using Deskward.DesiredState.Provided;
using Deskward.Groups;
using Deskward.Groups.Rings;
using Deskward.Groups.Service;
using Deskward.Platform;
using Deskward.Tenants;
using Microsoft.EntityFrameworkCore;

namespace Deskward.Policies.Profiles;

/// <summary>
/// The policy sets that the product ships, the baseline and one per device profile: made once, as the provider's, and put on each customer's groups when it comes. Works in
/// scopes of its own, in the name of who acts.
/// </summary>
public sealed class ShippedPolicies(IServiceScopeFactory scopes, AuditTrail trail)
{
    internal const string BaselineKey = "baseline";

    internal static string KeyOf(DeviceProfile profile) => "profile." + profile;

    /// <summary>Makes what is missing. Settings that a newer product ships become a new version, which somebody of the provider looks at and releases. Nothing without a provider.</summary>
    internal async Task<Refusal?> EnsureAsync(CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        var services = scope.ServiceProvider;
        if (await TenantLookup.ProviderAsync(services.GetRequiredService<DeskwardContext>(), cancellationToken) is not { } provider)
        {
            return null;
        }

        services.GetRequiredService<TenantScope>().Open(provider);
        services.GetRequiredService<AuditTrail>().Actor = trail.Actor;
        var sets = services.GetRequiredService<ProvidedSets>();
        foreach (var (key, name, description, settings) in Shipped())
        {
            if (await sets.EnsureAsync(provider, key, name, description, settings, cancellationToken) is { } refusal)
            {
                return refusal;
            }
        }

        return null;
    }

    /// <summary>Puts the released versions on a customer's groups: the baseline on all PCs, each profile on its group. What is assigned already stays as it is.</summary>
    internal async Task<Refusal?> GiveAsync(Guid customer, CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        var services = scope.ServiceProvider;
        services.GetRequiredService<TenantScope>().Open(customer);
        services.GetRequiredService<AuditTrail>().Actor = trail.Actor;
        var (db, assignments) = (services.GetRequiredService<DeskwardContext>(), services.GetRequiredService<Assignments>());
        var released = await ReleasedAsync(db, cancellationToken);
        var all = await db.Set<Group>().Where(row => row.TenantId == customer && row.Kind == GroupKind.AllDevices).Select(row => row.Id).SingleAsync(cancellationToken);
        var there = await db.Set<Assignment>().Where(row => row.TenantId == customer).Select(row => new { row.GroupId, row.PolicySetId }).ToListAsync(cancellationToken);
        var wanted = Enum.GetValues<DeviceProfile>().Select(profile => (Key: KeyOf(profile), Group: ProfileGroup.IdOf(customer, profile), Layer: Layer.Profile)).Prepend((BaselineKey, all, Layer.Foundation));
        foreach (var (key, group, layer) in wanted)
        {
            if (released.TryGetValue(key, out var version) && !there.Any(row => row.GroupId == group && row.PolicySetId == version.PolicySetId)
                && (await assignments.AssignAsync(version.Id, group, layer, cancellationToken)).Refusal is { } refusal)
            {
                return refusal;
            }
        }

        return null;
    }

    /// <summary>For a customer both, for the provider the first.</summary>
    internal static async Task<Refusal?> ReadyAsync(IServiceProvider services, Organisation organisation, CancellationToken cancellationToken)
    {
        var shipped = services.GetRequiredService<ShippedPolicies>();
        return await shipped.EnsureAsync(cancellationToken) ?? (organisation.Kind == OrganisationKind.Customer ? await shipped.GiveAsync(organisation.Id, cancellationToken) : null);
    }

    /// <summary>The released versions of what the product ships, by key.</summary>
    internal static async Task<Dictionary<string, ReleasedSet>> ReleasedAsync(DeskwardContext db, CancellationToken cancellationToken) =>
        await (from set in db.Set<PolicySet>()
               join version in db.Set<PolicySetVersion>() on new { Set = set.Id, Number = set.ReleasedVersion } equals new { Set = version.PolicySetId, Number = (int?)version.Number }
               where set.Shipped != null && set.IsPublished
               select new ReleasedSet(set.Shipped!, version.Id, set.Id, set.Name, version.Number)).ToDictionaryAsync(row => row.Key, cancellationToken);

    private static IEnumerable<(string Key, string Name, string Description, IReadOnlyList<SettingLine> Settings)> Shipped()
    {
        yield return (BaselineKey, Baseline.Name, "The settings that every PC has, unless an exception is approved.", Baseline.Settings);
        foreach (var profile in Enum.GetValues<DeviceProfile>())
        {
            yield return (KeyOf(profile), "Device profile " + profile, "The settings of the device profile that can be set on a PC.", ProfileMatrix.Default.SettingsOf(profile));
        }
    }
}

/// <summary>A released version of a set that the product ships.</summary>
internal sealed record ReleasedSet(string Key, Guid Id, Guid PolicySetId, string Name, int Number);
