namespace Deskward.Protocol.Csp;

/// <summary>The commands that a node takes (DDF AccessType).</summary>
[Flags]
public enum NodeVerbs
{
    None = 0,
    Add = 1,
    Delete = 2,
    Exec = 4,
    Get = 8,
    Replace = 16,
}

/// <summary>Whose setting a node is: the PC's, or the signed-in user's (<c>./User/...</c>).</summary>
public enum NodeScope { Device, User }

/// <summary>How often a node may be there (DDF Occurrence).</summary>
public enum NodeOccurrence { One, ZeroOrOne, ZeroOrMore, OneOrMore, ZeroOrN, OneOrN }

/// <summary>Who names a dynamic node (DDF DynamicNodeNaming); <see cref="None"/> for a node with a fixed name.</summary>
public enum NodeNaming
{
    /// <summary>The name is fixed, or the DDF does not say.</summary>
    None,

    /// <summary>The server makes up a unique identifier.</summary>
    ServerGenerated,

    /// <summary>The PC lists what it has.</summary>
    ClientInventory,

    /// <summary>The name means something (a product code, a profile's name).</summary>
    UniqueName,
}

/// <summary>Which value holds when several servers or users set a policy (DDF ConflictResolution).</summary>
public enum ConflictRule
{
    /// <summary>The DDF does not say.</summary>
    Unstated,
    LastWrite,
    LowestValueMostSecure,
    HighestValueMostSecure,
    LowestValueMostSecureZeroHasNoLimits,
    HighestValueMostSecureZeroHasNoLimits,
}

/// <summary>Whether a change needs a restart (DDF RebootBehavior).</summary>
public enum RebootRule
{
    None,

    /// <summary>Windows restarts by itself.</summary>
    Automatic,

    /// <summary>The server has to ask for the restart.</summary>
    ServerInitiated,
}

/// <summary>What kind of rule a value obeys (DDF AllowedValues/ValueType).</summary>
public enum AllowedKind
{
    /// <summary>No rule beyond the format.</summary>
    Any,

    /// <summary>One of <see cref="AllowedValues.Values"/>.</summary>
    Enumeration,

    /// <summary>A number within one of the ranges in <see cref="AllowedValues.Values"/>, each "[low-high]".</summary>
    Range,

    /// <summary>A sum of the bits in <see cref="AllowedValues.Values"/>.</summary>
    Flags,

    /// <summary>The whole value matches one of the patterns.</summary>
    Pattern,

    /// <summary><c>&lt;enabled/&gt;</c> or <c>&lt;disabled/&gt;</c> with data elements; see <see cref="AllowedValues.Admx"/>.</summary>
    AdmxPayload,

    /// <summary>Well-formed XML whose root is one of <see cref="AllowedValues.Values"/> (any, when empty).</summary>
    Xml,

    Json,

    Sddl,
}

/// <summary>Which administrative template defines a policy.</summary>
/// <param name="Area">Category path, e.g. <c>WindowsComponents~AxInstSv</c> with its prefix.</param>
/// <param name="Name">Name of the policy in the file.</param>
/// <param name="File">The .admx file of Windows.</param>
public sealed record AdmxOrigin(string Area, string Name, string File);

/// <summary>What may stand in a node.</summary>
/// <param name="Kind">The kind of rule.</param>
/// <param name="Values">Values, ranges, bits, patterns or root elements, as <paramref name="Kind"/> says.</param>
public sealed record AllowedValues(AllowedKind Kind, IReadOnlyList<string> Values)
{
    public static AllowedValues Anything { get; } = new(AllowedKind.Any, []);

    /// <summary>What separates the elements of a list (U+F000 already decoded); null when the value is no list.</summary>
    public string? Delimiter { get; init; }

    /// <summary>Where an ADMX-backed policy comes from; null otherwise.</summary>
    public AdmxOrigin? Admx { get; init; }
}

/// <summary>Another node that must have one of these values before this one takes effect.</summary>
/// <param name="Path">Path of the other node as the DDF writes it.</param>
/// <param name="Allowed">Its values.</param>
public sealed record NodeDependency(string Path, AllowedValues Allowed);
