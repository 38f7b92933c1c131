using System.Data.Common;
using Microsoft.EntityFrameworkCore.Diagnostics;

namespace Deskward.Platform;

/// <summary>
/// Has PostgreSQL parse and plan a statement once per connection, for the contexts that ask for it. Not for all: a plan made for any argument is
/// a poor one for searches in lists.
/// </summary>
internal sealed class PreparedStatements : DbCommandInterceptor
{
    internal static readonly PreparedStatements Instance = new();

    public override async ValueTask<InterceptionResult<DbDataReader>> ReaderExecutingAsync(
        DbCommand command, CommandEventData eventData, InterceptionResult<DbDataReader> result, CancellationToken cancellationToken = default)
    {
        await PrepareAsync(command, eventData, cancellationToken);
        return result;
    }

    public override async ValueTask<InterceptionResult<int>> NonQueryExecutingAsync(
        DbCommand command, CommandEventData eventData, InterceptionResult<int> result, CancellationToken cancellationToken = default)
    {
        await PrepareAsync(command, eventData, cancellationToken);
        return result;
    }

    private static Task PrepareAsync(DbCommand command, CommandEventData eventData, CancellationToken cancellationToken) =>
        eventData.Context is DeskwardContext { PreparesStatements: true } ? command.PrepareAsync(cancellationToken) : Task.CompletedTask;
}
