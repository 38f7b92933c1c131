using Deskward.DesiredState;
using Deskward.Platform;
using Deskward.Platform.Duties;
using Deskward.Tenants;
using Microsoft.EntityFrameworkCore;

namespace Deskward.Sessions;

/// <summary>
/// Once an hour removes what nobody needs any more: the last answer to a PC that has not come for a day (one that comes is read daily, which brings another
/// in its place), sessions after 90 days.
/// </summary>
[Serves("platform.operation", DutyAction.Act)]
internal sealed class SessionUpkeep(IServiceScopeFactory scopes, TimeProvider time, DatabaseOutage outage, ILogger<SessionUpkeep> log) : PeriodicWork(time, outage, log)
{
    private static readonly TimeSpan KeepResponses = TimeSpan.FromDays(1);
    private static readonly TimeSpan KeepSessions = TimeSpan.FromDays(90);
    private readonly TimeProvider _time = time;

    protected override TimeSpan Every => TimeSpan.FromHours(1);

    /// <summary>Removes what is too old now.</summary>
    internal async Task<int> PruneAsync(CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        await scope.ServiceProvider.GetRequiredService<OrganisationDirectory>().OpenAllAsync(cancellationToken);
        var db = scope.ServiceProvider.GetRequiredService<DeskwardContext>();
        var now = _time.Now();
        var (responses, sessions) = (now - KeepResponses, now - KeepSessions);
        return await db.Set<DeviceProgress>().Where(row => row.ReadDueAt < now && row.LastResponseAt < responses)
                .ExecuteUpdateAsync(row => row.SetProperty(progress => progress.LastResponse, (byte[]?)null).SetProperty(progress => progress.LastResponseAt, (DateTimeOffset?)null), cancellationToken)
            + await db.Set<Session>().Where(row => row.LastMessageAt < sessions).ExecuteDeleteAsync(cancellationToken);
    }

    protected override Task RoundAsync(CancellationToken cancellationToken) => PruneAsync(cancellationToken);
}
