using Deskward.Identity.Factors;
using Deskward.Identity.Visits;
using Deskward.Platform;
using Microsoft.EntityFrameworkCore;

namespace Deskward.Identity;

/// <summary>What people signed in with goes with them: sessions, apps, passkeys, codes, and links to an identity provider.</summary>
internal sealed class SignInGone(DeskwardContext db) : IAccessEnds
{
    public async Task EndAsync(AccessEnd ended, CancellationToken cancellationToken)
    {
        if (ended.Loss != AccessLoss.Deleted)
        {
            return; // The new stamp has ended the sessions; whoever is enabled again signs in as before.
        }

        var people = ended.People.Select(one => one.Id).ToArray();
        await db.Set<PortalSession>().Where(row => people.Contains(row.PersonId)).ExecuteDeleteAsync(cancellationToken);
        await db.Set<Authenticator>().Where(row => people.Contains(row.PersonId)).ExecuteDeleteAsync(cancellationToken);
        await db.Set<Passkey>().Where(row => people.Contains(row.PersonId)).ExecuteDeleteAsync(cancellationToken);
        await db.Set<OneTimeCode>().Where(row => people.Contains(row.PersonId)).ExecuteDeleteAsync(cancellationToken);
        await db.Set<PersonLogin>().Where(row => people.Contains(row.UserId)).ExecuteDeleteAsync(cancellationToken);
        await db.Set<PersonToken>().Where(row => people.Contains(row.UserId)).ExecuteDeleteAsync(cancellationToken);
    }
}
