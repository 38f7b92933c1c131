using Deskward.Audit;
using Deskward.Identity.Factors;
using Deskward.Identity.Visits;
using Deskward.Platform;
using Deskward.Tenants;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;

namespace Deskward.Identity.Providers;

/// <summary>
/// Whose account an identity provider's subject is. People are known by issuer and subject, inside the organisation whose provider it is. The first time
/// they are found by their address, which must be of a domain that this organisation has proven; nobody is made.
/// </summary>
internal sealed class ProviderPeople(DeskwardContext db, UserManager<Person> users, OrganisationList organisations, AuditTrail audit, AccountChanges changes, ILogger<ProviderPeople> log)
{
    private static readonly Refusal Nobody = ProviderSignIn.Refused("Your organisation's identity provider leads to no account here. Ask the administrators of your organisation.");

    /// <summary>Values of <c>amr</c> (RFC 8176) that tell of more than a password.</summary>
    private static readonly string[] Strong = ["mfa", "otp", "hwk", "swk", "sc", "fpt", "face", "iris", "fido", "pop"];

    /// <summary>Values of <c>acr</c> that do (NIST SP 800-63, the profiles of RFC 6711, REFEDS).</summary>
    private static readonly string[] StrongClasses = ["https://refeds.org/profile/mfa", "http://schemas.openid.net/pape/policies/2007/06/multi-factor", "phr", "phrh", "urn:openbanking:psd2:sca"];

    /// <summary>The person; refused, always in the same words, when there is none, or none that may sign in. The organisation must be open.</summary>
    internal async Task<Outcome<Person>> FindAsync(ProviderAnswer answer, IdentityProvider provider, CancellationToken cancellationToken)
    {
        if (await db.Set<PersonLogin>().SingleOrDefaultAsync(row => row.LoginProvider == answer.Issuer && row.ProviderKey == answer.Subject, cancellationToken) is { } login)
        {
            return await db.Set<Person>().SingleOrDefaultAsync(row => row.Id == login.UserId && row.IsEnabled, cancellationToken) is { } known ? known : Refuse("disabled");
        }

        var organisation = (await organisations.AllAsync(cancellationToken)).Single(row => row.Id == answer.Organisation);
        var address = Addresses(answer, provider).FirstOrDefault(organisation.Owns);
        var normalised = users.NormalizeName(address ?? "");
        if (await db.Set<Person>().SingleOrDefaultAsync(row => row.NormalizedUserName == normalised && row.IsEnabled, cancellationToken) is not { } person)
        {
            return Refuse(address is null ? "no address that counts" : "nobody with the address");
        }

        if (await db.Set<PersonLogin>().AnyAsync(row => row.UserId == person.Id && row.LoginProvider == answer.Issuer, cancellationToken))
        {
            return Refuse("linked to another subject"); // An address that was given to somebody else is no reason to give them the account.
        }

        return await LinkAsync(person, answer, cancellationToken);
    }

    /// <summary>By what the provider says that the person proved who they are.</summary>
    internal static SignInMethods MethodsOf(ProviderAnswer answer)
    {
        var isStrong = answer.Claims.FindAll("amr").Any(claim => Strong.Contains(claim.Value, StringComparer.Ordinal))
            || answer.Claims.FindAll("acr").Any(claim => StrongClasses.Contains(claim.Value, StringComparer.Ordinal));
        return SignInMethods.IdentityProvider | (isStrong ? SignInMethods.ProviderSecondFactor : SignInMethods.None);
    }

    private async Task<Outcome<Person>> LinkAsync(Person person, ProviderAnswer answer, CancellationToken cancellationToken)
    {
        db.Add(new PersonLogin { TenantId = person.TenantId, UserId = person.Id, LoginProvider = answer.Issuer, ProviderKey = answer.Subject });
        audit.Actor = new Actor(ActorKind.Person, person.Id, person.UserName!);
        audit.Record(person.TenantId, "person.provider-link", person.Id, person.UserName!, after: new { answer.Issuer, answer.Subject });
        await changes.TellAsync(person, AccountChange.ProviderLinked, cancellationToken);
        try
        {
            await db.SaveChangesAsync(cancellationToken);
            return person;
        }
        catch (DbUpdateException exception) when (DuplicateRow.Is(exception))
        {
            return Refuse("linked at the same moment");
        }
    }

    /// <summary>The addresses that count, by which an account may be found the first time.</summary>
    private static IEnumerable<string> Addresses(ProviderAnswer answer, IdentityProvider provider)
    {
        var isVerified = answer.Claims.FindFirst("email_verified")?.Value is { } says ? string.Equals(says, "true", StringComparison.OrdinalIgnoreCase) : (bool?)null;
        string[] names = provider.IsOursAlone && isVerified != false ? ["email", "upn", "preferred_username"] : isVerified == true ? ["email"] : [];
        return names.Select(name => answer.Claims.FindFirst(name)?.Value).OfType<string>().Where(address => address.Contains('@', StringComparison.Ordinal));
    }

    private Refusal Refuse(string why)
    {
        IdentityLog.ProviderRefused(log, "person", why);
        return Nobody;
    }
}
