using Deskward.Groups.Dynamic;
using Deskward.Groups.Rings;
using Deskward.Platform;
using Deskward.Platform.Duties;
using Deskward.Tenants;
using Microsoft.EntityFrameworkCore;

namespace Deskward.Groups.Service;

/// <summary>Once an hour, customer by customer: the service's own groups as they were decided, and every rule put to every PC.</summary>
[Serves("P6.protection", DutyAction.Act)]
internal sealed class GroupUpkeep(IServiceScopeFactory scopes, OrganisationList organisations, DatabaseOutage outage, TimeProvider time, ILogger<GroupUpkeep> log) : PeriodicWork(time, outage, log)
{
    private readonly ILogger _log = log;

    protected override TimeSpan Every => TimeSpan.FromHours(1);

    protected override async Task RoundAsync(CancellationToken cancellationToken)
    {
        foreach (var customer in (await organisations.AllAsync(cancellationToken)).Where(organisation => organisation.Kind == OrganisationKind.Customer))
        {
            await using var scope = scopes.CreateAsyncScope();
            scope.ServiceProvider.GetRequiredService<TenantScope>().Open(customer.Id);
            var round = await scope.ServiceProvider.GetRequiredService<GroupGuard>().RunAsync(customer.Id, cancellationToken);
            if (round.Undone > 0)
            {
                GroupsLog.Undone(_log, round.Undone, customer.Id);
            }

            await using var own = scopes.CreateAsyncScope();
            own.ServiceProvider.GetRequiredService<TenantScope>().Open(customer.Id);
            await own.ServiceProvider.GetRequiredService<Reevaluation>().RunAllAsync(customer.Id, cancellationToken);
        }
    }
}

/// <summary>Every few seconds: PCs that are about to move to another ring, and PCs of which something changed that rules ask for. Costs two look-ups while there are none.</summary>
[Serves("P6.groups", DutyAction.Act)]
internal sealed class GroupRounds(IServiceScopeFactory scopes, DatabaseOutage outage, TimeProvider time, ILogger<GroupRounds> log) : PeriodicWork(time, outage, log)
{
    protected override TimeSpan Every => TimeSpan.FromSeconds(10);

    protected override async Task RoundAsync(CancellationToken cancellationToken)
    {
        Guid[] moving, changed;
        await using (var all = scopes.CreateAsyncScope())
        {
            await all.ServiceProvider.GetRequiredService<OrganisationDirectory>().OpenAllAsync(cancellationToken);
            var db = all.ServiceProvider.GetRequiredService<DeskwardContext>();
            moving = await db.Set<DevicePlacement>().Where(row => row.IsMoving).Select(row => row.TenantId).Distinct().ToArrayAsync(cancellationToken);
            changed = await db.Set<FactsDue>().Select(row => row.TenantId).Distinct().ToArrayAsync(cancellationToken);
        }

        foreach (var tenant in moving)
        {
            await using var scope = scopes.CreateAsyncScope();
            scope.ServiceProvider.GetRequiredService<TenantScope>().Open(tenant);
            await scope.ServiceProvider.GetRequiredService<Placements>().MoveDueAsync(tenant, cancellationToken);
        }

        foreach (var tenant in changed)
        {
            await using var scope = scopes.CreateAsyncScope();
            scope.ServiceProvider.GetRequiredService<TenantScope>().Open(tenant);
            await scope.ServiceProvider.GetRequiredService<Reevaluation>().RunDueAsync(tenant, cancellationToken);
        }
    }
}
