namespace Deskward.Protocol.Scim;

/// <summary>How much of an operation a step does.</summary>
public enum ScimBulkPart
{
    /// <summary>All of it.</summary>
    Whole,

    /// <summary>A POST in a circle: what refers to resources that are not made yet is left out.</summary>
    WithoutReferences,

    /// <summary>The same as a PUT with everything, once all are made. Its outcome is the operation's.</summary>
    References,
}

/// <summary>One step of a plan.</summary>
/// <param name="Index">Of the operation in the request.</param>
/// <param name="Operation">As it came, with its references.</param>
/// <param name="Part">How much of it is done.</param>
public sealed record ScimBulkStep(int Index, ScimBulkOperation Operation, ScimBulkPart Part)
{
    /// <summary>The operation with identifiers in place of <c>bulkId:</c> references, to be done now.</summary>
    /// <param name="made">The identifier of what the POST of that name has made; null when it has not, or has failed.</param>
    /// <exception cref="ScimException">409 when something that is referred to is not there.</exception>
    public ScimBulkOperation Resolved(Func<string, string?> made)
    {
        var path = Part == ScimBulkPart.References ? $"{Operation.Path}/{ScimBulkReferences.Prefix}{Operation.BulkId}" : Operation.Path;
        return Operation with
        {
            Method = Part == ScimBulkPart.References ? ScimBulkMethod.Put : Operation.Method,
            Path = ScimBulkReferences.InPath(path, made),
            Data = Operation.Data is { } data ? ScimBulkReferences.InData(data, made, Part == ScimBulkPart.WithoutReferences) : null,
        };
    }
}

/// <summary>
/// In which order the operations of a bulk request are done: as sent, but each after those that make what it refers to (RFC 7644 section 3.7.2). Circles are cut by making
/// one resource without its references and completing it at the end (section 3.7.1).
/// </summary>
public static class ScimBulkPlan
{
    public static IReadOnlyList<ScimBulkStep> Of(ScimBulkRequest request)
    {
        var waits = Dependencies(request);
        var waiting = Waiting(waits);
        var ready = new PriorityQueue<int, int>();
        foreach (var index in Enumerable.Range(0, waits.Count).Where(index => waits[index].Count == 0))
        {
            ready.Enqueue(index, index);
        }
        List<ScimBulkStep> steps = [];
        List<ScimBulkStep> later = [];
        var left = Enumerable.Range(0, waits.Count).ToHashSet();
        while (left.Count > 0)
        {
            var part = ScimBulkPart.Whole;
            if (!ready.TryDequeue(out var next, out _))
            {
                next = InCircle(left.Min(), waits);
                waits[next].Clear();
                part = ScimBulkPart.WithoutReferences;
                later.Add(new ScimBulkStep(next, request.Operations[next], ScimBulkPart.References));
            }
            left.Remove(next);
            steps.Add(new ScimBulkStep(next, request.Operations[next], part));
            foreach (var one in waiting[next].Where(one => waits[one].Remove(next) && waits[one].Count == 0))
            {
                ready.Enqueue(one, one);
            }
        }
        return [.. steps, .. later];
    }

    /// <summary>For each operation those that it waits for; itself, when it refers to what it makes.</summary>
    private static List<HashSet<int>> Dependencies(ScimBulkRequest request)
    {
        var makers = request.Operations.Index().Where(one => one.Item is { Method: ScimBulkMethod.Post, BulkId: not null }).ToDictionary(one => one.Item.BulkId!, one => one.Index);
        return [.. request.Operations.Select(operation => ScimBulkReferences.Of(operation).Where(makers.ContainsKey).Select(name => makers[name]).ToHashSet())];
    }

    /// <summary>The other way round: for each operation those that wait for it.</summary>
    private static List<List<int>> Waiting(List<HashSet<int>> waits)
    {
        List<List<int>> waiting = [.. waits.Select(_ => new List<int>())];
        foreach (var (index, wait) in waits.Index())
        {
            foreach (var one in wait)
            {
                waiting[one].Add(index);
            }
        }
        return waiting;
    }

    /// <summary>Follows what is waited for until it comes round.</summary>
    private static int InCircle(int at, List<HashSet<int>> waits)
    {
        HashSet<int> seen = [];
        while (seen.Add(at))
        {
            at = waits[at].Min();
        }
        return at;
    }
}
