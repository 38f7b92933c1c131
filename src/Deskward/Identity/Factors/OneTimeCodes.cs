using System.Security.Cryptography;
using System.Text;
using Deskward.Audit;
using Deskward.Platform;
using Microsoft.EntityFrameworkCore;

namespace Deskward.Identity.Factors;

/// <summary>How many codes are left, and since when.</summary>
internal sealed record CodesLeft(int Count, DateTimeOffset? MadeAt);

/// <summary>Makes and spends the codes that people keep on paper. The person's organisation must be open.</summary>
internal sealed class OneTimeCodes(DeskwardContext db, ServiceKey key, AuditTrail audit, TimeProvider time, AccountChanges changes)
{
    /// <summary>No letter that is read as another.</summary>
    private const string Letters = "ABCDEFGHJKMNPQRSTUVWXYZ23456789";
    private const string HashPurpose = "one-time-code";
    private const int GroupSize = 5;

    /// <summary>New codes of a kind; those made before are worth nothing from then on. The only time that they are known.</summary>
    internal async Task<List<string>> MakeAsync(Person person, OneTimeCodeKind kind, CancellationToken cancellationToken)
    {
        // Recovery needs a password beside it: 49 bits. Emergency stands alone: 124 bits.
        var (count, groups) = kind switch { OneTimeCodeKind.Recovery => (10, 2), OneTimeCodeKind.Emergency => (2, 5) };
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        await db.LockAsync($"one-time-codes:{person.Id}", cancellationToken);
        await db.Set<OneTimeCode>().Where(row => row.PersonId == person.Id && row.Kind == kind).ExecuteDeleteAsync(cancellationToken);
        var codes = Enumerable.Range(0, count).Select(_ => string.Join('-', Enumerable.Range(0, groups).Select(_ => RandomNumberGenerator.GetString(Letters, GroupSize)))).ToList();
        db.AddRange(codes.Select(code => new OneTimeCode { TenantId = person.TenantId, PersonId = person.Id, Kind = kind, Hash = Hash(code), CreatedAt = time.Now() }));
        audit.Record(person.TenantId, kind == OneTimeCodeKind.Recovery ? "person.recovery-codes" : "person.emergency-codes", person.Id, person.UserName!, after: new { Count = count });
        await changes.TellAsync(person, kind == OneTimeCodeKind.Recovery ? AccountChange.CodesMade : AccountChange.EmergencyCodesMade, cancellationToken);
        await db.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return codes;
    }

    /// <summary>Uses a code up, at once or in the caller's transaction: of two who try it at the same moment one succeeds.</summary>
    internal async Task<bool> SpendAsync(Guid person, OneTimeCodeKind kind, string code, CancellationToken cancellationToken)
    {
        var (hash, now) = (Hash(code), time.Now());
        return await db.Set<OneTimeCode>().Where(row => row.PersonId == person && row.Kind == kind && row.Hash == hash && row.UsedAt == null)
            .ExecuteUpdateAsync(set => set.SetProperty(row => row.UsedAt, now), cancellationToken) == 1;
    }

    /// <summary>What is left of the person's codes.</summary>
    internal async Task<CodesLeft> LeftAsync(Guid person, OneTimeCodeKind kind, CancellationToken cancellationToken)
    {
        var made = await db.Set<OneTimeCode>().AsNoTracking().Where(row => row.PersonId == person && row.Kind == kind && row.UsedAt == null).Select(row => (DateTimeOffset?)row.CreatedAt).ToListAsync(cancellationToken);
        return new CodesLeft(made.Count, made.FirstOrDefault());
    }

    /// <summary>Dashes, spaces and case do not count: people type what they read.</summary>
    private byte[] Hash(string code) => key.Hash(Encoding.UTF8.GetBytes([.. code.ToUpperInvariant().Where(char.IsAsciiLetterOrDigit)]), HashPurpose);
}
