using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Components.Endpoints;

namespace Deskward.Platform.Portal;

/// <summary>
/// Who may do what in the portal. Every page carries <see cref="Read"/>; whatever is posted needs <see cref="CurrentPerson.CanChange"/> as
/// well, unless the endpoint is marked <see cref="OwnAccountAttribute"/>. So a page that forgets a check is closed, not open.
/// </summary>
public static class Access
{
    /// <summary>The policy of pages: somebody with a role.</summary>
    public const string Read = "read";

    internal static void AddTo(AuthorizationOptions options) =>
        options.AddPolicy(Read, policy => policy.RequireAuthenticatedUser().RequireAssertion(context => Person(context)?.CanRead == true));

    /// <summary>Refuses what a reader posts, after authorisation and before any page runs.</summary>
    internal static Task GateAsync(HttpContext context, RequestDelegate next)
    {
        var endpoint = context.GetEndpoint();
        var isPage = endpoint?.Metadata.GetMetadata<ComponentTypeMetadata>() is not null || endpoint?.Metadata.GetMetadata<PortalEndpoint>() is not null;
        if (!isPage || HttpMethods.IsGet(context.Request.Method) || HttpMethods.IsHead(context.Request.Method)
            || endpoint!.Metadata.GetMetadata<OwnAccountAttribute>() is not null
            || context.RequestServices.GetRequiredService<CurrentPerson>().CanChange)
        {
            return next(context);
        }

        context.Response.StatusCode = StatusCodes.Status403Forbidden;
        return Task.CompletedTask;
    }

    private static CurrentPerson? Person(AuthorizationHandlerContext context) =>
        (context.Resource as HttpContext)?.RequestServices.GetRequiredService<CurrentPerson>();
}

/// <summary>The page or route changes nothing but the person's own account or preferences: sign-in, password, language.</summary>
[AttributeUsage(AttributeTargets.Class)]
public sealed class OwnAccountAttribute : Attribute;

/// <summary>Marks a route that belongs to the portal and is not a page, such as a download.</summary>
public sealed class PortalEndpoint
{
    internal static readonly PortalEndpoint Instance = new();
}
