using System.Buffers;
using System.Text.Json;

namespace Deskward.Protocol.Scim;

/// <summary><c>bulkId:</c> references in the paths and bodies of bulk operations: strings that are nothing but such a reference, and segments of a path.</summary>
internal static class ScimBulkReferences
{
    public const string Prefix = "bulkId:";

    /// <summary>All names that an operation refers to.</summary>
    public static IEnumerable<string> Of(ScimBulkOperation operation) =>
        operation.Path.Split('/').Concat(operation.Data is { } data ? Texts(data) : []).Select(Name).OfType<string>();

    public static string InPath(string path, Func<string, string?> made) => string.Join('/', path.Split('/').Select(segment => Name(segment) is { } name ? Made(name, made) : segment));

    /// <summary>The data with identifiers.</summary>
    /// <param name="data">An object.</param>
    /// <param name="made">The identifier of what was made under a name; null when nothing was.</param>
    /// <param name="leavesOut">Whether what refers to something that is not made is left out, instead of refused.</param>
    public static JsonElement InData(JsonElement data, Func<string, string?> made, bool leavesOut)
    {
        if (!Texts(data).Any(text => Name(text) is not null))
        {
            return data;
        }
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
        {
            Copy(data, json, made, leavesOut);
        }
        using var document = JsonDocument.Parse(buffer.WrittenMemory);
        return document.RootElement.Clone();
    }

    private static void Copy(JsonElement from, Utf8JsonWriter to, Func<string, string?> made, bool leavesOut)
    {
        bool IsLeftOut(JsonElement value) => leavesOut && Name(value) is { } name && made(name) is null;
        switch (from.ValueKind)
        {
            case JsonValueKind.Object:
                to.WriteStartObject();
                foreach (var property in from.EnumerateObject().Where(property => !IsLeftOut(property.Value)))
                {
                    to.WritePropertyName(property.Name);
                    Copy(property.Value, to, made, leavesOut);
                }
                to.WriteEndObject();
                break;
            case JsonValueKind.Array:
                to.WriteStartArray();
                foreach (var item in from.EnumerateArray().Where(item => !IsLeftOut(item) && !(item.ValueKind == JsonValueKind.Object && item.EnumerateObject().Any(part => IsLeftOut(part.Value)))))
                {
                    Copy(item, to, made, leavesOut);
                }
                to.WriteEndArray();
                break;
            case JsonValueKind.String when Name(from) is { } name:
                to.WriteStringValue(Made(name, made));
                break;
            default:
                from.WriteTo(to);
                break;
        }
    }

    private static string Made(string name, Func<string, string?> made) =>
        made(name) ?? throw new ScimException(new ScimError(409, null, $"What bulkId '{ScimJson.Excerpt(name)}' stands for has not been made."));

    private static string? Name(JsonElement value) => value.ValueKind == JsonValueKind.String ? Name(value.GetString()!) : null;

    private static string? Name(string text) => text.Length > Prefix.Length && text.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase) ? text[Prefix.Length..] : null;

    private static IEnumerable<string> Texts(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Object => value.EnumerateObject().SelectMany(property => Texts(property.Value)),
        JsonValueKind.Array => value.EnumerateArray().SelectMany(Texts),
        JsonValueKind.String => [value.GetString()!],
        _ => [],
    };
}
