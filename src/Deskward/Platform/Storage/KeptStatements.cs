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

        return await AheadOfAsync(eventData, cancellationToken) is { Count: > 0 } ahead
            ? InterceptionResult<DbDataReader>.SuppressWithResult(await ReadAsync(ahead, (NpgsqlCommand)command, cancellationToken))
            : await PreparedAsync(command, result, cancellationToken);
    }

    public override async ValueTask<InterceptionResult<int>> NonQueryExecutingAsync(
        DbCommand command, CommandEventData eventData, InterceptionResult<int> result, CancellationToken cancellationToken = default)
    {
        if (!IsAsked(eventData) || command is SqliteCommand)
        {
            return result;
        }

        return await AheadOfAsync(eventData, cancellationToken) is { Count: > 0 } ahead
            ? InterceptionResult<int>.SuppressWithResult(await ExecuteAsync(ahead, (NpgsqlCommand)command, cancellationToken))
            : await PreparedAsync(command, result, cancellationToken);
    }

    private static bool IsAsked(CommandEventData eventData) => eventData.Context is DeskwardContext { KeepsStatements: true };

    private static async Task<T> PreparedAsync<T>(DbCommand command, T result, CancellationToken cancellationToken)
    {
        await command.PrepareAsync(cancellationToken);
        return result;
    }

    /// <summary>What is told in one message with a statement; nothing where that is several statements by itself, as when rows are saved: then it was told.</summary>
    private static async Task<List<NpgsqlBatchCommand>> AheadOfAsync(CommandEventData eventData, CancellationToken cancellationToken)
    {
        var waiting = ((DeskwardContext)eventData.Context!).Ahead;
        List<NpgsqlBatchCommand> ahead = [.. waiting];
        waiting.Clear();
        if (ahead.Count == 0 || eventData.CommandSource != CommandSource.SaveChanges)
        {
            return ahead;
        }

        await using var batch = await BatchAsync((NpgsqlCommand)eventData.Command, ahead, cancellationToken);
        await batch.ExecuteNonQueryAsync(cancellationToken);
        return [];
    }

    private static async Task<DbDataReader> ReadAsync(List<NpgsqlBatchCommand> ahead, NpgsqlCommand command, CancellationToken cancellationToken)
    {
        await using var batch = await BatchAsync(command, [.. ahead, Of(command)], cancellationToken);
        var reader = await batch.ExecuteReaderAsync(cancellationToken);
        foreach (var each in ahead.Where(each => each.CommandText.StartsWith("SELECT", StringComparison.Ordinal))) // Only those have an answer to step over.
        {
            await reader.NextResultAsync(cancellationToken);
        }

        return reader;
    }

    private static async Task<int> ExecuteAsync(List<NpgsqlBatchCommand> ahead, NpgsqlCommand command, CancellationToken cancellationToken)
    {
        await using var batch = await BatchAsync(command, [.. ahead, Of(command)], cancellationToken);
        await batch.ExecuteNonQueryAsync(cancellationToken);
        return batch.BatchCommands[^1].RecordsAffected;
    }

    private static NpgsqlBatchCommand Of(NpgsqlCommand command)
    {
        var one = new NpgsqlBatchCommand(command.CommandText);
        foreach (NpgsqlParameter parameter in command.Parameters)
        {
            one.Parameters.Add(parameter.Clone());
        }

        return one;
    }

    private static async Task<NpgsqlBatch> BatchAsync(NpgsqlCommand like, IEnumerable<NpgsqlBatchCommand> commands, CancellationToken cancellationToken)
    {
        var batch = new NpgsqlBatch(like.Connection, like.Transaction);
        foreach (var each in commands)
        {
            batch.BatchCommands.Add(each);
        }

        await batch.PrepareAsync(cancellationToken);
        return batch;
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
