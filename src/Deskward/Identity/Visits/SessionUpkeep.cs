using Deskward.Platform;
using Deskward.Platform.Duties;
using Deskward.Tenants;

namespace Deskward.Identity.Visits;

/// <summary>Forgets sessions that ended long ago.</summary>
[Serves("platform.operation", DutyAction.Act)]
internal sealed class SessionUpkeep(IServiceScopeFactory scopes, TimeProvider time, DatabaseOutage outage, ILogger<SessionUpkeep> log) : PeriodicWork(time, outage, log)
{
    protected override TimeSpan Every => TimeSpan.FromHours(6);

    protected override async Task RoundAsync(CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        await scope.ServiceProvider.GetRequiredService<OrganisationDirectory>().OpenAllAsync(cancellationToken);
        await scope.ServiceProvider.GetRequiredService<PortalSessions>().ForgetAsync(cancellationToken);
    }
}
