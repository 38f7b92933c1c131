using Deskward.Responsibilities;

namespace Deskward.Groups.Rings;

/// <summary>How many PCs belong into each of the three rings that fill by themselves.</summary>
internal readonly record struct RingCounts(int First, int Fast, int Broad)
{
    internal static readonly Ring[] Rings = [Ring.First, Ring.Fast, Ring.Broad];

    internal int Total => First + Fast + Broad;

    internal int this[Ring ring] => ring switch { Ring.First => First, Ring.Fast => Fast, Ring.Broad => Broad, Ring.Test => 0 };

    internal RingCounts Add(Ring ring, int count) => ring switch
    {
        Ring.First => this with { First = First + count },
        Ring.Fast => this with { Fast = Fast + count },
        Ring.Broad => this with { Broad = Broad + count },
        Ring.Test => this,
    };
}

/// <summary>The shares that the contract gives to First and Fast, by the size of the fleet; the rest is Broad's.</summary>
/// <param name="Small">A fleet counts as small up to so many PCs.</param>
/// <param name="SmallFirst">Percent of a small fleet.</param>
/// <param name="SmallFast">Percent of a small fleet.</param>
/// <param name="LargeFirst">Percent of a larger fleet.</param>
/// <param name="LargeFast">Percent of a larger fleet.</param>
internal sealed record RingSplit(int Small, int SmallFirst, int SmallFast, int LargeFirst, int LargeFast)
{
    /// <summary>From so many PCs on, First and Fast hold at least one.</summary>
    internal const int LeastForAll = 10;

    internal static readonly string[] Figures = ["ring.small", "ring.small.first", "ring.small.fast", "ring.large.first", "ring.large.fast"];

    internal static RingSplit Published { get; } = new(200, 5, 15, 1, 9);

    internal static RingSplit Of(FiguresOfDay figures) => new(figures[Figures[0]], figures[Figures[1]], figures[Figures[2]], figures[Figures[3]], figures[Figures[4]]);

    /// <summary>
    /// The counts that add up to <paramref name="placed"/>: each ring its whole part, and one more to those with the largest remainders, First before Fast
    /// before Broad where they are equal.
    /// </summary>
    /// <param name="fleet">All managed PCs, those in Test among them: they decide which split holds.</param>
    /// <param name="placed">Those that are not in Test.</param>
    internal RingCounts For(int fleet, int placed)
    {
        var first = fleet <= Small ? SmallFirst : LargeFirst;
        // Two percentages that were agreed apart from each other may come to more than all.
        var fast = Math.Min(fleet <= Small ? SmallFast : LargeFast, 100 - first);
        long[] hundredths = [(long)first * placed, (long)fast * placed, (long)(100 - first - fast) * placed];
        var counts = Array.ConvertAll(hundredths, part => (int)(part / 100));
        foreach (var at in Enumerable.Range(0, 3).OrderByDescending(at => hundredths[at] % 100).ThenBy(at => at).Take(placed - counts.Sum()))
        {
            counts[at]++;
        }

        return placed < LeastForAll ? new(counts[0], counts[1], counts[2]) : WithOneEach(counts, first > 0, fast > 0);
    }

    /// <summary>What First or Fast lacks comes from the largest of the others. A ring whose share was agreed to be nothing stays empty.</summary>
    private static RingCounts WithOneEach(int[] counts, bool wantsFirst, bool wantsFast)
    {
        for (var at = 0; at < 2; at++)
        {
            if (counts[at] == 0 && (at == 0 ? wantsFirst : wantsFast))
            {
                counts[Array.IndexOf(counts, counts.Max())]--;
                counts[at]++;
            }
        }

        return new(counts[0], counts[1], counts[2]);
    }
}
