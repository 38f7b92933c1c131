namespace Deskward.Protocol.Scim;

/// <summary>Which attributes an answer holds (RFC 7644 section 3.9).</summary>
public sealed class ScimProjection
{
    private const int MaxNames = 200;

    private readonly HashSet<ScimAttribute> _named = [];
    private readonly HashSet<ScimAttribute> _onTheWay = [];
    private readonly bool _isOnlyNamed;

    private ScimProjection(ScimResourceType type, IReadOnlyList<string> names, bool isOnlyNamed)
    {
        if (names.Count > MaxNames)
        {
            throw new ScimException(ScimErrorType.InvalidValue, "More attributes are named than a resource has.");
        }
        _isOnlyNamed = isOnlyNamed;
        // Names that the type does not have are passed over: a search over several types names attributes of each.
        foreach (var path in names.Select(name => ScimPath.Find(type.Root, name)).OfType<ScimPath>())
        {
            _named.Add(path.Leaf);
            _onTheWay.UnionWith(path.Steps.SkipLast(1));
        }
    }

    /// <summary>Everything that is returned by default.</summary>
    public static ScimProjection Default { get; } = new(ScimSchemas.User, [], false);

    /// <summary>What a query asks for.</summary>
    /// <param name="type">Whose attributes the names are of.</param>
    /// <param name="attributes">Only these, and what is always returned; empty when the client did not say.</param>
    /// <param name="excluded">All but these; not together with the former.</param>
    /// <exception cref="ScimException"><c>invalidValue</c> when both are given.</exception>
    public static ScimProjection Of(ScimResourceType type, IReadOnlyList<string> attributes, IReadOnlyList<string> excluded) => (attributes.Count, excluded.Count) switch
    {
        (0, 0) => Default,
        (0, _) => new(type, excluded, isOnlyNamed: false),
        (_, 0) => new(type, attributes, isOnlyNamed: true),
        _ => throw new ScimException(ScimErrorType.InvalidValue, "'attributes' and 'excludedAttributes' exclude each other."),
    };

    /// <summary>Whether the answer holds an attribute, or at least a part of it.</summary>
    /// <param name="attribute">An attribute.</param>
    /// <param name="isAsked">Whether what it belongs to was asked for as a whole.</param>
    internal bool Holds(ScimAttribute attribute, bool isAsked) => attribute.Returned switch
    {
        ScimReturned.Never => false,
        ScimReturned.Always => true,
        ScimReturned.Default => _isOnlyNamed ? isAsked || IsNamed(attribute) || _onTheWay.Contains(attribute) : !_named.Contains(attribute),
        ScimReturned.Request => _isOnlyNamed && (IsNamed(attribute) || _onTheWay.Contains(attribute)),
    };

    /// <summary>Whether the attribute itself was asked for, with all its parts.</summary>
    internal bool IsNamed(ScimAttribute attribute) => _isOnlyNamed && _named.Contains(attribute);
}
