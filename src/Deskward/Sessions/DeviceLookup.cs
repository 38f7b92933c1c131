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
    private const string Columns = """
        c.tenant_id, c.id AS certificate_id, c.device_id, d.hardware_id, d.state, c.not_after, c.revoked_at IS NOT NULL AS revoked, c.first_seen_at IS NOT NULL AS seen,
        d.assignment_set_id, d.settled_hash, s.desired_hash, COALESCE(p.waits_for_user, false) AS waits_for_user,
        p.device_id IS NULL OR p.must_read_first OR p.open_session_id IS NOT NULL OR EXISTS (SELECT 1 FROM sessions_commands q WHERE q.device_id = d.id AND q.state IN ('Queued', 'Sent')) AS busy,
        p.read_due_at, p.retry_due_at
        """;

    private const string Tables = """
        FROM certificates_issued c JOIN devices_devices d ON d.id = c.device_id
        LEFT JOIN desired_assignment_sets s ON s.id = d.assignment_set_id LEFT JOIN desired_progress p ON p.device_id = d.id
        """;

    /// <summary>The function for PostgreSQL; applied with row-level security.</summary>
    internal static readonly string Function = $"""
        DROP FUNCTION IF EXISTS deskward_find_pc(bytea);
        CREATE FUNCTION deskward_find_pc(hash bytea) RETURNS TABLE (tenant_id uuid, certificate_id uuid, device_id uuid, hardware_id varchar, state varchar,
            not_after timestamptz, revoked boolean, seen boolean, assignment_set_id uuid, settled_hash bytea, desired_hash bytea, waits_for_user boolean, busy boolean,
            read_due_at timestamptz, retry_due_at timestamptz)
        LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public
        AS $$ SELECT {Columns} {Tables} WHERE c.sha256 = hash $$;
        REVOKE ALL ON FUNCTION deskward_find_pc(bytea) FROM PUBLIC;
        """;

    /// <summary>The PC whose certificate has this SHA-256; null when we issued none such.</summary>
    internal async Task<DeviceSnapshot?> FindAsync(byte[] certificateHash, CancellationToken cancellationToken)
    {
        if (settings.IsSqlite)
        {
            await using var sqlite = new SqliteConnection($"Data Source={settings.SqlitePath};Default Timeout=30");
            await sqlite.OpenAsync(cancellationToken);
            await using var query = sqlite.CreateCommand();
            query.CommandText = $"SELECT {Columns} {Tables} WHERE c.sha256 = $hash";
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
