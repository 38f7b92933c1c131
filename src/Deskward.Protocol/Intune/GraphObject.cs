using System.Text.Json;

namespace Deskward.Protocol.Intune;

/// <summary>
/// An object of Microsoft Graph as tools write it: names in any case, the rest of them under AdditionalProperties (the SDK's way), and lists that PowerShell
/// made an object of when they had one entry, or wrapped with a count.
/// </summary>
/// <param name="json">The object.</param>
/// <param name="place">Where it stands, for messages.</param>
internal readonly struct GraphObject(JsonElement json, string place)
{
    private const string More = "AdditionalProperties";

    public string Place => place;

    /// <summary>Type without namespace, such as windows10CompliancePolicy; null when it is not stated.</summary>
    public string? Type => Text("@odata.type") is { Length: > 0 } type ? type[(type.LastIndexOf('.') + 1)..].TrimStart('#') : null;

    /// <summary>Every property but annotations (with an @) and actions (with a #).</summary>
    public IEnumerable<JsonProperty> Properties()
    {
        var extra = json.TryGetProperty(More, out var more) && more.ValueKind == JsonValueKind.Object ? more.EnumerateObject() : default;
        return json.EnumerateObject().Where(property => property.Name != More).Concat(extra).Where(property => !property.Name.Contains('@', StringComparison.Ordinal) && !property.Name.StartsWith('#'));
    }

    /// <summary>The property; null when it is absent or null.</summary>
    public JsonElement? Find(string name)
    {
        if (json.TryGetProperty(name, out var exact))
        {
            return exact.ValueKind == JsonValueKind.Null ? null : exact;
        }
        foreach (var property in json.EnumerateObject())
        {
            if (property.Name.Equals(name, StringComparison.OrdinalIgnoreCase))
            {
                return property.Value.ValueKind == JsonValueKind.Null ? null : property.Value;
            }
        }
        return name != More && Find(More) is { ValueKind: JsonValueKind.Object } more ? new GraphObject(more, place).Find(name) : null;
    }

    /// <summary>A property that is a text; null when it is absent, null or something else.</summary>
    public string? Text(string name) => Find(name) is { ValueKind: JsonValueKind.String } text ? text.GetString() : null;

    /// <summary>A property that is an object; null when it is absent or null.</summary>
    /// <exception cref="ProtocolException">It is something else.</exception>
    public GraphObject? Object(string name) => Find(name) is { } value ? Of(value, $"{place}.{name}") : null;

    /// <summary>The objects of a property that is a list; empty when it is absent or null.</summary>
    /// <exception cref="ProtocolException">It, or an entry, is something else.</exception>
    public IReadOnlyList<GraphObject> List(string name)
    {
        var at = $"{place}.{name}";
        return Find(name) is { } value ? [.. Entries(value, at).Select((entry, index) => Of(entry, $"{at}[{index}]"))] : [];
    }

    /// <summary>Takes a value for an object.</summary>
    /// <exception cref="ProtocolException">It is none.</exception>
    public static GraphObject Of(JsonElement value, string place) => value.ValueKind == JsonValueKind.Object ? new GraphObject(value, place) : throw Foreign(value, place, "an object");

    private static IEnumerable<JsonElement> Entries(JsonElement value, string place) => value.ValueKind switch
    {
        JsonValueKind.Array => value.EnumerateArray(),
        JsonValueKind.Object when value.TryGetProperty("value", out var wrapped) && wrapped.ValueKind == JsonValueKind.Array
            && value.EnumerateObject().All(property => property.Name is "value" or "Count" or "count") => wrapped.EnumerateArray(),
        JsonValueKind.Object => [value],
        _ => throw Foreign(value, place, "a list"),
    };

    private static ProtocolException Foreign(JsonElement value, string place, string wanted) =>
        value.ValueKind == JsonValueKind.String && value.GetString()!.TrimStart() is var text
            && (text.StartsWith("@{", StringComparison.Ordinal) || text.StartsWith("System.", StringComparison.Ordinal) || text.StartsWith("Microsoft.Graph.", StringComparison.Ordinal))
            ? new($"{place} was cut off when the file was written: export it again with a larger depth (ConvertTo-Json -Depth 50).")
            : new($"{place} should be {wanted} and is {value.ValueKind switch { JsonValueKind.String => "a text", JsonValueKind.Array => "a list", JsonValueKind.Number => "a number", _ => "something else" }}.");
}
