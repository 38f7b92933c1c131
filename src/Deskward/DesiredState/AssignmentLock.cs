using System.Buffers.Binary;
using Deskward.Platform;
using Microsoft.EntityFrameworkCore;

namespace Deskward.DesiredState;

/// <summary>
/// Keeps who is in which set true while assignments and memberships change: whoever changes them holds the organisation's lock alone, arriving
/// PCs hold it together. It lasts until the transaction ends. On SQLite the transaction itself is the lock.
/// </summary>
internal static class AssignmentLock
{
    private const int Space = 0x44534554;

    internal static Task AloneAsync(DeskwardContext db, Guid tenant, CancellationToken cancellationToken) => db.IsSqlite
        ? Task.CompletedTask
        : db.AheadAsync($"SELECT pg_advisory_xact_lock({Space}, {Number(tenant)})", cancellationToken);

    internal static Task TogetherAsync(DeskwardContext db, Guid tenant, CancellationToken cancellationToken) => db.IsSqlite
        ? Task.CompletedTask
        : db.AheadAsync($"SELECT pg_advisory_xact_lock_shared({Space}, {Number(tenant)})", cancellationToken);

    /// <summary>Does the work in the transaction that is open, or in one of its own; a refusal writes nothing of its own.</summary>
    internal static async Task<Outcome<T>> InTransactionAsync<T>(DeskwardContext db, Guid tenant, Func<Task<Outcome<T>>> work, CancellationToken cancellationToken)
    {
        await using var own = db.Database.CurrentTransaction is null ? await db.Database.BeginTransactionAsync(cancellationToken) : null;
        await AloneAsync(db, tenant, cancellationToken);
        try
        {
            var outcome = await work();
            if (outcome.IsRefused)
            {
                return outcome;
            }

            await db.SaveChangesAsync(cancellationToken);
            if (own is not null)
            {
                await own.CommitAsync(cancellationToken);
            }

            return outcome;
        }
        catch (DbUpdateException exception) when (exception is DbUpdateConcurrencyException || DuplicateRow.Is(exception))
        {
            return Refusal.Conflict("It changed meanwhile. Look at it again.");
        }
    }

    // Two organisations with one number wait for each other; nothing worse. The tail of a version-7 id is its random part.
    private static int Number(Guid tenant) => BinaryPrimitives.ReadInt32BigEndian(tenant.ToByteArray(bigEndian: true).AsSpan(12));
}
