using System.Net;
using Deskward.Devices;
using Deskward.Identity;
using Deskward.Platform;
using Deskward.Platform.Guessing;
using Deskward.Protocol.Enrolment;
using Deskward.Registration;
using Deskward.Tenants;
using Microsoft.EntityFrameworkCore;

namespace Deskward.Enrollment;

/// <summary>Who enrols: proven by address and code, both of one organisation, which is now the one that is open.</summary>
internal sealed record Enroller(Guid TenantId, Guid PersonId, string Address, Guid CodeId);

/// <summary>
/// Checks address and code; counts no use. Whatever is wrong with the two, the answer is the same and so are the steps that lead to it: who does
/// not know a code learns nothing, not even whether the address exists.
/// </summary>
internal sealed class CodeCheck(DeskwardContext db, TenantScope scope, ServiceKey key, GuessLimiter guesses, OrganisationList organisations, Admission admission, TimeProvider time)
{
    private const int LongestAddress = 320;
    private static readonly Refusal Wrong = new(RefusalReason.NotAuthenticated, "The address or the enrolment code is wrong.");

    internal async Task<Outcome<Enroller>> AdmitAsync(SoapHeader header, IPAddress? source, CancellationToken cancellationToken)
    {
        var presented = header.Credentials switch
        {
            UsernameToken token => new Presented(token.Username.Length <= LongestAddress ? token.Username.Normalize().ToUpperInvariant() : "", null, token.Password),
            BinarySecurityToken token when SignInToken.Read(token) is { } own => new Presented($"token:{own.PersonId}", own.PersonId, own.Code),
            _ => null,
        };
        if (presented is null)
        {
            return Refusal.Invalid(header.Credentials is UnreadableCredentials unreadable ? unreadable.Reason
                : "The message must carry an address and an enrolment code (UsernameToken), or the token of the sign-in page (BinarySecurityToken).");
        }

        var address = presented.Address;
        if (await guesses.MustWaitAsync(GuessAt.Code, address, source, cancellationToken) is { } wait)
        {
            return new Refusal(RefusalReason.TooMany, "Too many wrong codes. Wait a little, then try again.") { RetryAfter = wait };
        }

        var (person, code) = await FindAsync(presented, cancellationToken);
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

    /// <summary>Why this PC may not come, whoever brings it; null: it may.</summary>
    internal Task<Refusal?> RefusePcAsync(DeviceRegistration registration, CancellationToken cancellationToken) => admission.RefuseAsync(registration, cancellationToken);

    private async Task<(Person?, EnrolmentCode?)> FindAsync(Presented presented, CancellationToken cancellationToken)
    {
        var found = presented.PersonId is { } named ? await TenantLookup.PersonAsync(db, named, cancellationToken) : await TenantLookup.PersonAsync(db, presented.Address, cancellationToken);
        var organisation = presented.PersonId is null ? (await TenantLookup.DomainAsync(db, DomainOf(presented.Address), cancellationToken))?.TenantId : found?.TenantId;
        scope.Open(found is not null && organisation == found.TenantId ? found.TenantId : Guid.Empty);
        var (id, hash) = (found?.Id ?? Guid.Empty, CodeText.Hash(key, presented.Code));
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

        if (await organisations.IsHeldAsync(person.TenantId, cancellationToken))
        {
            return new Refusal(RefusalReason.Unavailable, "The organisation takes no new PCs at present.");
        }

        var (now, since) = (time.Now(), time.Now() - CodeUse.Repeatable);
        return code.RefuseAnother(now) is { } refusal
            && (code.RevokedAt is not null || !await db.Set<CodeUse>().AnyAsync(use => use.CodeId == code.Id && use.FirstAt > since, cancellationToken))
            ? refusal
            : null;
    }

    /// <summary>As domains are stored; empty when there is none.</summary>
    internal static string DomainOf(string address) => OrganisationDomain.Of(address) ?? "";

    /// <summary>What a message shows: an address, or in the token of the sign-in page the person; and the code.</summary>
    private sealed record Presented(string Address, Guid? PersonId, string Code);
}
