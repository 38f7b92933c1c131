namespace Deskward.Protocol.Csp;

/// <summary>The facts of one node of the management tree. Immutable; one instance per node for the life of the catalogue.</summary>
public sealed class CatalogueNode
{
    private string? _path;

    internal CatalogueNode(CatalogueNode? parent, string name)
    {
        Parent = parent;
        Name = name;
    }

    /// <summary>The last segment; of a dynamic node its placeholder in braces.</summary>
    public string Name { get; }

    /// <summary>The node above; null for the root <c>.</c>.</summary>
    public CatalogueNode? Parent { get; }

    /// <summary>
    /// The path exactly as the DDF writes it, with <c>{Title}</c> for dynamic segments. Many device nodes are written <c>./Vendor/MSFT/...</c>,
    /// others <c>./Device/Vendor/MSFT/...</c>; both name the same node.
    /// </summary>
    public string Path => _path ??= Parent is null ? Name : IsShortRoot ? "./Vendor/MSFT/" + Name : Parent.Path + "/" + Name;

    /// <summary>
    /// What Meta/Format says: chr, int, bool, node, null, xml, b64, bin, time, date, float. For policies of ingested templates the DDF says null
    /// and Windows takes chr: what goes over the wire is <see cref="CheckedSetting.Format"/>.
    /// </summary>
    public string Format { get; internal init; } = "node";

    public NodeVerbs Verbs { get; internal init; }

    public NodeOccurrence Occurrence { get; internal init; }

    public NodeScope Scope { get; internal init; }

    /// <summary>Whether this segment itself is a name that somebody chooses.</summary>
    public bool IsDynamic => Name.StartsWith('{');

    public NodeNaming Naming { get; internal init; }

    /// <summary>The value when nobody has set one; null when the DDF names none.</summary>
    public string? DefaultValue { get; internal init; }

    public AllowedValues Allowed { get; internal init; } = AllowedValues.Anything;

    /// <summary>The builds that have this node (see <see cref="AppliesTo"/>); empty: not stated, or <see cref="IsReleased"/> is false.</summary>
    public IReadOnlyList<OsBuild> Builds { get; internal init; } = [];

    /// <summary>False when the DDF lists only builds that do not exist: announced, and on no PC.</summary>
    public bool IsReleased { get; internal init; } = true;

    /// <summary>The editions (product type numbers, as <c>DeviceStatus/OS/Edition</c> reports them) that have this node; empty: all.</summary>
    public IReadOnlyList<int> Editions { get; internal init; } = [];

    /// <summary>The version of the CSP that brought the node; null when not stated.</summary>
    public string? CspVersion { get; internal init; }

    /// <summary>Path pattern of the node itself or of the ancestor that must be written in one Atomic; null when none must.</summary>
    public string? AtomicRoot => AtomicNode?.Path;

    public RebootRule Reboot { get; internal init; }

    public bool IsDeprecated { get; internal init; }

    /// <summary>From which build on the node is deprecated; null: not deprecated, or the DDF does not say when.</summary>
    public OsBuild? DeprecatedSince { get; internal init; }

    public ConflictRule Conflict { get; internal init; }

    public IReadOnlyList<NodeDependency> Dependencies { get; internal init; } = [];

    /// <summary>Whether a Delete undoes what was written.</summary>
    public bool CanDelete => Verbs.HasFlag(NodeVerbs.Delete);

    /// <summary>Whether a value can be read back.</summary>
    public bool CanRead => Verbs.HasFlag(NodeVerbs.Get);

    /// <summary>Whether this is a setting: a leaf that Add or Replace writes.</summary>
    public bool IsSetting => Format != "node" && (Verbs & (NodeVerbs.Add | NodeVerbs.Replace)) != 0;

    internal bool RequiresAtomic { get; init; }

    /// <summary>False for a place that no file describes, such as <c>./Device/Vendor</c>; never handed out.</summary>
    internal bool IsDescribed { get; init; }

    /// <summary>Written ./Vendor/MSFT by the DDF.</summary>
    internal bool IsShortRoot { get; init; }

    internal CatalogueNode? AtomicNode => RequiresAtomic ? this : Parent?.AtomicNode;

    internal int Index { get; init; }

    /// <summary>Whether a PC of that build and edition has this node.</summary>
    /// <param name="build">The PC's build with its revision.</param>
    /// <param name="edition">The PC's edition; null when it is not known, then every edition fits.</param>
    public bool AppliesTo(OsBuild build, int? edition = null) =>
        IsReleased && build.IsCoveredBy(Builds) && (edition is not { } sku || Editions.Count == 0 || Editions.Contains(sku));

    public override string ToString() => Path;
}
