using Deskward.Platform;
using Deskward.Platform.Duties;

namespace Deskward.Audit;

/// <summary>Signs a checkpoint of each organisation's chain every hour in which something was chained. Any node may, and all may: the first does.</summary>
[Serves("platform.operation", DutyAction.Act)]
internal sealed class CheckpointService(IServiceScopeFactory scopes, AuditCheckpoints checkpoints, DatabaseOutage outage, TimeProvider time, ILogger<CheckpointService> log) : BackgroundService
{
    private static readonly TimeSpan Every = TimeSpan.FromHours(1);
    private static readonly TimeSpan LookEvery = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan First = TimeSpan.FromSeconds(10);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        for (var wait = First; !stoppingToken.IsCancellationRequested; wait = LookEvery)
        {
            await Task.Delay(wait, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (!stoppingToken.IsCancellationRequested)
            {
                await RoundAsync(stoppingToken);
            }
        }
    }

    /// <summary>Looks at all organisations once.</summary>
    internal async Task RoundAsync(CancellationToken cancellationToken)
    {
        try
        {
            await using var scope = scopes.CreateAsyncScope();
            foreach (var found in await TenantLookup.OrganisationsAsync(scope.ServiceProvider.GetRequiredService<DeskwardContext>(), cancellationToken))
            {
                await checkpoints.SignAsync(found.TenantId, Every, cancellationToken);
            }
        }
        catch (Exception exception) when (exception is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
        {
            if (!outage.Notice(exception))
            {
                SealingLog.SigningFailed(log, exception.Message);
            }
        }
        catch (OperationCanceledException)
        {
            return;
        }
    }
}
