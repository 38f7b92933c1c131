using System.Data.Common;
using System.Runtime.CompilerServices;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Npgsql;

namespace Deskward.Platform.Storage;

/// <summary>
/// Has the database parse and plan a statement once per connection, for the contexts that ask for it. Not for all: on PostgreSQL, a plan made for any
/// argument is a poor one for searches in lists; on SQLite, statements live as long as the connection stays open, and one is read to its
/// end before it comes again.
/// </summary>
internal sealed class KeptStatements : DbCommandInterceptor
{
    internal static readonly KeptStatements Instance = new();
    private const int Most = 200;
    private readonly ConditionalWeakTable<SqliteConnection, Dictionary<string, SqliteCommand>> _kept = [];

    public override async ValueTask<InterceptionResult<DbDataReader>> ReaderExecutingAsync(
        DbCommand command, CommandEventData eventData, InterceptionResult<DbDataReader> result, CancellationToken cancellationToken = default)
    {
        if (!IsAsked(eventData))
        {
            return result;
        }

        if (command is SqliteCommand sqlite)
        {
            return InterceptionResult<DbDataReader>.SuppressWithResult(Kept(sqlite).ExecuteReader());
        }

        if (eventData.Context is DeskwardContext { Ahead: { } ahead } db)
        {
            db.Ahead = null;
            return InterceptionResult<DbDataReader>.SuppressWithResult(await TogetherAsync(ahead, (NpgsqlCommand)command, cancellationToken));
        }

        await command.PrepareAsync(cancellationToken);
        return result;
    }

    public override async ValueTask<InterceptionResult<int>> NonQueryExecutingAsync(
        DbCommand command, CommandEventData eventData, InterceptionResult<int> result, CancellationToken cancellationToken = default)
    {
        if (IsAsked(eventData) && command is not SqliteCommand)
        {
            await command.PrepareAsync(cancellationToken);
        }

        return result;
    }

    private static bool IsAsked(CommandEventData eventData) => eventData.Context is DeskwardContext { KeepsStatements: true };

    private static async Task<DbDataReader> TogetherAsync(IReadOnlyList<NpgsqlBatchCommand> ahead, NpgsqlCommand command, CancellationToken cancellationToken)
    {
        await using var batch = new NpgsqlBatch(command.Connection, command.Transaction);
        var query = new NpgsqlBatchCommand(command.CommandText);
        foreach (NpgsqlParameter parameter in command.Parameters)
        {
            query.Parameters.Add(parameter.Clone());
        }

        foreach (var each in ahead.Append(query))
        {
            batch.BatchCommands.Add(each);
        }

        await batch.PrepareAsync(cancellationToken);
        var reader = await batch.ExecuteReaderAsync(cancellationToken);
        foreach (var each in ahead)
        {
            await reader.NextResultAsync(cancellationToken);
        }

        return reader;
    }

    private SqliteCommand Kept(SqliteCommand command)
    {
        var commands = _kept.GetOrCreateValue(command.Connection!);
        if (!commands.TryGetValue(command.CommandText, out var kept))
        {
            Forget(commands);
            kept = command.Connection!.CreateCommand();
            kept.CommandText = command.CommandText;
            commands.Add(command.CommandText, kept);
        }

        kept.Transaction = command.Transaction;
        kept.CommandTimeout = command.CommandTimeout;
        kept.Parameters.Clear();
        foreach (SqliteParameter parameter in command.Parameters)
        {
            kept.Parameters.Add(parameter);
        }

        kept.Prepare();
        return kept;
    }

    private static void Forget(Dictionary<string, SqliteCommand> commands)
    {
        if (commands.Count == Most)
        {
            commands.Values.ToList().ForEach(command => command.Dispose());
            commands.Clear();
        }
    }
}
