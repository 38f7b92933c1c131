using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace Deskward.Platform;

/// <summary>A committed change of a row that nodes may cache.</summary>
/// <param name="Kind">What kind of row: one word of the module that owns it, such as <c>device</c> or <c>set</c>.</param>
/// <param name="Tenant">The organisation the row belongs to.</param>
/// <param name="Id">The row; <see cref="Guid.Empty"/> for all rows of the kind in that organisation.</param>
public readonly record struct Change(string Kind, Guid Tenant, Guid Id);

/// <summary>
/// Carries <see cref="Change"/>s to every node: LISTEN/NOTIFY on PostgreSQL, in the process on SQLite. Delivery is after commit. When the
/// listening connection is lost, <see cref="Lost"/> is raised: whoever caches must forget everything.
/// </summary>
public sealed class ChangeFeed
{
    internal const string Channel = "deskward_changes";

    /// <summary>Raised for each change, on this node's and other nodes' commits; handlers must be quick and must not throw.</summary>
    public event Action<Change>? Changed;

    /// <summary>Whether changes of other nodes arrive; while false, nothing may be answered from a cache.</summary>
    public bool IsConnected { get; internal set; } = true;

    /// <summary>Raised when changes may have been missed.</summary>
    public event Action? Lost;

    internal void Publish(Change change) => Changed?.Invoke(change);

    internal void PublishLoss() => Lost?.Invoke();

    internal static async Task SendAsync(DeskwardContext db, IReadOnlyList<Change> changes, CancellationToken cancellationToken)
    {
        if (db.IsSqlite)
        {
            PublishAfterCommit.Add(db, changes);
            return;
        }

        foreach (var batch in changes.Distinct().Chunk(60))
        {
            var text = JsonSerializer.Serialize(batch);
            await db.Database.ExecuteSqlAsync($"SELECT pg_notify({Channel}, {text})", cancellationToken);
        }

        PublishAfterCommit.Add(db, changes);
    }

    internal void Receive(NpgsqlNotificationEventArgs notification)
    {
        foreach (var change in JsonSerializer.Deserialize<Change[]>(notification.Payload) ?? [])
        {
            Publish(change);
        }
    }
}
