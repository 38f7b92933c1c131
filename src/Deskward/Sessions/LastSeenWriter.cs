using System.Collections.Concurrent;
using Deskward.Platform;
using Deskward.Platform.Duties;
using Microsoft.Data.Sqlite;
using Npgsql;

namespace Deskward.Sessions;

/// <summary>
/// Writes when PCs were last seen, once a second for all of them in one statement. A PC in a session is left in peace for a while: its last message writes it
/// with what else it changes. What was not written when the process dies is lost; the next message brings it again.
/// </summary>
[Serves("platform.operation", DutyAction.Act)]
internal sealed class LastSeenWriter(ServiceSettings settings, IServiceProvider services, DatabaseOutage outage, ILogger<LastSeenWriter> log) : BackgroundService
{
    /// <summary>On PostgreSQL; gives back the PCs whose rows an exchange holds: they are left for the next round, and hold up nobody.</summary>
    private const string Write = """
        WITH seen AS (SELECT * FROM unnest($1::uuid[], $2::timestamptz[]) AS v(id, at)),
        free AS (
            SELECT d.id, seen.at FROM devices_devices d JOIN seen ON d.id = seen.id
            WHERE d.last_seen_at IS NULL OR d.last_seen_at < seen.at FOR UPDATE OF d SKIP LOCKED),
        written AS (UPDATE devices_devices d SET last_seen_at = free.at FROM free WHERE d.id = free.id RETURNING d.id)
        SELECT d.id FROM devices_devices d JOIN seen ON d.id = seen.id
        WHERE (d.last_seen_at IS NULL OR d.last_seen_at < seen.at) AND d.id NOT IN (SELECT id FROM written)
        """;

    private static readonly TimeSpan Every = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan WhileInSession = TimeSpan.FromSeconds(15);
    private readonly ConcurrentDictionary<Guid, Seen> _seen = new();

    internal void Note(Guid tenant, Guid device, DateTimeOffset at, bool isInSession = false) =>
        _seen[device] = new Seen(tenant, at, Environment.TickCount64 + (isInSession ? (long)WhileInSession.TotalMilliseconds : 0));

    /// <summary>Somebody else has written it.</summary>
    internal void Forget(Guid device) => _seen.TryRemove(device, out _);

    /// <summary>Writes what was noted so far.</summary>
    internal Task FlushAsync(CancellationToken cancellationToken) => WriteAsync(dueUntil: long.MaxValue, cancellationToken);

    private async Task WriteAsync(long dueUntil, CancellationToken cancellationToken)
    {
        var seen = _seen.Where(row => row.Value.DueAt <= dueUntil && _seen.TryRemove(row)).ToDictionary();
        if (seen.Count == 0)
        {
            return;
        }

        try
        {
            await (settings.IsSqlite ? WriteSqliteAsync(seen, cancellationToken) : WritePostgresAsync(seen, cancellationToken));
        }
        catch (Exception exception) when (exception is NpgsqlException or SqliteException or IOException or TimeoutException)
        {
            if (!outage.Notice(exception))
            {
                SessionsLog.LastSeenNotWritten(log, seen.Count, exception.Message);
            }
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            await Task.Delay(Every, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await WriteAsync(Environment.TickCount64, CancellationToken.None);
        }

        await FlushAsync(CancellationToken.None);
    }

    private async Task WritePostgresAsync(Dictionary<Guid, Seen> seen, CancellationToken cancellationToken)
    {
        var rows = seen.ToArray();
        Array.Sort(rows, (left, right) => left.Key.CompareTo(right.Key));
        var source = services.GetRequiredService<NpgsqlDataSource>();
        await using var connection = await source.OpenConnectionAsync(cancellationToken);
        await using var batch = new NpgsqlBatch(connection)
        {
            BatchCommands =
            {
                new("SELECT set_config('deskward.tenants', $1, false)") { Parameters = { new() { Value = "{" + string.Join(',', rows.Select(row => row.Value.Tenant).Distinct()) + "}" } } },
                new(Write)
                {
                    Parameters = { new() { Value = rows.Select(row => row.Key).ToArray() }, new() { Value = rows.Select(row => row.Value.At.UtcDateTime).ToArray() } },
                },
            },
        };
        await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
        await reader.NextResultAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            _seen.TryAdd(reader.GetGuid(0), seen[reader.GetGuid(0)]);
        }
    }

    private async Task WriteSqliteAsync(Dictionary<Guid, Seen> seen, CancellationToken cancellationToken)
    {
        await using var connection = new SqliteConnection($"Data Source={settings.SqlitePath};Default Timeout=30");
        await connection.OpenAsync(cancellationToken);
        await using var transaction = (SqliteTransaction)await connection.BeginTransactionAsync(cancellationToken);
        await using var update = connection.CreateCommand();
        update.Transaction = transaction;
        update.CommandText = "UPDATE devices_devices SET last_seen_at = $at WHERE id = $id AND (last_seen_at IS NULL OR last_seen_at < $at)";
        var (at, id) = (update.Parameters.Add("$at", SqliteType.Integer), update.Parameters.Add("$id", SqliteType.Text));
        foreach (var (device, row) in seen)
        {
            at.Value = (row.At.UtcTicks - DateTimeOffset.UnixEpoch.UtcTicks) / TimeSpan.TicksPerMicrosecond;
            id.Value = device.ToString().ToUpperInvariant();
            await update.ExecuteNonQueryAsync(cancellationToken);
        }

        await transaction.CommitAsync(cancellationToken);
    }

    /// <param name="Tenant">The PC's organisation.</param>
    /// <param name="At">When it was seen.</param>
    /// <param name="DueAt">When that is to be written, by <see cref="Environment.TickCount64"/>.</param>
    private readonly record struct Seen(Guid Tenant, DateTimeOffset At, long DueAt);
}
