using Deskward.Platform;
using Deskward.Platform.Duties;
using Deskward.Tenants;
using Microsoft.EntityFrameworkCore;

namespace Deskward.Responsibilities;

/// <summary>Keeps the rights of this node in step with the contracts: at start, when one changes on any node, and each minute, because days begin.</summary>
[Serves("platform.operation", DutyAction.Act)]
internal sealed class DelegationKeeper(IServiceScopeFactory scopes, RightsTable rights, ChangeFeed feed, DatabaseOutage outage, TimeProvider time, ILogger<DelegationKeeper> log)
    : BackgroundService
{
    internal const string Kind = "delegation";
    private const string DemandsGrant = "access.grant";
    private static readonly TimeSpan Every = TimeSpan.FromMinutes(1);
    private readonly SemaphoreSlim _changed = new(0);

    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        feed.Changed += Wake;
        feed.Lost += Wake;
        await base.StartAsync(cancellationToken);
    }

    public override void Dispose()
    {
        feed.Changed -= Wake;
        feed.Lost -= Wake;
        _changed.Dispose();
        base.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await RefreshAsync(stoppingToken);
                await _changed.WaitAsync(Every, stoppingToken);
            }
            catch (OperationCanceledException)
            {
                return;
            }
            catch (Exception exception)
            {
                if (!outage.Notice(exception))
                {
                    ResponsibilitiesLog.DelegationsNotRead(log, exception.Message);
                }

                await Task.Delay(TimeSpan.FromSeconds(5), stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    /// <summary>Reads what holds now, of all customers.</summary>
    internal async Task RefreshAsync(CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        await scope.ServiceProvider.GetRequiredService<OrganisationDirectory>().OpenAllAsync(cancellationToken);
        var db = scope.ServiceProvider.GetRequiredService<DeskwardContext>();
        var agreed = await db.Set<Delegation>().AsNoTracking().Where(row => row.AgreedAt != null).ToListAsync(cancellationToken);
        List<HandedDuty> handed = [];
        foreach (var ofCustomer in agreed.GroupBy(row => row.TenantId))
        {
            var today = (await Contracts.CalendarAsync(db, ofCustomer.Key, cancellationToken)).DayOf(time.Now());
            handed.AddRange(ofCustomer.Where(row => row.HoldsOn(today)).DistinctBy(row => row.Duty).Select(row => new HandedDuty(row.TenantId, row.Duty, row.To)));
        }

        rights.Hand(handed);
        var demands = await db.Set<ContractFigure>().AsNoTracking().Where(row => row.Key == DemandsGrant).ToListAsync(cancellationToken);
        List<Guid> without = [];
        foreach (var ofCustomer in demands.GroupBy(row => row.TenantId))
        {
            var today = (await Contracts.CalendarAsync(db, ofCustomer.Key, cancellationToken)).DayOf(time.Now());
            without.AddRange(new FiguresOfDay(ofCustomer, today)[DemandsGrant] == 0 ? [ofCustomer.Key] : Array.Empty<Guid>());
        }

        rights.DemandNone(without);
    }

    private void Wake() => _changed.Release();

    private void Wake(Change change)
    {
        if (change.Kind == Kind)
        {
            Wake();
        }
    }
}
