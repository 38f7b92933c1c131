using Deskward.Platform;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;

namespace Deskward.Benchmarks.LargeFleet;

/// <summary>
/// How many rows differ from what they were: on PostgreSQL by the transaction that wrote them, on SQLite by comparing every table with a copy.
/// What was deleted counts too.
/// </summary>
internal sealed class RowsWritten
{
    private readonly ServiceSettings _settings;
    private readonly string[] _tables;
    private readonly Dictionary<string, long> _before = [];
    private readonly string _copy;
    private long _transaction;

    private RowsWritten(ServiceSettings settings, string[] without)
    {
        _settings = settings;
        _copy = Path.Combine(settings.Data, "before.db");
        using var db = BenchDatabases.Open(settings);
        _tables = [.. db.Model.GetEntityTypes().Select(type => type.GetTableName()).OfType<string>().Distinct().Except(without)];
    }

    /// <param name="settings">The database.</param>
    /// <param name="without">Tables into which others write meanwhile.</param>
    internal static async Task<RowsWritten> BeginAsync(ServiceSettings settings, params string[] without)
    {
        var rows = new RowsWritten(settings, without);
        if (settings.IsSqlite)
        {
            await BenchDatabases.ExecuteAsync(settings, $"VACUUM INTO '{rows._copy}'");
            return rows;
        }

        foreach (var table in rows._tables)
        {
            rows._before[table] = await BenchDatabases.NumberAsync(settings, $"SELECT count(*) FROM {table}");
        }

        rows._transaction = await BenchDatabases.NumberAsync(settings, "SELECT txid_current()");
        return rows;
    }

    internal async Task<long> CountAsync()
    {
        if (_settings.IsSqlite)
        {
            var different = await BenchDatabases.NumberAsync(_settings, $"ATTACH '{_copy}' AS earlier; SELECT " + string.Join(" + ", _tables.Select(Different)));
            SqliteConnection.ClearAllPools();
            File.Delete(_copy);
            return different;
        }

        var written = 0L;
        foreach (var table in _tables)
        {
            var now = await BenchDatabases.NumberAsync(_settings, $"SELECT count(*) FROM {table}");
            written += Math.Max(0, _before[table] - now) + await BenchDatabases.NumberAsync(_settings, $"SELECT count(*) FROM {table} WHERE xmin::text::bigint > {_transaction}");
        }

        return written;
    }

    private static string Different(string table) =>
        $"(SELECT count(*) FROM (SELECT * FROM main.{table} EXCEPT SELECT * FROM earlier.{table})) + max(0, (SELECT count(*) FROM earlier.{table}) - (SELECT count(*) FROM main.{table}))";
}
