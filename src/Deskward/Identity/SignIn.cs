using System.Security.Claims;
using Deskward.Audit;
using Deskward.Platform;
using Deskward.Platform.Portal;
using Deskward.Tenants;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;

namespace Deskward.Identity;

/// <summary>Signs people in and recognises them in each request.</summary>
internal sealed class SignIn(DeskwardContext db, UserManager<Person> users, SignInBrake brake, AuditTrail audit, TenantScope scope, ILogger<SignIn> log)
{
    internal const string Scheme = "portal";
    private const string StampClaim = "stamp";
    private const int LongestPassword = 256;

    /// <summary>Checks address and password and writes the cookie. The refusal never tells whether the address exists.</summary>
    internal async Task<Refusal?> AttemptAsync(HttpContext http, string address, string password, CancellationToken cancellationToken)
    {
        var source = http.Connection.RemoteIpAddress?.ToString() ?? "";
        var normalised = users.NormalizeName(address.Length > 320 ? address[..320] : address);
        if (brake.WaitFor(normalised, source) is { } wait)
        {
            return new Refusal(RefusalReason.TooMany, "Too many attempts; wait before the next one.") { RetryAfter = wait };
        }

        var person = await db.Set<Person>().SingleOrDefaultAsync(row => row.NormalizedUserName == normalised, cancellationToken);
        if (!Check(person, password))
        {
            brake.Failed(normalised, source);
            IdentityLog.SignInFailed(log, source);
            return new Refusal(RefusalReason.NotAuthenticated, "The address or the password is wrong.");
        }

        brake.Succeeded(normalised, source);
        if (person!.Role == PersonRole.None)
        {
            return Refusal.NotAllowed("You may enrol your PC, but you have no role in this portal.");
        }

        await WriteCookieAsync(http, person, cancellationToken);
        return null;
    }

    /// <summary>Signs in without asking: right after the first administrator was made, or the own password changed.</summary>
    internal async Task WriteCookieAsync(HttpContext http, Person person, CancellationToken cancellationToken)
    {
        var identity = new ClaimsIdentity([new Claim(ClaimTypes.NameIdentifier, person.Id.ToString()), new Claim(StampClaim, person.SecurityStamp ?? "")], Scheme);
        await http.SignInAsync(Scheme, new ClaimsPrincipal(identity));
        scope.Open(person.OrganisationId);
        audit.Actor = new Actor(ActorKind.Person, person.Id, person.UserName!);
        audit.Record(person.OrganisationId, "person.sign-in", person.Id, person.UserName!);
        await db.SaveChangesAsync(cancellationToken);
    }

    /// <summary>Looks the person up anew for each request, so that a role taken away or a disabled account takes effect at once.</summary>
    internal static async Task RecogniseAsync(CookieValidatePrincipalContext context)
    {
        var services = context.HttpContext.RequestServices;
        var db = services.GetRequiredService<DeskwardContext>();
        var (id, stamp) = (context.Principal?.FindFirstValue(ClaimTypes.NameIdentifier), context.Principal?.FindFirstValue(StampClaim));
        var person = Guid.TryParse(id, out var parsed)
            ? await db.Set<Person>().AsNoTracking().SingleOrDefaultAsync(row => row.Id == parsed, context.HttpContext.RequestAborted)
            : null;
        if (person is null || !person.IsEnabled || person.SecurityStamp != stamp)
        {
            context.RejectPrincipal();
            await context.HttpContext.SignOutAsync(Scheme);
            return;
        }

        var isProvider = await OpenAsync(services, db, person, context.HttpContext.RequestAborted);
        services.GetRequiredService<AuditTrail>().Actor = new Actor(ActorKind.Person, person.Id, person.UserName!);
        services.GetRequiredService<CurrentPerson>().Recognise(
            person.Id, person.UserName!, person.DisplayName, person.OrganisationId, isProvider, person.Role != PersonRole.None, person.Role == PersonRole.Administrator);
    }

    /// <summary>Opens the person's own organisation; to somebody with a role at the provider, all of them.</summary>
    private static async Task<bool> OpenAsync(IServiceProvider services, DeskwardContext db, Person person, CancellationToken cancellationToken)
    {
        services.GetRequiredService<TenantScope>().Open(person.OrganisationId);
        var own = await db.Set<Organisation>().AsNoTracking().SingleAsync(row => row.Id == person.OrganisationId, cancellationToken);
        var isProvider = own.Kind == OrganisationKind.Provider && person.Role != PersonRole.None;
        if (isProvider)
        {
            await services.GetRequiredService<OrganisationDirectory>().OpenAllAsync(cancellationToken);
        }

        services.GetRequiredService<CurrentPerson>().Open(!isProvider ? [new CustomerChoice(own.Id, own.Name)]
            : await db.Set<Organisation>().Where(row => row.Kind == OrganisationKind.Customer).OrderBy(row => row.Name)
                .Select(row => new CustomerChoice(row.Id, row.Name)).ToListAsync(cancellationToken));
        return isProvider;
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
