using System.Globalization;
using System.Text.Json;

namespace Deskward.Protocol.Scim;

/// <summary>How a filter compares. <c>eq null</c> and <c>ne null</c> are read as absence and presence.</summary>
public enum ScimOperator { Eq, Ne, Co, Sw, Ew, Gt, Ge, Lt, Le }

/// <summary>
/// A filter whose attributes are known and whose values have their attributes' types (RFC 7644 section 3.4.2.2): what a storage translates. Closed:
/// <see cref="ScimAllOf"/>, <see cref="ScimAnyOf"/>, <see cref="ScimNot"/>, <see cref="ScimCompare"/>, <see cref="ScimPresent"/>, <see cref="ScimItemFilter"/> and
/// <see cref="ScimNothing"/>. <see cref="object.ToString"/> writes it as a filter again.
/// </summary>
public abstract record ScimFilter
{
    private protected ScimFilter()
    {
    }

    /// <summary>Reads a filter.</summary>
    /// <param name="type">Whose attributes it names.</param>
    /// <param name="text">As it came.</param>
    /// <param name="passUnknown">In a search over several resource types an attribute that one of them lacks has no value there; otherwise it is refused.</param>
    /// <exception cref="ScimException"><c>invalidFilter</c>, telling the place or what cannot be compared; also beyond 200 terms, 32 levels or 32,768 characters.</exception>
    public static ScimFilter Parse(ScimResourceType type, string text, bool passUnknown = false) => ScimFilterParser.Parse(type.Root, text, passUnknown);

    /// <summary>Whether a resource passes.</summary>
    public bool Matches(ScimResource resource) => ScimMatch.Is(this, resource.Values);

    /// <summary>What all must hold; nested ones become one.</summary>
    public static ScimFilter AllOf(IEnumerable<ScimFilter> parts)
    {
        IReadOnlyList<ScimFilter> flat = [.. parts.SelectMany(part => part is ScimAllOf all ? all.Parts : [part])];
        return flat.Count == 1 ? flat[0] : new ScimAllOf(flat);
    }

    /// <summary>Of which one must hold; nested ones become one.</summary>
    public static ScimFilter AnyOf(IEnumerable<ScimFilter> parts)
    {
        IReadOnlyList<ScimFilter> flat = [.. parts.SelectMany(part => part is ScimAnyOf any ? any.Parts : [part])];
        return flat.Count == 1 ? flat[0] : new ScimAnyOf(flat);
    }

    public abstract override string ToString();

    private protected static int Hash(IEnumerable<ScimFilter> parts) => parts.Aggregate(17, HashCode.Combine);
}

/// <summary>All must hold.</summary>
/// <param name="Parts">Two or more, none itself of this kind.</param>
public sealed record ScimAllOf(IReadOnlyList<ScimFilter> Parts) : ScimFilter
{
    public bool Equals(ScimAllOf? other) => other is not null && other.Parts.SequenceEqual(Parts);

    public override int GetHashCode() => Hash(Parts);

    public override string ToString() => string.Join(" and ", Parts.Select(part => part is ScimAnyOf ? $"({part})" : part.ToString()));
}

/// <summary>One must hold.</summary>
/// <param name="Parts">Two or more, none itself of this kind.</param>
public sealed record ScimAnyOf(IReadOnlyList<ScimFilter> Parts) : ScimFilter
{
    public bool Equals(ScimAnyOf? other) => other is not null && other.Parts.SequenceEqual(Parts);

    public override int GetHashCode() => Hash(Parts);

    public override string ToString() => string.Join(" or ", Parts);
}

/// <summary>Must not hold; there are two outcomes only, so an absent value makes the inner filter false and this one true.</summary>
/// <param name="Inner">Any filter.</param>
public sealed record ScimNot(ScimFilter Inner) : ScimFilter
{
    public override string ToString() => $"not ({Inner})";
}

/// <summary>The attribute has a value.</summary>
/// <param name="Path">To an attribute of any type.</param>
public sealed record ScimPresent(ScimPath Path) : ScimFilter
{
    public override string ToString() => $"{Path} pr";
}

/// <summary>
/// At least one value of the attribute compares so. <see cref="ScimOperator.Ne"/> holds when a value differs or when there is none; any other is false when there is none.
/// </summary>
/// <param name="Path">To a simple attribute; its <see cref="ScimPath.Leaf"/> tells type and case.</param>
/// <param name="Operator">Boolean and binary have Eq and Ne only; numbers and instants no Co, Sw, Ew.</param>
/// <param name="Value">A string, bool, decimal (of integers too) or DateTimeOffset in UTC, by the attribute's type.</param>
public sealed record ScimCompare(ScimPath Path, ScimOperator Operator, object Value) : ScimFilter
{
    public override string ToString() => $"{Path} {Operator.ToString().ToLowerInvariant()} {Literal}";

    private string Literal => Value switch
    {
        bool flag => flag ? "true" : "false",
        decimal number => number.ToString(CultureInfo.InvariantCulture),
        DateTimeOffset instant => $"\"{ScimScalars.Text(instant)}\"",
        _ => JsonSerializer.Serialize((string)Value),
    };
}

/// <summary>One and the same value of a list passes the inner filter: <c>emails[type eq "work" and value co "@example.com"]</c>.</summary>
/// <param name="Path">To a complex attribute.</param>
/// <param name="Inner">Its paths begin at the value.</param>
public sealed record ScimItemFilter(ScimPath Path, ScimFilter Inner) : ScimFilter
{
    public override string ToString() => $"{Path}[{Inner}]";
}

/// <summary>Nothing passes: the comparison of an attribute that the resource type lacks.</summary>
/// <param name="Name">As the client wrote it.</param>
public sealed record ScimNothing(string Name) : ScimFilter
{
    public override string ToString() => $"{Name} pr";
}
