namespace Deskward.Protocol.Csp;

/// <summary>A node while the catalogue is compiled. Null: not stated there.</summary>
internal sealed class TreeNode(TreeNode? parent, string name)
{
    private readonly Dictionary<string, TreeNode> _byName = new(StringComparer.OrdinalIgnoreCase);

    public TreeNode? Parent { get; } = parent;

    public string Name { get; } = name;

    /// <summary>In the order of the files, which is the order that people know from the documentation.</summary>
    public List<TreeNode> Children { get; } = [];

    /// <summary>False for a place that no file describes, such as <c>./Device/Vendor</c>.</summary>
    public bool IsDescribed { get; set; }

    public bool IsShortRoot { get; set; }

    public string Format { get; set; } = "node";

    public NodeVerbs Verbs { get; set; }

    public NodeOccurrence Occurrence { get; set; }

    public NodeNaming Naming { get; set; }

    public string? DefaultValue { get; set; }

    public AllowedValues Allowed { get; set; } = AllowedValues.Anything;

    public IReadOnlyList<OsBuild>? Builds { get; set; }

    public bool? IsReleased { get; set; }

    public IReadOnlyList<int>? Editions { get; set; }

    public string? CspVersion { get; set; }

    public bool RequiresAtomic { get; set; }

    public RebootRule Reboot { get; set; }

    public bool IsDeprecated { get; set; }

    public OsBuild? DeprecatedSince { get; set; }

    public ConflictRule Conflict { get; set; }

    public List<NodeDependency> Dependencies { get; } = [];

    public TreeNode ChildNamed(string name)
    {
        if (!_byName.TryGetValue(name, out var child))
        {
            child = new TreeNode(this, name);
            _byName.Add(name, child);
            Children.Add(child);
        }
        return child;
    }

    /// <summary>The node at a path under the root <c>.</c>; places on the way are made. <c>./Vendor</c> is <c>./Device/Vendor</c>.</summary>
    public TreeNode PlaceAt(string path, out bool isShort)
    {
        var segments = path.Split('/', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        isShort = segments is [".", "Vendor", ..];
        var place = isShort ? ChildNamed("Device") : this;
        foreach (var segment in segments.AsSpan(1))
        {
            place = place.ChildNamed(segment);
        }
        return place;
    }

    /// <summary>Gives each node without its own list of builds or editions the one of the node above (DDF v2: applicability is inherited).</summary>
    public void Inherit()
    {
        foreach (var child in Children)
        {
            child.Builds ??= Builds;
            child.IsReleased ??= IsReleased;
            child.Editions ??= Editions;
            child.CspVersion ??= CspVersion;
            child.Inherit();
        }
    }
}
