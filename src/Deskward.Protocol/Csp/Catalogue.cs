namespace Deskward.Protocol.Csp;

/// <summary>The catalogue of configuration nodes that Windows offers to management: facts, compiled from the DDF files and embedded.</summary>
public sealed class Catalogue
{
    private static readonly Lazy<Catalogue> Embedded = new(Load);

    private readonly NodeIndex _index;
    private readonly Lazy<NearestPath> _nearest;
    private readonly Lazy<NodeSearch> _search;
    private readonly Lazy<ILookup<CatalogueNode, CatalogueNode>> _children;

    private Catalogue(CatalogueNode[] all)
    {
        _index = new NodeIndex(all);
        Nodes = [.. all.Where(node => node.IsDescribed)];
        _nearest = new Lazy<NearestPath>(() => new NearestPath(Nodes));
        _search = new Lazy<NodeSearch>(() => new NodeSearch(Nodes));
        _children = new(() => Nodes.Where(node => node.Parent is not null).ToLookup(node => node.Parent!));
    }

    /// <summary>The embedded catalogue, read on first use.</summary>
    public static Catalogue Default => Embedded.Value;

    /// <summary>Every node in the order of the tree.</summary>
    public IReadOnlyList<CatalogueNode> Nodes { get; }

    /// <summary>Reads the embedded catalogue anew; <see cref="Default"/> is the one to use.</summary>
    public static Catalogue Load()
    {
        using var embedded = typeof(Catalogue).Assembly.GetManifestResourceStream("Deskward.Protocol.Csp.catalogue.bin")!;
        return Load(embedded);
    }

    /// <summary>Reads a catalogue that <see cref="CatalogueCompiler"/> made.</summary>
    /// <exception cref="ProtocolException">The bytes are no catalogue, or one of another version.</exception>
    public static Catalogue Load(Stream content) => new(CatalogueReader.Read(content));

    /// <summary>The node that a path names: without case, ./Vendor = ./Device/Vendor, percent-encoding decoded; null when there is none.</summary>
    /// <param name="path">A concrete path or a pattern with <c>{Title}</c>; a suffix such as <c>?list=Struct</c> is passed over.</param>
    public CatalogueNode? Find(string? path) => ResolvedPath.Follow(_index, path)?.Node;

    /// <summary>The nodes below a node, in the order of the tree; the dynamic one, if any, stands for all that are named by somebody.</summary>
    public IEnumerable<CatalogueNode> ChildrenOf(CatalogueNode node) => _children.Value[node];

    /// <summary>The path in the DDF's spelling, with the given names in dynamic segments; null when there is no such node.</summary>
    public string? CanonicalPath(string? path) => ResolvedPath.Follow(_index, path)?.Write();

    /// <summary>
    /// The concrete path of the ancestor (or the node itself) that must be written in one Atomic, in the DDF's spelling, e.g.
    /// <c>./Vendor/MSFT/Firewall/MdmStore/FirewallRules/Rule1</c>; null when none must.
    /// </summary>
    public string? AtomicGroupOf(string? concretePath) =>
        ResolvedPath.Follow(_index, concretePath) is { Node.AtomicNode: { } atomic } resolved ? resolved.Write(atomic) : null;

    /// <summary>Where the value in force of a policy is read: Policy/Result for a path under Policy/Config; null for any other.</summary>
    public string? ResultPathOf(string? path)
    {
        const string Config = "/Vendor/MSFT/Policy/Config/";
        var canonical = CanonicalPath(path);
        var at = canonical?.IndexOf(Config, StringComparison.Ordinal) ?? -1;
        return at < 0 ? null : string.Concat(canonical.AsSpan(0, at), "/Vendor/MSFT/Policy/Result/", canonical.AsSpan(at + Config.Length));
    }

    /// <summary>Checks a setting and brings it into canonical form.</summary>
    /// <param name="path">Its path; concrete, in any spelling that Windows takes.</param>
    /// <param name="format">Meta/Format if the source states it; null otherwise.</param>
    /// <param name="value">Its value.</param>
    public SettingVerdict Check(string path, string? format, string value) => new SettingCheck(this, NodeVerbs.Add | NodeVerbs.Replace).Run(path, format, value);

    /// <summary>As <see cref="Check"/>, for the argument of an action (Exec).</summary>
    public SettingVerdict CheckAction(string path, string? format, string value) => new SettingCheck(this, NodeVerbs.Exec).Run(path, format, value);

    /// <summary>The nodes whose path holds all words, best first: whose name begins with the first word, whose name holds it, the rest.</summary>
    /// <param name="words">Separated by white space; without case. Empty: every node.</param>
    /// <param name="skip">How many hits come before the page.</param>
    /// <param name="take">How many are on it.</param>
    /// <param name="filter">What to leave out; null: nothing.</param>
    public CatalogueHits Search(string? words, int skip, int take, CatalogueFilter? filter = null) => _search.Value.Find(words, skip, take, filter);

    /// <summary>The existing path that is nearest to a wrong one; null when nothing is near.</summary>
    public string? NearestTo(string path) => _nearest.Value.To(path);

    internal ResolvedPath? Resolve(string? path) => ResolvedPath.Follow(_index, path);
}
