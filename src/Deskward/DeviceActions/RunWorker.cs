using Deskward.Audit;
using Deskward.Grants;
using Deskward.Platform;
using Deskward.Platform.Duties;
using Deskward.Tenants;
using Microsoft.EntityFrameworkCore;

namespace Deskward.DeviceActions;

/// <summary>
/// Works through the runs, one PC per transaction, so that a run can be stopped between any two and a node that dies leaves nothing half done.
/// Every node takes part; a run's lock keeps them apart.
/// </summary>
[Serves("platform.operation", DutyAction.Act)]
internal sealed class RunWorker(IServiceScopeFactory scopes, DatabaseOutage outage, TimeProvider time, ILogger<RunWorker> log) : BackgroundService
{
    /// <summary>So many PCs of one run, then those of the next.</summary>
    private const int StepsAtOnce = 100;
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(1);

    /// <summary>Goes on with every run that is not over.</summary>
    internal async Task WorkAsync(CancellationToken cancellationToken)
    {
        foreach (var (tenant, run) in await OpenRunsAsync(cancellationToken))
        {
            for (var step = 0; step < StepsAtOnce && !cancellationToken.IsCancellationRequested && await StepAsync(tenant, run, cancellationToken); step++)
            {
                // The next PC.
            }
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Every, time);
        while (!stoppingToken.IsCancellationRequested && await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                await WorkAsync(stoppingToken);
            }
            catch (Exception exception) when (!stoppingToken.IsCancellationRequested)
            {
                if (!outage.Notice(exception))
                {
                    DeviceActionsLog.WorkFailed(log, exception);
                }
            }
        }
    }

    private async Task<List<(Guid Tenant, Guid Run)>> OpenRunsAsync(CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        await scope.ServiceProvider.GetRequiredService<OrganisationDirectory>().OpenAllAsync(cancellationToken);
        var tooOld = time.Now() - DeviceActionRun.AnswerWithin;
        var rows = await scope.ServiceProvider.GetRequiredService<DeskwardContext>().Set<DeviceActionRun>().Where(row => row.State == RunState.Running || (row.State == RunState.Waiting && row.AskedAt <= tooOld))
            .OrderBy(row => row.AskedAt).Select(row => new { row.TenantId, row.Id }).Take(1_000).ToListAsync(cancellationToken);
        return [.. rows.Select(row => (row.TenantId, row.Id))];
    }

    /// <summary>1. holds the run; 2. ends it where what allowed it is over; 3. takes its next PC; 4. commits.</summary>
    /// <returns>Whether there is more to do.</returns>
    private async Task<bool> StepAsync(Guid tenant, Guid id, CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        var services = scope.ServiceProvider;
        services.GetRequiredService<TenantScope>().Open(tenant);
        var db = services.GetRequiredService<DeskwardContext>();
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        await db.LockAsync(TargetWork.LockOf(id), cancellationToken); // 1
        var run = await db.Set<DeviceActionRun>().SingleOrDefaultAsync(row => row.Id == id, cancellationToken);
        var goesOn = run is not null && await GoesOnAsync(services, run, cancellationToken) // 2
            && await TakeAsync(services, run, cancellationToken); // 3
        await db.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(CancellationToken.None); // 4
        return goesOn;
    }

    private async Task<bool> GoesOnAsync(IServiceProvider services, DeviceActionRun run, CancellationToken cancellationToken)
    {
        var db = services.GetRequiredService<DeskwardContext>();
        if (run.StateAt(time.Now()) == RunState.Lapsed && run.State == RunState.Waiting)
        {
            run.End(RunState.Lapsed, time.Now());
            await services.GetRequiredService<TargetWork>().TakeBackAsync(run, cancellationToken);
            return false;
        }

        if (run.State == RunState.Running && run.GrantId is { } grant && !await services.GetRequiredService<GrantBook>().HoldsAsync(db, run.AskedById, grant, cancellationToken))
        {
            run.Stop(null, time.Now());
            services.GetRequiredService<AuditTrail>().Record(run.TenantId, "deviceAction.stop", run.Id, run.Kind.ToString(), after: new { Kind = run.Kind.ToString(), Count = run.Total, run.AskedBy });
            await services.GetRequiredService<TargetWork>().TakeBackAsync(run, cancellationToken);
            return false;
        }

        return run.State == RunState.Running;
    }

    private async Task<bool> TakeAsync(IServiceProvider services, DeviceActionRun run, CancellationToken cancellationToken)
    {
        var db = services.GetRequiredService<DeskwardContext>();
        var target = await db.Set<DeviceActionTarget>().Where(row => row.RunId == run.Id && row.State == TargetState.Waiting).OrderBy(row => row.Id).FirstOrDefaultAsync(cancellationToken);
        if (target is null)
        {
            run.End(RunState.Done, time.Now());
            return false;
        }

        services.GetRequiredService<AuditTrail>().Actor = new Actor(ActorKind.Person, run.AskedById, run.AskedBy);
        var (command, refusal) = await services.GetRequiredService<TargetWork>().QueueAsync(run.Kind, target.DeviceId, cancellationToken);
        (target.State, target.CommandId, target.Refusal, target.At) = (refusal is null ? TargetState.Queued : TargetState.Refused, command, refusal?.Message, time.Now());
        return true;
    }
}
