using Microsoft.EntityFrameworkCore;

namespace Deskward.Platform;

/// <summary>
/// Work that a node does again and again by itself, such as removing what is too old. Every node does it, so doing it twice must harm nobody. What
/// fails is logged once per round and tried again in the next one.
/// </summary>
internal abstract class PeriodicWork(TimeProvider time, DatabaseOutage outage, ILogger log) : BackgroundService
{
    /// <summary>How long it rests between two rounds.</summary>
    protected abstract TimeSpan Every { get; }

    /// <summary>How long after the start the first round comes.</summary>
    protected virtual TimeSpan First => Every;

    /// <summary>One round.</summary>
    protected abstract Task RoundAsync(CancellationToken cancellationToken);

    /// <inheritdoc/>
    protected sealed override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        for (var wait = First; ; wait = Every)
        {
            await Task.Delay(wait, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (stoppingToken.IsCancellationRequested)
            {
                return;
            }

            try
            {
                await RoundAsync(stoppingToken);
            }
            catch (DbUpdateConcurrencyException)
            {
                PlatformLog.PeriodicWorkMet(log, GetType().Name, Every);
            }
            catch (Exception exception) when (!stoppingToken.IsCancellationRequested)
            {
                if (!outage.Notice(exception))
                {
                    PlatformLog.PeriodicWorkFailed(log, exception, GetType().Name, Every);
                }
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
    }
}
