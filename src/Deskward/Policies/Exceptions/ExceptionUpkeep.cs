using Deskward.Platform;
using Deskward.Platform.Duties;
using Deskward.Responsibilities;
using Deskward.Tenants;
using Microsoft.EntityFrameworkCore;

namespace Deskward.Policies.Exceptions;

/// <summary>Follows the calendar of exceptions, customer by customer, from nine in the morning of the customer's day on.</summary>
[Serves("platform.operation", DutyAction.Act)]
internal sealed class ExceptionUpkeep(IServiceScopeFactory scopes, OrganisationList organisations, DatabaseOutage outage, TimeProvider time, ILogger<ExceptionUpkeep> log) : PeriodicWork(time, outage, log)
{
    private readonly TimeProvider _time = time;
    private readonly ILogger _log = log;

    protected override TimeSpan Every => TimeSpan.FromMinutes(30);

    protected override async Task RoundAsync(CancellationToken cancellationToken)
    {
        var all = await organisations.AllAsync(cancellationToken);
        if (all.FirstOrDefault(organisation => organisation.Kind == OrganisationKind.Provider) is not { } provider)
        {
            return;
        }

        foreach (var customer in all.Where(organisation => organisation.Kind == OrganisationKind.Customer))
        {
            await FollowAsync(new ExceptionPlace(customer.Id, customer.Name, provider.Id), cancellationToken);
        }
    }

    /// <summary>One customer's day.</summary>
    /// <returns>How many notices went out.</returns>
    internal async Task<int> FollowAsync(ExceptionPlace place, CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        var services = scope.ServiceProvider;
        services.GetRequiredService<TenantScope>().Open([place.Customer, place.Provider]);
        var (db, calendar) = (services.GetRequiredService<DeskwardContext>(), await services.GetRequiredService<Contracts>().CalendarAsync(place.Customer, cancellationToken));
        if (_time.Now() < calendar.MorningOf(calendar.DayOf(_time.Now())) || !await db.Set<ExceptionRequest>().AnyAsync(row => row.TenantId == place.Customer && row.State == ExceptionState.Approved, cancellationToken))
        {
            return 0;
        }

        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        await db.LockAsync($"policies.exceptions:{place.Customer}", cancellationToken);
        var sent = await ActivatorUtilities.CreateInstance<ExceptionBook>(services, place).FollowCalendarAsync(_log, cancellationToken);
        await db.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return sent;
    }
}
