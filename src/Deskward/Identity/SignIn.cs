using System.Net;
using System.Security.Claims;
using Deskward.Identity.Factors;
using Deskward.Identity.Passwords;
using Deskward.Identity.Visits;
using Deskward.Platform;
using Deskward.Platform.Guessing;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;

namespace Deskward.Identity;

/// <summary>What comes after a right password.</summary>
internal enum NextStep
{
    /// <summary>The person is signed in.</summary>
    Done,

    /// <summary>The second factor is asked for on a page of its own.</summary>
    SecondFactor,
}

/// <summary>
/// Signs people in. Every refusal is the same, and comes after the same work, whether the address exists or not. Wrong guesses slow the source that
/// makes them and nobody else.
/// </summary>
internal sealed class SignIn(
    DeskwardContext db, UserManager<Person> users, GuessLimiter guesses, TenantScope scope, PortalSessions sessions, SecondFactors factors, ILogger<SignIn> log)
{
    /// <summary>The cookie of somebody whose password was right and whose second factor is still missing.</summary>
    internal const string HalfScheme = "portal-half";

    private const string StampClaim = "stamp";
    private const string ShownClaim = "shown";
    private static readonly Refusal Wrong = new(RefusalReason.NotAuthenticated, "The address or the password is wrong.");

    /// <summary>Checks address and password; signs in, or goes on to the second factor.</summary>
    internal async Task<Outcome<NextStep>> AttemptAsync(HttpContext http, string address, string password, CancellationToken cancellationToken)
    {
        var proven = await ProvePasswordAsync(address, password, http.Connection.RemoteIpAddress, cancellationToken);
        if (proven.IsRefused)
        {
            return proven.Refusal;
        }

        return await GoOnAsync(http, proven.Value, SignInMethods.Password, asksSecond: true, cancellationToken);
    }

    /// <summary>Signs in who has shown a first factor; or goes on to the second, if the person has one and it is asked for.</summary>
    internal async Task<NextStep> GoOnAsync(HttpContext http, Person person, SignInMethods shown, bool asksSecond, CancellationToken cancellationToken)
    {
        if (asksSecond && await factors.HasAnyAsync(person.Id, cancellationToken))
        {
            var half = new ClaimsIdentity(
                [new Claim(ClaimTypes.NameIdentifier, person.Id.ToString()), new Claim(StampClaim, person.SecurityStamp ?? ""), new Claim(ShownClaim, shown.ToString())], HalfScheme);
            await http.SignInAsync(HalfScheme, new ClaimsPrincipal(half));
            return NextStep.SecondFactor;
        }

        await sessions.StartAsync(http, person, shown, cancellationToken);
        return NextStep.Done;
    }

    /// <summary>Who has shown a first factor with this browser within the last minutes, and which; null when nobody has. Opens the person's organisation.</summary>
    internal async Task<(Person Person, SignInMethods Shown)?> HalfwayAsync(HttpContext http, CancellationToken cancellationToken)
    {
        var half = (await http.AuthenticateAsync(HalfScheme)).Principal;
        if (!Guid.TryParse(half?.FindFirstValue(ClaimTypes.NameIdentifier), out var id) || await TenantLookup.PersonAsync(db, id, cancellationToken) is not { } found)
        {
            return null;
        }

        scope.Open(found.TenantId);
        var person = await db.Set<Person>().SingleOrDefaultAsync(row => row.Id == id, cancellationToken);
        return person is { IsEnabled: true } && (person.SecurityStamp ?? "") == half!.FindFirstValue(StampClaim) && Enum.TryParse<SignInMethods>(half.FindFirstValue(ShownClaim), out var shown)
            ? (person, shown) : null;
    }

    /// <summary>Signs in who showed a first factor before and now a code of the app or from paper.</summary>
    internal async Task<Refusal?> FinishAsync(HttpContext http, Person person, SignInMethods shown, string code, CancellationToken cancellationToken)
    {
        var proven = await factors.ProveAsync(person, code, http.Connection.RemoteIpAddress, cancellationToken);
        return proven.IsRefused ? proven.Refusal : await FinishAsync(http, person, shown | proven.Value, cancellationToken);
    }

    /// <summary>Signs in who has proven all that is asked.</summary>
    internal async Task<Refusal?> FinishAsync(HttpContext http, Person person, SignInMethods methods, CancellationToken cancellationToken)
    {
        await http.SignOutAsync(HalfScheme);
        await sessions.StartAsync(http, person, methods, cancellationToken);
        return null;
    }

    /// <summary>
    /// Whose address and password these are. The organisation of the address is open afterwards, or none. The refusal never tells whether the
    /// address exists.
    /// </summary>
    internal async Task<Outcome<Person>> ProvePasswordAsync(string address, string password, IPAddress? source, CancellationToken cancellationToken)
    {
        var normalised = users.NormalizeName(address.Length > 320 ? address[..320] : address);
        if (await guesses.MustWaitAsync(GuessAt.Password, normalised, source, cancellationToken) is { } wait)
        {
            return SecondFactors.TooMany(wait);
        }

        var found = await TenantLookup.PersonAsync(db, normalised, cancellationToken);
        scope.Open(found?.TenantId ?? Guid.Empty);
        var id = found?.Id ?? Guid.Empty;
        var person = await db.Set<Person>().SingleOrDefaultAsync(row => row.Id == id, cancellationToken);
        var isRight = Check(person, password);

        // Who sends a hundred guesses at once learns no more than from one after the other: what failed meanwhile counts, be this one right or wrong.
        if (await guesses.MustWaitAsync(GuessAt.Password, normalised, source, cancellationToken) is { } still)
        {
            return SecondFactors.TooMany(still);
        }

        if (!isRight)
        {
            await guesses.FailedAsync(GuessAt.Password, normalised, source, CancellationToken.None);
            IdentityLog.SignInFailed(log, source?.ToString() ?? "");
            return Wrong;
        }

        await guesses.SucceededAsync(GuessAt.Password, normalised, source, cancellationToken);
        return person!;
    }

    /// <summary>Takes the same time whether there is such a person or not.</summary>
    private bool Check(Person? person, string password)
    {
        var subject = person is { PasswordHash: not null } ? person : Nobody;
        var right = password.Length <= PasswordRules.Longest
            && users.PasswordHasher.VerifyHashedPassword(subject, subject.PasswordHash!, password) != PasswordVerificationResult.Failed;
        return right && person is { IsEnabled: true, PasswordHash: not null };
    }

    private static readonly Person Nobody = new() { PasswordHash = new PasswordHasher<Person>().HashPassword(new Person(), Guid.CreateVersion7().ToString()) };
}
