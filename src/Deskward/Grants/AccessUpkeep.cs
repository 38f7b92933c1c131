using Deskward.Audit;
using Deskward.Identity;
using Deskward.Platform;
using Deskward.Platform.Duties;
using Deskward.Tenants;
using Microsoft.EntityFrameworkCore;

namespace Deskward.Grants;

/// <summary>
/// Writes down what has ended by itself: requests without an answer, grants whose time is over or whose holder lost the role. It only records:
/// such a grant opens nothing from the moment it ended. And it tells who reviews when a protective action was not reviewed in time. Every node does it; the row's version keeps them apart.
/// </summary>
[Serves("platform.operation", DutyAction.Act)]
internal sealed class AccessUpkeep(IServiceScopeFactory scopes, OrganisationList organisations, DatabaseOutage outage, TimeProvider time, ILogger<AccessUpkeep> log) : BackgroundService
{
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(15);

    /// <summary>Writes down what has ended by now, and tells what is overdue.</summary>
    /// <returns>How many requests, grants and reviews.</returns>
    internal async Task<int> SettleAsync(CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        await scope.ServiceProvider.GetRequiredService<OrganisationDirectory>().OpenAllAsync(cancellationToken);
        var db = scope.ServiceProvider.GetRequiredService<DeskwardContext>();
        var (now, audit) = (time.Now(), scope.ServiceProvider.GetRequiredService<AuditTrail>());
        var tooOld = now - AccessRequest.AnswerWithin;
        var over = await db.Set<AccessRequest>().Where(row => (row.State == AccessState.Requested && row.RequestedAt <= tooOld) || (row.State == AccessState.Approved && row.Until <= now))
            .OrderBy(row => row.Id).Take(500).ToListAsync(cancellationToken);
        foreach (var row in over)
        {
            row.Settle(now);
            AccessDesk.Record(audit, row, row.State == AccessState.Lapsed ? "access.lapse" : "access.end", after: new { For = row.PersonAddress, Role = row.Role.FullName });
            AccessDesk.Announce(db, row);
        }

        var lost = await LostAsync(db, now, cancellationToken);
        foreach (var row in lost)
        {
            row.End(new Answerer(null, "", SecondPerson.Provider), AccessEnding.RoleLost, now);
            AccessDesk.Record(audit, row, "access.end", after: new { For = row.PersonAddress, Role = row.Role.FullName, Ending = nameof(AccessEnding.RoleLost) });
            AccessDesk.Announce(db, row);
        }

        await db.SaveChangesAsync(cancellationToken); // What has ended does not wait for what is to be told.
        var overdue = await db.Set<ProtectiveAction>().Where(row => row.ReviewedAt == null && row.OverdueToldAt == null && row.ReviewDueAt <= now).OrderBy(row => row.Id).Take(500).ToListAsync(cancellationToken);
        if (overdue.Count > 0)
        {
            await TellOverdueAsync(overdue, await organisations.AllAsync(cancellationToken), scope.ServiceProvider.GetRequiredService<AccessNotices>(), cancellationToken);
        }

        await db.SaveChangesAsync(cancellationToken);
        return over.Count + lost.Count + overdue.Count;
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Every, time);
        while (!stoppingToken.IsCancellationRequested && await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                await SettleAsync(stoppingToken);
            }
            catch (DbUpdateConcurrencyException)
            {
                // Another node, or the person, was quicker; what is left is looked at in the next round.
            }
            catch (Exception exception) when (!stoppingToken.IsCancellationRequested)
            {
                if (!outage.Notice(exception))
                {
                    GrantsLog.UpkeepFailed(log, exception);
                }
            }
        }
    }

    private async Task TellOverdueAsync(List<ProtectiveAction> overdue, IReadOnlyList<OrganisationFacts> all, AccessNotices notices, CancellationToken cancellationToken)
    {
        var provider = all.Single(row => row.Kind == OrganisationKind.Provider).Id;
        foreach (var action in overdue)
        {
            await notices.OverdueAsync(action, provider, all.Single(row => row.Id == action.TenantId).Name, cancellationToken);
            action.OverdueToldAt = time.Now();
            action.Version++;
        }
    }

    /// <summary>Grants, and requests, of people who were disabled or no longer hold the role, or have not held it all the time since.</summary>
    private static async Task<List<AccessRequest>> LostAsync(DeskwardContext db, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var open = db.Set<AccessRequest>().Where(row => (row.State == AccessState.Approved && row.Until > now) || row.State == AccessState.Requested);
        var lost = await open.Where(row => !db.Set<Person>().Any(person => person.Id == row.PersonId && person.IsEnabled)
            || !db.Set<RoleAssignment>().Any(held => held.PersonId == row.PersonId && held.Role == row.Role && held.Since <= row.RequestedAt)).OrderBy(row => row.Id).Take(500).ToListAsync(cancellationToken);
        return lost.FindAll(row => row.State is AccessState.Requested or AccessState.Approved);
    }
}
