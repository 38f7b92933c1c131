using System.Net.Mail;
using Deskward.Audit;
using Deskward.Platform;
using Deskward.Tenants;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;

namespace Deskward.Identity;

/// <summary>A person to be added; without a password the person cannot sign in, only enrol PCs.</summary>
public sealed record NewPerson(Guid OrganisationId, string Address, string DisplayName, PersonRole Role, string? Password = null);

/// <summary>The people of the organisations: added, enabled, given a role and a password. Each change is audited.</summary>
public sealed class PeopleDirectory(DeskwardContext db, UserManager<Person> users, AuditTrail audit)
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

        if (!address.EndsWith('@' + organisation.Domain, StringComparison.OrdinalIgnoreCase))
        {
            return Refusal.Invalid($"The address must end in @{organisation.Domain}.");
        }

        var person = new Person
        {
            OrganisationId = organisation.Id, DisplayName = wanted.DisplayName.Trim(), Role = wanted.Role, UserName = address, Email = address,
        };
        audit.Record(organisation.Id, "person.add", person.Id, address, after: new { Role = wanted.Role.ToString(), person.DisplayName });
        var result = wanted.Password is { } password ? await users.CreateAsync(person, password) : await users.CreateAsync(person);
        return result.Succeeded ? person : Of(result);
    }

    /// <summary>Gives a role, or enables and disables. Nobody takes the last way in: the last enabled administrator of an organisation stays.</summary>
    internal async Task<Refusal?> ChangeAsync(Person person, PersonRole role, bool enabled, CancellationToken cancellationToken)
    {
        var losesWay = person is { Role: PersonRole.Administrator, IsEnabled: true } && (role != PersonRole.Administrator || !enabled);
        if (losesWay && !await db.Set<Person>().AnyAsync(
            row => row.OrganisationId == person.OrganisationId && row.Id != person.Id && row.Role == PersonRole.Administrator && row.IsEnabled && row.PasswordHash != null, cancellationToken))
        {
            return Refusal.Conflict("This is the last administrator of the organisation; make another one first.");
        }

        var before = new { Role = person.Role.ToString(), person.IsEnabled };
        (person.Role, person.IsEnabled) = (role, enabled);
        audit.Record(person.OrganisationId, "person.change", person.Id, person.UserName!, before, new { Role = role.ToString(), person.IsEnabled });
        var result = await users.UpdateSecurityStampAsync(person);
        return result.Succeeded ? null : Of(result);
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
        audit.Record(person.OrganisationId, "person.password", person.Id, person.UserName!);
        var result = await users.UpdateSecurityStampAsync(person);
        return result.Succeeded ? null : Of(result);
    }

    /// <summary>Changes one's own password; refused when the present one is wrong.</summary>
    internal async Task<Refusal?> ChangeOwnPasswordAsync(Person person, string present, string wanted)
    {
        if (!await users.CheckPasswordAsync(person, present))
        {
            return new Refusal(RefusalReason.NotAuthenticated, "The present password is wrong.");
        }

        return await SetPasswordAsync(person, wanted);
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

/// <summary>People are outside the tenant filter; what pages show goes through here.</summary>
public static class PeopleQueries
{
    extension(IQueryable<Person> people)
    {
        /// <summary>The people of the organisations that are open.</summary>
        public IQueryable<Person> OpenTo(TenantScope scope)
        {
            var open = scope.Ids.ToArray();
            return people.Where(row => open.Contains(row.OrganisationId));
        }
    }
}
