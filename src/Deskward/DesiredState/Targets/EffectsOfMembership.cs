using Deskward.Devices;
using Deskward.Groups;
using Deskward.Platform;
using Microsoft.EntityFrameworkCore;

namespace Deskward.DesiredState.Targets;

/// <summary>What a change of members would do to documents: PCs that stand in the same assignment set get another one together. Reads only.</summary>
internal static class EffectsOfMembership
{
    internal static async Task<MembershipEffect> OfAsync(DeskwardContext db, MembershipDraft draft, CancellationToken cancellationToken)
    {
        var carried = await (from assignment in db.Set<Assignment>()
                             join version in db.Set<PolicySetVersion>() on assignment.PolicySetVersionId equals version.Id
                             join set in db.Set<PolicySet>() on assignment.PolicySetId equals set.Id
                             where assignment.GroupId == draft.GroupId
                             orderby set.Name
                             select new { set.Name, version.Number }).ToListAsync(cancellationToken);
        if (carried.Count == 0)
        {
            return MembershipEffect.None;
        }

        var gains = await SetsAsync(db, draft.In, cancellationToken);
        var losses = await SetsAsync(db, draft.Out, cancellationToken);
        return new MembershipEffect(
            [.. carried.Select(row => $"{row.Name} ({row.Number})")],
            [.. gains.Select(set => new SetEffect(set.Key, set.Value, true)), .. losses.Select(set => new SetEffect(set.Key, set.Value, false))]);
    }

    private static async Task<Dictionary<Guid, int>> SetsAsync(DeskwardContext db, IReadOnlyCollection<Guid> devices, CancellationToken cancellationToken)
    {
        var sets = new Dictionary<Guid, int>();
        foreach (var batch in devices.Chunk(1000))
        {
            foreach (var found in await db.Set<Device>().Where(row => batch.Contains(row.Id) && row.State != DeviceState.Retired).GroupBy(row => row.AssignmentSetId)
                .Select(group => new { group.Key, Count = group.Count() }).ToListAsync(cancellationToken))
            {
                var set = found.Key ?? Guid.Empty;
                sets[set] = sets.GetValueOrDefault(set) + found.Count;
            }
        }

        return sets;
    }
}
