using Deskward.Fixture;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Routing.Patterns;
using Xunit;

namespace Deskward.Guards;

/// <summary>Every route is behind a policy or on the closed list of open ones, and the whole list is reviewed.</summary>
public sealed class RouteTests(Services services)
{
    /// <summary>Open to anybody, with the reason. A path that ends in a star stands for all that begin so.</summary>
    private static readonly Dictionary<string, string> Open = new(StringComparer.OrdinalIgnoreCase)
    {
        ["/EnrollmentServer/*"] = "a PC proves itself inside the message: code, or signature",
        ["/scim/v2*"] = "a directory proves itself by its token, inside",
        ["/sign-in"] = "before it nobody is signed in",
        ["/sign-in/*"] = "the second step, and the emergency code: a person proves themselves inside",
        ["/forgot-password"] = "asks for a mail; tells nothing",
        ["/invitation"] = "opened by a one-time link",
        ["/reset-password"] = "opened by a one-time link",
        ["/sign-out"] = "ends a session; checks the form's token",
        ["/first-run*"] = "opened by a one-time link",
        ["/preferences"] = "language and colours, kept in the browser",
        ["/error"] = "says that something went wrong",
        ["/status/*"] = "says that a page is missing or refused",
        ["/assets/*"] = "style and script of the portal",
        ["/_framework/*"] = "script of the framework",
        ["/_content/*"] = "style and script of the components",
        ["/favicon*"] = "an icon",
        ["/healthz"] = "tells a load balancer that the node lives",
    };

    [Fact]
    public async Task Every_route_is_behind_a_policy_or_on_the_closed_list()
    {
        var routes = await Route.OfAsync((await services.SharedAsync(Engine.Sqlite)).Provider);
        Nothing.In(routes.Where(IsOpenWithoutReason).Select(route => route.ToString()));
    }

    [Fact]
    public async Task The_routes_are_those_that_were_reviewed() =>
        Snapshot.Check("routes.txt", (await Route.OfAsync((await services.SharedAsync(Engine.Sqlite)).Provider)).Select(route => route.ToString()));

    [Theory]
    [InlineData("/devices", false, false, true)]
    [InlineData("/devices", true, false, false)]
    [InlineData("/devices", true, true, true)]
    [InlineData("/sign-in", false, false, false)]
    [InlineData("/EnrollmentServer/Discovery.svc", false, false, false)]
    public void A_route_that_is_open_by_mistake_is_found(string path, bool demands, bool anonymous, bool found)
    {
        var metadata = new EndpointMetadataCollection([.. demands ? [new AuthorizeAttribute("read")] : Array.Empty<object>(), .. anonymous ? [new AllowAnonymousAttribute()] : Array.Empty<object>()]);
        var endpoint = new RouteEndpoint(_ => Task.CompletedTask, RoutePatternFactory.Parse(path), 0, metadata, path);
        Assert.Equal(found, IsOpenWithoutReason(Route.Of(endpoint, fallback: false)));
    }

    private static bool IsOpenWithoutReason(Route route) => route.Access == "open"
        && !Open.Keys.Any(open => open.EndsWith('*') ? route.Path.StartsWith(open[..^1], StringComparison.OrdinalIgnoreCase) : string.Equals(open, route.Path, StringComparison.OrdinalIgnoreCase));
}
