using Deskward.Protocol.Csp;

namespace Deskward.DesiredState;

/// <summary>One setting of a policy set, as it was accepted.</summary>
public sealed record PolicySetting
{
    /// <summary>LocURI in the catalogue's spelling; two settings are about the same thing when these are equal without case.</summary>
    public required string Path { get; init; }

    /// <summary>Meta/Format.</summary>
    public required string Format { get; init; }

    /// <summary>The canonical value; of a secret its keyed hash, so that two can be compared and none be read.</summary>
    public required string Value { get; init; }

    /// <summary>The secret, wrapped by the service key; null when the value is no secret.</summary>
    public byte[]? Wrapped { get; init; }

    /// <summary>Whether the value is shown to nobody.</summary>
    public bool IsSecret => Wrapped is not null;

    /// <summary>A higher layer may override it.</summary>
    public bool IsOverridable { get; init; }

    /// <summary>Facts of the node; null when the catalogue of this version does not know it any more.</summary>
    internal CatalogueNode? Node { get; init; }

    internal string? AtomicGroup { get; init; }

    internal bool IsUserScope => Node is { } node ? node.Scope == NodeScope.User : Path.StartsWith("./User/", StringComparison.OrdinalIgnoreCase);

    /// <summary>Whether both want the same value, however it is written.</summary>
    internal bool Wants(PolicySetting other) => IsSecret || other.IsSecret
        ? IsSecret == other.IsSecret && Value == other.Value
        : CanonicalValue.Same(Node, Value, other.Value);

    internal TargetSetting ToTarget(Guid assignment) => new()
    {
        Path = Path,
        Format = Format,
        Value = Value,
        Wrapped = Wrapped,
        IsUserScope = IsUserScope,
        AtomicGroup = AtomicGroup,
        IsSecret = IsSecret,
        AssignmentId = assignment,
    };
}
