using System.Buffers;
using System.Globalization;
using System.Text.Json;
using System.Text.Unicode;

namespace Deskward.Protocol.Scim;

/// <summary>What a request may cost.</summary>
/// <param name="Bytes">Largest body; more is answered 413.</param>
/// <param name="Depth">Objects and arrays inside each other.</param>
/// <param name="Values">Values of one attribute.</param>
/// <param name="Operations">Operations of one PATCH.</param>
public sealed record ScimLimits(int Bytes = 4 * 1024 * 1024, int Depth = 16, int Values = 50_000, int Operations = 1_000)
{
    public static ScimLimits Default { get; } = new();
}

/// <summary>Bodies of requests, read so that nothing in them can surprise later: sound UTF-8, no name twice, no half of a surrogate pair, no U+0000.</summary>
public static class ScimJson
{
    private const string Base = "urn:ietf:params:scim:api:messages:2.0:";

    /// <summary>Reads a body that must be one JSON object.</summary>
    /// <exception cref="ScimException"><c>invalidSyntax</c>, or 413 when it is too large.</exception>
    public static JsonElement Parse(ReadOnlyMemory<byte> utf8, ScimLimits? limits = null)
    {
        limits ??= ScimLimits.Default;
        if (utf8.Length > limits.Bytes)
        {
            throw new ScimException(new ScimError(413, null, string.Create(CultureInfo.InvariantCulture, $"The request is larger than {limits.Bytes} bytes.")));
        }
        if (!Utf8.IsValid(utf8.Span))
        {
            throw Wrong("The body is not UTF-8.");
        }
        try
        {
            CheckText(utf8.Span, limits.Depth);
            using var document = JsonDocument.Parse(utf8, new JsonDocumentOptions { MaxDepth = limits.Depth, AllowDuplicateProperties = false });
            return document.RootElement.ValueKind == JsonValueKind.Object ? document.RootElement.Clone() : throw Wrong("The body is not a JSON object.");
        }
        catch (JsonException broken)
        {
            throw Wrong($"The body is not JSON that can be read: {Reason(broken.Message)}");
        }
    }

    /// <summary>Refuses a message whose <c>schemas</c> does not name what it must be, e.g. <c>PatchOp</c>.</summary>
    internal static void RequireMessage(JsonElement body, string name)
    {
        var schemas = Property(body, "schemas");
        if (schemas?.ValueKind != JsonValueKind.Array
            || !schemas.Value.EnumerateArray().Any(one => one.ValueKind == JsonValueKind.String && string.Equals(one.GetString(), Base + name, StringComparison.OrdinalIgnoreCase)))
        {
            throw Wrong($"'schemas' must hold {Base}{name}.");
        }
    }

    /// <summary>A property by its name in any case; null when it is absent or null.</summary>
    internal static JsonElement? Property(JsonElement json, string name)
    {
        JsonElement? found = null;
        foreach (var property in json.EnumerateObject().Where(one => one.Name.Equals(name, StringComparison.OrdinalIgnoreCase)))
        {
            found = found is null ? property.Value : throw Twice(name);
        }
        return found is { ValueKind: not JsonValueKind.Null } ? found : null;
    }

    /// <summary>The text of a property; null when it is absent.</summary>
    internal static string? Text(JsonElement json, string name) => Property(json, name) switch
    {
        null => null,
        { ValueKind: JsonValueKind.String } text => text.GetString(),
        _ => throw Wrong($"'{name}' must be a string."),
    };

    /// <summary>The whole number of a property; null when it is absent.</summary>
    internal static int? Number(JsonElement json, string name) => Property(json, name) switch
    {
        null => null,
        { ValueKind: JsonValueKind.Number } number when number.TryGetInt64(out var value) => (int)Math.Clamp(value, int.MinValue, int.MaxValue),
        _ => throw Wrong($"'{name}' must be a whole number."),
    };

    /// <summary>The elements of an array of objects that must be there.</summary>
    internal static IReadOnlyList<JsonElement> Objects(JsonElement json, string name) =>
        Property(json, name) is { ValueKind: JsonValueKind.Array } array && array.EnumerateArray().All(one => one.ValueKind == JsonValueKind.Object)
            ? [.. array.EnumerateArray()] : throw Wrong($"'{name}' must be an array of objects.");

    /// <summary>The value of that name in any case; null when there is none.</summary>
    internal static T? Named<T>(string? name)
        where T : struct, Enum => Enum.GetValues<T>().Select(one => (T?)one).FirstOrDefault(one => one.ToString()!.Equals(name, StringComparison.OrdinalIgnoreCase));

    internal static ScimException Wrong(string detail) => new(ScimErrorType.InvalidSyntax, detail);

    internal static ScimException Twice(string name) => Wrong($"'{Excerpt(name)}' stands twice in one object.");

    internal static string Excerpt(string text) => text.Length > 80 ? text[..80] + "..." : text;

    /// <summary>What JsonDocument would only find when the text is asked for.</summary>
    private static void CheckText(ReadOnlySpan<byte> utf8, int depth)
    {
        var reader = new Utf8JsonReader(utf8, new JsonReaderOptions { MaxDepth = depth });
        while (reader.Read())
        {
            if (reader.TokenType is JsonTokenType.String or JsonTokenType.PropertyName && reader.ValueIsEscaped)
            {
                CheckEscapes(ref reader);
            }
        }
    }

    private static void CheckEscapes(ref Utf8JsonReader reader)
    {
        var text = ArrayPool<char>.Shared.Rent(reader.ValueSpan.Length);
        try
        {
            if (text.AsSpan(0, reader.CopyString(text)).Contains('\0'))
            {
                throw Wrong("A text holds U+0000.");
            }
        }
        catch (InvalidOperationException)
        {
            throw Wrong("A text holds half of a surrogate pair.");
        }
        finally
        {
            ArrayPool<char>.Shared.Return(text);
        }
    }

    /// <summary>The first sentence; what follows tells positions that the reader counts in its own way.</summary>
    private static string Reason(string message) => message.Split(" LineNumber")[0];
}
