using Deskward.Audit;
using Deskward.Notices;
using Deskward.Platform;
using Deskward.Tenants;
using Microsoft.EntityFrameworkCore;

namespace Deskward.Identity.Passwords;

/// <summary>
/// Links by mail under which a person sets a password: the invitation, and the one for somebody who forgot theirs. Following a link changes
/// nothing; the password that is typed there spends it.
/// </summary>
public sealed class AccountLinks(DeskwardContext db, MailLinks links, NoticeBoard board, AuditTrail audit, PeopleDirectory people, TimeProvider time, TenantScope scope)
{
    internal static readonly NoticeKind Invitation = new("identity.invitation") { InPortal = false };
    internal static readonly NoticeKind Reset = new("identity.password-reset") { InPortal = false };
    internal const string InvitationPath = "/invitation";
    internal const string ResetPath = "/reset-password";
    private static readonly TimeSpan InvitationLife = TimeSpan.FromDays(7);
    private static readonly TimeSpan ResetLife = TimeSpan.FromHours(1);

    /// <summary>How soon a person is mailed a second time because somebody says that the password is forgotten.</summary>
    private static readonly TimeSpan ResetRest = TimeSpan.FromMinutes(5);

    /// <summary>Invites a person of an open organisation by mail, in the caller's transaction when it has one; earlier invitations end.</summary>
    /// <param name="person">Whom.</param>
    /// <param name="by">Who invites, as the mail says it.</param>
    /// <param name="cancellationToken">Cancels the work.</param>
    /// <returns>Null; refused when the person is disabled or has a password already.</returns>
    public async Task<Refusal?> InviteAsync(Person person, string by, CancellationToken cancellationToken)
    {
        if (!person.IsEnabled || person.PasswordHash is not null)
        {
            return Refusal.Conflict(person.IsEnabled ? "This person has a password already." : "This person is disabled.");
        }

        var organisation = await db.Set<Organisation>().AsNoTracking().SingleAsync(row => row.Id == person.TenantId, cancellationToken);
        await using var own = db.Database.CurrentTransaction is null ? await db.Database.BeginTransactionAsync(cancellationToken) : null;
        await links.RevokeAsync(person.Id, Invitation.Key, cancellationToken);
        var link = links.Add(Invitation.Key, InvitationPath, person.TenantId, person.Id, InvitationLife);
        audit.Record(person.TenantId, "person.invite", person.Id, person.UserName!, after: new { Until = link.ExpiresAt });
        await board.SendAsync(
            new Notice(Invitation, person.TenantId)
            {
                To = [person.AsRecipient()], Link = NoticeLink.ByMailAlone(link),
                Values = new Dictionary<string, NoticeValue> { ["by"] = by, ["organisation"] = organisation.Name, ["until"] = link.ExpiresAt },
            },
            cancellationToken);
        await db.SaveChangesAsync(cancellationToken);
        await (own?.CommitAsync(cancellationToken) ?? Task.CompletedTask);
        return null;
    }

    /// <summary>Mails a link to whoever has this address and a password, unless one went out just now. Says nothing about it.</summary>
    internal async Task ForgottenAsync(string normalisedAddress, CancellationToken cancellationToken)
    {
        if (await TenantLookup.PersonAsync(db, normalisedAddress, cancellationToken) is not { } found)
        {
            return;
        }

        scope.Open(found.TenantId);
        var soon = time.Now() + ResetLife - ResetRest;
        if (await db.Set<Person>().SingleAsync(row => row.Id == found.Id, cancellationToken) is not { IsEnabled: true, PasswordHash: not null } person
            || await db.Set<MailLink>().AnyAsync(row => row.PersonId == person.Id && row.Purpose == Reset.Key && row.ExpiresAt > soon, cancellationToken))
        {
            return;
        }

        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        await links.RevokeAsync(person.Id, Reset.Key, cancellationToken);
        var link = links.Add(Reset.Key, ResetPath, person.TenantId, person.Id, ResetLife);
        audit.Record(person.TenantId, "person.password-forgotten", person.Id, person.UserName!);
        await board.SendAsync(
            new Notice(Reset, person.TenantId) { To = [person.AsRecipient()], Link = NoticeLink.ByMailAlone(link), Values = new Dictionary<string, NoticeValue> { ["until"] = link.ExpiresAt } },
            cancellationToken);
        await db.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
    }

    /// <summary>Whose link it is; null when it is not open. Changes nothing.</summary>
    internal async Task<Person?> FindAsync(NoticeKind kind, string token, CancellationToken cancellationToken) =>
        await links.FindAsync(kind.Key, token, cancellationToken) is { } link ? await OwnerAsync(link, cancellationToken) : null;

    /// <summary>Sets the password and spends the link; a password that breaks a rule leaves the link open. All sessions of the person end.</summary>
    internal async Task<Outcome<Person>> SetPasswordAsync(NoticeKind kind, string token, string password, CancellationToken cancellationToken)
    {
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        var link = await links.SpendAsync(kind.Key, token, cancellationToken);
        if (link.IsRefused)
        {
            return link.Refusal;
        }

        if (await OwnerAsync(link.Value, cancellationToken) is not { } person || (kind == Invitation && person.PasswordHash is not null))
        {
            return new Refusal(RefusalReason.NotFound, "This link was used already, has expired, or never was one.");
        }

        audit.Actor = new Actor(ActorKind.Person, person.Id, person.UserName!);
        if (await people.SetPasswordAsync(person, password) is { } refusal)
        {
            return refusal;
        }

        await links.RevokeAsync(person.Id, Reset.Key, cancellationToken);
        await links.RevokeAsync(person.Id, Invitation.Key, cancellationToken);
        await db.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return person;
    }

    private async Task<Person?> OwnerAsync(OpenMailLink link, CancellationToken cancellationToken)
    {
        scope.Open(link.OrganisationId);
        return await db.Set<Person>().SingleOrDefaultAsync(row => row.Id == link.PersonId && row.IsEnabled, cancellationToken);
    }
}
