namespace Deskward.Groups.Rings;

/// <summary>What makes a PC differ from others, as far as rings are concerned.</summary>
internal readonly record struct PcVariety(string? Make, string? Model, string? Build);

/// <summary>A PC that has no ring yet.</summary>
internal readonly record struct Newcomer(Guid Device, PcVariety Variety);

/// <summary>
/// Which ring a PC joins. Nobody is ever moved by it: who comes joins the ring that is furthest below its share, so that a fleet which grew out of one split
/// comes to the next by growing.
/// </summary>
internal static class RingPlanner
{
    /// <summary>The rings that lack the most PCs, when one comes; more than one where several lack as many.</summary>
    /// <param name="split">The shares.</param>
    /// <param name="present">Who is there.</param>
    /// <param name="test">How many stand in Test.</param>
    internal static IReadOnlyList<Ring> FurthestBelow(RingSplit split, RingCounts present, int test)
    {
        var wanted = split.For(present.Total + test + 1, present.Total + 1);
        var most = RingCounts.Rings.Max(ring => wanted[ring] - present[ring]);
        return [.. RingCounts.Rings.Where(ring => wanted[ring] - present[ring] == most)];
    }

    /// <summary>
    /// Of rings that lack as many, the one in which PCs like this are the rarest part: of the same make, model and build; then of the same make and model; then
    /// of the same make.
    /// </summary>
    /// <param name="rings">The rings, at least one.</param>
    /// <param name="newcomer">Who comes.</param>
    /// <param name="present">Who stands in those rings, and how many of each.</param>
    internal static Ring Rarest(IReadOnlyList<Ring> rings, PcVariety newcomer, IReadOnlyCollection<(Ring Ring, PcVariety Variety, int Count)> present)
    {
        if (rings is [var only])
        {
            return only;
        }

        return rings.OrderBy(ring => Part(ring, variety => variety == newcomer)).ThenBy(ring => Part(ring, variety => variety with { Build = null } == newcomer with { Build = null }))
            .ThenBy(ring => Part(ring, variety => variety.Make == newcomer.Make)).ThenBy(ring => ring).First();

        double Part(Ring ring, Func<PcVariety, bool> isAlike)
        {
            var here = present.Where(row => row.Ring == ring).ToList();
            return here.Count == 0 ? 0 : (double)here.Where(row => isAlike(row.Variety)).Sum(row => row.Count) / here.Sum(row => row.Count);
        }
    }

    /// <summary>
    /// Places many at once. How many go where follows from the shares of the fleet they make together; who goes where is spread evenly over the fleet in the order
    /// of make, model and build, so that each ring gets its part of each.
    /// </summary>
    internal static IReadOnlyDictionary<Guid, Ring> PlaceAll(RingSplit split, RingCounts present, int test, IReadOnlyCollection<Newcomer> newcomers)
    {
        var lacking = Lacking(split, present, test, newcomers.Count);
        var given = default(RingCounts);
        var placed = new Dictionary<Guid, Ring>(newcomers.Count);
        foreach (var (at, newcomer) in newcomers.OrderBy(one => one.Variety.Make, StringComparer.Ordinal).ThenBy(one => one.Variety.Model, StringComparer.Ordinal)
            .ThenBy(one => one.Variety.Build, StringComparer.Ordinal).ThenBy(one => one.Device).Index())
        {
            var behind = RingCounts.Rings.Where(ring => given[ring] < lacking[ring]).MaxBy(ring => ((double)lacking[ring] * (at + 0.5) / newcomers.Count) - given[ring]);
            placed[newcomer.Device] = behind;
            given = given.Add(behind, 1);
        }

        return placed;
    }

    /// <summary>How many of so many newcomers each ring gets: what it lacks of its share, where others are above theirs as far as it goes.</summary>
    private static RingCounts Lacking(RingSplit split, RingCounts present, int test, int newcomers)
    {
        var wanted = split.For(present.Total + test + newcomers, present.Total + newcomers);
        var lacking = RingCounts.Rings.Aggregate(default(RingCounts), (all, ring) => all.Add(ring, Math.Max(0, wanted[ring] - present[ring])));
        while (lacking.Total > newcomers)
        {
            lacking = lacking.Add(RingCounts.Rings.MaxBy(ring => lacking[ring]), -1);
        }

        return lacking;
    }
}
