using Deskward.DesiredState.Plans;
using Deskward.Platform;
using Deskward.Platform.Duties;

namespace Deskward.DesiredState;

/// <summary>Keeps the trend every quarter of an hour, and once a day removes documents and sets that nothing refers to.</summary>
[Serves("platform.operation", DutyAction.Act)]
internal sealed class Upkeep(IServiceScopeFactory scopes, TimeProvider time, DatabaseOutage outage, ILogger<Upkeep> log) : PeriodicWork(time, outage, log)
{
    private static readonly TimeSpan CleanEvery = TimeSpan.FromDays(1);
    private readonly TimeProvider _time = time;
    private readonly ILogger<Upkeep> _log = log;
    private DateTimeOffset? _cleaned;

    protected override TimeSpan Every => TimeSpan.FromMinutes(15);

    protected override TimeSpan First => TimeSpan.FromMinutes(1);

    protected override async Task RoundAsync(CancellationToken cancellationToken)
    {
        var isCleaning = _cleaned is not { } last || _time.GetUtcNow() - last >= CleanEvery;
        foreach (var tenant in await TenantsAsync(cancellationToken))
        {
            await using var scope = scopes.CreateAsyncScope();
            scope.ServiceProvider.GetRequiredService<TenantScope>().Open(tenant);
            await scope.ServiceProvider.GetRequiredService<FleetCounts>().RecordAsync(tenant, cancellationToken);
            if (isCleaning)
            {
                var (documents, sets) = await scope.ServiceProvider.GetRequiredService<UnusedDocuments>().RemoveAsync(tenant, cancellationToken);
                await scope.ServiceProvider.GetRequiredService<OldPlans>().RemoveAsync(tenant, cancellationToken);
                DesiredStateLog.Removed(_log, documents, sets);
            }
        }

        _cleaned = isCleaning ? _time.GetUtcNow() : _cleaned;
    }

    private async Task<IEnumerable<Guid>> TenantsAsync(CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        var found = await TenantLookup.OrganisationsAsync(scope.ServiceProvider.GetRequiredService<DeskwardContext>(), cancellationToken);
        return found.Select(organisation => organisation.TenantId);
    }
}
