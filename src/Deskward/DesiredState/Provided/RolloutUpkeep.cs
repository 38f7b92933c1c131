using Deskward.Platform;
using Deskward.Platform.Duties;

namespace Deskward.DesiredState.Provided;

/// <summary>Every five minutes, customers that are behind, because the set was assigned while a version was released, are brought to the released version.</summary>
[Serves("P1.policies", DutyAction.Act)]
internal sealed class RolloutUpkeep(IServiceScopeFactory scopes, TimeProvider time, DatabaseOutage outage, ILogger<RolloutUpkeep> log) : PeriodicWork(time, outage, log)
{
    protected override TimeSpan Every => TimeSpan.FromMinutes(5);

    protected override async Task RoundAsync(CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<DeskwardContext>();
        scope.ServiceProvider.GetRequiredService<TenantScope>().Open((await TenantLookup.OrganisationsAsync(db, cancellationToken)).Select(found => found.TenantId));
        foreach (var set in await SetRollout.BehindAsync(db, cancellationToken))
        {
            await scope.ServiceProvider.GetRequiredService<SetRollout>().CarryOutAsync(set, cancellationToken);
        }
    }
}
