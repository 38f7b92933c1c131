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
/// Brings the customers that have a policy set of the provider assigned to the version that is released: all of them in one transaction, with a row per assignment and per assignment set and none
/// per PC. Who came to be behind otherwise is brought along by <see cref="RolloutUpkeep"/>.
/// </summary>
public sealed class SetRollout(IServiceScopeFactory scopes, AuditTrail trail, DeskwardContext open)
{
    /// <summary>Whom releasing a version would reach.</summary>
    public async Task<ProvidedReach> ReachAsync(Guid policySet, int version, CancellationToken cancellationToken)
    {
        await using var scope = await AcrossAsync(cancellationToken);
        var db = scope.ServiceProvider.GetRequiredService<DeskwardContext>();
        var assigned = await AssignedAsync(db, policySet, cancellationToken);
        var tenants = assigned.Select(row => row.TenantId).Distinct().ToArray();
        var sets = await db.Set<AssignmentSet>().AsNoTracking().Where(row => tenants.Contains(row.TenantId)).Select(row => new { row.Id, row.GroupIds }).ToListAsync(cancellationToken);
        var pcs = await ChangePlans.CountsAsync(db.Set<Device>().Where(row => tenants.Contains(row.TenantId)), cancellationToken);
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
        await using var scope = await AcrossAsync(cancellationToken);
        var db = scope.ServiceProvider.GetRequiredService<DeskwardContext>();
        if (await TargetAsync(db, policySet, version, cancellationToken) is not { } target)
        {
            return new ReleasePlan(DocumentPlan.Empty, []);
        }

        var planned = await PlannedAsync(scope, target, await BehindAsync(db, target, cancellationToken), cancellationToken);
        var mask = await PlanMask.OfAsync(db, target.Set.TenantId, target.Version.Id, cancellationToken);
        return new ReleasePlan(DocumentPlan.Together([.. planned.Select(one => open.OpenTenants.Contains(one.Customer) ? one.Plan : mask.Of(one.Plan))]), [.. planned.Select(one => (one.Customer, one.Plan.Pcs))]);
    }

    /// <summary>Releases a version as planned, and brings every customer that has the set assigned to it: all of it or nothing.</summary>
    /// <param name="policySet">A policy set of the provider, whose organisation is open.</param>
    /// <param name="concurrency">Its <see cref="PolicySet.Version"/> as the person saw it; null when nobody looked.</param>
    /// <param name="version">Number of the version.</param>
    /// <param name="digest">That of the plan which the person saw: another one is refused with Conflict.</param>
    /// <param name="cancellationToken">Cancels it.</param>
    /// <returns>As <see cref="ProvidedSets.ReleaseAsync"/>.</returns>
    public async Task<Outcome<PolicySet>> ReleaseAsync(Guid policySet, int? concurrency, int version, string? digest, CancellationToken cancellationToken)
    {
        if (await TenantLookup.ProviderAsync(open, cancellationToken) is not { } provider || !open.OpenTenants.Contains(provider))
        {
            return ProvidedSets.ProviderOnly;
        }

        await using var scope = await AcrossAsync(cancellationToken);
        var db = scope.ServiceProvider.GetRequiredService<DeskwardContext>();
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        if (await TargetAsync(db, policySet, version, cancellationToken) is not { } target)
        {
            return Refusal.NotFound("policy set version");
        }

        var planned = await LockedAsync(scope, target, cancellationToken);
        if (digest != DocumentPlan.Together([.. planned.Select(one => one.Plan)]).Digest)
        {
            return Refusal.Conflict(ChangePlans.Stale);
        }

        var released = await scope.ServiceProvider.GetRequiredService<ProvidedSets>().ReleaseAsync(policySet, concurrency, version, cancellationToken);
        if (!released.IsRefused)
        {
            await scope.ServiceProvider.GetRequiredService<Replacements>().CarryOutAsync(planned, target.Set, target.Version, cancellationToken);
            await transaction.CommitAsync(cancellationToken);
        }

        return released;
    }

