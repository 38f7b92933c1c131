using Deskward.Protocol.Scim;

namespace Deskward.Directories;

/// <summary>A bulk request: its operations one after the other, each a transaction of its own (RFC 7644 section 3.7).</summary>
internal sealed class ScimBulk(ScimRunner runner, ScimBase service)
{
    internal const int MostOperations = 1_000;
    internal const int LargestBody = 1024 * 1024;
    private static readonly ScimQuery NoMembers = new() { ExcludedAttributes = [GroupMembers.Name] };

    /// <summary>The outcomes of what was tried, in the order of the request.</summary>
    internal async Task<IReadOnlyList<ScimBulkResult>> RunAsync(ScimCaller caller, ScimBulkRequest request, CancellationToken cancellationToken)
    {
        var results = new SortedDictionary<int, ScimBulkResult>();
        var made = new Dictionary<string, string>();
        var failures = 0;
        foreach (var step in ScimBulkPlan.Of(request))
        {
            if (results.TryGetValue(step.Index, out var earlier) && earlier.Error is not null)
            {
                continue; // What could not be made cannot be completed.
            }

            var result = results[step.Index] = await RunAsync(caller, step, made, cancellationToken);
            failures += result.Error is null ? 0 : 1;
            if (request.EndsAfter(failures))
            {
                break;
            }
        }

        return [.. results.Values];
    }

    private async Task<ScimBulkResult> RunAsync(ScimCaller caller, ScimBulkStep step, Dictionary<string, string> made, CancellationToken cancellationToken)
    {
        var operation = step.Operation;
        try
        {
            operation = step.Resolved(made.GetValueOrDefault);
            var resource = await runner.RunAsync(caller, Write(operation), NoMembers, cancellationToken);
            if (step.Operation is { Method: ScimBulkMethod.Post, BulkId: { } name } && resource?.Id is { } id)
            {
                made[name] = id;
            }

            var status = step.Operation.Method switch { ScimBulkMethod.Post => 201, ScimBulkMethod.Delete => 204, _ => 200 };
            return new(step.Operation, status, resource?.Text("meta.location") ?? service.Uri + operation.Path, resource?.Text("meta.version"), null);
        }
        catch (ScimException refused)
        {
            return new(step.Operation, refused.Error.Status, step.Operation.Method == ScimBulkMethod.Post ? null : service.Uri + operation.Path, null, refused.Error);
        }
    }

    private static ScimWrite Write(ScimBulkOperation operation)
    {
        var isWhole = operation.Method == ScimBulkMethod.Post ? operation.ResourceId is null : operation.ResourceId is not null;
        return operation.Type is { } type && isWhole
            ? new ScimWrite(operation.Method, type, operation.ResourceId, operation.Data, operation.Version)
            : throw new ScimException(new ScimError(404, null, "The path names no resource of this service."));
    }
}
