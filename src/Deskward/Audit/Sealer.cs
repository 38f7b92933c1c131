using Deskward.Platform;

namespace Deskward.Audit;

/// <summary>The end of a chain.</summary>
/// <param name="Sequence">0 when the chain is empty.</param>
/// <param name="Hash">Of the last link.</param>
internal sealed record ChainHead(long Sequence, byte[] Hash)
{
    internal static async Task<ChainHead> ReadAsync(DeskwardContext db, Guid tenant, CancellationToken cancellationToken)
    {
        await using var command = db.Command(ChainCommands.Head, tenant);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        return await reader.ReadAsync(cancellationToken) ? new ChainHead(reader.GetInt64(0), reader.GetFieldValue<byte[]>(1)) : new ChainHead(0, ChainFormat.Beginning);
    }
}

/// <summary>
/// Gives committed entries their links. What commits late is chained late, so that the order is that of the commits as they are found, and there is never a
/// hole; entries found in the same round stand in the order in which they were written. One sealer works on an organisation at a time, over all nodes
/// and verbs; who writes entries never waits for it on PostgreSQL, and on SQLite for a batch at most.
/// </summary>
/// <remarks>
/// 1. Take the organisation's lock. 2. Read waiting entries and the end of the chain. 3. Compute their links. 4. Write the links, take the entries off the
/// queue, commit: all or nothing, whenever the process dies. 5. Again, while batches are full.
/// </remarks>
internal sealed class Sealer(IServiceScopeFactory scopes)
{
    /// <summary>Small on SQLite, where everybody who writes waits for a batch.</summary>
    private const int SqliteBatch = 500;
    private const int PostgresBatch = 2_000;

    /// <summary>Chains all that waits and is committed.</summary>
    /// <returns>How many rows.</returns>
    internal async Task<int> SealAsync(Guid tenant, CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        scope.ServiceProvider.GetRequiredService<TenantScope>().Open(tenant);
        var db = scope.ServiceProvider.GetRequiredService<DeskwardContext>();
        var batch = db.IsSqlite ? SqliteBatch : PostgresBatch;
        for (var total = 0; ;)
        {
            var chained = await SealBatchAsync(db, tenant, batch, cancellationToken);
            total += chained;
            if (chained < batch)
            {
                return total;
            }
        }
    }

    /// <summary>What the lock of a chain is called, for <see cref="TransactionLock"/>.</summary>
    internal static string LockName(Guid tenant) => $"audit:{tenant}";

    private static async Task<int> SealBatchAsync(DeskwardContext db, Guid tenant, int batch, CancellationToken cancellationToken)
    {
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken); // 1
        await db.LockAsync(LockName(tenant), cancellationToken);
        var waiting = await WaitingAsync(db, tenant, batch, cancellationToken); // 2
        if (waiting.Count == 0)
        {
            return 0;
        }

        var head = await ChainHead.ReadAsync(db, tenant, cancellationToken);
        var links = Link(new ChainFormat(tenant), head, waiting); // 3
        await LinkWriter.WriteAsync(db, tenant, waiting, links, cancellationToken); // 4
        await transaction.CommitAsync(cancellationToken);
        return waiting.Count;
    }

    private static async Task<List<ChainRow>> WaitingAsync(DeskwardContext db, Guid tenant, int batch, CancellationToken cancellationToken)
    {
        await using var command = db.Command(ChainCommands.Waiting, tenant, batch);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var waiting = new List<ChainRow>();
        while (await reader.ReadAsync(cancellationToken))
        {
            waiting.Add(reader.ReadRow(db.IsSqlite));
        }

        return waiting;
    }

    private static List<ChainRow> Link(ChainFormat format, ChainHead head, List<ChainRow> waiting)
    {
        var (sequence, previous) = (head.Sequence, head.Hash);
        var links = new List<ChainRow>(waiting.Count);
        foreach (var row in waiting)
        {
            var digest = format.Digest(row);
            previous = format.Hash(previous, ++sequence, row, digest);
            links.Add(row with { Sequence = sequence, Digest = digest, Hash = previous });
        }

        return links;
    }
}
