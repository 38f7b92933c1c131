using System.Data.Common;
using Deskward.Devices;
using Deskward.Platform;
using Microsoft.Data.Sqlite;
using Npgsql;

namespace Deskward.Sessions;

/// <summary>
/// Finds a PC by its certificate with one prepared statement, without a scope and before its organisation is known: on PostgreSQL through a
/// SECURITY DEFINER function that gives nothing but the PC of that very certificate.
/// </summary>
internal sealed class DeviceLookup(ServiceSettings settings, IServiceProvider services)
{
    /// <summary>The PC whose certificate has this SHA-256; null when we issued none such.</summary>
    internal async Task<DeviceSnapshot?> FindAsync(byte[] certificateHash, CancellationToken cancellationToken)
    {
        if (settings.IsSqlite)
        {
            await using var sqlite = new SqliteConnection($"Data Source={settings.SqlitePath};Default Timeout=30");
            await sqlite.OpenAsync(cancellationToken);
            await using var query = sqlite.CreateCommand();
            query.CommandText = TenantLookup.PcByCertificate + " WHERE c.sha256 = $hash";
            query.Parameters.AddWithValue("$hash", certificateHash);
            await using var rows = await query.ExecuteReaderAsync(cancellationToken);
            return await rows.ReadAsync(cancellationToken) ? Read(rows, index => new DateTimeOffset(DateTimeOffset.UnixEpoch.Ticks + rows.GetInt64(index) * TimeSpan.TicksPerMicrosecond, TimeSpan.Zero)) : null;
        }

        var source = services.GetRequiredService<NpgsqlDataSource>();
        await using var connection = await source.OpenConnectionAsync(cancellationToken);
        await using var command = new NpgsqlCommand("SELECT * FROM deskward_find_pc($1)", connection) { Parameters = { new() { Value = certificateHash } } };
        await command.PrepareAsync(cancellationToken);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        return await reader.ReadAsync(cancellationToken) ? Read(reader, index => new DateTimeOffset(reader.GetDateTime(index), TimeSpan.Zero)) : null;
    }

    private static DeviceSnapshot Read(DbDataReader row, Func<int, DateTimeOffset> instant) => new()
    {
        TenantId = row.GetGuid(0),
        CertificateId = row.GetGuid(1),
        DeviceId = row.GetGuid(2),
        HardwareId = row.GetString(3),
        State = Enum.Parse<DeviceState>(row.GetString(4)),
        NotAfter = instant(5),
        IsRevoked = row.GetBoolean(6),
        WasSeen = row.GetBoolean(7),
        AssignmentSetId = row.IsDBNull(8) ? null : row.GetGuid(8),
        SettledHash = row.IsDBNull(9) ? null : row.GetFieldValue<byte[]>(9),
        DesiredHash = row.IsDBNull(10) ? null : row.GetFieldValue<byte[]>(10),
        WaitsForUser = row.GetBoolean(11),
        IsBusy = row.GetBoolean(12),
        DueAt = Earlier(row.IsDBNull(13) ? DateTimeOffset.MinValue : instant(13), row.IsDBNull(14) ? DateTimeOffset.MaxValue : instant(14)),
    };

    private static DateTimeOffset Earlier(DateTimeOffset left, DateTimeOffset right) => left < right ? left : right;
}
