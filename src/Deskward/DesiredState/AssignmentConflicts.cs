using Deskward.Devices;
using Deskward.Platform;
using Microsoft.EntityFrameworkCore;

namespace Deskward.DesiredState;

/// <summary>A path that the assigned version and another assignment want differently.</summary>
/// <param name="Path">LocURI.</param>
/// <param name="Fate">What becomes of the version's own wish.</param>
/// <param name="Value">What the version wants; null when it is secret.</param>
/// <param name="Others">The other assignments that want something else there.</param>
/// <param name="SetCount">In how many assignment sets.</param>
/// <param name="DeviceCount">On how many PCs.</param>
public sealed record AssignmentConflict(string Path, WishFate Fate, string? Value, IReadOnlyList<Guid> Others, int SetCount, int DeviceCount);

/// <summary>Finds what an assignment disputes with others, by deciding its own paths in every set that it touches.</summary>
internal sealed class AssignmentConflicts(DeskwardContext db, SetCompiler compiler)
{
    /// <summary>More than a person reads; the count of a set's conflicts is on the set.</summary>
    internal const int MostReported = 500;

    /// <summary>The conflicts of <paramref name="own"/>, which may be an assignment that is there or one to be.</summary>
    /// <param name="own">The assignment with its settings.</param>
    /// <param name="sets">The sets that hold its group.</param>
    /// <param name="cancellationToken">Cancels it.</param>
    internal async Task<IReadOnlyList<AssignmentConflict>> FindAsync(AssignedSettings own, IReadOnlyList<SetGroups> sets, CancellationToken cancellationToken)
    {
        var assigned = await compiler.AssignedAsync(db, [.. sets.SelectMany(set => set.Groups).Distinct()], cancellationToken);
        var overlaps = Overlaps(own, assigned);
        var found = new Dictionary<int, Found>();
        foreach (var set in overlaps.Count == 0 ? [] : sets)
        {
            var others = set.Groups.SelectMany(group => assigned[group]).Where(overlaps.ContainsKey).SelectMany(from => overlaps[from]).ToLookup(overlap => overlap.Own, overlap => overlap.Other);
            foreach (var wishes in others)
            {
                Judge(own, wishes.Key, wishes, set.Id, found);
            }
        }

        return await ReportAsync(own, found, cancellationToken);
    }

    private static void Judge(AssignedSettings own, int index, IEnumerable<Wish> others, Guid set, Dictionary<int, Found> found)
    {
        var ruling = Ruling.Of(others.Append(new Wish(own, index)));
        if (!ruling.IsConflict)
        {
            return;
        }

        if (!found.TryGetValue(index, out var one))
        {
            found[index] = one = new Found(ruling.Fates.First(entry => entry.Wish.From == own).Fate);
        }

        one.Sets.Add(set);
        one.Others.UnionWith(ruling.Fates.Where(entry => entry.Wish.From != own && !entry.Wish.Setting.Wants(own.Settings[index])).Select(entry => entry.Wish.From.AssignmentId));
    }

    /// <summary>Where another assignment speaks of a path that this one speaks of.</summary>
    private static Dictionary<AssignedSettings, List<(int Own, Wish Other)>> Overlaps(AssignedSettings own, ILookup<Guid, AssignedSettings> assigned)
    {
        var paths = own.Settings.Index().ToDictionary(entry => entry.Item.Path, entry => entry.Index, StringComparer.OrdinalIgnoreCase);
        var overlaps = new Dictionary<AssignedSettings, List<(int, Wish)>>();
        foreach (var other in assigned.SelectMany(group => group).Where(other => other.AssignmentId != own.AssignmentId))
        {
            List<(int, Wish)> common = [.. other.Settings.Index().Where(entry => paths.ContainsKey(entry.Item.Path)).Select(entry => (paths[entry.Item.Path], new Wish(other, entry.Index)))];
            if (common.Count > 0)
            {
                overlaps[other] = common;
            }
        }

        return overlaps;
    }

    private async Task<IReadOnlyList<AssignmentConflict>> ReportAsync(AssignedSettings own, Dictionary<int, Found> found, CancellationToken cancellationToken)
    {
        if (found.Count == 0)
        {
            return [];
        }

        var devices = await db.Set<Device>().Where(device => device.State == DeviceState.Enrolled && device.AssignmentSetId != null)
            .GroupBy(device => device.AssignmentSetId!.Value).Select(group => new { group.Key, Count = group.Count() }).ToDictionaryAsync(row => row.Key, row => row.Count, cancellationToken);
        return [.. found.OrderBy(entry => entry.Key).Take(MostReported).Select(entry => new AssignmentConflict(
            own.Settings[entry.Key].Path, entry.Value.Fate, own.Settings[entry.Key].IsSecret ? null : own.Settings[entry.Key].Value, [.. entry.Value.Others.Order()],
            entry.Value.Sets.Count, entry.Value.Sets.Sum(set => devices.GetValueOrDefault(set))))];
    }

    private sealed class Found(WishFate fate)
    {
        public WishFate Fate => fate;

        public HashSet<Guid> Sets { get; } = [];

        public HashSet<Guid> Others { get; } = [];
    }
}
