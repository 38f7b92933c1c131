using Deskward.Platform.Duties;
using Microsoft.AspNetCore.Authorization;

namespace Deskward.Platform.Portal;

/// <summary>
/// Who may take a route. Each names its duty and action (<see cref="ServesAttribute"/>); the matrix says at which organisations the person may do
/// that; exactly those are open while the request runs. A route without a duty, or whose duty is nobody's, is closed.
/// </summary>
public static class Access
{
    /// <summary>The policy of pages: somebody is signed in. What they may do there is decided by the duty.</summary>
    public const string SignedIn = "signed-in";

    internal static void AddTo(AuthorizationOptions options) =>
        options.AddPolicy(SignedIn, policy => policy.RequireAuthenticatedUser().RequireAssertion(context => Person(context)?.Id is not null));

    /// <summary>
    /// After authentication and before any route runs: 1. which duty and action this is; 2. at which organisations the person may do it; 3. whether
    /// the person has proven enough who they are; 4. opens exactly those, or refuses; 5. tells where a provider's person was inside a customer. What a
    /// grant has opened ends with it.
    /// </summary>
    internal static async Task GateAsync(HttpContext context, RequestDelegate next)
    {
        var endpoint = context.GetEndpoint();
        if (endpoint is null || endpoint.Metadata.GetMetadata<FrameworkRoute>() is not null)
        {
            await next(context);
            return;
        }

        var person = context.RequestServices.GetRequiredService<CurrentPerson>();
        if (endpoint.Metadata.GetMetadata<ServesAttribute>()?.For(context.Request.Method) is not var (duty, action)) // 1
        {
            Refuse(context, person);
            return;
        }

        HashSet<Guid> full = [.. person.Organisations(duty, action)], standing = [.. person.StandingOrganisations(duty, action)]; // 2
        if (full.Count == 0 && standing.Count == 0 && person.Level(duty, action, Guid.Empty) == AccessLevel.None)
        {
            Refuse(context, person);
            return;
        }

        if (MoreProof.AskedOf(context, endpoint, person, duty, action) is { } where) // 3
        {
            MoreProof.Ask(context, where);
            return;
        }

        context.RequestServices.GetRequiredService<TenantScope>().Open(full, standing); // 4
        person.Reaches(full.Union(standing).ToHashSet());
        using var live = context.RequestServices.GetRequiredService<LiveAnswers>().Follow(context, person.Member, full, (duty, action));
        try
        {
            await next(context);
        }
        finally
        {
            Tell(context, person, duty, action); // 5: also where the answer broke off, because part of it may have been seen
        }
    }

    /// <summary>What was refused showed nothing and changed nothing.</summary>
    private static void Tell(HttpContext context, CurrentPerson person, string duty, DutyAction action)
    {
        if (!person.IsProvider || context.Response.StatusCode >= StatusCodes.Status400BadRequest)
        {
            return;
        }

        foreach (var use in person.Uses(duty, action, context.Request.Path.Value ?? "/"))
        {
            foreach (var hears in context.RequestServices.GetServices<AccessUsed>())
            {
                hears(use);
            }
        }
    }

    private static void Refuse(HttpContext context, CurrentPerson person)
    {
        if (person.Id is not null && context.Request.Path == "/" && HttpMethods.IsGet(context.Request.Method))
        {
            // Somebody without a role: the own account is all there is.
            context.Response.Redirect("/password");
            return;
        }

        context.Response.StatusCode = person.Id is null ? StatusCodes.Status401Unauthorized : StatusCodes.Status403Forbidden;
    }

    private static CurrentPerson? Person(AuthorizationHandlerContext context) =>
        (context.Resource as HttpContext)?.RequestServices.GetRequiredService<CurrentPerson>();
}

/// <summary>A route that the framework or the service maps for files and its own script: no duty, nothing of any organisation.</summary>
public sealed class FrameworkRoute
{
    internal static readonly FrameworkRoute Instance = new();
}
