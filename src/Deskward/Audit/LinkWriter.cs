using Deskward.Platform;
using Microsoft.Data.Sqlite;

namespace Deskward.Audit;

/// <summary>Writes links and empties the queue by whole batches, in the transaction of the context.</summary>
internal static class LinkWriter
{
    private const string InsertMany = "INSERT INTO audit_links (tenant_id, sequence, entry_id, digest, hash) SELECT $1, * FROM unnest($2::bigint[], $3::uuid[], $4::bytea[], $5::bytea[])";
    private const string DeleteMany = "DELETE FROM audit_unchained u USING unnest($2::bigint[], $3::uuid[]) AS v(position, id) WHERE u.tenant_id = $1 AND u.position = v.position AND u.entry_id = v.id";
    private const string InsertOne = "INSERT INTO audit_links (tenant_id, sequence, entry_id, digest, hash) VALUES ($1, $2, $3, $4, $5)";
    private const string DeleteOne = "DELETE FROM audit_unchained WHERE tenant_id = $1 AND position = $2 AND entry_id = $3";

    /// <param name="db">A context with a transaction.</param>
    /// <param name="tenant">Whose chain.</param>
    /// <param name="waiting">The rows as they waited: their places in the queue.</param>
    /// <param name="links">The same rows with their places in the chain.</param>
    /// <param name="cancellationToken">Ends the work; nothing is written then.</param>
    internal static async Task WriteAsync(DeskwardContext db, Guid tenant, List<ChainRow> waiting, List<ChainRow> links, CancellationToken cancellationToken)
    {
        if (db.IsSqlite)
        {
            await WriteOneByOneAsync(db, tenant, waiting, links, cancellationToken);
            return;
        }

        Guid[] ids = [.. links.Select(link => link.Id)];
        byte[][] digests = [.. links.Select(link => link.Digest)], hashes = [.. links.Select(link => link.Hash)];
        await using var insert = db.Command(InsertMany, tenant, links.Select(link => link.Sequence).ToArray(), ids, digests, hashes);
        await insert.ExecuteNonQueryAsync(cancellationToken);
        await using var delete = db.Command(DeleteMany, tenant, waiting.Select(row => row.Sequence).ToArray(), ids);
        await delete.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>Prepared statements: SQLite has no round trips to save.</summary>
    private static async Task WriteOneByOneAsync(DeskwardContext db, Guid tenant, List<ChainRow> waiting, List<ChainRow> links, CancellationToken cancellationToken)
    {
        await using var insert = (SqliteCommand)db.Command(InsertOne, tenant, 0L, Guid.Empty, ChainFormat.Beginning, ChainFormat.Beginning);
        await using var delete = (SqliteCommand)db.Command(DeleteOne, tenant, 0L, Guid.Empty);
        for (var at = 0; at < links.Count; at++)
        {
            var link = links[at];
            (insert.Parameters[1].Value, insert.Parameters[2].Value, insert.Parameters[3].Value, insert.Parameters[4].Value) = (link.Sequence, link.Id, link.Digest, link.Hash);
            await insert.ExecuteNonQueryAsync(cancellationToken);
            (delete.Parameters[1].Value, delete.Parameters[2].Value) = (waiting[at].Sequence, link.Id);
            await delete.ExecuteNonQueryAsync(cancellationToken);
        }
    }
}