    /// <summary>Brings every customer that is behind to the released version, in the name of who acts.</summary>
    /// <returns>How many assignments it changed.</returns>
    public async Task<int> CarryOutAsync(Guid policySet, CancellationToken cancellationToken)
    {
        await using var scope = await AcrossAsync(cancellationToken);
        var db = scope.ServiceProvider.GetRequiredService<DeskwardContext>();
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        if (await TargetAsync(db, policySet, null, cancellationToken) is not { } target || await LockedAsync(scope, target, cancellationToken) is not { Count: > 0 } planned)
        {
            return 0;
        }

        await scope.ServiceProvider.GetRequiredService<Replacements>().CarryOutAsync(planned, target.Set, target.Version, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return planned.Sum(one => one.Assigned.Count);
    }

    /// <summary>The policy sets that some customer has in another version than the released one.</summary>
    internal static Task<List<Guid>> BehindAsync(DeskwardContext db, CancellationToken cancellationToken) =>
        (from set in db.Set<PolicySet>()
         join row in db.Set<Assignment>() on set.Id equals row.PolicySetId
         join version in db.Set<PolicySetVersion>() on row.PolicySetVersionId equals version.Id
         where set.IsPublished && set.TenantId != row.TenantId && set.ReleasedVersion != version.Number
         select set.Id).Distinct().ToListAsync(cancellationToken);

    private async Task<AsyncServiceScope> AcrossAsync(CancellationToken cancellationToken)
    {
        var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<DeskwardContext>();
        scope.ServiceProvider.GetRequiredService<TenantScope>().Open((await TenantLookup.OrganisationsAsync(db, cancellationToken)).Select(found => found.TenantId));
        scope.ServiceProvider.GetRequiredService<AuditTrail>().Actor = trail.Actor;
        return scope;
    }

    /// <summary>A version of a set by its number, or the released one.</summary>
    private static async Task<Target?> TargetAsync(DeskwardContext db, Guid policySet, int? number, CancellationToken cancellationToken) =>
        await (from set in db.Set<PolicySet>()
               join version in db.Set<PolicySetVersion>() on set.Id equals version.PolicySetId
               where set.Id == policySet && (number == null ? set.IsPublished && version.Number == set.ReleasedVersion : version.Number == number)
               select new Target(set, version)).SingleOrDefaultAsync(cancellationToken);

    /// <summary>The assignments of customers, of those that are not leaving, that have another version.</summary>
    private static Task<List<Assignment>> BehindAsync(DeskwardContext db, Target target, CancellationToken cancellationToken) =>
        (from row in db.Set<Assignment>().AsNoTracking()
         join customer in db.Set<Organisation>() on row.TenantId equals customer.Id
         where row.PolicySetId == target.Set.Id && row.TenantId != target.Set.TenantId && row.PolicySetVersionId != target.Version.Id && customer.State != OrganisationState.Deleting
         orderby row.TenantId, row.Id
         select row).ToListAsync(cancellationToken);

    private static Task<IReadOnlyList<CustomerReplacement>> PlannedAsync(AsyncServiceScope scope, Target target, IReadOnlyList<Assignment> behind, CancellationToken cancellationToken) =>
        scope.ServiceProvider.GetRequiredService<Replacements>().PlanAsync(behind, target.Version.Id, cancellationToken);

    /// <summary>What is to be done in the transaction that is open, once nobody else changes assignments of these customers.</summary>
    private static async Task<IReadOnlyList<CustomerReplacement>> LockedAsync(AsyncServiceScope scope, Target target, CancellationToken cancellationToken)
    {
        var db = scope.ServiceProvider.GetRequiredService<DeskwardContext>();
        Guid[] customers = [.. (await BehindAsync(db, target, cancellationToken)).Select(row => row.TenantId).Distinct().Order()];
        foreach (var customer in customers)
        {
            await AssignmentLock.AloneAsync(db, customer, cancellationToken);
        }

        // Who came to be behind meanwhile is not locked; the upkeep brings it along.
        List<Assignment> behind = [.. (await BehindAsync(db, target, cancellationToken)).Where(row => customers.Contains(row.TenantId))];
        return await PlannedAsync(scope, target, behind, cancellationToken);
    }

    private static Task<List<Assigned>> AssignedAsync(DeskwardContext db, Guid policySet, CancellationToken cancellationToken) =>
        (from row in db.Set<Assignment>()
         join version in db.Set<PolicySetVersion>() on row.PolicySetVersionId equals version.Id
         where row.PolicySetId == policySet && row.TenantId != version.TenantId
         orderby row.TenantId
         select new Assigned(row.TenantId, row.Id, row.GroupId, row.Version, version.Number)).ToListAsync(cancellationToken);

    private sealed record Target(PolicySet Set, PolicySetVersion Version);

    private sealed record Assigned(Guid TenantId, Guid Id, Guid GroupId, int Version, int Number);
}
