using Deskward.Platform.Duties;
using Microsoft.AspNetCore.Authorization;

namespace Deskward.Platform.Portal;

/// <summary>
/// What the gate asks beyond the right to do something: a second factor of those who must have one, and for some actions that the person proved who
/// they are within the last minutes.
/// </summary>
internal static class MoreProof
{
    internal const string SetUpPath = "/account/second-factor";
    internal const string ConfirmPath = "/confirm";

    /// <summary>Where the person must go first; null: nowhere.</summary>
    internal static string? AskedOf(HttpContext context, Endpoint endpoint, CurrentPerson person, string duty, DutyAction action)
    {
        if (person.Proof is not { } proof)
        {
            return null;
        }

        if (!proof.IsEnough && endpoint.Metadata.GetMetadata<OpenBeforeSecondFactorAttribute>() is null && endpoint.Metadata.GetMetadata<IAllowAnonymous>() is null)
        {
            return SetUpPath;
        }

        var asks = endpoint.Metadata.GetMetadata<AsksAgainAttribute>()?.AppliesTo(context.Request) == true || context.RequestServices.GetRequiredService<AsksAgainRule>()(duty, action);
        return asks && !proof.IsFresh(context.RequestServices.GetRequiredService<TimeProvider>().Now()) ? ConfirmFor(context.Request) : null;
    }

    /// <summary>The page on which the person proves who they are, and from which they come back to where they are now.</summary>
    internal static string ConfirmFor(HttpRequest request) => $"{ConfirmPath}?return={Uri.EscapeDataString(request.Path + request.QueryString)}";

    /// <summary>A person is led there; a program is told that this is not for it now.</summary>
    internal static void Ask(HttpContext context, string where)
    {
        if (context.Request.Headers.Accept.ToString().Contains("text/html", StringComparison.OrdinalIgnoreCase))
        {
            context.Response.Redirect(where);
        }
        else
        {
            context.Response.StatusCode = StatusCodes.Status403Forbidden;
        }
    }
}
