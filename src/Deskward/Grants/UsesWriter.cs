using System.Collections.Concurrent;
using System.Text.Json;
using Deskward.Platform;
using Deskward.Platform.Duties;
using Microsoft.EntityFrameworkCore;

namespace Deskward.Grants;

/// <summary>
/// Writes down each use of access, once a second for all of them in one statement; the same within a minute counts up one row. What was not written
/// when the process is killed is lost; writes themselves are audited in their transaction.
/// </summary>
[Serves("platform.operation", DutyAction.Act)]
internal sealed class UsesWriter(IServiceScopeFactory scopes, DatabaseOutage outage, TimeProvider time, ILogger<UsesWriter> log) : BackgroundService
{
    private const int MostKept = 50_000;
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(1);
    private readonly SemaphoreSlim _writing = new(1);
    private ConcurrentDictionary<Key, Seen> _seen = new();

    /// <inheritdoc cref="AccessUsed"/>
    internal void Note(AccessUse use)
    {
        var now = time.Now();
        var minute = new DateTimeOffset(now.UtcTicks - now.UtcTicks % TimeSpan.TicksPerMinute, TimeSpan.Zero);
        Add(_seen, new Key(use with { Path = use.Path.Length > RecordedUse.LongestPath ? use.Path[..RecordedUse.LongestPath] : use.Path }, minute), new Seen(1, now));
    }

    /// <summary>Writes what was noted so far; when it is done, all of it is written, whoever did it.</summary>
    internal async Task FlushAsync(CancellationToken cancellationToken)
    {
        await _writing.WaitAsync(cancellationToken);
        try
        {
            await WriteAsync(cancellationToken);
        }
        finally
        {
            _writing.Release();
        }
    }

    public override void Dispose()
    {
        _writing.Dispose();
        base.Dispose();
    }

    private async Task WriteAsync(CancellationToken cancellationToken)
    {
        var seen = Interlocked.Exchange(ref _seen, new ConcurrentDictionary<Key, Seen>());
        if (seen.IsEmpty)
        {
            return;
        }

        try
        {
            await using var scope = scopes.CreateAsyncScope();
            scope.ServiceProvider.GetRequiredService<TenantScope>().Open(seen.Keys.Select(key => key.Use.Customer).Distinct());
            var db = scope.ServiceProvider.GetRequiredService<DeskwardContext>();
            await (db.IsSqlite ? WriteSqliteAsync(db, seen, cancellationToken) : WritePostgresAsync(db, seen, cancellationToken));
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            if (!outage.Notice(exception))
            {
                GrantsLog.UsesNotWritten(log, exception, seen.Count);
            }

            KeepForLater(seen);
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            await Task.Delay(Every, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await FlushAsync(CancellationToken.None);
        }
    }

    private void KeepForLater(ConcurrentDictionary<Key, Seen> seen)
    {
        foreach (var (key, one) in seen.Take(Math.Max(0, MostKept - _seen.Count)))
        {
            Add(_seen, key, one);
        }
    }

    private static void Add(ConcurrentDictionary<Key, Seen> into, Key key, Seen one) =>
        into.AddOrUpdate(key, one, (_, known) => new Seen(known.Times + one.Times, known.LastAt > one.LastAt ? known.LastAt : one.LastAt));

    private static Task<int> WritePostgresAsync(DeskwardContext db, ConcurrentDictionary<Key, Seen> seen, CancellationToken cancellationToken)
    {
        // In one order everywhere, so that two nodes that write at once wait for each other instead of locking each other out.
        var rows = seen.OrderBy(row => row.Key.Use.Customer).ThenBy(row => row.Key.Use.Person).ThenBy(row => row.Key.Minute).ThenBy(row => row.Key.Use.Duty, StringComparer.Ordinal)
            .ThenBy(row => row.Key.Use.Action).ThenBy(row => row.Key.Use.Level).ThenBy(row => row.Key.Use.Path, StringComparer.Ordinal).ToArray();
        var (ids, tenants, people) = (rows.Select(_ => Guid.CreateVersion7()).ToArray(), rows.Select(row => row.Key.Use.Customer).ToArray(), rows.Select(row => row.Key.Use.Person).ToArray());
        var (addresses, duties, paths) = (rows.Select(row => row.Key.Use.Address).ToArray(), rows.Select(row => row.Key.Use.Duty).ToArray(), rows.Select(row => row.Key.Use.Path).ToArray());
        var (actions, levels) = (rows.Select(row => row.Key.Use.Action.ToString()).ToArray(), rows.Select(row => row.Key.Use.Level.ToString()).ToArray());
        var (minutes, lasts, times) = (rows.Select(row => row.Key.Minute.UtcDateTime).ToArray(), rows.Select(row => row.Value.LastAt.UtcDateTime).ToArray(), rows.Select(row => row.Value.Times).ToArray());
        return db.Database.ExecuteSqlAsync(
            $"""
            INSERT INTO grants_uses (id, tenant_id, person_id, person_address, duty, action, level, path, minute, last_at, times)
            SELECT * FROM unnest({ids}, {tenants}, {people}, {addresses}, {duties}, {actions}, {levels}, {paths}, {minutes}, {lasts}, {times})
            ON CONFLICT (tenant_id, person_id, minute, duty, action, level, path)
                DO UPDATE SET times = grants_uses.times + EXCLUDED.times, last_at = greatest(grants_uses.last_at, EXCLUDED.last_at)
            """, cancellationToken);
    }

    private static Task<int> WriteSqliteAsync(DeskwardContext db, ConcurrentDictionary<Key, Seen> seen, CancellationToken cancellationToken)
    {
        var json = JsonSerializer.Serialize(seen.Select(row => new object[]
        {
            Text(Guid.CreateVersion7()), Text(row.Key.Use.Customer), Text(row.Key.Use.Person), row.Key.Use.Address, row.Key.Use.Duty, row.Key.Use.Action.ToString(), row.Key.Use.Level.ToString(),
            row.Key.Use.Path, row.Key.Minute.Microseconds(), row.Value.LastAt.Microseconds(), row.Value.Times,
        }));
        return db.Database.ExecuteSqlAsync(
            $"""
            INSERT INTO grants_uses (id, tenant_id, person_id, person_address, duty, action, level, path, minute, last_at, times)
            SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4, value ->> 5, value ->> 6, value ->> 7, value ->> 8, value ->> 9, value ->> 10 FROM json_each({json}) WHERE true
            ON CONFLICT (tenant_id, person_id, minute, duty, action, level, path)
                DO UPDATE SET times = grants_uses.times + excluded.times, last_at = max(grants_uses.last_at, excluded.last_at)
            """, cancellationToken);
    }

    private static string Text(Guid id) => id.ToString().ToUpperInvariant();

    private readonly record struct Key(AccessUse Use, DateTimeOffset Minute);

    private readonly record struct Seen(int Times, DateTimeOffset LastAt);
}
