using System.Text.RegularExpressions;
using Deskward.Platform;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Deskward.Guards;

/// <summary>A route of the service and who may take it.</summary>
/// <param name="Verbs">HTTP methods; <c>ANY</c> when it takes all.</param>
/// <param name="Path">The pattern.</param>
/// <param name="Access">A policy's name, <c>signed-in</c>, <c>open</c>, or <c>management</c>: the listener where PCs prove themselves.</param>
internal readonly partial record struct Route(string Verbs, string Path, string Access)
{
    public override string ToString() => $"{Access} {Verbs} {Path}";

    internal static async Task<IReadOnlyList<Route>> OfAsync(IServiceProvider services)
    {
        var fallback = services.GetService<IAuthorizationPolicyProvider>() is { } policies && await policies.GetFallbackPolicyAsync() is not null;
        var mapped = services.GetServices<EndpointDataSource>().SelectMany(source => source.Endpoints).OfType<RouteEndpoint>().Select(endpoint => Of(endpoint, fallback));
        var management = services.GetServices<ManagementRoute>().Select(route => new Route("ANY", route.Path, "management"));
        return [.. mapped.Concat(management).Distinct().OrderBy(route => route.Path, StringComparer.Ordinal).ThenBy(route => route.Verbs, StringComparer.Ordinal)];
    }

    internal static Route Of(RouteEndpoint endpoint, bool fallback)
    {
        var verbs = endpoint.Metadata.GetMetadata<IHttpMethodMetadata>()?.HttpMethods ?? [];
        var demands = endpoint.Metadata.GetOrderedMetadata<IAuthorizeData>();
        var isOpen = endpoint.Metadata.GetMetadata<IAllowAnonymous>() is not null || (demands.Count == 0 && !fallback);
        var access = isOpen ? "open" : string.Join('+', demands.Select(demand => demand.Policy ?? "signed-in").Distinct().Order(StringComparer.Ordinal).DefaultIfEmpty("signed-in"));
        return new Route(verbs.Count == 0 ? "ANY" : string.Join(',', verbs.Order(StringComparer.Ordinal)), "/" + Fingerprint().Replace(endpoint.RoutePattern.RawText?.TrimStart('/') ?? "", ".*."), access);
    }

    /// <summary>The part of a file's name that changes with its content.</summary>
    [GeneratedRegex(@"\.[0-9a-z]{10,16}\.")]
    private static partial Regex Fingerprint();
}
