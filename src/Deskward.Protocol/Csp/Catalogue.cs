namespace Deskward.Protocol.Csp;

/// <summary>The catalogue of configuration nodes that Windows offers to management: facts, compiled from the DDF files and embedded.</summary>
public sealed class Catalogue
{
    private static readonly Lazy<Catalogue> Embedded = new(Load);

    /// <summary>The embedded catalogue, read on first use.</summary>
    public static Catalogue Default => Embedded.Value;

    /// <summary>Reads the embedded catalogue anew; <see cref="Default"/> is the one to use.</summary>
    public static Catalogue Load() => throw new NotSupportedException();

    /// <summary>Every node in the order of the tree.</summary>
    public IReadOnlyList<CatalogueNode> Nodes => throw new NotSupportedException();

    /// <summary>The node that a path names: without case, ./Vendor = ./Device/Vendor, percent-encoding decoded; null when there is none.</summary>
    public CatalogueNode? Find(string? path) => throw new NotSupportedException();

    /// <summary>The path in the DDF's spelling, with the given names in dynamic segments; null when there is no such node.</summary>
    public string? CanonicalPath(string? path) => throw new NotSupportedException();

    /// <summary>The concrete ancestor (or the node itself) that must be written in one Atomic; null when none must.</summary>
    public string? AtomicGroupOf(string? concretePath) => throw new NotSupportedException();

    /// <summary>Where the value in force of a policy is read: Policy/Result for a path under Policy/Config; null for any other.</summary>
    public string? ResultPathOf(string? path) => throw new NotSupportedException();

    /// <summary>Checks a setting and brings it into canonical form.</summary>
    /// <param name="path">Its path; concrete, in any spelling that Windows takes.</param>
    /// <param name="format">Meta/Format if the source states it; null otherwise.</param>
    /// <param name="value">Its value.</param>
    public SettingVerdict Check(string path, string? format, string value) => throw new NotSupportedException();

    /// <summary>As <see cref="Check"/>, for the argument of an action (Exec).</summary>
    public SettingVerdict CheckAction(string path, string? format, string value) => throw new NotSupportedException();

    /// <summary>The nodes whose path holds all words, best first.</summary>
    public CatalogueHits Search(string? words, int skip, int take, CatalogueFilter? filter = null) => throw new NotSupportedException();
}
