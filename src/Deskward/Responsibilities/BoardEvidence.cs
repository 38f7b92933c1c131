using System.Collections.Concurrent;
using Deskward.Platform;

namespace Deskward.Responsibilities;

/// <summary>
/// The evidence of all customers, kept on this node: counted in groups of customers by <see cref="BoardRounds"/>, so that looking at the board costs
/// no counting, and never shown older than <see cref="Longest"/>. It holds facts of all customers: what of it is shown to whom is decided by the
/// reader's rights (<see cref="Board"/>).
/// </summary>
public sealed class BoardEvidence : IDisposable
{
    internal static readonly TimeSpan Longest = TimeSpan.FromSeconds(60);
    internal const int GroupSize = 50;
    private const string ChangeKind = "board";
    private readonly ConcurrentDictionary<Guid, CustomerBoard> _kept = new();
    private readonly ConcurrentDictionary<Guid, long> _changed = new();
    private readonly SemaphoreSlim _counting = new(1);
    private readonly IServiceScopeFactory _scopes;
    private readonly Matrix _matrix;
    private readonly ChangeFeed _feed;
    private readonly DatabaseOutage _outage;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private long _changes;

    internal BoardEvidence(IServiceScopeFactory scopes, Matrix matrix, ChangeFeed feed, DatabaseOutage outage, TimeProvider time, ILogger<BoardEvidence> log)
    {
        (_scopes, _matrix, _feed, _outage, _time, _log) = (scopes, matrix, feed, outage, time, log);
        feed.Changed += Hear;
        feed.Lost += _kept.Clear;
    }

    public void Dispose()
    {
        _feed.Changed -= Hear;
        _feed.Lost -= _kept.Clear;
        _counting.Dispose();
    }

    /// <summary>To be announced with what a person expects to see on the board at once (<see cref="DeskwardContext.Announce"/>).</summary>
    public static Change Changed(Guid customer) => new(ChangeKind, customer, Guid.Empty);

    /// <summary>The evidence of these customers, at most <see cref="Longest"/> old: what was not counted yet is counted now.</summary>
    internal Task<IReadOnlyList<CustomerBoard>> OfAsync(IReadOnlyList<Guid> customers, CancellationToken cancellationToken) => OfAsync(customers, Longest, cancellationToken);

    /// <summary>As <see cref="OfAsync(IReadOnlyList{Guid}, CancellationToken)"/>, counting anew what is older than told.</summary>
    internal async Task<IReadOnlyList<CustomerBoard>> OfAsync(IReadOnlyList<Guid> customers, TimeSpan longest, CancellationToken cancellationToken)
    {
        Dictionary<Guid, CustomerBoard> found = [];
        foreach (var group in customers.Chunk(GroupSize))
        {
            if (group.Any(customer => !IsFresh(customer, longest)))
            {
                await CountAsync(group, longest, found, cancellationToken);
            }

            foreach (var customer in group)
            {
                found[customer] = _kept.GetValueOrDefault(customer) ?? found[customer];
            }
        }

        return [.. customers.Select(customer => found[customer])];
    }

    /// <summary>Forgets customers that are gone.</summary>
    internal void Keep(IReadOnlySet<Guid> customers)
    {
        foreach (var gone in _kept.Keys.Where(customer => !customers.Contains(customer)))
        {
            _kept.TryRemove(gone, out _);
            _changed.TryRemove(gone, out _);
        }
    }

    private bool IsFresh(Guid customer, TimeSpan longest) => _kept.TryGetValue(customer, out var kept) && _time.Now() - kept.CountedAt <= longest;

    /// <summary>One group at a time: who comes while the same is counted finds it done.</summary>
    private async Task CountAsync(Guid[] group, TimeSpan longest, Dictionary<Guid, CustomerBoard> found, CancellationToken cancellationToken)
    {
        await _counting.WaitAsync(cancellationToken);
        try
        {
            var due = group.Where(customer => !IsFresh(customer, longest)).ToArray();
            if (due.Length == 0)
            {
                return;
            }

            var (before, at) = (Interlocked.Read(ref _changes), _time.Now());
            var rows = await CountAsync(due, cancellationToken);
            foreach (var customer in due)
            {
                var counted = new CustomerBoard(customer, at, [.. _matrix.Rows.Select(row => new BoardRow(row, WorstFirst(rows.GetValueOrDefault(row.Id)?.GetValueOrDefault(customer))))]);
                found[customer] = counted;
                if (_changed.GetValueOrDefault(customer) <= before)
                {
                    _kept[customer] = counted;
                }
            }
        }
        finally
        {
            _counting.Release();
        }
    }

    private static IReadOnlyList<EvidenceFact> WorstFirst(IReadOnlyList<EvidenceFact>? facts) => facts is null ? [] : [.. facts.OrderByDescending(fact => fact.State)];

    private async Task<Dictionary<string, IReadOnlyDictionary<Guid, IReadOnlyList<EvidenceFact>>>> CountAsync(Guid[] customers, CancellationToken cancellationToken)
    {
        await using var scope = _scopes.CreateAsyncScope();
        scope.ServiceProvider.GetRequiredService<TenantScope>().Open(customers);
        await using var held = await scope.ServiceProvider.GetRequiredService<DeskwardContext>().HoldConnectionAsync(cancellationToken);
        Dictionary<string, IReadOnlyDictionary<Guid, IReadOnlyList<EvidenceFact>>> rows = [];
        foreach (var source in scope.ServiceProvider.GetServices<IRowEvidence>())
        {
            try
            {
                rows[source.Row] = await source.CountAsync(customers, cancellationToken);
            }
            catch (Exception exception) when (!cancellationToken.IsCancellationRequested && !_outage.Notice(exception))
            {
                // The other rows are told all the same; of this one nothing is known.
                ResponsibilitiesLog.EvidenceNotCounted(_log, exception, source.Row);
                rows[source.Row] = new Dictionary<Guid, IReadOnlyList<EvidenceFact>>();
            }
        }

        return rows;
    }

    private void Hear(Change change)
    {
        if (change.Kind == ChangeKind)
        {
            _changed[change.Tenant] = Interlocked.Increment(ref _changes);
            _kept.TryRemove(change.Tenant, out _);
        }
    }
}
