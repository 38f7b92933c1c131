namespace Deskward.Protocol.Csp;

/// <summary>
/// Finds the existing path that a wrong one was probably meant to be: by edit distance over whole paths, with a limit that shrinks to
/// the best found so far, so that a refusal costs a few milliseconds. Names in dynamic segments are taken over from the wrong path.
/// </summary>
internal sealed class NearestPath(IReadOnlyList<CatalogueNode> nodes)
{
    private const int LongestPath = 400;
    private const int Slip = 4;

    // Ingested policies may have any name, so every wrong policy would be near them.
    private readonly Candidate[] _paths =
        [.. nodes.Where(node => !node.Path.Contains("{AreaName}", StringComparison.Ordinal)).Select(node => new Candidate(node))];

    public string? To(string path)
    {
        var wrong = Normal(path.Trim());
        if (wrong.Length is 0 or > LongestPath)
        {
            return null;
        }
        var segments = wrong.Split('/');
        var letters = LettersOf(wrong);
        // A quarter of the text may differ. Beyond a slip of the keys, the right last name in another place says more.
        var best = (Distance: Math.Clamp(wrong.Length / 4, 3, 24) + 1, Node: (CatalogueNode?)null);
        var row = new int[LongestPath + 1];
        foreach (var candidate in _paths)
        {
            var text = candidate.TextFor(segments);
            if (text is null || Math.Abs(text.Length - wrong.Length) >= best.Distance
                || Apart(letters, candidate.IsPattern ? LettersOf(text) : candidate.Letters) >= best.Distance)
            {
                continue;
            }
            var distance = Distance(wrong, text, best.Distance, row);
            best = distance < best.Distance ? (distance, candidate.Node) : best;
        }
        var near = best.Node is null ? null : Filled(best.Node.Path, path.Trim().Split('/'));
        return near is not null && best.Distance <= Slip ? near : SameName(segments) ?? near;
    }

    private string? SameName(string[] segments)
    {
        var (most, found) = (0, (string?)null);
        foreach (var candidate in _paths)
        {
            if (candidate.Node.Name.Equals(segments[^1], StringComparison.OrdinalIgnoreCase))
            {
                var common = candidate.Text.Split('/').Intersect(segments).Count();
                (most, found) = common > most ? (common, candidate.Node.Path) : (most, found);
            }
        }
        return found;
    }

    /// <summary>One spelling of the two roots, lower case, and forward slashes.</summary>
    private static string Normal(string path)
    {
        var text = path.Replace('\\', '/').ToLowerInvariant();
        return text.StartsWith("./vendor/", StringComparison.Ordinal) ? "./device" + text[1..] : text;
    }

    private static string Filled(string pattern, string[] names)
    {
        var segments = pattern.Split('/');
        var shift = names.Length > 1 && segments.Length > 1
            && segments[1].Equals("Vendor", StringComparison.OrdinalIgnoreCase) && names[1].Equals("Device", StringComparison.OrdinalIgnoreCase) ? 1 : 0;
        shift = names.Length > 1 && segments.Length > 1
            && segments[1].Equals("Device", StringComparison.OrdinalIgnoreCase) && names[1].Equals("Vendor", StringComparison.OrdinalIgnoreCase) ? -1 : shift;
        for (var at = 0; at < segments.Length; at++)
        {
            if (segments[at].StartsWith('{') && at + shift >= 0 && at + shift < names.Length && names[at + shift].Length > 0)
            {
                segments[at] = names[at + shift];
            }
        }
        return string.Join('/', segments);
    }

    /// <summary>Levenshtein distance, or any number of at least <paramref name="limit"/> when it is not below that.</summary>
    private static int Distance(string a, string b, int limit, int[] row)
    {
        if (b.Length > LongestPath)
        {
            return limit;
        }
        for (var column = 0; column <= b.Length; column++)
        {
            row[column] = column;
        }
        for (var line = 1; line <= a.Length; line++)
        {
            // Outside the band every distance is at least the limit.
            var (from, to) = (Math.Max(1, line - limit), Math.Min(b.Length, line + limit));
            var diagonal = row[from - 1];
            row[from - 1] = from == 1 ? line : limit;
            var least = row[from - 1];
            for (var column = from; column <= to; column++)
            {
                var here = a[line - 1] == b[column - 1] ? diagonal : 1 + Math.Min(diagonal, Math.Min(row[column], row[column - 1]));
                diagonal = row[column];
                row[column] = here;
                least = Math.Min(least, here);
            }
            if (least >= limit)
            {
                return limit;
            }
        }
        return row[b.Length];
    }

    /// <summary>How often each letter stands in a text; a lower bound for the distance that costs next to nothing.</summary>
    private static byte[] LettersOf(string text)
    {
        var counts = new byte[32];
        foreach (var one in text)
        {
            counts[one & 31]++;
        }
        return counts;
    }

    private static int Apart(byte[] a, byte[] b)
    {
        var (more, less) = (0, 0);
        for (var at = 0; at < a.Length; at++)
        {
            var difference = a[at] - b[at];
            more += Math.Max(difference, 0);
            less += Math.Max(-difference, 0);
        }
        return Math.Max(more, less);
    }

    private sealed class Candidate(CatalogueNode node)
    {
        private readonly string[]? _pattern = node.Path.Contains('{', StringComparison.Ordinal) ? Normal(node.Path).Split('/') : null;

        public CatalogueNode Node { get; } = node;

        public string Text { get; } = Normal(node.Path);

        public byte[] Letters { get; } = LettersOf(Normal(node.Path));

        public bool IsPattern => _pattern is not null;

        /// <summary>The text to compare with; of a pattern, with the other's names in it. Null when the depths are too different for that.</summary>
        public string? TextFor(string[] other)
        {
            if (_pattern is null)
            {
                return Text;
            }
            return Math.Abs(_pattern.Length - other.Length) > 1 ? null
                : string.Join('/', _pattern.Select((segment, at) => segment.StartsWith('{') && at < other.Length ? other[at] : segment));
        }
    }
}
