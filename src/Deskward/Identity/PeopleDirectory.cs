using System.Net.Mail;
using Deskward.Audit;
using Deskward.Identity.Factors;
using Deskward.Notices;
using Deskward.Platform;
using Deskward.Platform.Duties;
using Deskward.Platform.Portal;
using Deskward.Tenants;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;

namespace Deskward.Identity;

/// <summary>A person to be added; without a password the person cannot sign in, only enrol PCs.</summary>
public sealed record NewPerson(Guid OrganisationId, string Address, string DisplayName, RoleSet Roles, string? Password = null);

/// <summary>The people of the organisations: added, enabled, given a role and a password. Each change is audited.</summary>
public sealed class PeopleDirectory(DeskwardContext db, UserManager<Person> users, OrganisationDomains domains, AuditTrail audit, PeopleLife life, TimeProvider time, AccountChanges changes)
{
    private const int LongestName = 200;

    /// <summary>Adds a person; the organisation must be open. The address must be new in the whole service.</summary>
    internal async Task<Outcome<Person>> AddAsync(NewPerson wanted, CancellationToken cancellationToken)
    {
        var address = wanted.Address.Trim();
        if (Refuse(wanted, address) is { } refusal)
        {
            return refusal;
        }

        if (await db.Set<Organisation>().AsNoTracking().SingleOrDefaultAsync(row => row.Id == wanted.OrganisationId, cancellationToken) is not { } organisation)
        {
            return Refusal.NotFound("organisation");
        }

        if (await domains.RefuseAddressAsync(organisation.Id, address, cancellationToken) is { } foreign)
        {
            return foreign;
        }

        var person = new Person
        {
            TenantId = organisation.Id, DisplayName = wanted.DisplayName.Trim(), UserName = address, Email = address,
        };
        if (RoleKeeper.Misplaced(organisation.Kind, organisation.Name, wanted.Roles) is { } misplaced)
        {
            return misplaced;
        }

        person.RefreshSearch();
        Assign(person, wanted.Roles);
        audit.Record(organisation.Id, "person.add", person.Id, address, after: new { Roles = RoleKeeper.NamesOf(wanted.Roles), person.DisplayName });
        var result = wanted.Password is { } password ? await users.CreateAsync(person, password) : await users.CreateAsync(person);
        return result.Succeeded ? person : Of(result);
    }

    /// <summary>
    /// Gives roles directly and takes them away, enables and disables; what groups bring stays. An organisation keeps an owner: the last enabled one stays.
    /// Two owners that remove each other at the same time wait for each other, and the second is refused.
    /// </summary>
    internal async Task<Refusal?> ChangeAsync(Person person, RoleSet roles, bool enabled, CancellationToken cancellationToken)
    {
        var organisation = await db.Set<Organisation>().AsNoTracking().SingleAsync(row => row.Id == person.TenantId, cancellationToken);
        if (RoleKeeper.Misplaced(organisation.Kind, organisation.Name, roles) is { } misplaced)
        {
            return misplaced;
        }

        await using var transaction = await life.BeginAsync(person.TenantId, cancellationToken);
        await db.Entry(person).ReloadAsync(cancellationToken);
        if (person.IsFromDirectory && enabled != person.IsEnabled)
        {
            return PeopleLife.OwnedByDirectory;
        }

        if (await life.SetEnabledAsync(person, enabled, cancellationToken) is { } last)
        {
            return last;
        }

        if (await life.GiveAsync(person, roles, cancellationToken) is { } refusal)
        {
            return refusal;
        }

        await db.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return null;
    }

