using System.Security.Claims;
using Deskward.Audit;
using Deskward.Platform;
using Deskward.Platform.Duties;
using Deskward.Platform.Guessing;
using Deskward.Platform.Portal;
using Deskward.Tenants;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;

namespace Deskward.Identity;

/// <summary>Signs people in and recognises them in each request.</summary>
internal sealed class SignIn(DeskwardContext db, UserManager<Person> users, GuessLimiter guesses, AuditTrail audit, TenantScope scope, ILogger<SignIn> log)
{
    internal const string Scheme = "portal";
    private const string StampClaim = "stamp";
    private const int LongestPassword = 256;

    /// <summary>Checks address and password and writes the cookie. The refusal never tells whether the address exists.</summary>
    internal async Task<Refusal?> AttemptAsync(HttpContext http, string address, string password, CancellationToken cancellationToken)
    {
        var source = http.Connection.RemoteIpAddress;
        var normalised = users.NormalizeName(address.Length > 320 ? address[..320] : address);
        if (await guesses.MustWaitAsync(GuessAt.Password, normalised, source, cancellationToken) is { } wait)
        {
            return TooMany(wait);
        }

        var found = await TenantLookup.PersonAsync(db, normalised, cancellationToken);
        scope.Open(found?.TenantId ?? Guid.Empty);
        var id = found?.Id ?? Guid.Empty;
        var person = await db.Set<Person>().SingleOrDefaultAsync(row => row.Id == id, cancellationToken);
        var isRight = Check(person, password);

        // Who sends a hundred guesses at once learns no more than from one after the other: what failed meanwhile counts, be this one right or wrong.
        if (await guesses.MustWaitAsync(GuessAt.Password, normalised, source, cancellationToken) is { } still)
        {
            return TooMany(still);
        }

        if (!isRight)
        {
            await guesses.FailedAsync(GuessAt.Password, normalised, source, CancellationToken.None);
            IdentityLog.SignInFailed(log, source?.ToString() ?? "");
            return new Refusal(RefusalReason.NotAuthenticated, "The address or the password is wrong.");
        }

        await guesses.SucceededAsync(GuessAt.Password, normalised, source, cancellationToken);
        await WriteCookieAsync(http, person!, cancellationToken);
        return null;
    }

    private static Refusal TooMany(TimeSpan wait) => new(RefusalReason.TooMany, "Too many attempts; wait before the next one.") { RetryAfter = wait };

    /// <summary>Signs in without asking: right after the first administrator was made, or the own password changed.</summary>
    internal async Task WriteCookieAsync(HttpContext http, Person person, CancellationToken cancellationToken)
    {
        var identity = new ClaimsIdentity([new Claim(ClaimTypes.NameIdentifier, person.Id.ToString()), new Claim(StampClaim, person.SecurityStamp ?? "")], Scheme);
        await http.SignInAsync(Scheme, new ClaimsPrincipal(identity));
        scope.Open(person.TenantId);
        person.Language ??= Language.Of(http.Request).Code; // As long as nothing was chosen, mails speak as the portal did last.
        audit.Actor = new Actor(ActorKind.Person, person.Id, person.UserName!);
        audit.Record(person.TenantId, "person.sign-in", person.Id, person.UserName!);
        await db.SaveChangesAsync(cancellationToken);
    }

    /// <summary>Looks the person up anew for each request, so that a role taken away or a disabled account takes effect at once.</summary>
    internal static async Task RecogniseAsync(CookieValidatePrincipalContext context)
    {
        if (DatabaseOutage.IsMetBy(context.HttpContext))
        {
            context.RejectPrincipal();
            return;
        }

        var services = context.HttpContext.RequestServices;
        var db = services.GetRequiredService<DeskwardContext>();
        var (id, stamp) = (context.Principal?.FindFirstValue(ClaimTypes.NameIdentifier), context.Principal?.FindFirstValue(StampClaim));
        var person = Guid.TryParse(id, out var parsed) ? await FindAsync(services, db, parsed, context.HttpContext.RequestAborted) : null;
        if (person is null || !person.IsEnabled || person.SecurityStamp != stamp)
        {
            context.RejectPrincipal();
            await context.HttpContext.SignOutAsync(Scheme);
            return;
        }

        services.GetRequiredService<AuditTrail>().Actor = new Actor(ActorKind.Person, person.Id, person.UserName!);
        await RecogniseAsync(services, db, person, context.HttpContext.RequestAborted);
    }

    private static async Task<Person?> FindAsync(IServiceProvider services, DeskwardContext db, Guid id, CancellationToken cancellationToken)
    {
        if (await TenantLookup.PersonAsync(db, id, cancellationToken) is not { } found)
        {
            return null;
        }

        services.GetRequiredService<TenantScope>().Open(found.TenantId);
        return await db.Set<Person>().AsNoTracking().SingleOrDefaultAsync(row => row.Id == id, cancellationToken);
    }

    /// <summary>Tells the request who it is. What is open to the person is decided by the duty of the route, not here.</summary>
    private static async Task RecogniseAsync(IServiceProvider services, DeskwardContext db, Person person, CancellationToken cancellationToken)
    {
        var organisations = await services.GetRequiredService<OrganisationList>().AllAsync(cancellationToken);
        var own = organisations.Single(row => row.Id == person.TenantId);
        var isProvider = own.Kind == OrganisationKind.Provider;
        var grants = new List<GrantedRole>();
        foreach (var source in isProvider ? services.GetServices<GrantsOf>() : [])
        {
            grants.AddRange(await source(db, person.Id, cancellationToken));
        }

        var roles = isProvider ? person.Roles : person.Roles.With(RoleSet.Of(Role.EndUser));
        services.GetRequiredService<CurrentPerson>().Recognise(
            new Member(person.Id, own.Id, isProvider, roles, grants), person.UserName!, person.DisplayName,
            [.. organisations.Where(row => isProvider ? row.Kind == OrganisationKind.Customer : row.Id == own.Id).Select(row => new CustomerChoice(row.Id, row.Name))]);
    }

    /// <summary>Takes the same time whether there is such a person or not.</summary>
    private bool Check(Person? person, string password)
    {
        var subject = person is { PasswordHash: not null } ? person : Nobody;
        var right = password.Length <= LongestPassword
            && users.PasswordHasher.VerifyHashedPassword(subject, subject.PasswordHash!, password) != PasswordVerificationResult.Failed;
        return right && person is { IsEnabled: true, PasswordHash: not null };
    }

    private static readonly Person Nobody = new() { PasswordHash = new PasswordHasher<Person>().HashPassword(new Person(), Guid.CreateVersion7().ToString()) };
}
