using System.Text.Json;

namespace Deskward.Protocol.Scim;

/// <summary>How a client proves itself.</summary>
/// <param name="Type">A canonical value, e.g. <c>oauthbearertoken</c>.</param>
/// <param name="Name">Usual name.</param>
/// <param name="Description">How it is used here.</param>
/// <param name="SpecUri">Its specification; null when there is none.</param>
public sealed record ScimAuthenticationScheme(string Type, string Name, string Description, string? SpecUri);

/// <summary>What this service supports beyond what always is: PATCH, bulk, filters, sorting and entity tags are.</summary>
/// <param name="MaxOperations">Operations of a bulk request.</param>
/// <param name="MaxPayloadSize">Bytes of a bulk request.</param>
/// <param name="MaxResults">Resources in one answer.</param>
/// <param name="CanChangePassword">Whether a client may set passwords.</param>
/// <param name="DocumentationUri">Page for people; null when there is none.</param>
/// <param name="AuthenticationSchemes">The first one is the preferred one.</param>
public sealed record ScimServiceFacts(
    int MaxOperations, int MaxPayloadSize, int MaxResults, bool CanChangePassword, string? DocumentationUri, IReadOnlyList<ScimAuthenticationScheme> AuthenticationSchemes);

/// <summary>The answers of <c>/ServiceProviderConfig</c>, <c>/ResourceTypes</c> and <c>/Schemas</c> (RFC 7644 section 4).</summary>
/// <param name="baseUri">Of this service, without a slash at the end.</param>
public sealed class ScimDiscovery(string baseUri)
{
    private const string Core = "urn:ietf:params:scim:schemas:core:2.0:";

    public byte[] ServiceProviderConfig(ScimServiceFacts facts) => ScimWriter.Write(json =>
    {
        json.WriteStartObject();
        Texts(json, "schemas", [Core + "ServiceProviderConfig"]);
        Given(json, "documentationUri", facts.DocumentationUri);
        Supported(json, "patch", true);
        Supported(json, "bulk", true, ("maxOperations", facts.MaxOperations), ("maxPayloadSize", facts.MaxPayloadSize));
        Supported(json, "filter", true, ("maxResults", facts.MaxResults));
        Supported(json, "changePassword", facts.CanChangePassword);
        Supported(json, "sort", true);
        Supported(json, "etag", true);
        json.WriteStartArray("authenticationSchemes");
        foreach (var (index, scheme) in facts.AuthenticationSchemes.Index())
        {
            json.WriteStartObject();
            json.WriteString("type", scheme.Type);
            json.WriteString("name", scheme.Name);
            json.WriteString("description", scheme.Description);
            Given(json, "specUri", scheme.SpecUri);
            json.WriteBoolean("primary", index == 0);
            json.WriteEndObject();
        }
        json.WriteEndArray();
        Meta(json, "ServiceProviderConfig", "/ServiceProviderConfig");
        json.WriteEndObject();
    });

    public byte[] ResourceTypes() => List(ScimSchemas.ResourceTypes, Write);

    /// <summary>Null when there is none of that name.</summary>
    public byte[]? ResourceType(string id) => ScimSchemas.ResourceTypes.FirstOrDefault(type => type.Id == id) is { } found ? ScimWriter.Write(json => Write(json, found)) : null;

    public byte[] Schemas() => List(ScimSchemas.All, Write);

    /// <summary>Null when there is none of that URI; case does not count.</summary>
    public byte[]? Schema(string id) =>
        ScimSchemas.All.FirstOrDefault(schema => schema.Id.Equals(id, StringComparison.OrdinalIgnoreCase)) is { } found ? ScimWriter.Write(json => Write(json, found)) : null;

    private static byte[] List<T>(IReadOnlyList<T> items, Action<Utf8JsonWriter, T> write) => ScimWriter.Write(json =>
    {
        json.WriteStartObject();
        Texts(json, "schemas", [ScimListResponse.SchemaId]);
        json.WriteNumber("totalResults", items.Count);
        json.WriteNumber("startIndex", 1);
        json.WriteNumber("itemsPerPage", items.Count);
        json.WriteStartArray("Resources");
        foreach (var item in items)
        {
            write(json, item);
        }
        json.WriteEndArray();
        json.WriteEndObject();
    });

