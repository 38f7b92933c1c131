using Deskward.Audit;
using Deskward.Devices;
using Deskward.Platform;
using Deskward.Platform.Duties;
using Deskward.Tenants;
using Microsoft.EntityFrameworkCore;

namespace Deskward.Organisations;

/// <summary>Retires the PCs of customers who leave, a part in each round, and deletes a customer when its time has come.</summary>
[Serves("platform.operation", DutyAction.Act)]
internal sealed class DepartureWork(IServiceScopeFactory scopes, TimeProvider time, DatabaseOutage outage, ILogger<DepartureWork> log) : PeriodicWork(time, outage, log)
{
    private const int PcsPerRound = 500;
    private readonly TimeProvider _time = time;

    protected override TimeSpan Every => TimeSpan.FromSeconds(20);

    /// <inheritdoc/>
    protected override TimeSpan First => TimeSpan.FromSeconds(5);

    /// <inheritdoc/>
    protected override Task RoundAsync(CancellationToken cancellationToken) => WorkAsync(cancellationToken);

    /// <summary>One round over all customers who leave.</summary>
    internal async Task WorkAsync(CancellationToken cancellationToken)
    {
        List<Exception> failures = [];
        foreach (var customer in await LeavingAsync(cancellationToken))
        {
            try
            {
                await WorkAsync(customer, cancellationToken);
            }
            catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
            {
                failures.Add(exception); // The others leave all the same.
            }
        }

        if (failures.Count > 0)
        {
            throw failures.Count == 1 ? failures[0] : new AggregateException(failures);
        }
    }

    private async Task WorkAsync(Leaving customer, CancellationToken cancellationToken)
    {
        if (customer.DeleteAt > _time.Now())
        {
            await RetireAsync(customer.Id, cancellationToken);
            return;
        }

        await using var scope = scopes.CreateAsyncScope();
        scope.ServiceProvider.GetRequiredService<AuditTrail>().Actor = Actor.Service;
        await scope.ServiceProvider.GetRequiredService<Deletion>().DeleteAsync(customer.Provider, customer.Id, cancellationToken);
    }

    private async Task<List<Leaving>> LeavingAsync(CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        await scope.ServiceProvider.GetRequiredService<OrganisationDirectory>().OpenAllAsync(cancellationToken);
        var rows = scope.ServiceProvider.GetRequiredService<DeskwardContext>().Set<Organisation>().AsNoTracking();
        return await rows.Where(row => row.State == OrganisationState.Leaving || row.State == OrganisationState.Deleting).OrderBy(row => row.DeleteAt)
            .Select(row => new Leaving(row.Id, rows.Single(one => one.Kind == OrganisationKind.Provider).Id, row.DeleteAt)).ToListAsync(cancellationToken);
    }

    private async Task RetireAsync(Guid organisation, CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        scope.ServiceProvider.GetRequiredService<TenantScope>().Open(organisation);
        scope.ServiceProvider.GetRequiredService<AuditTrail>().Actor = Actor.Service;
        var (db, devices) = (scope.ServiceProvider.GetRequiredService<DeskwardContext>(), scope.ServiceProvider.GetRequiredService<DeviceDirectory>());
        foreach (var pc in await db.Set<Device>().Where(row => row.TenantId == organisation && row.State == DeviceState.Enrolled).OrderBy(row => row.Id).Select(row => row.Id).Take(PcsPerRound).ToListAsync(cancellationToken))
        {
            await devices.RetireAsync(pc, cancellationToken);
        }
    }

    private sealed record Leaving(Guid Id, Guid Provider, DateTimeOffset? DeleteAt);
}
