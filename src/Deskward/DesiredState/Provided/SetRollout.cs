using Deskward.Audit;
using Deskward.DesiredState.Plans;
using Deskward.Devices;
using Deskward.Platform;
using Deskward.Platform.Plans;
using Deskward.Tenants;
using Microsoft.EntityFrameworkCore;

namespace Deskward.DesiredState.Provided;

/// <summary>Whom a policy set of the provider reaches; numbers only, of all customers.</summary>
/// <param name="Customers">Customers that have it assigned.</param>
/// <param name="Pcs">Their managed PCs that it reaches.</param>
/// <param name="Behind">Those of the customers that have another version than the one asked about.</param>
/// <param name="PcsBehind">Their managed PCs that it reaches.</param>
public sealed record ProvidedReach(int Customers, long Pcs, int Behind, long PcsBehind);

/// <summary>What releasing a version would do.</summary>
/// <param name="Plan">What would become of the documents of PCs, of all customers; without what a customer's own policy sets want, unless that customer is open.</param>
/// <param name="Pcs">Of each customer that is behind, how many PCs get another document.</param>
public sealed record ReleasePlan(DocumentPlan Plan, IReadOnlyList<(Guid Customer, int Pcs)> Pcs);

/// <summary>
/// Brings the customers that have a policy set of the provider assigned to the version that is released: customer by customer, each assignment in a transaction of its own, with a row per
/// assignment and per assignment set and none per PC. What broke off is gone on with by <see cref="RolloutUpkeep"/>.
/// </summary>
public sealed class SetRollout(IServiceScopeFactory scopes, AuditTrail trail, DeskwardContext open, ProvidedSets provided)
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

    /// <summary>What releasing a version would do to the PCs of the customers that have the set assigned in another one; changes nothing.</summary>
    public async Task<ReleasePlan> PlanAsync(Guid policySet, int version, CancellationToken cancellationToken)
    {
        var (wanted, behind) = await BehindAsync(policySet, version, cancellationToken);
        if (wanted is not { } target || behind.Count == 0)
        {
            return new ReleasePlan(DocumentPlan.Empty, []);
        }

        var mask = await PlanMask.OfAsync(open, target.Tenant, target.Version, cancellationToken);
        List<(Guid Customer, DocumentPlan Plan)> plans = [];
        foreach (var customer in behind.GroupBy(row => row.TenantId))
        {
            await using var scope = scopes.CreateAsyncScope();
            scope.ServiceProvider.GetRequiredService<TenantScope>().Open([customer.Key, target.Tenant]);
            foreach (var one in customer)
            {
                if (await scope.ServiceProvider.GetRequiredService<Assignments>().PlanVersionAsync(one.Id, target.Version, cancellationToken) is { } plan)
                {
                    plans.Add((customer.Key, open.OpenTenants.Contains(customer.Key) ? plan : mask.Of(plan)));
                }
            }
        }

        return new ReleasePlan(DocumentPlan.Together([.. plans.Select(one => one.Plan)]), [.. plans.GroupBy(one => one.Customer).Select(alike => (alike.Key, alike.Sum(one => one.Plan.Pcs)))]);
    }

    /// <summary>Releases a version as planned, and brings every customer that has the set assigned to it.</summary>
    /// <param name="policySet">A policy set of the provider.</param>
    /// <param name="concurrency">Its <see cref="PolicySet.Version"/> as the person saw it.</param>
    /// <param name="version">Number of the version.</param>
    /// <param name="digest">That of the plan which the person saw: another one is refused with Conflict.</param>
    /// <param name="cancellationToken">Ends it before the release; who has it assigned gets what is released, though nobody waits for the answer any more.</param>
    /// <returns>As <see cref="ProvidedSets.ReleaseAsync"/>.</returns>
    public async Task<Outcome<PolicySet>> ReleaseAsync(Guid policySet, int? concurrency, int version, string? digest, CancellationToken cancellationToken)
    {
        if (digest != (await PlanAsync(policySet, version, cancellationToken)).Plan.Digest)
        {
            return Refusal.Conflict(ChangePlans.Stale);
        }

        var released = await provided.ReleaseAsync(policySet, concurrency, version, cancellationToken);
        if (!released.IsRefused)
        {
            await CarryOutAsync(policySet, CancellationToken.None);
        }

        return released;
    }

    /// <summary>Brings every customer that is behind to the released version, in the name of who acts.</summary>
    /// <returns>How many assignments it changed.</returns>
    public async Task<int> CarryOutAsync(Guid policySet, CancellationToken cancellationToken)
    {
        var (released, behind) = await BehindAsync(policySet, null, cancellationToken);
        var changed = 0;
        foreach (var customer in behind.GroupBy(row => row.TenantId))
        {
            changed += await ChangeAsync(customer.Key, released!.Version, customer, cancellationToken);
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

    /// <summary>A version of a set, and the assignments of customers that are not leaving with another one.</summary>
    /// <param name="policySet">The set.</param>
    /// <param name="number">Number of the version; null: the one that is released.</param>
    /// <param name="cancellationToken">Cancels it.</param>
    private async Task<(Target? Target, List<Assigned> Behind)> BehindAsync(Guid policySet, int? number, CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<DeskwardContext>();
        scope.ServiceProvider.GetRequiredService<TenantScope>().Open((await TenantLookup.OrganisationsAsync(db, cancellationToken)).Select(found => found.TenantId));
        var target = await (from set in db.Set<PolicySet>()
                            join row in db.Set<PolicySetVersion>() on set.Id equals row.PolicySetId
                            where set.Id == policySet && (number == null ? set.IsPublished && row.Number == set.ReleasedVersion : row.Number == number)
                            select new Target(set.TenantId, row.Id, row.Number)).SingleOrDefaultAsync(cancellationToken);
        if (target is null)
        {
            return (null, []);
        }

        var staying = (await db.Set<Organisation>().Where(row => row.State != OrganisationState.Deleting).Select(row => row.Id).ToListAsync(cancellationToken)).ToHashSet();
        return (target, [.. (await AssignedAsync(db, policySet, cancellationToken)).Where(row => row.Number != target.Number && staying.Contains(row.TenantId))]);
    }

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

    private sealed record Target(Guid Tenant, Guid Version, int Number);

    private sealed record Assigned(Guid TenantId, Guid Id, Guid GroupId, int Version, int Number);
}
