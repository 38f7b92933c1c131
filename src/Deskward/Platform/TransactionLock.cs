using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Deskward.Platform;

/// <summary>Keeps two nodes from doing the same thing at once, where a unique index alone would only tell afterwards.</summary>
internal static class TransactionLock
{
    /// <summary>
    /// Waits until no other transaction holds the lock of this name, then holds it until the present transaction ends. What is read afterwards is
    /// what the others committed. On SQLite there is nothing to do: a transaction that begins has the database for itself (BEGIN IMMEDIATE).
    /// </summary>
    /// <param name="db">A context with a transaction.</param>
    /// <param name="name">What is locked: the kind, a colon, the id. Whoever takes several takes them in the same order everywhere.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    internal static async Task LockAsync(this DeskwardContext db, string name, CancellationToken cancellationToken)
    {
        if (db.Database.CurrentTransaction is null)
        {
            throw new InvalidOperationException("A lock needs a transaction to end with.");
        }

        if (!db.IsSqlite)
        {
            var number = BinaryPrimitives.ReadInt64LittleEndian(SHA256.HashData(Encoding.UTF8.GetBytes(name)));
            await db.AheadAsync($"SELECT pg_advisory_xact_lock({number})", cancellationToken);
        }
    }
}
