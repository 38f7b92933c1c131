using Deskward.Platform;
using Deskward.Platform.Duties;
using Deskward.Tenants;
using Microsoft.EntityFrameworkCore;

namespace Deskward.Sessions;

/// <summary>Once an hour removes what nobody needs any more: answers after a day, sessions after 90 days.</summary>
[Serves("platform.operation", DutyAction.Act)]
internal sealed class SessionUpkeep(IServiceScopeFactory scopes, TimeProvider time, DatabaseOutage outage, ILogger<SessionUpkeep> log) : PeriodicWork(time, outage, log)
{
    private static readonly TimeSpan KeepReplies = TimeSpan.FromDays(1);
    private static readonly TimeSpan KeepSessions = TimeSpan.FromDays(90);
    private readonly TimeProvider _time = time;

    protected override TimeSpan Every => TimeSpan.FromHours(1);

    /// <summary>Removes what is too old now.</summary>
    internal async Task<int> PruneAsync(CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        await scope.ServiceProvider.GetRequiredService<OrganisationDirectory>().OpenAllAsync(cancellationToken);
        var db = scope.ServiceProvider.GetRequiredService<DeskwardContext>();
        var (replies, sessions) = (_time.Now() - KeepReplies, _time.Now() - KeepSessions);
        return await db.Set<Reply>().Where(row => row.At < replies).ExecuteDeleteAsync(cancellationToken)
            + await db.Set<Session>().Where(row => row.LastMessageAt < sessions).ExecuteDeleteAsync(cancellationToken);
    }

    protected override Task RoundAsync(CancellationToken cancellationToken) => PruneAsync(cancellationToken);
}
