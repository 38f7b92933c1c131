using System.Data.Common;
using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.Data.Sqlite;
using Npgsql;

namespace Deskward.Platform.Backups;

/// <summary>
/// Writes, with a restore, an audit row for each organisation, so that the trail tells where rows may have been lost: those written after the backup was made.
/// It waits for its place in the chain like any other row. Ends all sessions: one that was ended since the backup must not come back. Plain statements, because the audit stands above the platform.
/// </summary>
internal static class RestoredAudit
{
    private const string Entry = """
        INSERT INTO audit_entries (id, tenant_id, at, actor_kind, actor_name, action, object_kind, object_name, after, salt)
        VALUES ($1, $2, $3, 'Service', 'Deskward', 'backup.restore', 'backup', '', $4, $5)
        """;

    private const string Queue = "INSERT INTO audit_unchained (tenant_id, position, entry_id) VALUES ($1, $2, $3)";

    internal static async Task WriteAsync(DbConnection connection, DateTimeOffset backupAt, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var microseconds = (now.UtcTicks - DateTimeOffset.UnixEpoch.UtcTicks) / TimeSpan.TicksPerMicrosecond;
        object at = connection is SqliteConnection ? microseconds : now.UtcDateTime;
        var after = JsonSerializer.Serialize(new { BackupAt = backupAt }, JsonSerializerOptions.Web);
        foreach (var tenant in await OrganisationsAsync(connection, cancellationToken))
        {
            var id = Guid.CreateVersion7();
            await ExecuteAsync(connection, Entry, [id, tenant, at, after, RandomNumberGenerator.GetBytes(16)], cancellationToken);
            await ExecuteAsync(connection, Queue, [tenant, microseconds, id], cancellationToken);
        }

        await ExecuteAsync(connection, "DELETE FROM identity_sessions", [], cancellationToken);
    }

    private static async Task<List<Guid>> OrganisationsAsync(DbConnection connection, CancellationToken cancellationToken)
    {
        await using var command = connection.CreateCommand();
        command.CommandText = "SELECT id FROM tenants_organisations ORDER BY id";
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var found = new List<Guid>();
        while (await reader.ReadAsync(cancellationToken))
        {
            found.Add(reader.GetGuid(0));
        }

        return found;
    }

    private static async Task ExecuteAsync(DbConnection connection, string sql, object[] values, CancellationToken cancellationToken)
    {
        await using var command = connection.CreateCommand();
        command.CommandText = sql;
        for (var at = 0; at < values.Length; at++)
        {
            command.Parameters.Add(connection is SqliteConnection
                ? new SqliteParameter(string.Create(CultureInfo.InvariantCulture, $"${at + 1}"), values[at])
                : new NpgsqlParameter { Value = values[at] });
        }

        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
