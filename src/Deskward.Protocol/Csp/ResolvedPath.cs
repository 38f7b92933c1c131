using System.Text;
using Deskward.Protocol.SyncMl;

namespace Deskward.Protocol.Csp;

/// <summary>A node together with the names that stand in the dynamic segments of one concrete path to it.</summary>
/// <param name="Node">The node.</param>
/// <param name="Names">Decoded names of its dynamic segments, from the root on; a placeholder stands for itself.</param>
internal sealed record ResolvedPath(CatalogueNode Node, IReadOnlyList<string> Names)
{
    private const int LongestPath = 2048;

    /// <summary>Follows a path; null when it names no node.</summary>
    public static ResolvedPath? Follow(NodeIndex index, string? path)
    {
        if (path is null || path.Length > LongestPath || !path.StartsWith("./", StringComparison.Ordinal))
        {
            return null;
        }
        var query = path.IndexOf('?', StringComparison.Ordinal);
        var rest = path.AsSpan(2, (query < 0 ? path.Length : query) - 2);
        List<string>? names = null;
        var node = rest.StartsWith("Vendor/", StringComparison.OrdinalIgnoreCase) ? index.Child(index.Root, "Device") : index.Root;
        foreach (var range in rest.Split('/'))
        {
            var segment = rest[range];
            if (node is null || segment.IsEmpty)
            {
                return null;
            }
            node = Step(index, node, segment, ref names);
        }
        return node is { IsDescribed: true } ? new ResolvedPath(node, names ?? (IReadOnlyList<string>)[]) : null;
    }

    /// <summary>The path in the DDF's spelling.</summary>
    public string Write() => Write(Node);

    /// <summary>The path of an ancestor (or of the node itself) in the DDF's spelling, with the same names.</summary>
    public string Write(CatalogueNode ancestor)
    {
        var chain = new Stack<CatalogueNode>();
        var top = ancestor;
        for (; top.Parent is not null && !top.IsShortRoot; top = top.Parent)
        {
            chain.Push(top);
        }
        var path = new StringBuilder(top.IsShortRoot ? top.Path : ".", 128);
        var name = 0;
        foreach (var node in chain)
        {
            path.Append('/').Append(node.IsDynamic ? Segment(node, Names[name++]) : node.Name);
        }
        return path.ToString();
    }

    private static string Segment(CatalogueNode node, string name) => name == node.Name ? name : LocUri.Encode(name);

    private static CatalogueNode? Step(NodeIndex index, CatalogueNode parent, ReadOnlySpan<char> segment, ref List<string>? names)
    {
        string? name = null;
        if (segment.Contains('%') && !LocUri.TryDecode(segment.ToString(), out name))
        {
            return null;
        }
        var node = index.Child(parent, name ?? segment);
        if (node is null)
        {
            node = index.DynamicChild(parent);
            name ??= segment.ToString();
            if (node is null || !MayBeNamed(node, name))
            {
                return null;
            }
        }
        if (node.IsDynamic)
        {
            (names ??= []).Add(name ?? segment.ToString());
        }
        return node;
    }

    // Under Policy/Config, Windows' own areas are listed one by one; a name beyond them comes from an ingested template, and then has the
    // form App~Policy~Category. Without this rule a misspelt area would pass for an ingested one.
    private static bool MayBeNamed(CatalogueNode node, string name) =>
        !IsIngestedArea(node) || name.Contains("~Policy~", StringComparison.OrdinalIgnoreCase) || name.Contains("~Preference~", StringComparison.OrdinalIgnoreCase);

    private static bool IsIngestedArea(CatalogueNode node) =>
        node is { Name: "{AreaName}", Parent: { Name: "Config", Parent.Name: "Policy" } };

    /// <summary>A policy of an ingested template: the DDF calls it null, and it takes an ADMX payload.</summary>
    internal static bool IsIngestedPolicy(CatalogueNode node) => node.Name == "{PolicyName}" && node.Parent is not null && IsIngestedArea(node.Parent);
}
