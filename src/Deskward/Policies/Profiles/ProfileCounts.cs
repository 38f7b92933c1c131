using Deskward.DesiredState;
using Deskward.Groups.Rings;
using Deskward.Groups.Service;
using Deskward.Platform;
using Microsoft.EntityFrameworkCore;

namespace Deskward.Policies.Profiles;

/// <summary>How many managed PCs have a profile, and how many of them are in their desired state.</summary>
public sealed record ProfileCount(long Total, long Desired);

/// <summary>
/// Counts the PCs of each profile by the assignment sets that hold the group of the profile: no row per PC is read, and nobody's person is seen. It counts what the standing level
/// reads, so that a provider's person needs no grant for it; who may see a customer's PCs is the caller's to know.
/// </summary>
public sealed class ProfileCounts(IServiceScopeFactory scopes, FleetTally tally)
{
    /// <summary>What the provider released of what the product ships: everybody reads it, whichever customers are open to them.</summary>
    internal async Task<IReadOnlyDictionary<string, ReleasedSet>> ReleasedAsync(CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<DeskwardContext>();
        if (await TenantLookup.ProviderAsync(db, cancellationToken) is not { } provider)
        {
            return new Dictionary<string, ReleasedSet>();
        }

        scope.ServiceProvider.GetRequiredService<TenantScope>().Open(provider);
        return await ShippedPolicies.ReleasedAsync(db, cancellationToken);
    }

    /// <summary>Of these customers; a profile without PCs counts 0.</summary>
    internal async Task<IReadOnlyDictionary<DeviceProfile, ProfileCount>> OfAsync(IReadOnlyList<Guid> customers, CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        scope.ServiceProvider.GetRequiredService<TenantScope>().Open([], standing: customers);
        var sets = await scope.ServiceProvider.GetRequiredService<DeskwardContext>().Set<AssignmentSet>().AsNoTracking().Select(row => new { row.Id, row.TenantId, row.GroupIds, row.DesiredHash }).ToDictionaryAsync(row => row.Id, cancellationToken);
        var pcs = await tally.GroupsAsync(customers, cancellationToken);
        var counted = from found in pcs
                      let set = found.AssignmentSetId is { } id ? sets.GetValueOrDefault(id) : null
                      where set is not null
                      let isDesired = found is { IsClean: true, SettledHash: { } settled } && set.DesiredHash is { } wanted && settled.AsSpan().SequenceEqual(wanted)
                      select (set.TenantId, set.GroupIds, found.Count, isDesired);
        var all = counted.ToList();
        return Enum.GetValues<DeviceProfile>().ToDictionary(profile => profile, profile =>
        {
            var mine = all.Where(part => AssignmentSet.Holds(part.GroupIds, ProfileGroup.IdOf(part.TenantId, profile))).ToList();
            return new ProfileCount(mine.Sum(part => part.Count), mine.Where(part => part.isDesired).Sum(part => part.Count));
        });
    }
}
