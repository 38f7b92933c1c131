using System.Globalization;

namespace Deskward.Protocol.Csp;

/// <summary>
/// A Windows build as <c>./DevDetail/SwV</c> reports it and as the DDF files list it: 10.0.number[.revision].
/// </summary>
/// <param name="Number">The build number, e.g. 22621.</param>
/// <param name="Revision">The update build revision; null when it is not stated (in a DDF: the first major release with the node).</param>
public readonly record struct OsBuild(int Number, int? Revision = null) : IComparable<OsBuild>
{
    private const int Oldest = 1000;

    // Builds that are serviced together: one code base, switched on by an enablement package, with one row of revisions.
    private static readonly (int First, int Last)[] Branches = [(18362, 18363), (19041, 19045), (22621, 22631), (26100, 26300)];

    /// <summary>Reads "10.0.22621.3235", "10.0.22621" or "22621.3235"; false for anything else.</summary>
    public static bool TryParse(string? text, out OsBuild build)
    {
        build = default;
        var parts = (text ?? "").Trim().TrimEnd('.').Split('.');
        // Windows 11 is 10.0 too; a few entries say otherwise.
        var at = parts is ["10" or "11", "0", _, ..] ? 2 : 0;
        if (parts.Length - at is not (1 or 2) || !TryNumber(parts[at], out var number) || number < Oldest)
        {
            return false;
        }
        if (parts.Length - at == 1)
        {
            build = new OsBuild(number);
            return true;
        }
        if (!TryNumber(parts[at + 1], out var revision))
        {
            return false;
        }
        build = new OsBuild(number, revision);
        return true;
    }

    /// <summary>Reads what <see cref="TryParse"/> reads.</summary>
    /// <exception cref="FormatException">The text is no build.</exception>
    public static OsBuild Parse(string text) => TryParse(text, out var build) ? build : throw new FormatException($"'{text}' is not a Windows build.");

    /// <summary>Orders by number, then by revision; no revision comes before revision 0.</summary>
    public int CompareTo(OsBuild other)
    {
        var byNumber = Number.CompareTo(other.Number);
        return byNumber != 0 ? byNumber : (Revision ?? -1).CompareTo(other.Revision ?? -1);
    }

    /// <summary>"10.0.22621.3235", or "10.0.22621" when the revision is not stated.</summary>
    public override string ToString() => Revision is null
        ? string.Create(CultureInfo.InvariantCulture, $"10.0.{Number}")
        : string.Create(CultureInfo.InvariantCulture, $"10.0.{Number}.{Revision}");

    public static bool operator <(OsBuild left, OsBuild right) => left.CompareTo(right) < 0;

    public static bool operator >(OsBuild left, OsBuild right) => left.CompareTo(right) > 0;

    public static bool operator <=(OsBuild left, OsBuild right) => left.CompareTo(right) <= 0;

    public static bool operator >=(OsBuild left, OsBuild right) => left.CompareTo(right) >= 0;

    /// <summary>
    /// Whether this PC's build has a node with that list of builds (protocol facts 4.3, point 4). An entry without revision stands for that
    /// release and all later ones; an entry with one is a back-port: that branch from that revision on. The newest entry holds
    /// for all later branches too. An empty list holds for every build.
    /// </summary>
    internal bool IsCoveredBy(IReadOnlyList<OsBuild> builds)
    {
        if (builds.Count == 0)
        {
            return true;
        }
        var newest = builds[0];
        foreach (var entry in builds)
        {
            newest = entry > newest ? entry : newest;
            if (entry.Revision is null ? Number >= entry.Number : IsLaterInBranch(entry))
            {
                return true;
            }
        }
        return BranchOf(Number) > BranchOf(newest.Number);
    }

    private bool IsLaterInBranch(OsBuild backport) =>
        BranchOf(Number) == BranchOf(backport.Number) && Number >= backport.Number && Revision is { } revision && revision >= backport.Revision;

    private static int BranchOf(int number)
    {
        foreach (var (first, last) in Branches)
        {
            if (number >= first && number <= last)
            {
                return first;
            }
        }
        return number;
    }

    private static bool TryNumber(string text, out int number) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number) && number < 1_000_000;
}
