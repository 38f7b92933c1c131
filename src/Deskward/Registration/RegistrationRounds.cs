using Deskward.Platform;
using Deskward.Platform.Duties;
using Deskward.Tenants;
using Microsoft.EntityFrameworkCore;

namespace Deskward.Registration;

/// <summary>
/// Every few seconds what was just taken from files; every few minutes also what waits for its PC, because an older Windows tells its serial number only after it
/// has come.
/// </summary>
[Serves("platform.enrolment", DutyAction.Act)]
internal sealed class RegistrationRounds(IServiceScopeFactory scopes, DatabaseOutage outage, TimeProvider time, ILogger<RegistrationRounds> log) : PeriodicWork(time, outage, log)
{
    private const int AllEvery = 30;
    private int _round;

    protected override TimeSpan Every => TimeSpan.FromSeconds(10);

    protected override async Task RoundAsync(CancellationToken cancellationToken)
    {
        var all = _round++ % AllEvery == 0;
        Guid[] tenants;
        await using (var every = scopes.CreateAsyncScope())
        {
            await every.ServiceProvider.GetRequiredService<OrganisationDirectory>().OpenAllAsync(cancellationToken);
            tenants = await every.ServiceProvider.GetRequiredService<DeskwardContext>().Set<RegisteredPc>()
                .Where(row => row.State == RegistrationState.Pending || (all && row.State == RegistrationState.ReadyForUser)).Select(row => row.TenantId).Distinct().ToArrayAsync(cancellationToken);
        }

        foreach (var tenant in tenants)
        {
            await using var scope = scopes.CreateAsyncScope();
            scope.ServiceProvider.GetRequiredService<TenantScope>().Open(tenant);
            await scope.ServiceProvider.GetRequiredService<Registrations>().SettleAsync(tenant, all, cancellationToken);
        }
    }
}
