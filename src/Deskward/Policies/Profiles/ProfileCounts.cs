using Deskward.DesiredState;
using Deskward.Devices;
using Deskward.Groups.Rings;
using Deskward.Groups.Service;
using Deskward.Platform;
using Microsoft.EntityFrameworkCore;

namespace Deskward.Policies.Profiles;

/// <summary>How many managed PCs have a profile, and how many of them are in their desired state.</summary>
public sealed record ProfileCount(long Total, long Desired);

/// <summary>
/// Counts the PCs of each profile by the assignment sets that hold the group of the profile: no row per PC is read, and nobody's person is seen. PCs of a customer that has
/// nothing on the group count as being in no profile.
/// </summary>
public sealed class ProfileCounts(DeskwardContext db)
{
    /// <summary>Of these customers, as far as they are open; a profile without PCs counts 0.</summary>
    internal async Task<IReadOnlyDictionary<DeviceProfile, ProfileCount>> OfAsync(IReadOnlyCollection<Guid> customers, CancellationToken cancellationToken)
    {
        var sets = await db.Set<AssignmentSet>().AsNoTracking().Where(row => customers.Contains(row.TenantId)).Select(row => new { row.Id, row.TenantId, row.GroupIds, row.DesiredHash }).ToDictionaryAsync(row => row.Id, cancellationToken);
        var pcs = await db.Set<PcState>().Where(row => customers.Contains(row.TenantId) && row.State == DeviceState.Enrolled && row.AssignmentSetId != null)
            .GroupBy(row => new { row.AssignmentSetId, row.SettledHash, row.IsClean }).Select(group => new { group.Key, Count = group.LongCount() }).ToListAsync(cancellationToken);
        var counted = from found in pcs
                      let set = sets.GetValueOrDefault(found.Key.AssignmentSetId!.Value)
                      where set is not null
                      let isDesired = found.Key.IsClean && found.Key.SettledHash is { } settled && set.DesiredHash is { } wanted && settled.AsSpan().SequenceEqual(wanted)
                      select (set.TenantId, set.GroupIds, found.Count, isDesired);
        var all = counted.ToList();
        return Enum.GetValues<DeviceProfile>().ToDictionary(profile => profile, profile =>
        {
            var mine = all.Where(part => AssignmentSet.Holds(part.GroupIds, ProfileGroup.IdOf(part.TenantId, profile))).ToList();
            return new ProfileCount(mine.Sum(part => part.Count), mine.Where(part => part.isDesired).Sum(part => part.Count));
        });
    }
}
