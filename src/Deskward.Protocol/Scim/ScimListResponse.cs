namespace Deskward.Protocol.Scim;

/// <summary>One page of a list (RFC 7644 section 3.4.2).</summary>
public static class ScimListResponse
{
    /// <summary>URI in the <c>schemas</c> of a list.</summary>
    public const string SchemaId = "urn:ietf:params:scim:api:messages:2.0:ListResponse";

    /// <summary>The body of the answer.</summary>
    /// <param name="total">How many resources there are on all pages.</param>
    /// <param name="startIndex">Of the first one here, from 1.</param>
    /// <param name="resources">Those of this page, of one type or several.</param>
    /// <param name="projection">What is told of each type.</param>
    public static byte[] Write(long total, int startIndex, IReadOnlyList<ScimResource> resources, Func<ScimResourceType, ScimProjection> projection)
    {
        var projections = resources.Select(resource => resource.Type).Distinct().ToDictionary(type => type, projection);
        return ScimWriter.Write(json =>
        {
            json.WriteStartObject();
            json.WriteStartArray("schemas");
            json.WriteStringValue(SchemaId);
            json.WriteEndArray();
            json.WriteNumber("totalResults", total);
            json.WriteNumber("startIndex", startIndex);
            json.WriteNumber("itemsPerPage", resources.Count);
            json.WriteStartArray("Resources");
            foreach (var resource in resources)
            {
                ScimWriter.Write(json, resource, projections[resource.Type]);
            }
            json.WriteEndArray();
            json.WriteEndObject();
        });
    }
}
