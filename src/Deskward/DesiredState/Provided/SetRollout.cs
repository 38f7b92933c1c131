using Deskward.Audit;
using Deskward.Devices;
using Deskward.Platform;
using Deskward.Tenants;
using Microsoft.EntityFrameworkCore;

namespace Deskward.DesiredState.Provided;

/// <summary>Whom a policy set of the provider reaches; numbers only, of all customers.</summary>
/// <param name="Customers">Customers that have it assigned.</param>
/// <param name="Pcs">Their managed PCs that it reaches.</param>
/// <param name="Behind">Those of the customers that have another version than the one asked about.</param>
/// <param name="PcsBehind">Their managed PCs that it reaches.</param>
public sealed record ProvidedReach(int Customers, long Pcs, int Behind, long PcsBehind);

/// <summary>
/// Brings the customers that have a policy set of the provider assigned to the version that is released: customer by customer, each assignment in a transaction of its own, with a row per
/// assignment and per assignment set and none per PC. What broke off is gone on with by <see cref="RolloutUpkeep"/>.
/// </summary>
public sealed class SetRollout(IServiceScopeFactory scopes, AuditTrail trail)
{
    /// <summary>Whom releasing a version would reach.</summary>
    public async Task<ProvidedReach> ReachAsync(Guid policySet, int version, CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<DeskwardContext>();
        scope.ServiceProvider.GetRequiredService<TenantScope>().Open((await TenantLookup.OrganisationsAsync(db, cancellationToken)).Select(found => found.TenantId));
        var assigned = await AssignedAsync(db, policySet, cancellationToken);
        var tenants = assigned.Select(row => row.TenantId).Distinct().ToArray();
        var sets = await db.Set<AssignmentSet>().AsNoTracking().Where(row => tenants.Contains(row.TenantId)).Select(row => new { row.Id, row.GroupIds }).ToListAsync(cancellationToken);
        var pcs = await db.Set<Device>().Where(row => tenants.Contains(row.TenantId) && row.State == DeviceState.Enrolled && row.AssignmentSetId != null)
            .GroupBy(row => row.AssignmentSetId!.Value).Select(group => new { group.Key, Count = group.LongCount() }).ToDictionaryAsync(row => row.Key, row => row.Count, cancellationToken);
        long Reached(IEnumerable<Assigned> rows)
        {
            var groups = rows.Select(row => row.GroupId).ToHashSet();
            return sets.Where(set => GroupKeys.Read(set.GroupIds).Any(groups.Contains)).Sum(set => pcs.GetValueOrDefault(set.Id));
        }

        var behind = assigned.Where(row => row.Number != version).ToList();
        return new ProvidedReach(tenants.Length, Reached(assigned), behind.Select(row => row.TenantId).Distinct().Count(), Reached(behind));
    }

    /// <summary>Brings every customer that is behind to the released version, in the name of who acts.</summary>
    /// <returns>How many assignments it changed.</returns>
    public async Task<int> CarryOutAsync(Guid policySet, CancellationToken cancellationToken)
    {
        Guid version;
        List<Assigned> behind;
        await using (var scope = scopes.CreateAsyncScope())
        {
            var db = scope.ServiceProvider.GetRequiredService<DeskwardContext>();
            scope.ServiceProvider.GetRequiredService<TenantScope>().Open((await TenantLookup.OrganisationsAsync(db, cancellationToken)).Select(found => found.TenantId));
            var released = await (from set in db.Set<PolicySet>()
                                  join row in db.Set<PolicySetVersion>() on new { Set = set.Id, Number = set.ReleasedVersion } equals new { Set = row.PolicySetId, Number = (int?)row.Number }
                                  where set.Id == policySet && set.IsPublished
                                  select new { row.Id, row.Number }).SingleOrDefaultAsync(cancellationToken);
            var going = db.Set<Organisation>().Where(row => row.State != OrganisationState.Deleting).Select(row => row.Id);
            var left = released is null ? [] : (await going.ToListAsync(cancellationToken)).ToHashSet();
            version = released?.Id ?? Guid.Empty;
            behind = left.Count == 0 ? [] : [.. (await AssignedAsync(db, policySet, cancellationToken)).Where(row => row.Number != released!.Number && left.Contains(row.TenantId))];
        }

        var changed = 0;
        foreach (var customer in behind.GroupBy(row => row.TenantId))
        {
            changed += await ChangeAsync(customer.Key, version, customer, cancellationToken);
        }

        return changed;
    }

    /// <summary>The policy sets that some customer has in another version than the released one.</summary>
    internal static Task<List<Guid>> BehindAsync(DeskwardContext db, CancellationToken cancellationToken) =>
        (from set in db.Set<PolicySet>()
         join row in db.Set<Assignment>() on set.Id equals row.PolicySetId
         join version in db.Set<PolicySetVersion>() on row.PolicySetVersionId equals version.Id
         where set.IsPublished && set.TenantId != row.TenantId && set.ReleasedVersion != version.Number
         select set.Id).Distinct().ToListAsync(cancellationToken);

    private async Task<int> ChangeAsync(Guid customer, Guid version, IEnumerable<Assigned> assigned, CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        scope.ServiceProvider.GetRequiredService<TenantScope>().Open(customer);
        scope.ServiceProvider.GetRequiredService<AuditTrail>().Actor = trail.Actor;
        var assignments = scope.ServiceProvider.GetRequiredService<Assignments>();
        var changed = 0;
        foreach (var one in assigned)
        {
            // Refused: somebody removed it or changed it meanwhile. The upkeep looks again.
            changed += (await assignments.ChangeVersionAsync(one.Id, one.Version, version, cancellationToken)).IsRefused ? 0 : 1;
        }

        return changed;
    }

    private static Task<List<Assigned>> AssignedAsync(DeskwardContext db, Guid policySet, CancellationToken cancellationToken) =>
        (from row in db.Set<Assignment>()
         join version in db.Set<PolicySetVersion>() on row.PolicySetVersionId equals version.Id
         where row.PolicySetId == policySet && row.TenantId != version.TenantId
         orderby row.TenantId
         select new Assigned(row.TenantId, row.Id, row.GroupId, row.Version, version.Number)).ToListAsync(cancellationToken);

    private sealed record Assigned(Guid TenantId, Guid Id, Guid GroupId, int Version, int Number);
}
