using System.Buffers;
using System.Globalization;
using System.Text.Json;

namespace Deskward.Protocol.Scim;

/// <summary>The detail error keywords of RFC 7644 section 3.12, table 9.</summary>
public enum ScimErrorType { InvalidFilter, TooMany, Uniqueness, Mutability, InvalidSyntax, InvalidPath, NoTarget, InvalidValue, InvalidVers, Sensitive }

/// <summary>The answer to a request that is refused (RFC 7644 section 3.12).</summary>
/// <param name="Status">HTTP status, 400 to 599.</param>
/// <param name="Type">Keyword; null where the table has none for the status.</param>
/// <param name="Detail">One sentence for people.</param>
public sealed record ScimError(int Status, ScimErrorType? Type, string Detail)
{
    /// <summary>URI in the <c>schemas</c> of an error.</summary>
    public const string SchemaId = "urn:ietf:params:scim:api:messages:2.0:Error";

    /// <summary>An error with the status that its keyword has.</summary>
    public static ScimError Of(ScimErrorType type, string detail) => new(
        type switch
        {
            ScimErrorType.Uniqueness => 409,
            ScimErrorType.Sensitive => 403,
            ScimErrorType.InvalidFilter or ScimErrorType.TooMany or ScimErrorType.Mutability or ScimErrorType.InvalidSyntax or ScimErrorType.InvalidPath
                or ScimErrorType.NoTarget or ScimErrorType.InvalidValue or ScimErrorType.InvalidVers => 400,
        },
        type, detail);

    /// <summary>The keyword as it goes over the wire, e.g. <c>invalidFilter</c>; null when there is none.</summary>
    public string? Keyword => Type is { } type ? JsonNamingPolicy.CamelCase.ConvertName(type.ToString()) : null;

    /// <summary>The body of the answer, <c>application/scim+json</c>.</summary>
    public byte[] ToJson()
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
        {
            Write(json);
        }
        return buffer.WrittenSpan.ToArray();
    }

    internal void Write(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteStartArray("schemas");
        json.WriteStringValue(SchemaId);
        json.WriteEndArray();
        if (Keyword is { } keyword)
        {
            json.WriteString("scimType", keyword);
        }
        json.WriteString("detail", ProtocolException.OneLine(Detail));
        json.WriteString("status", Status.ToString(CultureInfo.InvariantCulture));
        json.WriteEndObject();
    }
}

/// <summary>
/// A request that is refused. The only exception that this folder throws for what a client sent; its message is the detail, safe to show and to log.
/// </summary>
public sealed class ScimException(ScimError error) : Exception(ProtocolException.OneLine(error.Detail))
{
    /// <summary>A refusal with a keyword.</summary>
    public ScimException(ScimErrorType type, string detail)
        : this(ScimError.Of(type, detail))
    {
    }

    public ScimError Error { get; } = error;
}
