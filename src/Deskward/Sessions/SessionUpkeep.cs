using Deskward.Platform;
using Deskward.Platform.Duties;
using Deskward.Tenants;
using Microsoft.EntityFrameworkCore;

namespace Deskward.Sessions;

/// <summary>
/// Once an hour removes what nobody needs any more: answers after a day, sessions after 90 days. Every node does it; doing it twice harms nobody.
/// </summary>
[Serves("platform.operation", DutyAction.Act)]
internal sealed class SessionUpkeep(IServiceScopeFactory scopes, TimeProvider time, ILogger<SessionUpkeep> log) : BackgroundService
{
    private static readonly TimeSpan Every = TimeSpan.FromHours(1);
    private static readonly TimeSpan KeepReplies = TimeSpan.FromDays(1);
    private static readonly TimeSpan KeepSessions = TimeSpan.FromDays(90);

    /// <summary>Removes what is too old now.</summary>
    internal async Task<int> PruneAsync(CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        await scope.ServiceProvider.GetRequiredService<OrganisationDirectory>().OpenAllAsync(cancellationToken);
        var db = scope.ServiceProvider.GetRequiredService<DeskwardContext>();
        var (replies, sessions) = (time.Now() - KeepReplies, time.Now() - KeepSessions);
        return await db.Set<Reply>().Where(row => row.At < replies).ExecuteDeleteAsync(cancellationToken)
            + await db.Set<Session>().Where(row => row.LastMessageAt < sessions).ExecuteDeleteAsync(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Every, time);
        while (!stoppingToken.IsCancellationRequested && await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                await PruneAsync(stoppingToken);
            }
            catch (Exception exception) when (exception is DbUpdateException or System.Data.Common.DbException or OperationCanceledException)
            {
                SessionsLog.BackgroundFailed(log, exception, "pruning of sessions");
            }
        }
    }
}
