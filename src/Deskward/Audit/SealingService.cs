using System.Collections.Concurrent;
using Deskward.Platform;
using Deskward.Platform.Duties;
using Microsoft.EntityFrameworkCore;

namespace Deskward.Audit;

/// <summary>
/// Wakes the sealer: shortly after each commit of this node that wrote an entry, and by a sweep over all organisations for what a node left that died
/// before it sealed.
/// </summary>
[Serves("platform.operation", DutyAction.Act)]
internal sealed class SealingService(IServiceScopeFactory scopes, Sealer sealer, ServiceSettings settings, ChangeFeed feed, DatabaseOutage outage, TimeProvider time, ILogger<SealingService> log)
    : BackgroundService
{
    private static readonly TimeSpan SweepEvery = TimeSpan.FromMilliseconds(500);

    /// <summary>How long an organisation rests in which something went wrong.</summary>
    private static readonly TimeSpan Rest = TimeSpan.FromSeconds(2);

    /// <summary>Organisations that are sealed at once, so that a burst in one does not hold up the others.</summary>
    private const int AtOnce = 4;

    /// <summary>How long commits are gathered, so that many small ones share a round.</summary>
    private static readonly TimeSpan Gather = TimeSpan.FromMilliseconds(50);

    private readonly ConcurrentDictionary<Guid, DateTimeOffset> _resting = new();
    private readonly SemaphoreSlim _signal = new(0);
    private int _isWoken;

    public override void Dispose()
    {
        _signal.Dispose();
        base.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        feed.Changed += Note;
        try
        {
            for (var isWoken = false; !stoppingToken.IsCancellationRequested; isWoken = await _signal.WaitAsync(SweepEvery, stoppingToken))
            {
                await RoundAsync(isWoken, stoppingToken);
            }
        }
        catch (OperationCanceledException)
        {
            SealingLog.Stopped(log);
        }
        finally
        {
            feed.Changed -= Note;
        }
    }

    private async Task RoundAsync(bool isWoken, CancellationToken cancellationToken)
    {
        try
        {
            if (isWoken)
            {
                await Task.Delay(Gather, time, cancellationToken);
            }

            // A steady stream of wakes must not put the sweep off: each round looks at what waits anywhere.
            Interlocked.Exchange(ref _isWoken, 0);
            var options = new ParallelOptions { MaxDegreeOfParallelism = settings.IsSqlite ? 1 : AtOnce, CancellationToken = cancellationToken };
            await Parallel.ForEachAsync(await WaitingAsync(cancellationToken), options, SealAsync);
        }
        catch (Exception exception) when (exception is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
        {
            // The database may be away; entries wait in it, and the next round finds them.
            if (!outage.Notice(exception))
            {
                SealingLog.SweepFailed(log, exception.Message);
            }

            await Task.Delay(SweepEvery, time, cancellationToken);
        }
    }

    /// <summary>What goes wrong in one organisation is no matter of the others: it rests a while, and they go on.</summary>
    private async ValueTask SealAsync(Guid tenant, CancellationToken cancellationToken)
    {
        if (_resting.TryGetValue(tenant, out var until) && time.GetUtcNow() < until)
        {
            return;
        }

        try
        {
            await sealer.SealAsync(tenant, cancellationToken);
            _resting.TryRemove(tenant, out _);
        }
        catch (Exception exception) when (exception is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
        {
            _resting[tenant] = time.GetUtcNow() + Rest;
            if (!outage.Notice(exception))
            {
                SealingLog.SealingFailed(log, tenant, exception.Message);
            }
        }
    }

    private async Task<List<Guid>> WaitingAsync(CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<DeskwardContext>();
        scope.ServiceProvider.GetRequiredService<TenantScope>().Open((await TenantLookup.OrganisationsAsync(db, cancellationToken)).Select(found => found.TenantId));
        return await db.Set<UnchainedEntry>().Select(row => row.TenantId).Distinct().ToListAsync(cancellationToken);
    }

    private void Note(Change change)
    {
        if (change.Kind == UnchainedEntry.ChangeKind && Interlocked.Exchange(ref _isWoken, 1) == 0)
        {
            _signal.Release();
        }
    }
}
