using Deskward.Platform;
using Deskward.Platform.Duties;
using Deskward.Tenants;
using Microsoft.EntityFrameworkCore;

namespace Deskward.Registration;

/// <summary>Every four hours, customer by customer: PCs whose name does not conform are ordered to take one that does.</summary>
[Serves("platform.enrolment", DutyAction.Act)]
internal sealed class RenameRounds(IServiceScopeFactory scopes, DatabaseOutage outage, TimeProvider time, ILogger<RenameRounds> log) : PeriodicWork(time, outage, log)
{
    protected override TimeSpan Every => TimeSpan.FromHours(4);

    /// <summary>Restarts of the service do not put it off for ever.</summary>
    protected override TimeSpan First => TimeSpan.FromMinutes(5);

    protected override async Task RoundAsync(CancellationToken cancellationToken)
    {
        Guid[] tenants;
        await using (var every = scopes.CreateAsyncScope())
        {
            await every.ServiceProvider.GetRequiredService<OrganisationDirectory>().OpenAllAsync(cancellationToken);
            var db = every.ServiceProvider.GetRequiredService<DeskwardContext>();
            tenants = await db.Set<NameTemplates>().Where(row => row.Standard != null || row.Kiosk != null).Select(row => row.TenantId)
                .Union(db.Set<RegisteredPc>().Where(row => row.Name != null && row.State == RegistrationState.Active).Select(row => row.TenantId)).ToArrayAsync(cancellationToken);
        }

        foreach (var tenant in tenants)
        {
            await using var scope = scopes.CreateAsyncScope();
            scope.ServiceProvider.GetRequiredService<TenantScope>().Open(tenant);
            await scope.ServiceProvider.GetRequiredService<PcNames>().RenameAsync(tenant, cancellationToken);
        }
    }
}
