using Deskward.Audit;
using Deskward.Identity.Visits;
using Deskward.Platform;
using Microsoft.EntityFrameworkCore;

namespace Deskward.Identity.Factors;

/// <summary>Sets up and removes second factors: what of it belongs together. The person's organisation must be open.</summary>
internal sealed class FactorDesk(
    DeskwardContext db, AuthenticatorApps apps, Passkeys passkeys, OneTimeCodes codes, PortalSessions sessions, AuditTrail audit, AccountChanges changes)
{
    /// <summary>Takes the app into use; the session counts as one with a second factor from then on.</summary>
    /// <returns>Recovery codes, when the person had none; otherwise none.</returns>
    internal async Task<Outcome<List<string>>> FinishAppAsync(Person person, Guid session, string code, CancellationToken cancellationToken) =>
        await apps.FinishAsync(person, code, cancellationToken) is { } refusal ? refusal : await AddedAsync(person, session, SignInMethods.AuthenticatorApp, cancellationToken);

    /// <summary>Keeps a new passkey; the session counts as one with a second factor from then on.</summary>
    /// <returns>Recovery codes, when the person had none; otherwise none.</returns>
    internal async Task<Outcome<List<string>>> AddKeyAsync(
        HttpContext http, Person person, Guid session, (string Name, string Credential, string State) given, CancellationToken cancellationToken) =>
        await passkeys.AddAsync(http, person, given, cancellationToken) is { } refusal ? refusal : await AddedAsync(person, session, SignInMethods.Passkey, cancellationToken);

    /// <summary>Forgets the app; refused when it is the last factor of somebody who must have one.</summary>
    internal async Task<Refusal?> RemoveAppAsync(Person person, bool mustHaveOne, CancellationToken cancellationToken)
    {
        if (mustHaveOne && !await passkeys.HasAsync(person.Id, cancellationToken))
        {
            return LastOne();
        }

        await apps.RemoveAsync(person, cancellationToken);
        return null;
    }

    /// <summary>Forgets a passkey; refused when it is the last factor of somebody who must have one.</summary>
    internal async Task<Refusal?> RemoveKeyAsync(Person person, bool mustHaveOne, Guid key, CancellationToken cancellationToken)
    {
        if (mustHaveOne && !await apps.HasAsync(person.Id, cancellationToken) && (await passkeys.ListAsync(person.Id, cancellationToken)).Count < 2)
        {
            return LastOne();
        }

        await passkeys.RemoveAsync(person, key, cancellationToken);
        return null;
    }

    /// <summary>
    /// Forgets everything that a person has beside the password, for somebody who lost it all: they sign in with the password and set up anew what they must
    /// have. All their sessions end.
    /// </summary>
    internal async Task ResetAsync(Person person, CancellationToken cancellationToken)
    {
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        var (hadApp, keys) = (await apps.HasAsync(person.Id, cancellationToken), await passkeys.ListAsync(person.Id, cancellationToken));
        await db.Set<Authenticator>().Where(row => row.PersonId == person.Id).ExecuteDeleteAsync(cancellationToken);
        await db.Set<Passkey>().Where(row => row.PersonId == person.Id).ExecuteDeleteAsync(cancellationToken);
        await db.Set<OneTimeCode>().Where(row => row.PersonId == person.Id && row.Kind == OneTimeCodeKind.Recovery).ExecuteDeleteAsync(cancellationToken);
        audit.Record(person.TenantId, "person.factors-reset", person.Id, person.UserName!, before: new { App = hadApp, Passkeys = keys.Select(key => key.Name) });
        await changes.TellAsync(person, AccountChange.FactorsReset, cancellationToken);
        await sessions.EndAsync(person, null, null, cancellationToken);
        await db.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
    }

    private async Task<Outcome<List<string>>> AddedAsync(Person person, Guid session, SignInMethods by, CancellationToken cancellationToken)
    {
        await sessions.ConfirmAsync(session, by, cancellationToken);
        var left = await codes.LeftAsync(person.Id, OneTimeCodeKind.Recovery, cancellationToken);
        return left.Count > 0 ? new List<string>() : await codes.MakeAsync(person, OneTimeCodeKind.Recovery, cancellationToken);
    }

    private static Refusal LastOne() => Refusal.Conflict("This is your last second factor, and you must have one. Set up another one first.");
}
