using Deskward.Platform;
using Deskward.Platform.Duties;

namespace Deskward.DesiredState;

/// <summary>Keeps the trend every quarter of an hour, and once a day removes documents and sets that nothing refers to. Any node may do it, and all may.</summary>
[Serves("platform.operation", DutyAction.Act)]
internal sealed class Upkeep(IServiceScopeFactory scopes, TimeProvider time, ILogger<Upkeep> log) : BackgroundService
{
    private static readonly TimeSpan Every = TimeSpan.FromMinutes(15);
    private static readonly TimeSpan First = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan CleanEvery = TimeSpan.FromDays(1);
    private DateTimeOffset? _cleaned;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        for (var wait = First; !stoppingToken.IsCancellationRequested; wait = Every)
        {
            await Task.Delay(wait, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (!stoppingToken.IsCancellationRequested)
            {
                await RoundAsync(stoppingToken);
            }
        }
    }

    private async Task RoundAsync(CancellationToken cancellationToken)
    {
        try
        {
            var isCleaning = _cleaned is not { } last || time.GetUtcNow() - last >= CleanEvery;
            foreach (var tenant in await TenantsAsync(cancellationToken))
            {
                await using var scope = scopes.CreateAsyncScope();
                scope.ServiceProvider.GetRequiredService<TenantScope>().Open(tenant);
                await scope.ServiceProvider.GetRequiredService<FleetCounts>().RecordAsync(tenant, cancellationToken);
                if (isCleaning)
                {
                    var (documents, sets) = await scope.ServiceProvider.GetRequiredService<UnusedDocuments>().RemoveAsync(tenant, cancellationToken);
                    DesiredStateLog.Removed(log, documents, sets);
                }
            }

            _cleaned = isCleaning ? time.GetUtcNow() : _cleaned;
        }
        catch (Exception exception) when (exception is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
        {
            DesiredStateLog.UpkeepFailed(log, exception, Every);
        }
        catch (OperationCanceledException)
        {
            return;
        }
    }

    private async Task<IEnumerable<Guid>> TenantsAsync(CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        var found = await TenantLookup.OrganisationsAsync(scope.ServiceProvider.GetRequiredService<DeskwardContext>(), cancellationToken);
        return found.Select(organisation => organisation.TenantId);
    }
}
