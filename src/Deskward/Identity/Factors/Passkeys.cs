using System.Text;
using System.Text.Json;
using Deskward.Audit;
using Deskward.Platform;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.EntityFrameworkCore;

namespace Deskward.Identity.Factors;

/// <summary>What the browser is asked, and what it must hand back with its answer.</summary>
/// <param name="Options">For <c>navigator.credentials</c>, as JSON.</param>
/// <param name="State">What was asked, sealed.</param>
public sealed record PasskeyQuestion(string Options, string State);

/// <summary>
/// Adds passkeys and checks them. The ceremony itself is the framework's; here is what surrounds it: a question is sealed, answered within
/// minutes, by a person who is known or whom the key names, and once.
/// </summary>
internal sealed class Passkeys(
    DeskwardContext db, IPasskeyHandler<Person> handler, IDataProtectionProvider protection, AuditTrail audit, TimeProvider time, AccountChanges changes, TenantScope scope)
{
    internal const int MostPerPerson = 20;
    private const int LongestAnswer = 32_768;
    private static readonly TimeSpan AnswerTime = TimeSpan.FromMinutes(5);
    private static readonly Refusal NotAccepted = new(RefusalReason.NotAuthenticated, "The passkey was not accepted. Try again.");

    internal Task<List<Passkey>> ListAsync(Guid person, CancellationToken cancellationToken) =>
        db.Set<Passkey>().AsNoTracking().Where(row => row.PersonId == person).OrderBy(row => row.CreatedAt).ToListAsync(cancellationToken);

    internal Task<bool> HasAsync(Guid person, CancellationToken cancellationToken) => db.Set<Passkey>().AnyAsync(row => row.PersonId == person, cancellationToken);

    /// <summary>Asks for a new key.</summary>
    internal async Task<PasskeyQuestion> AskForNewAsync(HttpContext http, Person person)
    {
        var made = await handler.MakeCreationOptionsAsync(new PasskeyUserEntity { Id = person.Id.ToString(), Name = person.UserName!, DisplayName = person.DisplayName }, http);
        return new PasskeyQuestion(made.CreationOptionsJson, Seal(made.AttestationState, Adding(person.Id)));
    }

    /// <summary>Keeps a new key.</summary>
    internal async Task<Refusal?> AddAsync(HttpContext http, Person person, (string Name, string Credential, string State) given, CancellationToken cancellationToken)
    {
        if (given.Name.Trim().Length is 0 or > 100 || given.Name.Any(char.IsControl))
        {
            return Refusal.Invalid("The passkey needs a name of 1 to 100 characters.");
        }

        if (Unseal(given.State, Adding(person.Id)) is not { } asked || given.Credential.Length is 0 or > LongestAnswer)
        {
            return NotAccepted;
        }

        var result = await handler.PerformAttestationAsync(new PasskeyAttestationContext { HttpContext = http, CredentialJson = given.Credential, AttestationState = asked.State });
        if (!result.Succeeded || result.UserEntity.Id != person.Id.ToString())
        {
            return NotAccepted;
        }

        if (await db.Set<Passkey>().CountAsync(row => row.PersonId == person.Id, cancellationToken) >= MostPerPerson)
        {
            return Refusal.Conflict($"A person has at most {MostPerPerson} passkeys.");
        }

        var key = result.Passkey;
        db.Add(new Passkey
        {
            TenantId = person.TenantId, PersonId = person.Id, CredentialId = key.CredentialId, PublicKey = key.PublicKey, Name = given.Name.Trim(), CreatedAt = time.Now(), AskedAt = asked.At,
            SignCount = key.SignCount, Transports = string.Join(',', key.Transports ?? []), IsUserVerified = key.IsUserVerified, IsBackupEligible = key.IsBackupEligible, IsBackedUp = key.IsBackedUp,
        });
        audit.Record(person.TenantId, "person.passkey-add", person.Id, person.UserName!, after: new { Name = given.Name.Trim() });
        await changes.TellAsync(person, AccountChange.PasskeyAdded, cancellationToken);
        try
        {
            await db.SaveChangesAsync(cancellationToken);
        }
        catch (DbUpdateException exception) when (DuplicateRow.Is(exception))
        {
            return NotAccepted;
        }

        return null;
    }

    /// <summary>Asks for a key: of this person, or of whoever it names.</summary>
    internal async Task<PasskeyQuestion> AskAsync(HttpContext http, Person? person)
    {
        var made = await handler.MakeRequestOptionsAsync(person!, http);
        return new PasskeyQuestion(made.RequestOptionsJson, Seal(made.AssertionState ?? "", Asking(person?.Id)));
    }

    /// <summary>
    /// Whose key answered. 1. The question was ours, not long ago. 2. Who it is: the one who was asked, or whom the key names; that organisation
    /// is opened. 3. The key proves it. 4. This question was not answered before.
    /// </summary>
    internal async Task<Outcome<Person>> VerifyAsync(HttpContext http, Person? asked, string credential, string state, CancellationToken cancellationToken)
    {
        if (Unseal(state, Asking(asked?.Id)) is not { } question || credential.Length is 0 or > LongestAnswer) // 1
        {
            return NotAccepted;
        }

        if (asked is null) // 2
        {
            var named = UserOf(credential);
            scope.Open(named is { } id && await TenantLookup.PersonAsync(db, id, cancellationToken) is { } found ? found.TenantId : Guid.Empty);
        }

        var result = await handler.PerformAssertionAsync(new PasskeyAssertionContext { HttpContext = http, CredentialJson = credential, AssertionState = question.State }); // 3
        if (!result.Succeeded || result.User is not { IsEnabled: true } person || (asked is not null && asked.Id != person.Id))
        {
            return NotAccepted;
        }

        var (key, now) = (result.Passkey, time.Now());
        return await db.Set<Passkey>().Where(row => row.PersonId == person.Id && row.CredentialId == key.CredentialId && row.AskedAt < question.At).ExecuteUpdateAsync( // 4
            set => set.SetProperty(row => row.AskedAt, question.At).SetProperty(row => row.LastUsedAt, now).SetProperty(row => row.SignCount, (long)key.SignCount).SetProperty(row => row.IsBackedUp, key.IsBackedUp),
            cancellationToken) == 1 ? person : NotAccepted;
    }

    /// <summary>Forgets a key; whether the person may is not asked here.</summary>
    internal async Task RemoveAsync(Person person, Guid id, CancellationToken cancellationToken)
    {
        if (await db.Set<Passkey>().SingleOrDefaultAsync(row => row.Id == id && row.PersonId == person.Id, cancellationToken) is { } row)
        {
            db.Remove(row);
            audit.Record(person.TenantId, "person.passkey-remove", person.Id, person.UserName!, before: new { row.Name });
            await changes.TellAsync(person, AccountChange.PasskeyRemoved, cancellationToken);
            await db.SaveChangesAsync(cancellationToken);
        }
    }

    /// <summary>The person that the key says it belongs to: what was given as the user's id when it was made (WebAuthn, 5.2.2).</summary>
    private static Guid? UserOf(string credential)
    {
        try
        {
            using var json = JsonDocument.Parse(credential);
            var handle = json.RootElement.GetProperty("response").GetProperty("userHandle").GetString();
            return handle is not null && Guid.TryParse(Encoding.UTF8.GetString(WebEncoders.Base64UrlDecode(handle)), out var id) ? id : null;
        }
        catch (Exception exception) when (exception is JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
        {
            return null;
        }
    }

    private string Seal(string? state, string purpose) => protection.CreateProtector(purpose).Protect(JsonSerializer.Serialize(new Asked(state ?? "", time.Now())));

    private Asked? Unseal(string text, string purpose)
    {
        try
        {
            var asked = JsonSerializer.Deserialize<Asked>(protection.CreateProtector(purpose).Unprotect(text));
            return asked is not null && asked.At + AnswerTime > time.Now() ? asked : null;
        }
        catch (System.Security.Cryptography.CryptographicException)
        {
            return null;
        }
    }

    private static string Adding(Guid person) => $"passkey-add:{person}";

    private static string Asking(Guid? person) => $"passkey-ask:{person}";

    private sealed record Asked(string State, DateTimeOffset At);
}
