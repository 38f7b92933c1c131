using System.Globalization;

namespace Deskward.Protocol.Scim;

/// <summary>The outcome of one bulk operation.</summary>
/// <param name="Operation">As it came.</param>
/// <param name="Status">HTTP status.</param>
/// <param name="Location">URI of the resource; null only when a POST has failed.</param>
/// <param name="Version">Entity tag afterwards; null when it failed or the resource is gone.</param>
/// <param name="Error">Why it failed; null when it did not.</param>
public sealed record ScimBulkResult(ScimBulkOperation Operation, int Status, string? Location, string? Version, ScimError? Error);

/// <summary>The answer to a bulk request (RFC 7644 section 3.7).</summary>
public static class ScimBulkResponse
{
    /// <summary>URI in the <c>schemas</c> of the answer.</summary>
    public const string SchemaId = "urn:ietf:params:scim:api:messages:2.0:BulkResponse";

    /// <summary>The body of the answer.</summary>
    /// <param name="results">Of the operations that were tried, in the order of the request.</param>
    public static byte[] Write(IEnumerable<ScimBulkResult> results) => ScimWriter.Write(json =>
    {
        json.WriteStartObject();
        json.WriteStartArray("schemas");
        json.WriteStringValue(SchemaId);
        json.WriteEndArray();
        json.WriteStartArray("Operations");
        foreach (var result in results)
        {
            json.WriteStartObject();
            Text("location", result.Location);
            Text("method", result.Operation.Method.ToString().ToUpperInvariant());
            Text("bulkId", result.Operation.BulkId);
            Text("version", result.Version);
            Text("status", result.Status.ToString(CultureInfo.InvariantCulture));
            if (result.Error is { } error)
            {
                json.WritePropertyName("response");
                error.Write(json);
            }
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WriteEndObject();

        void Text(string name, string? value)
        {
            if (value is not null)
            {
                json.WriteString(name, value);
            }
        }
    });
}
