using System.Data.Common;
using Deskward.Platform;
using Microsoft.Data.Sqlite;
using Npgsql;

namespace Deskward.Sessions;

/// <summary>What a digest needs before an organisation is known; on PostgreSQL through SECURITY DEFINER functions that give no more than that.</summary>
internal sealed class DigestLookup(ServiceSettings settings, IServiceProvider services)
{
    /// <summary>The PC with this id, standing on its latest certificate that was not revoked; null when there is none.</summary>
    internal Task<DeviceSnapshot?> FindAsync(Guid device, CancellationToken cancellationToken) => settings.IsSqlite
        ? QuerySqliteAsync($"{TenantLookup.PcByCertificate} WHERE d.id = $value {TenantLookup.LatestOfPc}", device.ToString().ToUpperInvariant(), Snapshot, cancellationToken)
        : QueryPostgresAsync("SELECT * FROM deskward_find_pc_by_id($1)", device, Snapshot, cancellationToken);

    /// <summary>The nonce that the PC with this hardware id must use next; null when there is no such PC, or more than one.</summary>
    internal Task<byte[]?> FindNonceAsync(string hardwareId, CancellationToken cancellationToken) => settings.IsSqlite
        ? QuerySqliteAsync(TenantLookup.NonceByHardware + " AND d.hardware_id = $value LIMIT 2", hardwareId, Nonce, cancellationToken)
        : QueryPostgresAsync("SELECT * FROM deskward_find_nonce($1)", hardwareId, Nonce, cancellationToken);

    private async Task<T?> QuerySqliteAsync<T>(string sql, object value, Func<DbDataReader, Func<int, DateTimeOffset>, CancellationToken, Task<T?>> read, CancellationToken cancellationToken)
    {
        await using var connection = new SqliteConnection($"Data Source={settings.SqlitePath};Default Timeout=30");
        await connection.OpenAsync(cancellationToken);
        await using var query = connection.CreateCommand();
        query.CommandText = sql;
        query.Parameters.AddWithValue("$value", value);
        await using var rows = await query.ExecuteReaderAsync(cancellationToken);
        return await read(rows, index => new DateTimeOffset(DateTimeOffset.UnixEpoch.Ticks + rows.GetInt64(index) * TimeSpan.TicksPerMicrosecond, TimeSpan.Zero), cancellationToken);
    }

    private async Task<T?> QueryPostgresAsync<T>(string sql, object value, Func<DbDataReader, Func<int, DateTimeOffset>, CancellationToken, Task<T?>> read, CancellationToken cancellationToken)
    {
        var source = services.GetRequiredService<NpgsqlDataSource>();
        await using var connection = await source.OpenConnectionAsync(cancellationToken);
        await using var command = new NpgsqlCommand(sql, connection) { Parameters = { new() { Value = value } } };
        await command.PrepareAsync(cancellationToken);
        await using var rows = await command.ExecuteReaderAsync(cancellationToken);
        return await read(rows, index => new DateTimeOffset(rows.GetDateTime(index), TimeSpan.Zero), cancellationToken);
    }

    private static async Task<DeviceSnapshot?> Snapshot(DbDataReader rows, Func<int, DateTimeOffset> instant, CancellationToken cancellationToken) =>
        await rows.ReadAsync(cancellationToken) ? DeviceLookup.Read(rows, instant) : null;

    private static async Task<byte[]?> Nonce(DbDataReader rows, Func<int, DateTimeOffset> instant, CancellationToken cancellationToken)
    {
        var nonce = await rows.ReadAsync(cancellationToken) ? rows.GetFieldValue<byte[]>(0) : null;
        return await rows.ReadAsync(cancellationToken) ? null : nonce;
    }
}
