using Deskward.Protocol.Scim;

namespace Deskward.Directories;

/// <summary>Lists, asked for by the parameters of a GET or by the body of a search, of one type or of all (RFC 7644 sections 3.4.2 and 3.4.3).</summary>
internal static class ScimLists
{
    internal static Task GetAsync(ScimCall call, IReadOnlyList<ScimResourceType> types) => AnswerAsync(call, types, call.Query());

    internal static async Task SearchAsync(ScimCall call, IReadOnlyList<ScimResourceType> types) => await AnswerAsync(call, types, ScimQuery.Of(await call.BodyAsync(ScimLimits.Default)));

    /// <summary>Of several types the users come first, and an attribute that one of them lacks has no value there.</summary>
    private static async Task AnswerAsync(ScimCall call, IReadOnlyList<ScimResourceType> types, ScimQuery query)
    {
        var (skip, take) = (query.StartIndex - 1, query.Take(ScimFacts.MostResults));
        var (total, resources) = (0L, new List<ScimResource>());
        var projections = types.ToDictionary(type => type, query.ProjectionOf);
        foreach (var type in types)
        {
            var filter = query.FilterOf(type, passUnknown: types.Count > 1);
            var page = await ScimRunner.StoreIn(call.Services, type).ListAsync(
                Sorted(query, type, types.Count > 1), filter, (int)Math.Max(0, skip - total), take - resources.Count, call.Aborted);
            resources.AddRange(page.Resources);
            total += page.Total;
        }

        await call.SendAsync(200, ScimListResponse.Write(total, query.StartIndex, resources, type => projections[type]));
    }

    private static ScimQuery Sorted(ScimQuery query, ScimResourceType type, bool isOneOfSeveral) =>
        isOneOfSeveral && query.SortBy is { } path && ScimPath.Find(type.Root, path) is null ? query with { SortBy = null } : query;
}
