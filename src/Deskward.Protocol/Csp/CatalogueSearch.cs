namespace Deskward.Protocol.Csp;

/// <summary>What a search leaves out; null members do not restrict.</summary>
public sealed record CatalogueFilter
{
    public NodeScope? Scope { get; init; }

    /// <summary>True: only leaves that can be written.</summary>
    public bool SettingsOnly { get; init; }

    public AllowedKind? Kind { get; init; }

    /// <summary>Only what a PC of this build has.</summary>
    public OsBuild? Build { get; init; }

    /// <summary>Only what this edition has.</summary>
    public int? Edition { get; init; }

    /// <summary>False: deprecated nodes are left out.</summary>
    public bool Deprecated { get; init; } = true;

    internal bool Admits(CatalogueNode node) =>
        (Scope is null || node.Scope == Scope)
        && (!SettingsOnly || node.IsSetting)
        && (Kind is null || node.Allowed.Kind == Kind)
        && (Deprecated || !node.IsDeprecated)
        && (Build is { } build ? node.AppliesTo(build, Edition) : Edition is not { } edition || node.Editions.Count == 0 || node.Editions.Contains(edition));
}

/// <summary>One page of a search.</summary>
/// <param name="Nodes">The page.</param>
/// <param name="Total">How many nodes match in all.</param>
public sealed record CatalogueHits(IReadOnlyList<CatalogueNode> Nodes, int Total);

/// <summary>Searches by words: a walk over six thousand short strings, which is quicker than any index would be to keep.</summary>
internal sealed class NodeSearch(IReadOnlyList<CatalogueNode> nodes)
{
    // Lower case, so that the walk compares ordinally.
    private readonly string[] _paths = [.. nodes.Select(node => node.Path.ToLowerInvariant())];

    public CatalogueHits Find(string? words, int skip, int take, CatalogueFilter? filter)
    {
        var wanted = (words ?? "").ToLowerInvariant().Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        var ranked = new List<CatalogueNode>[] { [], [], [] };
        for (var at = 0; at < _paths.Length; at++)
        {
            if (HoldsAll(_paths[at], wanted) && filter?.Admits(nodes[at]) != false)
            {
                ranked[RankOf(_paths[at], wanted)].Add(nodes[at]);
            }
        }
        var total = ranked.Sum(rank => rank.Count);
        return new CatalogueHits([.. ranked.SelectMany(rank => rank).Skip(Math.Max(0, skip)).Take(Math.Max(0, take))], total);
    }

    private static bool HoldsAll(string path, string[] words)
    {
        foreach (var word in words)
        {
            if (!path.Contains(word, StringComparison.Ordinal))
            {
                return false;
            }
        }
        return true;
    }

    private static int RankOf(string path, string[] words)
    {
        var name = path.AsSpan(path.LastIndexOf('/') + 1);
        return words.Length == 0 || name.StartsWith(words[0], StringComparison.Ordinal) ? 0
            : name.Contains(words[0], StringComparison.Ordinal) ? 1 : 2;
    }
}
