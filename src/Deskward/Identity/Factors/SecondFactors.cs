using System.Net;
using Deskward.Identity.Visits;
using Deskward.Platform;
using Deskward.Platform.Guessing;

namespace Deskward.Identity.Factors;

/// <summary>What a person has beside the password, and whether it is shown. The person's organisation must be open.</summary>
internal sealed class SecondFactors(AuthenticatorApps apps, Passkeys passkeys, OneTimeCodes codes, PortalSessions sessions, GuessLimiter guesses)
{
    private const int RecoveryCodeSize = 10;

    /// <summary>Whether a second factor must be shown with the password.</summary>
    internal async Task<bool> HasAnyAsync(Guid person, CancellationToken cancellationToken) =>
        await apps.HasAsync(person, cancellationToken) || await passkeys.HasAsync(person, cancellationToken);

    /// <summary>
    /// Checks a code of the app, or a recovery code. Whoever gets here knows the password already, so wrong codes count for all strange places together:
    /// many of them at once gain nothing. Where the person has signed in before is counted by itself, so that strangers lock nobody out there.
    /// </summary>
    internal async Task<Outcome<SignInMethods>> ProveAsync(Person person, string code, IPAddress? source, CancellationToken cancellationToken)
    {
        var from = await sessions.KnowsAsync(person.Id, source, cancellationToken) ? source : null;
        if (await guesses.MustWaitAsync(GuessAt.SecondFactor, person.NormalizedUserName!, from, cancellationToken) is { } wait)
        {
            return TooMany(wait);
        }

        // Counted before it is checked: of a hundred at once no more are looked at than of a hundred one after the other.
        await guesses.FailedAsync(GuessAt.SecondFactor, person.NormalizedUserName!, from, CancellationToken.None);
        if (await guesses.MustWaitAsync(GuessAt.SecondFactor, person.NormalizedUserName!, from, cancellationToken) is { } still)
        {
            return TooMany(still);
        }

        var isRecovery = code.Count(char.IsAsciiLetterOrDigit) == RecoveryCodeSize;
        var isRight = isRecovery ? await codes.SpendAsync(person.Id, OneTimeCodeKind.Recovery, code, cancellationToken) : await apps.VerifyAsync(person.Id, code, cancellationToken);
        if (!isRight)
        {
            return new Refusal(RefusalReason.NotAuthenticated, "The code is wrong, or was used already.");
        }

        await guesses.SucceededAsync(GuessAt.SecondFactor, person.NormalizedUserName!, from, cancellationToken);
        return isRecovery ? SignInMethods.RecoveryCode : SignInMethods.AuthenticatorApp;
    }

    internal static Refusal TooMany(TimeSpan wait) => new(RefusalReason.TooMany, "Too many attempts; wait before the next one.") { RetryAfter = wait };
}
