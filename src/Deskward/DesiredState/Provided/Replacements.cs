using Deskward.Audit;
using Deskward.DesiredState.Plans;
using Deskward.Devices;
using Deskward.Groups;
using Deskward.Platform;
using Deskward.Platform.Plans;
using Microsoft.EntityFrameworkCore;

namespace Deskward.DesiredState.Provided;

/// <summary>A customer's assignments of a policy set, in the place of which another version comes.</summary>
/// <param name="Customer">The customer.</param>
/// <param name="Assigned">Its assignments, by id.</param>
/// <param name="Sets">The assignment sets that hold one of their groups.</param>
/// <param name="Plan">What becomes of its documents.</param>
internal sealed record CustomerReplacement(Guid Customer, IReadOnlyList<Guid> Assigned, IReadOnlyList<Guid> Sets, DocumentPlan Plan);

/// <summary>
/// Puts another version of a policy set in the place of the assigned ones, for many customers at once: a handful of statements, however many they are. All of them are open.
/// </summary>
internal sealed class Replacements(DeskwardContext db, SetCompiler compiler, SettingsCache settings, ChangePlans plans, AuditTrail audit, TimeProvider time)
{
    /// <summary>What would become of documents; changes nothing.</summary>
    internal async Task<IReadOnlyList<CustomerReplacement>> PlanAsync(IReadOnlyList<Assignment> assigned, Guid version, CancellationToken cancellationToken)
    {
        Guid[] customers = [.. assigned.Select(row => row.TenantId).Distinct().Order()];
        var sets = (await db.Set<AssignmentSet>().AsNoTracking().Where(row => customers.Contains(row.TenantId)).Select(row => new { row.TenantId, row.Id, row.GroupIds }).ToListAsync(cancellationToken))
            .ToLookup(row => row.TenantId, row => new SetGroups(row.Id, [.. GroupKeys.Read(row.GroupIds)]));
        var counts = await ChangePlans.CountsAsync(db.Set<Device>().Where(row => customers.Contains(row.TenantId)), cancellationToken);
        var there = await compiler.AssignedAsync(db, [.. sets.SelectMany(own => own).SelectMany(set => set.Groups).Distinct()], cancellationToken);
        var come = (await settings.LoadAsync(db, [.. assigned.Select(row => new AssignedVersion(row.Id, version, row.Layer))], cancellationToken)).ToDictionary(one => one.AssignmentId);
        var names = await db.Set<Assignment>().Where(row => customers.Contains(row.TenantId)).Join(db.Set<PolicySet>(), row => row.PolicySetId, set => set.Id, (row, set) => new { row.Id, set.Name })
            .ToDictionaryAsync(row => row.Id, row => row.Name, cancellationToken);
        return [.. assigned.GroupBy(row => row.TenantId).OrderBy(own => own.Key).Select(own =>
        {
            var groups = own.Select(row => row.GroupId).ToHashSet();
            var reached = sets[own.Key].Where(set => set.Groups.Any(groups.Contains)).ToList();
            var transitions = reached.ConvertAll(set =>
            {
                List<AssignedSettings> before = [.. set.Groups.SelectMany(one => there[one])];
                return new SetTransition(set.Id, before, [.. before.Select(one => come.GetValueOrDefault(one.AssignmentId) ?? one)], counts.GetValueOrDefault(set.Id));
            });
            var about = string.Join('|', own.Select(row => row.Id).Order()) + "|" + version;
            return new CustomerReplacement(own.Key, [.. own.Select(row => row.Id)], reached.ConvertAll(set => set.Id), DocumentPlanner.Plan(about, transitions, one => names.GetValueOrDefault(one, "")));
        })];
    }

    /// <summary>Carries it out in the transaction that is open, in which the customers are locked.</summary>
    internal async Task CarryOutAsync(IReadOnlyList<CustomerReplacement> planned, PolicySet set, PolicySetVersion version, CancellationToken cancellationToken)
    {
        Guid[] ids = [.. planned.SelectMany(one => one.Assigned)];
        var rows = await (from row in db.Set<Assignment>()
                          join before in db.Set<PolicySetVersion>() on row.PolicySetVersionId equals before.Id
                          join @group in db.Set<Group>() on row.GroupId equals @group.Id
                          where ids.Contains(row.Id)
                          orderby row.TenantId, @group.Name
                          select new { Row = row, before.Number, Group = @group.Name }).ToListAsync(cancellationToken);
        var subjects = rows.ToLookup(one => one.Row.TenantId, one => one.Group);
        await plans.KeepAsync([.. planned.Select(one => (new PlanSubject(one.Customer, PlanCause.VersionChanged, $"{set.Name} ({version.Number}), {string.Join(", ", subjects[one.Customer])}", set.Id), one.Plan))], cancellationToken);
        foreach (var one in rows)
        {
            (one.Row.PolicySetVersionId, one.Row.AssignedAt, one.Row.Version) = (version.Id, time.Now(), one.Row.Version + 1);
            audit.Record(one.Row.TenantId, "assignment.change", one.Row.Id, set.Name, new { Version = one.Number }, new { PolicySet = set.Name, version.Number, version.SettingCount, one.Group, Layer = one.Row.Layer.ToString() });
        }

        await db.SaveChangesAsync(cancellationToken);
        foreach (var some in planned.SelectMany(one => one.Sets).Chunk(1000))
        {
            await db.Set<AssignmentSet>().Where(row => some.Contains(row.Id)).ExecuteUpdateAsync(update => update.SetProperty(row => row.Revision, row => row.Revision + 1).SetProperty(row => row.DesiredHash, (byte[]?)null), cancellationToken);
        }

        foreach (var one in planned)
        {
            SetChanges.Announce(db, one.Customer, [.. one.Sets]);
        }
    }
}
