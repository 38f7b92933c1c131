using System.Collections.Concurrent;
using System.Data.Common;
using Deskward.Devices;
using Deskward.Platform;
using Microsoft.Data.Sqlite;
using Npgsql;

namespace Deskward.Sessions;

/// <summary>
/// Finds PCs by their certificates with one prepared statement, without a scope and before an organisation is known: on PostgreSQL through a
/// SECURITY DEFINER function that gives nothing but the PCs of those very certificates. There, those who ask while a statement is under way share
/// the next one, so that under load one statement serves many messages; it always begins after the last of them has asked. While few ask there are
/// two statements, so that hardly anybody waits for another's; while many do there is one, which then serves more of them. The connections are its
/// own: no organisation is ever open on them, so that there is nothing to reset when they go back to their pool.
/// </summary>
internal sealed class DeviceLookup(ServiceSettings settings) : IAsyncDisposable
{
    private const int MostStatements = 2;
    private const int MostAtOnce = 64;
    private const int Many = 6;
    private const int Sha256Column = 15;
    private readonly ConcurrentQueue<Asking> _waiting = new();
    private readonly Lazy<NpgsqlDataSource> _source = new(() => NpgsqlDataSource.Create(
        new NpgsqlConnectionStringBuilder(settings.Database) { NoResetOnClose = true, MinPoolSize = 0, MaxPoolSize = MostStatements }));
    private int _running;
    private volatile bool _isCrowded;

    /// <summary>The PC whose certificate has this SHA-256; null when we issued none such.</summary>
    internal Task<DeviceSnapshot?> FindAsync(byte[] certificateHash, CancellationToken cancellationToken)
    {
        if (settings.IsSqlite)
        {
            return FindInFileAsync(certificateHash, cancellationToken);
        }

        // Not given up when one of those who share the statement goes away: it takes less than telling it so.
        var asking = new Asking(certificateHash);
        _waiting.Enqueue(asking);
        StartIfFree();
        return asking.Found.Task;
    }

    public async ValueTask DisposeAsync()
    {
        if (_source.IsValueCreated)
        {
            await _source.Value.DisposeAsync();
        }
    }

    private async Task<DeviceSnapshot?> FindInFileAsync(byte[] certificateHash, CancellationToken cancellationToken)
    {
        await using var sqlite = new SqliteConnection($"Data Source={settings.SqlitePath};Default Timeout=30");
        await sqlite.OpenAsync(cancellationToken);
        await using var query = sqlite.CreateCommand();
        query.CommandText = TenantLookup.PcByCertificate + " WHERE c.sha256 = $hash";
        query.Parameters.AddWithValue("$hash", certificateHash);
        await using var rows = await query.ExecuteReaderAsync(cancellationToken);
        return await rows.ReadAsync(cancellationToken) ? Read(rows, index => new DateTimeOffset(DateTimeOffset.UnixEpoch.Ticks + rows.GetInt64(index) * TimeSpan.TicksPerMicrosecond, TimeSpan.Zero)) : null;
    }

    private void StartIfFree()
    {
        for (var running = Volatile.Read(ref _running); HasRoom(running); running = Volatile.Read(ref _running))
        {
            if (Interlocked.CompareExchange(ref _running, running + 1, running) == running)
            {
                _ = Task.Run(ServeAsync);
                return;
            }
        }
    }

    private bool HasRoom(int running) => running < (_isCrowded ? 1 : MostStatements);

    // Who still waits when this one ends, be it that they came after the queue was seen empty, is looked for once more.
    private async Task ServeAsync()
    {
        var batch = new List<Asking>(MostAtOnce);
        if (Take(batch))
        {
            await AnswerAllAsync(batch);
        }

        Interlocked.Decrement(ref _running);
        if (!_waiting.IsEmpty)
        {
            StartIfFree();
        }
    }

    private bool Take(List<Asking> batch)
    {
        while (batch.Count < MostAtOnce && _waiting.TryDequeue(out var asking))
        {
            batch.Add(asking);
        }

        return batch.Count > 0;
    }

    /// <summary>On one connection while somebody waits; what goes wrong is told to those of the statement that it happened to.</summary>
    private async Task AnswerAllAsync(List<Asking> batch)
    {
        try
        {
            await using var connection = await _source.Value.OpenConnectionAsync();
            await using var command = new NpgsqlCommand("SELECT * FROM deskward_find_pcs($1)", connection) { Parameters = { new NpgsqlParameter<byte[][]>() } };
            await command.PrepareAsync();
            do
            {
                await AnswerAsync(command, batch);
                _isCrowded = batch.Count >= Many;
                batch.Clear();
                await (_isCrowded ? LetOthersAskAsync() : Task.CompletedTask);
            }
            while (HasRoom(Volatile.Read(ref _running) - 1) && Take(batch));
        }
        catch (Exception exception)
        {
            batch.ForEach(asking => asking.Found.TrySetException(exception));
            batch.Clear();
        }
    }

    /// <summary>
    /// First those go on who were just answered, then those who came meanwhile: a statement then serves half as many again. Where there are few, whoever
    /// asks would only wait behind the work of others.
    /// </summary>
    private static async Task LetOthersAskAsync()
    {
        await Task.Yield();
        await Task.Yield();
    }

    private static async Task AnswerAsync(NpgsqlCommand command, List<Asking> batch)
    {
        var found = new Dictionary<CertificateHash, DeviceSnapshot>(batch.Count);
        ((NpgsqlParameter<byte[][]>)command.Parameters[0]).TypedValue = [.. batch.Select(asking => asking.Hash)];
        await using var reader = await command.ExecuteReaderAsync();
        while (await reader.ReadAsync())
        {
            found[new CertificateHash(reader.GetFieldValue<byte[]>(Sha256Column))] = Read(reader, index => new DateTimeOffset(reader.GetDateTime(index), TimeSpan.Zero));
        }

        batch.ForEach(asking => asking.Found.SetResult(found.GetValueOrDefault(new CertificateHash(asking.Hash))));
    }

    internal static DeviceSnapshot Read(DbDataReader row, Func<int, DateTimeOffset> instant) => new()
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
        HasSigned = row.GetBoolean(16),
        DueAt = Earlier(row.IsDBNull(13) ? DateTimeOffset.MinValue : instant(13), row.IsDBNull(14) ? DateTimeOffset.MaxValue : instant(14)),
    };

    private static DateTimeOffset Earlier(DateTimeOffset left, DateTimeOffset right) => left < right ? left : right;

    private sealed record Asking(byte[] Hash)
    {
        internal TaskCompletionSource<DeviceSnapshot?> Found { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