    /// <summary>
    /// Deletes somebody by hand, with all that hangs on the person; what they did stays in the audit. Refused for the last owner, and for whom the directory
    /// owns.
    /// </summary>
    internal async Task<Refusal?> DeleteAsync(Person person, CancellationToken cancellationToken)
    {
        await using var transaction = await life.BeginAsync(person.TenantId, cancellationToken);
        await db.Entry(person).ReloadAsync(cancellationToken);
        if (person.IsFromDirectory)
        {
            return PeopleLife.OwnedByDirectory;
        }

        if (await life.RemoveAsync(person, cancellationToken) is { } refusal)
        {
            return refusal;
        }

        await db.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return null;
    }

    private void Assign(Person person, RoleSet roles)
    {
        db.AddRange(roles.Roles.Select(role => new RoleAssignment { TenantId = person.TenantId, PersonId = person.Id, Role = role, Since = time.Now() }));
        person.Roles = person.Roles.With(roles);
    }

    /// <summary>Sets a password without knowing the old one: for <c>user add</c> and administrators.</summary>
    internal async Task<Refusal?> SetPasswordAsync(Person person, string password)
    {
        foreach (var validator in users.PasswordValidators)
        {
            if (await validator.ValidateAsync(users, person, password) is { Succeeded: false } weak)
            {
                return Of(weak);
            }
        }

        person.PasswordHash = users.PasswordHasher.HashPassword(person, password);
        audit.Record(person.TenantId, "person.password", person.Id, person.UserName!);
        await changes.TellAsync(person, AccountChange.Password, CancellationToken.None);
        var result = await users.UpdateSecurityStampAsync(person);
        return result.Succeeded ? null : Of(result);
    }

    /// <summary>Keeps the language that a person chose for the portal; what it was already is not written again.</summary>
    internal async Task ChooseLanguageAsync(Guid id, Language language, CancellationToken cancellationToken)
    {
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        var person = await db.Set<Person>().AsNoTracking().SingleAsync(row => row.Id == id, cancellationToken);
        if (person.Language != language.Code)
        {
            // Not through the row's stamp: a colleague's change at the same moment is no reason to refuse a language.
            await db.Set<Person>().Where(row => row.Id == id).ExecuteUpdateAsync(set => set.SetProperty(row => row.Language, language.Code), cancellationToken);
            audit.Record(person.TenantId, "person.language", id, person.UserName!, new { person.Language }, new { Language = language.Code });
            await db.SaveChangesAsync(cancellationToken);
        }

        await transaction.CommitAsync(cancellationToken);
    }

    private static Refusal? Refuse(NewPerson wanted, string address) =>
        address.Length > 320 || !MailAddress.TryCreate(address, out var parsed) || parsed.Address != address || address.Any(char.IsControl)
            ? Refusal.Invalid("The address must be a mail address such as alice@contoso.example.")
            : wanted.DisplayName.Trim().Length is 0 or > LongestName || wanted.DisplayName.Any(char.IsControl)
                ? Refusal.Invalid($"The name must have 1 to {LongestName} characters, none of them a control character.")
                : null;

    private static Refusal Of(IdentityResult result) => result.Errors.Any(error => error.Code is "DuplicateUserName" or "DuplicateEmail" or "ConcurrencyFailure")
        ? Refusal.Conflict(string.Join(' ', result.Errors.Select(error => error.Description)))
        : Refusal.Invalid(string.Join(' ', result.Errors.Select(error => error.Description)));
}

/// <summary>People as those who are told something.</summary>
public static class PeopleAsReaders
{
    extension(Person person)
    {
        /// <summary>The person as a reader of notices, in the language that the person chose.</summary>
        public Recipient AsRecipient() => new(person.Id, person.Email ?? person.UserName!, Language.Find(person.Language));
    }
}

/// <summary>People are outside the tenant filter; what pages show goes through here.</summary>
public static class PeopleQueries
{
    extension(IQueryable<Person> people)
    {
        /// <summary>The people of the organisations that are open.</summary>
        public IQueryable<Person> OpenTo(TenantScope scope)
        {
            var open = scope.Ids.ToArray();
            return people.Where(row => open.Contains(row.TenantId));
        }
    }
}
