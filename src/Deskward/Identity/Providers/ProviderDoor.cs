using Deskward.Identity.Visits;
using Deskward.Platform;
using Deskward.Platform.Portal;
using Deskward.Tenants;

namespace Deskward.Identity.Providers;

/// <summary>Lets in whom an identity provider has sent back.</summary>
internal sealed class ProviderDoor(ProviderSignIn provider, ProviderPeople people, PortalSessions sessions, SignIn signIn, OrganisationList organisations)
{
    /// <summary>Where the person goes now: on, or to the second factor. Refused when the answer or the person is not accepted.</summary>
    internal async Task<Outcome<string>> EnterAsync(HttpContext http, Guid? session, CancellationToken cancellationToken)
    {
        var answer = await provider.FinishAsync(http, cancellationToken);
        if (answer.IsRefused)
        {
            return answer.Refusal;
        }

        if (await provider.OfAsync(answer.Value.Organisation, cancellationToken) is not { } own)
        {
            return ProviderSignIn.Refused("The identity provider was changed meanwhile. Begin again.");
        }

        var found = await people.FindAsync(answer.Value, own, cancellationToken);
        if (found.IsRefused)
        {
            return found.Refusal;
        }

        var (back, methods) = (PortalShell.LocalPath(answer.Value.Asked.Back), ProviderPeople.MethodsOf(answer.Value));
        var isProvider = (await organisations.AllAsync(cancellationToken)).Single(row => row.Id == found.Value.TenantId).Kind == OrganisationKind.Provider;
        if (answer.Value.Asked.Session is not { } asked)
        {
            var next = await signIn.GoOnAsync(http, found.Value, methods, asksSecond: isProvider && !methods.HasFlag(SignInMethods.ProviderSecondFactor), cancellationToken);
            return next == NextStep.SecondFactor ? $"/sign-in/second?return={Uri.EscapeDataString(back)}" : back;
        }

        // Somebody proves again who they are: in the session that asked, and of the person whose session it is.
        if (session != asked || (isProvider && !methods.HasFlag(SignInMethods.ProviderSecondFactor)) || !await sessions.IsOfAsync(asked, found.Value.Id, cancellationToken))
        {
            return ProviderSignIn.Refused("The identity provider has not shown that it is you.");
        }

        await sessions.ConfirmAsync(asked, methods, cancellationToken);
        return back;
    }
}
