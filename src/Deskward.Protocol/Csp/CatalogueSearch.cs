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
}

/// <summary>One page of a search.</summary>
/// <param name="Nodes">The page.</param>
/// <param name="Total">How many nodes match in all.</param>
public sealed record CatalogueHits(IReadOnlyList<CatalogueNode> Nodes, int Total);
