using System.Data.Common;
using System.Runtime.CompilerServices;
using Microsoft.EntityFrameworkCore.Diagnostics;

namespace Deskward.Platform;

/// <summary>Publishes announced changes on this node once their transaction has committed; drops them when it rolls back.</summary>
internal sealed class PublishAfterCommit(ChangeFeed feed) : DbTransactionInterceptor
{
    private static readonly ConditionalWeakTable<DeskwardContext, List<Change>> Waiting = [];

    internal static void Add(DeskwardContext db, IEnumerable<Change> changes) => Waiting.GetOrCreateValue(db).AddRange(changes);

    public override void TransactionCommitted(DbTransaction transaction, TransactionEndEventData eventData) => Publish(eventData.Context);

    public override Task TransactionCommittedAsync(DbTransaction transaction, TransactionEndEventData eventData, CancellationToken cancellationToken = default)
    {
        Publish(eventData.Context);
        return Task.CompletedTask;
    }

    public override void TransactionRolledBack(DbTransaction transaction, TransactionEndEventData eventData) => Drop(eventData.Context);

    public override Task TransactionRolledBackAsync(DbTransaction transaction, TransactionEndEventData eventData, CancellationToken cancellationToken = default)
    {
        Drop(eventData.Context);
        return Task.CompletedTask;
    }

    private void Publish(object? context)
    {
        if (context is DeskwardContext db && Waiting.TryGetValue(db, out var changes))
        {
            Waiting.Remove(db);
            changes.ForEach(feed.Publish);
        }
    }

    private static void Drop(object? context)
    {
        if (context is DeskwardContext db)
        {
            Waiting.Remove(db);
        }
    }
}
