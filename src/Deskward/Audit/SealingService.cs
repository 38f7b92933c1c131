using Deskward.Platform;
using Deskward.Platform.Duties;
using Microsoft.EntityFrameworkCore;

namespace Deskward.Audit;

/// <summary>
/// Wakes the sealer: shortly after each commit of this node that wrote an entry, and by a sweep over all organisations for what a node left that died
/// before it sealed.
/// </summary>
[Serves("platform.operation", DutyAction.Act)]
internal sealed class SealingService(IServiceScopeFactory scopes, Sealer sealer, ServiceSettings settings, ChangeFeed feed, TimeProvider time, ILogger<SealingService> log)
    : BackgroundService
{
    private static readonly TimeSpan SweepEvery = TimeSpan.FromMilliseconds(500);

    /// <summary>Organisations that are sealed at once, so that a burst in one does not hold up the others.</summary>
    private const int AtOnce = 4;

    /// <summary>How long commits are gathered, so that many small ones share a round.</summary>
    private static readonly TimeSpan Gather = TimeSpan.FromMilliseconds(50);

    private int _isWoken;
    private readonly SemaphoreSlim _signal = new(0);

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
            await Parallel.ForEachAsync(await WaitingAsync(cancellationToken), options, async (tenant, stop) => await sealer.SealAsync(tenant, stop));
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            // The database may be away; entries wait in it, and the next round finds them.
            SealingLog.SealingFailed(log, exception.Message);
            await Task.Delay(SweepEvery, time, cancellationToken);
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