    private void Write(Utf8JsonWriter json, ScimResourceType type)
    {
        json.WriteStartObject();
        Texts(json, "schemas", [Core + "ResourceType"]);
        json.WriteString("id", type.Id);
        json.WriteString("name", type.Id);
        json.WriteString("description", type.Description);
        json.WriteString("endpoint", type.Endpoint);
        json.WriteString("schema", type.Schema.Id);
        json.WriteStartArray("schemaExtensions");
        foreach (var extension in type.Extensions)
        {
            json.WriteStartObject();
            json.WriteString("schema", extension.Schema.Id);
            json.WriteBoolean("required", extension.IsRequired);
            json.WriteEndObject();
        }
        json.WriteEndArray();
        Meta(json, "ResourceType", $"/ResourceTypes/{type.Id}");
        json.WriteEndObject();
    }

    private void Write(Utf8JsonWriter json, ScimSchema schema)
    {
        json.WriteStartObject();
        Texts(json, "schemas", [Core + "Schema"]);
        json.WriteString("id", schema.Id);
        json.WriteString("name", schema.Name);
        json.WriteString("description", schema.Description);
        Attributes(json, "attributes", schema.Attributes);
        Meta(json, "Schema", $"/Schemas/{schema.Id}");
        json.WriteEndObject();
    }

    private static void Attributes(Utf8JsonWriter json, string name, IReadOnlyList<ScimAttribute> attributes)
    {
        json.WriteStartArray(name);
        foreach (var attribute in attributes)
        {
            Attribute(json, attribute);
        }
        json.WriteEndArray();
    }

    private static void Attribute(Utf8JsonWriter json, ScimAttribute attribute)
    {
        json.WriteStartObject();
        json.WriteString("name", attribute.Name);
        json.WriteString("type", Keyword(attribute.Type));
        json.WriteBoolean("multiValued", attribute.IsMultiValued);
        json.WriteString("description", attribute.Description);
        json.WriteBoolean("required", attribute.IsRequired);
        Texts(json, "canonicalValues", attribute.CanonicalValues);
        json.WriteBoolean("caseExact", attribute.IsCaseExact);
        json.WriteString("mutability", Keyword(attribute.Mutability));
        json.WriteString("returned", Keyword(attribute.Returned));
        json.WriteString("uniqueness", Keyword(attribute.Uniqueness));
        Texts(json, "referenceTypes", attribute.ReferenceTypes);
        if (attribute.SubAttributes.Count > 0)
        {
            Attributes(json, "subAttributes", attribute.SubAttributes);
        }
        json.WriteEndObject();
    }

    private static string Keyword<T>(T value)
        where T : struct, Enum => JsonNamingPolicy.CamelCase.ConvertName(value.ToString());

    private static void Texts(Utf8JsonWriter json, string name, IReadOnlyList<string> values)
    {
        if (values.Count > 0)
        {
            json.WriteStartArray(name);
            foreach (var value in values)
            {
                json.WriteStringValue(value);
            }
            json.WriteEndArray();
        }
    }

    private static void Given(Utf8JsonWriter json, string name, string? value)
    {
        if (value is not null)
        {
            json.WriteString(name, value);
        }
    }

    private static void Supported(Utf8JsonWriter json, string name, bool supported, params (string Name, int Value)[] limits)
    {
        json.WriteStartObject(name);
        json.WriteBoolean("supported", supported);
        foreach (var limit in limits)
        {
            json.WriteNumber(limit.Name, limit.Value);
        }
        json.WriteEndObject();
    }

    private void Meta(Utf8JsonWriter json, string type, string path)
    {
        json.WriteStartObject("meta");
        json.WriteString("resourceType", type);
        json.WriteString("location", baseUri + path);
        json.WriteEndObject();
    }
}
