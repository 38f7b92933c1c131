using Deskward.Platform;
using Microsoft.EntityFrameworkCore;

namespace Deskward.Sessions;

/// <summary>One at a time for each PC, whichever node it speaks to.</summary>
internal static class DeviceTurn
{
    /// <summary>The number of the PC's lock on PostgreSQL.</summary>
    internal static long KeyOf(Guid device) => BitConverter.ToInt64(device.ToByteArray(), 8);

    /// <summary>
    /// Waits until no message of the PC is answered, then holds its turn until the present transaction ends. On SQLite there is nothing to wait for:
    /// a message that was read meanwhile fails on the version of the rows that this transaction changes.
    /// </summary>
    internal static async Task WaitAsync(DeskwardContext db, Guid device, CancellationToken cancellationToken)
    {
        if (!db.IsSqlite)
        {
            var key = KeyOf(device);
            await db.Database.ExecuteSqlAsync($"SELECT pg_advisory_xact_lock({key})", cancellationToken);
        }
    }
}
