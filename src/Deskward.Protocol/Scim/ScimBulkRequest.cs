using System.Globalization;
using System.Text.Json;

namespace Deskward.Protocol.Scim;

/// <summary>What a bulk operation does.</summary>
public enum ScimBulkMethod { Post, Put, Patch, Delete }

/// <summary>One operation of a bulk request (RFC 7644 section 3.7).</summary>
/// <param name="Method">What it does.</param>
/// <param name="BulkId">The client's name for what a POST makes; null for other methods unless the client gave one.</param>
/// <param name="Path">Below the base address: <c>/Users</c>, or <c>/Users/ID</c>.</param>
/// <param name="Data">The body that the single request would have; null for DELETE.</param>
/// <param name="Version">The entity tag that the resource must have; null when it does not matter.</param>
public sealed record ScimBulkOperation(ScimBulkMethod Method, string? BulkId, string Path, JsonElement? Data, string? Version)
{
    /// <summary>The resource type that the path begins with; null when there is none.</summary>
    public ScimResourceType? Type => ScimSchemas.ResourceTypes.FirstOrDefault(type =>
        Path.StartsWith(type.Endpoint, StringComparison.Ordinal) && (Path.Length == type.Endpoint.Length || Path[type.Endpoint.Length] == '/'));

    /// <summary>What stands behind the endpoint in the path; null when nothing does.</summary>
    public string? ResourceId => Type is { } type && Path.Length > type.Endpoint.Length + 1 ? Path[(type.Endpoint.Length + 1)..] : null;
}

/// <summary>The body of a bulk request.</summary>
/// <param name="Operations">In their order; at least one.</param>
/// <param name="FailOnErrors">After so many failures the rest is not tried; null means all are.</param>
public sealed record ScimBulkRequest(IReadOnlyList<ScimBulkOperation> Operations, int? FailOnErrors)
{
    /// <summary>Reads the body.</summary>
    /// <param name="body">Read by <see cref="ScimJson.Parse"/>, with the <c>maxPayloadSize</c> of this service as its limit.</param>
    /// <param name="maxOperations">As <c>/ServiceProviderConfig</c> tells it; more is answered 413.</param>
    /// <exception cref="ScimException"><c>invalidSyntax</c> when it is no BulkRequest or an operation is not whole.</exception>
    public static ScimBulkRequest Read(JsonElement body, int maxOperations)
    {
        ScimJson.RequireMessage(body, "BulkRequest");
        var operations = ScimJson.Objects(body, "Operations");
        if (operations.Count == 0)
        {
            throw ScimJson.Wrong("'Operations' is empty.");
        }
        if (operations.Count > maxOperations)
        {
            throw new ScimException(new ScimError(413, null, string.Create(CultureInfo.InvariantCulture, $"The request has more operations than maxOperations ({maxOperations}).")));
        }
        IReadOnlyList<ScimBulkOperation> read = [.. operations.Select(Operation)];
        var names = new HashSet<string>();
        return read.FirstOrDefault(one => one.BulkId is { } name && !names.Add(name)) is { } twice ? throw ScimJson.Wrong($"bulkId '{ScimJson.Excerpt(twice.BulkId!)}' stands twice.")
            : new ScimBulkRequest(read, ScimJson.Number(body, "failOnErrors") is { } limit and > 0 ? limit : null);
    }

    /// <summary>Whether the rest is not tried any more.</summary>
    public bool EndsAfter(int failures) => failures >= FailOnErrors;

    private static ScimBulkOperation Operation(JsonElement json)
    {
        var method = ScimJson.Named<ScimBulkMethod>(ScimJson.Text(json, "method")) ?? throw ScimJson.Wrong("'method' must be POST, PUT, PATCH or DELETE.");
        var path = ScimJson.Text(json, "path") is ['/', _, ..] given ? given : throw ScimJson.Wrong("'path' must begin with '/' and name an endpoint.");
        var name = ScimJson.Text(json, "bulkId");
        if (method == ScimBulkMethod.Post && string.IsNullOrEmpty(name))
        {
            throw ScimJson.Wrong("A POST needs a 'bulkId'.");
        }
        var data = ScimJson.Property(json, "data");
        if (method != ScimBulkMethod.Delete && data?.ValueKind != JsonValueKind.Object)
        {
            throw ScimJson.Wrong("'data' must be an object, unless the method is DELETE.");
        }
        return new ScimBulkOperation(method, string.IsNullOrEmpty(name) ? null : name, path, method == ScimBulkMethod.Delete ? null : data, ScimJson.Text(json, "version"));
    }
}
