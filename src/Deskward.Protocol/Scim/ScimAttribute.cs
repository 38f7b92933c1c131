using System.Collections.Frozen;
using System.Text.Json;

namespace Deskward.Protocol.Scim;

// CA1711, CA1720: the specification's own words.
#pragma warning disable CA1711, CA1720

/// <summary>Types of values (RFC 7643 section 2.3).</summary>
public enum ScimDataType { String, Boolean, Decimal, Integer, DateTime, Binary, Reference, Complex }

/// <summary>Whether a client may set an attribute (RFC 7643 section 7).</summary>
public enum ScimMutability { ReadWrite, ReadOnly, Immutable, WriteOnly }

/// <summary>When an answer holds an attribute (RFC 7643 section 7).</summary>
public enum ScimReturned { Default, Always, Never, Request }

/// <summary>Among which resources a value is unique (RFC 7643 section 7).</summary>
public enum ScimUniqueness { None, Server, Global }

/// <summary>
/// An attribute and its characteristics (RFC 7643 section 2.2). One instance stands for one place in the tree of a resource type, so that two attributes are the
/// same when they are the same object. An extension is a complex attribute whose name is the extension's URI.
/// </summary>
public sealed class ScimAttribute
{
    private readonly FrozenDictionary<string, ScimAttribute> _byName;

    internal ScimAttribute(string name, IReadOnlyList<ScimAttribute> subAttributes, ScimDataType type = ScimDataType.Complex)
    {
        Name = name;
        Type = type;
        SubAttributes = subAttributes;
        _byName = subAttributes.ToFrozenDictionary(one => one.Name, StringComparer.OrdinalIgnoreCase);
    }

    public string Name { get; }

    public ScimDataType Type { get; }

    /// <summary>Empty unless the attribute is complex.</summary>
    public IReadOnlyList<ScimAttribute> SubAttributes { get; }

    public bool IsMultiValued { get; private init; }

    public bool IsRequired { get; private init; }

    /// <summary>Whether case counts when strings are compared.</summary>
    public bool IsCaseExact { get; private init; }

    public ScimMutability Mutability { get; private init; }

    public ScimReturned Returned { get; private init; }

    public ScimUniqueness Uniqueness { get; private init; }

    public string Description { get; private init; } = "";

    /// <summary>Usual values; others are allowed.</summary>
    public IReadOnlyList<string> CanonicalValues { get; private init; } = [];

    /// <summary>What a reference refers to: names of resource types, <c>external</c> or <c>uri</c>.</summary>
    public IReadOnlyList<string> ReferenceTypes { get; private init; } = [];

    /// <summary>Whether the attribute stands for a whole extension.</summary>
    public bool IsExtension => Name.Contains(':', StringComparison.Ordinal);

    internal bool IsComplex => Type == ScimDataType.Complex;

    internal StringComparison Comparison => IsCaseExact ? StringComparison.Ordinal : StringComparison.OrdinalIgnoreCase;

    /// <summary>The sub-attribute of that name in any case; null when there is none.</summary>
    public ScimAttribute? Find(string name) => _byName.GetValueOrDefault(name);

    public override string ToString() => Name;

    /// <summary>What is absent has the default of RFC 7643 section 2.2.</summary>
    internal static ScimAttribute Read(JsonElement json) => new(
        json.GetProperty("name").GetString()!, [.. ScimSchemas.Items(json, "subAttributes").Select(Read)], Parse<ScimDataType>(json, "type"))
    {
        IsMultiValued = Flag(json, "multiValued"),
        IsRequired = Flag(json, "required"),
        IsCaseExact = Flag(json, "caseExact"),
        Mutability = Parse<ScimMutability>(json, "mutability"),
        Returned = Parse<ScimReturned>(json, "returned"),
        Uniqueness = Parse<ScimUniqueness>(json, "uniqueness"),
        Description = json.GetProperty("description").GetString()!,
        CanonicalValues = [.. ScimSchemas.Items(json, "canonicalValues").Select(one => one.GetString()!)],
        ReferenceTypes = [.. ScimSchemas.Items(json, "referenceTypes").Select(one => one.GetString()!)],
    };

    internal static bool Flag(JsonElement json, string name) => json.TryGetProperty(name, out var value) && value.GetBoolean();

    private static T Parse<T>(JsonElement json, string name)
        where T : struct, Enum => json.TryGetProperty(name, out var value) ? Enum.Parse<T>(value.GetString()!, ignoreCase: true) : default;
}
