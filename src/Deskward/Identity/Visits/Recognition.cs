using Deskward.Audit;
using Deskward.Platform;
using Deskward.Platform.Duties;
using Deskward.Platform.Portal;
using Deskward.Tenants;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;

namespace Deskward.Identity.Visits;

/// <summary>Recognises people in each request: session, person, roles and grants are read anew, so that what was taken away is gone at once.</summary>
internal static class Recognition
{
    internal static async Task RecogniseAsync(CookieValidatePrincipalContext context)
    {
        if (DatabaseOutage.IsMetBy(context.HttpContext))
        {
            context.RejectPrincipal();
            return;
        }

        var (services, http) = (context.HttpContext.RequestServices, context.HttpContext);
        var db = services.GetRequiredService<DeskwardContext>();
        if (PortalSessions.OrganisationOf(context.Principal) is { } organisation)
        {
            services.GetRequiredService<TenantScope>().Open(organisation);
            if (await services.GetRequiredService<PortalSessions>().RecogniseAsync(context.Principal, http.Connection.RemoteIpAddress, http.RequestAborted) is var (session, person))
            {
                services.GetRequiredService<AuditTrail>().Actor = new Actor(ActorKind.Person, person.Id, person.UserName!);
                await TellAsync(services, db, session, person, http.RequestAborted);
                return;
            }
        }

        context.RejectPrincipal();
        await http.SignOutAsync(PortalSessions.Scheme);
    }

    /// <summary>Tells the request who it is. What is open to the person is decided by the duty of the route, not here.</summary>
    private static async Task TellAsync(IServiceProvider services, DeskwardContext db, PortalSession session, Person person, CancellationToken cancellationToken)
    {
        var organisations = await services.GetRequiredService<OrganisationList>().AllAsync(cancellationToken);
        var own = organisations.Single(row => row.Id == person.TenantId);
        var isProvider = own.Kind == OrganisationKind.Provider;
        GrantedRole[] grants = isProvider ? [.. (await services.GetRequiredService<GrantsOf>()(db, [person.Id], cancellationToken))[person.Id]] : [];
        var roles = isProvider ? person.Roles : person.Roles.With(RoleSet.Of(Role.EndUser));
        var current = services.GetRequiredService<CurrentPerson>();
        current.Recognise(
            new Member(person.Id, own.Id, isProvider, roles, grants), person.UserName!, person.DisplayName,
            [.. organisations.Where(row => isProvider ? row is { Kind: OrganisationKind.Customer, State: not OrganisationState.Deleting } : row.Id == own.Id).Select(row => new CustomerChoice(row.Id, row.Name))]);
        current.Proof = new Proof(session.Id, session.ConfirmedAt, session.IsStrong || !isProvider);
    }
}
