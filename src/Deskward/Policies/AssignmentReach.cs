using Deskward.DesiredState;
using Deskward.Devices;
using Deskward.Groups;
using Deskward.Platform;
using Microsoft.EntityFrameworkCore;

namespace Deskward.Policies;

/// <summary>Where an assignment stands.</summary>
/// <param name="Assignment">The assignment.</param>
/// <param name="Group">Name of its group.</param>
/// <param name="Kind">Kind of its group.</param>
/// <param name="Number">Number of the assigned version.</param>
/// <param name="Total">Managed PCs that it reaches.</param>
/// <param name="Desired">Those of them that are in their desired state.</param>
public sealed record AssignedWhere(Assignment Assignment, string Group, GroupKind Kind, int Number, long Total, long Desired);

/// <summary>Counts the PCs that assignments reach, by the assignment sets that hold the group: no row per PC is read.</summary>
public sealed class AssignmentReach(DeskwardContext db)
{
    /// <summary>The assignments of a policy set.</summary>
    internal async Task<IReadOnlyList<AssignedWhere>> OfAsync(Guid policySet, CancellationToken cancellationToken)
    {
        var assigned = await (from assignment in db.Set<Assignment>().AsNoTracking()
                              join @group in db.Set<Group>() on assignment.GroupId equals @group.Id
                              join version in db.Set<PolicySetVersion>() on assignment.PolicySetVersionId equals version.Id
                              where assignment.PolicySetId == policySet
                              orderby assignment.Layer, @group.Name
                              select new { assignment, @group.Name, @group.Kind, version.Number }).ToListAsync(cancellationToken);
        if (assigned.Count == 0)
        {
            return [];
        }

        // The provider's sets are on groups of several customers.
        var tenants = assigned.Select(row => row.assignment.TenantId).Distinct().ToArray();
        var sets = await db.Set<AssignmentSet>().AsNoTracking().Where(row => tenants.Contains(row.TenantId)).Select(row => new { row.Id, row.GroupIds, row.DesiredHash }).ToListAsync(cancellationToken);
        var devices = await db.Set<Device>().Where(row => tenants.Contains(row.TenantId) && row.State == DeviceState.Enrolled)
            .GroupBy(row => new { row.AssignmentSetId, row.SettledHash, row.IsClean }).Select(found => new { found.Key, Count = found.LongCount() }).ToListAsync(cancellationToken);
        return [.. assigned.Select(row =>
        {
            var holding = sets.Where(set => AssignmentSet.Holds(set.GroupIds, row.assignment.GroupId)).ToDictionary(set => set.Id, set => set.DesiredHash);
            var reached = devices.Where(found => found.Key.AssignmentSetId is { } set && holding.ContainsKey(set)).ToList();
            var desired = reached.Where(found => found.Key.IsClean && found.Key.SettledHash is { } settled && holding[found.Key.AssignmentSetId!.Value] is { } wanted && settled.AsSpan().SequenceEqual(wanted));
            return new AssignedWhere(row.assignment, row.Name, row.Kind, row.Number, reached.Sum(found => found.Count), desired.Sum(found => found.Count));
        })];
    }
}
