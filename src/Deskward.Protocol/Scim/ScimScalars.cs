using System.Buffers.Text;
using System.Globalization;
using System.Text.Json;

namespace Deskward.Protocol.Scim;

/// <summary>Simple values: from JSON, from text, to JSON.</summary>
internal static class ScimScalars
{
    private const string Instant = "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFK";

    /// <summary>Null when the JSON is no value of that type.</summary>
    public static ScimScalar? Read(ScimDataType type, JsonElement json) => (type, json.ValueKind) switch
    {
        (ScimDataType.Boolean, JsonValueKind.True) => ScimScalar.Of(true),
        (ScimDataType.Boolean, JsonValueKind.False) => ScimScalar.Of(false),
        (ScimDataType.Boolean or ScimDataType.DateTime or ScimDataType.Binary or ScimDataType.String or ScimDataType.Reference, JsonValueKind.String) =>
            Read(type, json.GetString()!),
        (ScimDataType.Integer, JsonValueKind.Number) => json.TryGetInt64(out var integer) ? ScimScalar.Of(integer) : null,
        (ScimDataType.Decimal, JsonValueKind.Number) => json.TryGetDecimal(out var number) ? ScimScalar.Of(number) : null,
        _ => null,
    };

    /// <summary>Booleans as text too, in any case: Entra ID sends <c>"False"</c>.</summary>
    public static ScimScalar? Read(ScimDataType type, string text) => type switch
    {
        ScimDataType.String or ScimDataType.Reference => ScimScalar.Of(text),
        ScimDataType.Boolean => bool.TryParse(text, out var flag) ? ScimScalar.Of(flag) : null,
        ScimDataType.DateTime => TryInstant(text, out var instant) ? ScimScalar.Of(instant) : null,
        ScimDataType.Binary => IsBase64(text) ? ScimScalar.Of(text) : null,
        ScimDataType.Integer or ScimDataType.Decimal or ScimDataType.Complex => null,
    };

    public static string Expected(ScimDataType type) => type switch
    {
        ScimDataType.String => "a string",
        ScimDataType.Boolean => "true or false",
        ScimDataType.Decimal => "a number",
        ScimDataType.Integer => "a whole number",
        ScimDataType.DateTime => "a date with time such as 2026-01-31T08:00:00Z",
        ScimDataType.Binary => "base64",
        ScimDataType.Reference => "a URI as a string",
        ScimDataType.Complex => "an object",
    };

    public static string Text(DateTimeOffset instant) => instant.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.FFFFFFF'Z'", CultureInfo.InvariantCulture);

    public static void Write(Utf8JsonWriter json, ScimScalar scalar)
    {
        switch (scalar.Value)
        {
            case bool flag:
                json.WriteBooleanValue(flag);
                break;
            case long integer:
                json.WriteNumberValue(integer);
                break;
            case decimal number:
                json.WriteNumberValue(number);
                break;
            case DateTimeOffset instant:
                json.WriteStringValue(Text(instant));
                break;
            default:
                json.WriteStringValue((string)scalar.Value);
                break;
        }
    }

    /// <summary>xsd:dateTime; without an offset it is UTC. Digits beyond a tenth of a microsecond are cut.</summary>
    private static bool TryInstant(string text, out DateTimeOffset instant)
    {
        var point = text.IndexOf('.', StringComparison.Ordinal);
        var end = point + 1;
        while (point >= 0 && end < text.Length && char.IsAsciiDigit(text[end]))
        {
            end++;
        }
        var plain = end - point > 8 ? text[..(point + 8)] + text[end..] : text;
        return DateTimeOffset.TryParseExact(plain, Instant, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out instant);
    }

    /// <summary>The ordinary alphabet; padding may be missing (RFC 7643 section 2.3.6).</summary>
    private static bool IsBase64(string text) => Base64.IsValid(text) || (!text.Contains('=', StringComparison.Ordinal) && Base64.IsValid(text + new string('=', (4 - (text.Length % 4)) % 4)));
}
