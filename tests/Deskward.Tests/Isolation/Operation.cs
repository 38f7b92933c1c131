using System.Text.RegularExpressions;
using Deskward.Platform.Duties;
using Deskward.Platform.Portal;
using Deskward.Responsibilities;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Deskward.Isolation;

/// <summary>A method of a route.</summary>
/// <param name="Method">The HTTP method.</param>
/// <param name="Pattern">The route, from its slash on.</param>
/// <param name="Duty">What it serves; null: nothing that this method could do.</param>
/// <param name="Kind">What the id in the route is the id of; null: there is none.</param>
internal sealed partial record Operation(string Method, string Pattern, (string Duty, DutyAction Action)? Duty, RowKind? Kind)
{
    /// <summary>By the beginning of the route, what the id in it is the id of. The longest beginning that fits counts.</summary>
    private static readonly Dictionary<string, RowKind> Kinds = new()
    {
        ["/access/"] = RowKind.AccessRequest,
        ["/board/"] = RowKind.Organisation,
        ["/contacts/"] = RowKind.Contact,
        ["/contract/delegations/"] = RowKind.Delegation,
        ["/contract/proposals/"] = RowKind.FigureProposal,
        ["/device-actions/"] = RowKind.Run,
        ["/devices/"] = RowKind.Device,
        ["/groups/"] = RowKind.Group,
        ["/organisations/"] = RowKind.Organisation,
        ["/organisations/deleted/"] = RowKind.DeletionProof,
        ["/people-groups/"] = RowKind.PersonGroup,
        ["/people/"] = RowKind.Person,
        ["/plans/"] = RowKind.Plan,
        ["/policy-exceptions/"] = RowKind.PolicyException,
        ["/policy-sets/"] = RowKind.PolicySet,
        ["/policy-sets/imports/"] = RowKind.PolicyImport,
        ["/protective-actions/"] = RowKind.ProtectiveAction,
        ["/registrations/"] = RowKind.Registration,
        ["/scim/v2/Groups/"] = RowKind.DirectoryGroup,
        ["/scim/v2/Users/"] = RowKind.DirectoryUser,
        ["/security-contacts/"] = RowKind.SecurityContact,
    };

    /// <summary>Parameters that are no id of a row, each with a value.</summary>
    private static readonly Dictionary<string, string> NoIds = new()
    {
        ["/scim/v2/ResourceTypes/{id}"] = "User",
        ["/scim/v2/Schemas/{id}"] = "urn:ietf:params:scim:schemas:core:2.0:User",
        ["/scim/v2/{**rest}"] = "Nowhere",
        ["/status/{Code}"] = "404",
    };

    /// <summary>What a page must be asked for besides, to show anything.</summary>
    private static readonly Dictionary<string, string> Needed = new()
    {
        ["/catalogue/node"] = "path=./Device/Vendor/MSFT/Policy/Config/Camera/AllowCamera",
        ["/contract/figure"] = "key=response.a",
        ["/contract/figure/propose"] = "key=access.grant",
    };

    /// <summary>Every method of every route that serves a duty.</summary>
    internal static IReadOnlyList<Operation> Of(IServiceProvider services) =>
        [.. services.GetServices<EndpointDataSource>().SelectMany(source => source.Endpoints).OfType<RouteEndpoint>().Where(endpoint => endpoint.Metadata.GetMetadata<FrameworkRoute>() is null).SelectMany(Of)];

    /// <exception cref="InvalidOperationException">The route has a parameter that nothing is known of.</exception>
    internal static IEnumerable<Operation> Of(RouteEndpoint endpoint)
    {
        var pattern = "/" + endpoint.RoutePattern.RawText!.TrimStart('/');
        if (endpoint.Metadata.GetMetadata<ServesAttribute>() is not { } serves)
        {
            return [];
        }

        var kind = Kinds.Where(pair => pattern.StartsWith(pair.Key, StringComparison.Ordinal)).OrderByDescending(pair => pair.Key.Length).Select(pair => (RowKind?)pair.Value).FirstOrDefault();
        var known = NoIds.ContainsKey(pattern) || endpoint.RoutePattern.Parameters.Count == (kind is not null && Parameter().Count(pattern) == 1 ? 1 : 0);
        if (!known)
        {
            throw new InvalidOperationException($"The route {pattern} has a parameter of which the isolation tests know nothing: say in Operation.Kinds what row it is the id of.");
        }

        var methods = endpoint.Metadata.GetMetadata<IHttpMethodMetadata>()?.HttpMethods is [_, ..] named ? named : ["GET", "POST"];
        return methods.Select(method => new Operation(method, pattern, serves.For(method), endpoint.RoutePattern.Parameters.Count == 0 || NoIds.ContainsKey(pattern) ? null : kind));
    }

    internal bool IsPortal => !Pattern.StartsWith("/scim/", StringComparison.Ordinal) && !Pattern.StartsWith("/EnrollmentServer/", StringComparison.Ordinal);

    /// <summary>The address with this id; of a route without one, the address.</summary>
    /// <param name="id">The id.</param>
    /// <param name="query">What is asked for besides; null: nothing.</param>
    internal string With(Guid id, string? query = null)
    {
        string[] asked = [.. new[] { Needed.GetValueOrDefault(Pattern), query }.OfType<string>()];
        return Parameter().Replace(Pattern, NoIds.TryGetValue(Pattern, out var value) ? value : id.ToString()) + (asked.Length == 0 ? "" : "?" + string.Join('&', asked));
    }

    /// <summary>How far an organisation is open for it, read from the matrix itself.</summary>
    internal AccessLevel Level(Visitor visitor, Guid organisation) =>
        visitor.IsNobody || Duty is not var (duty, action) || !Matrix.Default.Find(duty)!.Actions.TryGetValue(action, out var roles) ? AccessLevel.None
        : organisation != visitor.Home ? visitor.LevelAway(roles, organisation)
        : roles.By?.Contains("signedIn") == true || visitor.HasOneOf(visitor.IsProvider ? roles.Provider : roles.Customer) ? AccessLevel.Full
        : AccessLevel.None;

    /// <summary>The matrix opens it to anybody, or to programs that prove themselves inside.</summary>
    internal bool IsOpen => Duty is var (duty, action) && Matrix.Default.Find(duty)!.Actions[action].By?.Any(party => party is "anyone" or "device" or "directory") == true;

    public override string ToString() => $"{Method} {Pattern}";

    [GeneratedRegex(@"\{[^}]+\}")]
    private static partial Regex Parameter();
}
