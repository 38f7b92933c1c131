using Deskward.Audit;
using Deskward.Identity.Visits;
using Deskward.Notices;
using Deskward.Platform;
using Deskward.Platform.Duties;
using Deskward.Platform.Guessing;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;

namespace Deskward.Identity.Factors;

/// <summary>
/// Breaks the glass: an owner signs in with address and a code from the envelope, when phone, key or identity provider fail. Every owner of the
/// organisation hears of it.
/// </summary>
internal sealed class EmergencySignIn(
    DeskwardContext db, UserManager<Person> users, OneTimeCodes codes, PortalSessions sessions, GuessLimiter guesses, EmergencyAlarm alarm, TenantScope scope)
{
    private static readonly RoleSet Owners = RoleSet.Of(Role.ProviderOwner, Role.CustomerOwner);

    /// <summary>
    /// 1. Slows who guesses. 2. Finds whose address it is; the same work is done when it is nobody's. 3. Uses the code up, tells the owners and signs in, in
    /// one transaction.
    /// </summary>
    internal async Task<Refusal?> AttemptAsync(HttpContext http, string address, string code, CancellationToken cancellationToken)
    {
        var source = http.Connection.RemoteIpAddress;
        var normalised = users.NormalizeName(address.Length > 320 ? address[..320] : address);
        await guesses.FailedAsync(GuessAt.Emergency, normalised, source, CancellationToken.None); // 1
        if (await guesses.MustWaitAsync(GuessAt.Emergency, normalised, source, cancellationToken) is { } wait)
        {
            return SecondFactors.TooMany(wait);
        }

        var found = await TenantLookup.PersonAsync(db, normalised, cancellationToken); // 2
        var id = found?.Id ?? Guid.Empty;
        scope.Open(found?.TenantId ?? Guid.Empty);
        var person = await db.Set<Person>().SingleOrDefaultAsync(row => row.Id == id && row.IsEnabled, cancellationToken);
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken); // 3
        var isRight = await codes.SpendAsync(id, OneTimeCodeKind.Emergency, code, cancellationToken);
        if (!isRight || person?.Roles.Overlaps(Owners) != true)
        {
            return new Refusal(RefusalReason.NotAuthenticated, "The address or the code is wrong, or the code was used already.");
        }

        await alarm.RaiseAsync(person, source?.ToString() ?? "", cancellationToken);
        await sessions.StartAsync(http, person, SignInMethods.EmergencyCode, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        await guesses.SucceededAsync(GuessAt.Emergency, normalised, source, CancellationToken.None);
        return null;
    }
}

/// <summary>Tells all owners of an organisation that an emergency code was used.</summary>
internal sealed class EmergencyAlarm(DeskwardContext db, NoticeBoard board, AuditTrail audit, TimeProvider time)
{
    internal static readonly NoticeKind Kind = new("identity.emergency-used") { Importance = NoticeImportance.High, IsSecurity = true };

    /// <summary>Adds notice and audit row; saved with the caller's changes.</summary>
    internal async Task RaiseAsync(Person person, string source, CancellationToken cancellationToken)
    {
        audit.Actor = new Actor(ActorKind.Person, person.Id, person.UserName!);
        audit.Record(person.TenantId, "person.emergency-sign-in", person.Id, person.UserName!, after: new { From = source });
        var owners = await db.HoldersAsync(person.TenantId, [Role.ProviderOwner, Role.CustomerOwner], cancellationToken);
        await board.SendAsync(
            new Notice(Kind, person.TenantId)
            {
                To = [.. owners.Select(owner => owner.AsRecipient())],
                Link = NoticeLink.Page("/audit"),
                Values = new Dictionary<string, NoticeValue> { ["who"] = person.UserName!, ["at"] = time.Now(), ["from"] = source },
            },
            cancellationToken);
    }
}
