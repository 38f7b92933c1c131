using System.Security.Cryptography;
using Deskward.Audit;
using Deskward.Platform;
using Microsoft.EntityFrameworkCore;

namespace Deskward.Identity.Factors;

/// <summary>A secret that waits for its first code.</summary>
/// <param name="Secret">In base32.</param>
/// <param name="Link">What the app reads from the picture: otpauth.</param>
internal sealed record PendingApp(string Secret, string Link);

/// <summary>Sets up authenticator apps and checks their codes. The person's organisation must be open.</summary>
internal sealed class AuthenticatorApps(DeskwardContext db, ServiceKey key, AuditTrail audit, TimeProvider time, AccountChanges changes)
{
    private const string Issuer = "Deskward";
    private static readonly TimeSpan SetUpTime = TimeSpan.FromMinutes(30);

    /// <summary>Whether the person has an app in use.</summary>
    internal Task<bool> HasAsync(Guid person, CancellationToken cancellationToken) =>
        db.Set<Authenticator>().AnyAsync(row => row.PersonId == person && row.WrappedSecret != null, cancellationToken);

    /// <summary>Since when the app is in use; null when there is none.</summary>
    internal Task<DateTimeOffset?> SinceAsync(Guid person, CancellationToken cancellationToken) =>
        db.Set<Authenticator>().Where(row => row.PersonId == person && row.WrappedSecret != null).Select(row => row.Since).SingleOrDefaultAsync(cancellationToken);

    /// <summary>Makes a secret that is in use as soon as its first code was typed; until then an earlier one stays.</summary>
    internal async Task BeginAsync(Person person, CancellationToken cancellationToken)
    {
        var row = await FindAsync(person.Id, cancellationToken);
        if (row is null)
        {
            row = new Authenticator { PersonId = person.Id, TenantId = person.TenantId };
            db.Add(row);
        }

        (row.WrappedPending, row.PendingAt) = (key.Wrap(RandomNumberGenerator.GetBytes(Totp.SecretSize), Purpose(person.Id)), time.Now());
        row.Version++;
        await db.SaveChangesAsync(cancellationToken);
    }

    /// <summary>The secret that is being set up; null when none is, or it was begun too long ago.</summary>
    internal async Task<PendingApp?> PendingAsync(Person person, CancellationToken cancellationToken)
    {
        if (await FindAsync(person.Id, cancellationToken) is not { WrappedPending: { } wrapped, PendingAt: { } at } || at + SetUpTime <= time.Now())
        {
            return null;
        }

        var secret = Totp.ToBase32(key.Unwrap(wrapped, Purpose(person.Id)));
        var name = Uri.EscapeDataString($"{Issuer}:{person.UserName}");
        return new PendingApp(secret, $"otpauth://totp/{name}?secret={secret}&issuer={Issuer}");
    }

    /// <summary>Takes the new secret into use, if the code shows that the app has it.</summary>
    internal async Task<Refusal?> FinishAsync(Person person, string code, CancellationToken cancellationToken)
    {
        if (await FindAsync(person.Id, cancellationToken) is not { WrappedPending: { } wrapped, PendingAt: { } at } row || at + SetUpTime <= time.Now())
        {
            return Refusal.Conflict("The setting up of the app was begun too long ago. Begin again.");
        }

        if (Totp.Match(key.Unwrap(wrapped, Purpose(person.Id)), Plain(code), time.Now()) is not { } step)
        {
            return Refusal.Invalid("This is not the code that the app shows now. Check the clock of the phone.");
        }

        (row.WrappedSecret, row.WrappedPending, row.PendingAt, row.Since, row.LastStep) = (wrapped, null, null, time.Now(), step);
        row.Version++;
        audit.Record(person.TenantId, "person.authenticator-add", person.Id, person.UserName!);
        await changes.TellAsync(person, AccountChange.AppAdded, cancellationToken);
        await db.SaveChangesAsync(cancellationToken);
        return null;
    }

    /// <summary>Whether the code is right; a code is right once, and none that is older than the last right one.</summary>
    internal async Task<bool> VerifyAsync(Guid person, string code, CancellationToken cancellationToken)
    {
        var row = await db.Set<Authenticator>().AsNoTracking().SingleOrDefaultAsync(row => row.PersonId == person && row.WrappedSecret != null, cancellationToken);
        if (row is null || Totp.Match(key.Unwrap(row.WrappedSecret, Purpose(person)), Plain(code), time.Now()) is not { } step)
        {
            return false;
        }

        // One statement: of two who send the same code at the same moment, one is right.
        return await db.Set<Authenticator>().Where(one => one.PersonId == person && one.LastStep < step && one.Version == row.Version)
            .ExecuteUpdateAsync(set => set.SetProperty(one => one.LastStep, step), cancellationToken) == 1;
    }

    /// <summary>Forgets the app; whether the person may is not asked here.</summary>
    internal async Task RemoveAsync(Person person, CancellationToken cancellationToken)
    {
        if (await FindAsync(person.Id, cancellationToken) is { } row)
        {
            db.Remove(row);
            audit.Record(person.TenantId, "person.authenticator-remove", person.Id, person.UserName!);
            await changes.TellAsync(person, AccountChange.AppRemoved, cancellationToken);
            await db.SaveChangesAsync(cancellationToken);
        }
    }

    /// <summary>Wraps a secret that was agreed elsewhere, for accounts that are made with one.</summary>
    internal static byte[] Wrap(ServiceKey key, Guid person, byte[] secret) => key.Wrap(secret, Purpose(person));

    private Task<Authenticator?> FindAsync(Guid person, CancellationToken cancellationToken) =>
        db.Set<Authenticator>().SingleOrDefaultAsync(row => row.PersonId == person, cancellationToken);

    /// <summary>Apps show the digits in two groups.</summary>
    private static string Plain(string code) => code.Replace(" ", "", StringComparison.Ordinal);

    private static string Purpose(Guid person) => $"authenticator:{person}";
}
