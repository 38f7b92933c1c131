using System.Globalization;
using System.Text.Json;

namespace Deskward.Protocol.Scim;

/// <summary>From where JSON comes, and so how much is taken from it.</summary>
internal enum ScimSource
{
    /// <summary>POST and PUT: what is readOnly is ignored (RFC 7644 sections 3.3 and 3.5.1).</summary>
    Request,

    /// <summary>The value of a PATCH operation: the same, and the shapes that Entra ID and Okta send are unwrapped.</summary>
    Patch,

    /// <summary>What this service wrote itself: everything counts.</summary>
    Stored,
}

/// <summary>
/// JSON to values, as the schema tells. Names are compared without case. Attributes that the schema does not know are ignored, those of unknown extensions as well.
/// Null and empty arrays are no value (RFC 7643 section 2.5); a value that stands twice in a list counts once.
/// </summary>
internal sealed class ScimReader(ScimSource source, ScimLimits limits)
{
    /// <summary>The sub-attributes of a complex value.</summary>
    /// <param name="attribute">Whose value it is.</param>
    /// <param name="json">An object.</param>
    /// <param name="where">How messages name it; empty for the resource.</param>
    public ScimComplex Complex(ScimAttribute attribute, JsonElement json, string where)
    {
        var value = ScimComplex.Empty;
        HashSet<ScimAttribute> seen = [];
        foreach (var property in json.EnumerateObject())
        {
            if (attribute.Find(property.Name) is not { } sub)
            {
                continue;
            }
            if (!seen.Add(sub))
            {
                throw ScimJson.Twice(property.Name);
            }
            if (source == ScimSource.Stored || sub.Mutability != ScimMutability.ReadOnly)
            {
                value = value.With(sub, Value(sub, property.Value, where.Length == 0 ? sub.Name : $"{where}.{sub.Name}"));
            }
        }
        return value;
    }

    /// <summary>The value of an attribute; null when there is none.</summary>
    public ScimValue? Value(ScimAttribute attribute, JsonElement json, string where) => json.ValueKind switch
    {
        JsonValueKind.Null => null,
        JsonValueKind.Array => attribute.IsMultiValued ? List(attribute, json, where) : Only(attribute, json, where),
        _ when attribute.IsMultiValued && source == ScimSource.Patch => ScimList.OrNull(Single(attribute, json, where) is { } one ? [one] : []),
        _ when attribute.IsMultiValued => throw Mismatch(where, "an array"),
        _ => Single(attribute, json, where),
    };

    private ScimList? List(ScimAttribute attribute, JsonElement json, string where)
    {
        if (json.GetArrayLength() > limits.Values)
        {
            throw new ScimException(ScimErrorType.InvalidValue, string.Create(CultureInfo.InvariantCulture, $"{where}: more than {limits.Values} values."));
        }
        var items = new List<ScimValue>();
        HashSet<ScimValue> seen = [];
        foreach (var element in json.EnumerateArray())
        {
            var item = element.ValueKind == JsonValueKind.Null ? null
                : Single(attribute, element, attribute.IsComplex ? string.Create(CultureInfo.InvariantCulture, $"{where}[{items.Count}]") : where);
            if (item is not null && seen.Add(item))
            {
                items.Add(item);
            }
        }
        return ScimList.OrNull(items);
    }

    /// <summary>Entra ID wraps single values in an array.</summary>
    private ScimValue? Only(ScimAttribute attribute, JsonElement json, string where) => json.GetArrayLength() switch
    {
        0 => null,
        1 when source == ScimSource.Patch => json[0].ValueKind == JsonValueKind.Null ? null : Single(attribute, json[0], where),
        _ => throw Mismatch(where, "one value, not an array"),
    };

    private ScimValue? Single(ScimAttribute attribute, JsonElement json, string where)
    {
        if (attribute.IsComplex && json.ValueKind == JsonValueKind.Object)
        {
            var value = Complex(attribute, json, where);
            return value.IsEmpty ? null : value;
        }
        return source == ScimSource.Patch ? Unwrapped(attribute, json, where) : Simple(attribute, json, where);
    }

    /// <summary>In PATCH, <c>"x"</c> for an attribute with a sub-attribute <c>value</c>, and <c>{"value":"x"}</c> for a simple attribute.</summary>
    private static ScimValue? Unwrapped(ScimAttribute attribute, JsonElement json, string where)
    {
        if (attribute.IsComplex && attribute.Find("value") is { } inner)
        {
            return ScimComplex.Empty.With(inner, Simple(inner, json, where));
        }
        return !attribute.IsComplex && json.ValueKind == JsonValueKind.Object && ScimJson.Property(json, "value") is { } only
            ? Simple(attribute, only, where) : Simple(attribute, json, where);
    }

    private static ScimScalar Simple(ScimAttribute attribute, JsonElement json, string where) =>
        ScimScalars.Read(attribute.Type, json) ?? throw Mismatch(where, ScimScalars.Expected(attribute.Type));

    private static ScimException Mismatch(string where, string expected) => new(ScimErrorType.InvalidValue, $"{where}: {expected} is expected.");
}
