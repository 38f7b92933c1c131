using System.Data.Common;
using System.Globalization;
using Deskward.Platform;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;
using Npgsql;

namespace Deskward.Audit;

/// <summary>Plain commands on the connection and in the transaction of a context: the chain is read and written by thousands of rows.</summary>
internal static class ChainCommands
{
    private const string EntryColumns = "e.id, e.at, e.actor_kind, e.actor_id, e.actor_name, e.action, e.object_kind, e.object_id, e.object_name, e.before, e.after, e.salt";

    /// <summary>
    /// No equality, which an index could serve: the entry is to be found by its key. Where there are no statistics yet, PostgreSQL went through the whole
    /// queue for each entry of the organisation.
    /// </summary>
    internal const string OfIt = "e.tenant_id IS NOT DISTINCT FROM";

    /// <summary>The rows of a chain in order, each with its entry where it is still there; $1 organisation, $2 the place before the first, $3 how many.</summary>
    internal const string Rows = $"""
        SELECT l.sequence, l.entry_id, l.digest, l.hash, {EntryColumns}
        FROM audit_links l LEFT JOIN audit_entries e ON e.id = l.entry_id AND {OfIt} l.tenant_id
        WHERE l.tenant_id = $1 AND l.sequence > $2 ORDER BY l.sequence LIMIT $3
        """;

    /// <summary>Entries that wait, in the order in which they were written; $1 organisation, $2 how many. One whose entry is gone is left for the verifier to find.</summary>
    internal const string Waiting = $"""
        SELECT u.position, u.entry_id, NULL, NULL, {EntryColumns}
        FROM audit_unchained u JOIN audit_entries e ON e.id = u.entry_id AND {OfIt} u.tenant_id WHERE u.tenant_id = $1 ORDER BY u.position, u.entry_id LIMIT $2
        """;

    internal const string Head = "SELECT sequence, hash FROM audit_links WHERE tenant_id = $1 ORDER BY sequence DESC LIMIT 1";

    /// <summary>A command whose places $1, $2 ... are filled with these values, in order. The context's connection must be open.</summary>
    internal static DbCommand Command(this DeskwardContext db, string sql, params ReadOnlySpan<object> values)
    {
        var command = db.Database.GetDbConnection().CreateCommand();
        command.CommandText = sql;
        command.Transaction = db.Database.CurrentTransaction?.GetDbTransaction();
        for (var at = 0; at < values.Length; at++)
        {
            command.Parameters.Add(db.IsSqlite
                ? new SqliteParameter(string.Create(CultureInfo.InvariantCulture, $"${at + 1}"), values[at])
                : new NpgsqlParameter { Value = values[at] });
        }

        return command;
    }

    /// <summary>Reads a row of <see cref="Rows"/> or <see cref="Waiting"/>.</summary>
    internal static ChainRow ReadRow(this DbDataReader reader, bool sqlite)
    {
        var link = (Sequence: reader.GetInt64(0), Id: reader.GetGuid(1), Digest: Bytes(reader, 2) ?? [], Hash: Bytes(reader, 3) ?? []);
        return reader.IsDBNull(4) ? new ChainRow { Sequence = link.Sequence, Id = link.Id, Digest = link.Digest, Hash = link.Hash, IsPresent = false } : new ChainRow
        {
            Sequence = link.Sequence, Id = link.Id, Digest = link.Digest, Hash = link.Hash,
            At = reader.ReadInstant(5, sqlite), ActorKind = reader.GetString(6), ActorId = Id(reader, 7), ActorName = reader.GetString(8), Action = reader.GetString(9),
            ObjectKind = reader.GetString(10), ObjectId = Id(reader, 11), ObjectName = reader.GetString(12), Before = Text(reader, 13), After = Text(reader, 14), Salt = Bytes(reader, 15),
        };
    }

    internal static DateTimeOffset ReadInstant(this DbDataReader reader, int column, bool sqlite) => sqlite
        ? DateTimeOffset.UnixEpoch.AddTicks(reader.GetInt64(column) * TimeSpan.TicksPerMicrosecond)
        : new DateTimeOffset(reader.GetDateTime(column));

    private static byte[]? Bytes(DbDataReader reader, int column) => reader.IsDBNull(column) ? null : reader.GetFieldValue<byte[]>(column);

    private static string? Text(DbDataReader reader, int column) => reader.IsDBNull(column) ? null : reader.GetString(column);

    private static Guid? Id(DbDataReader reader, int column) => reader.IsDBNull(column) ? null : reader.GetGuid(column);
}
