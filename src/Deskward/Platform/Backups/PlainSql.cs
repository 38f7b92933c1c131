using System.Data.Common;
using System.Globalization;
using Microsoft.Data.Sqlite;
using Npgsql;

namespace Deskward.Platform.Backups;

/// <summary>Statements with places $1, $2 ... on a connection of either engine.</summary>
internal sealed class PlainSql(DbConnection connection)
{
    private readonly bool _isSqlite = connection is SqliteConnection;

    /// <summary>An instant as the engine keeps it.</summary>
    internal object Instant(DateTimeOffset at) => _isSqlite ? at.Microseconds() : at.UtcDateTime;

    /// <summary>Reads what <see cref="Instant"/> wrote.</summary>
    internal DateTimeOffset InstantOf(DbDataReader row, int column) =>
        _isSqlite ? Instants.OfMicroseconds(row.GetInt64(column)) : new DateTimeOffset(row.GetDateTime(column), TimeSpan.Zero);

    /// <returns>How many rows it touched.</returns>
    internal async Task<int> RunAsync(string sql, object[] values, CancellationToken cancellationToken)
    {
        await using var command = Command(sql, values);
        return await command.ExecuteNonQueryAsync(cancellationToken);
    }

    internal async Task<List<T>> ReadAsync<T>(string sql, object[] values, Func<DbDataReader, T> read, CancellationToken cancellationToken)
    {
        await using var command = Command(sql, values);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var found = new List<T>();
        while (await reader.ReadAsync(cancellationToken))
        {
            found.Add(read(reader));
        }

        return found;
    }

    private DbCommand Command(string sql, object[] values)
    {
        var command = connection.CreateCommand();
        command.CommandText = sql;
        for (var at = 0; at < values.Length; at++)
        {
            command.Parameters.Add(_isSqlite ? new SqliteParameter(string.Create(CultureInfo.InvariantCulture, $"${at + 1}"), values[at]) : new NpgsqlParameter { Value = values[at] });
        }

        return command;
    }
}
