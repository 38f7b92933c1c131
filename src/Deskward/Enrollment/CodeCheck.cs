using System.Globalization;
using System.Net;
using Deskward.Identity;
using Deskward.Platform;
using Deskward.Platform.Guessing;
using Deskward.Protocol.Enrolment;
using Microsoft.EntityFrameworkCore;

namespace Deskward.Enrollment;

/// <summary>Who enrols: proven by address and code, both of one organisation, which is now the one that is open.</summary>
internal sealed record Enroller(Guid TenantId, Guid PersonId, string Address, Guid CodeId);

/// <summary>
/// Checks address and code; counts no use. Whatever is wrong with the two, the answer is the same and so are the steps that lead to it: who does
/// not know a code learns nothing, not even whether the address exists.
/// </summary>
internal sealed class CodeCheck(DeskwardContext db, TenantScope scope, ServiceKey key, GuessLimiter guesses, TimeProvider time)
{
    private const int LongestAddress = 320;
    private static readonly Refusal Wrong = new(RefusalReason.NotAuthenticated, "The address or the enrolment code is wrong.");

    internal async Task<Outcome<Enroller>> AdmitAsync(SoapHeader header, IPAddress? source, CancellationToken cancellationToken)
    {
        if (header.Credentials is not UsernameToken token)
        {
            return Refusal.Invalid(header.Credentials is UnreadableCredentials unreadable ? unreadable.Reason : "The message must carry an address and an enrolment code (UsernameToken).");
        }

        var address = token.Username.Length <= LongestAddress ? token.Username.Normalize().ToUpperInvariant() : "";
        if (await guesses.MustWaitAsync(GuessAt.Code, address, source, cancellationToken) is { } wait)
        {
            return new Refusal(RefusalReason.TooMany, "Too many wrong codes. Wait a little, then try again.") { RetryAfter = wait };
        }

        var (person, code) = await FindAsync(address, CodeText.Hash(key, token.Password), cancellationToken);
        if (person is null || code is null)
        {
            await guesses.FailedAsync(GuessAt.Code, address, source, CancellationToken.None);
            return Wrong;
        }

        await guesses.SucceededAsync(GuessAt.Code, address, source, cancellationToken);
        return await RefuseAsync(person, code, cancellationToken) is { } refusal
            ? refusal
            : new Enroller(person.TenantId, person.Id, person.UserName!, code.Id);
    }

    private async Task<(Person?, EnrolmentCode?)> FindAsync(string address, byte[] hash, CancellationToken cancellationToken)
    {
        var found = await TenantLookup.PersonAsync(db, address, cancellationToken);
        var organisation = await TenantLookup.DomainAsync(db, DomainOf(address), cancellationToken);
        scope.Open(found is not null && organisation?.TenantId == found.TenantId ? found.TenantId : Guid.Empty);
        var id = found?.Id ?? Guid.Empty;
        var person = await db.Set<Person>().AsNoTracking().SingleOrDefaultAsync(row => row.Id == id, cancellationToken);
        var code = await db.Set<EnrolmentCode>().AsNoTracking().SingleOrDefaultAsync(row => row.PersonId == id && row.CodeHash == hash, cancellationToken);
        return (person, code);
    }

    /// <summary>Who knows the code may know what is wrong with it, or with the person. A code that is used up still serves to repeat a recent request.</summary>
    private async Task<Refusal?> RefuseAsync(Person person, EnrolmentCode code, CancellationToken cancellationToken)
    {
        if (!person.IsEnabled)
        {
            return Refusal.NotAllowed("This account is disabled and may not enrol.");
        }

        var (now, since) = (time.Now(), time.Now() - CodeUse.Repeatable);
        return code.RefuseAnother(now) is { } refusal
            && (code.RevokedAt is not null || !await db.Set<CodeUse>().AnyAsync(use => use.CodeId == code.Id && use.FirstAt > since, cancellationToken))
            ? refusal
            : null;
    }

    /// <summary>In lower-case ASCII, as organisations are stored; empty when there is none.</summary>
    private static string DomainOf(string address)
    {
        try
        {
            return new IdnMapping().GetAscii(address[(address.LastIndexOf('@') + 1)..]).ToLowerInvariant();
        }
        catch (ArgumentException)
        {
            return "";
        }
    }
}
