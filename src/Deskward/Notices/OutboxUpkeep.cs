using Deskward.Platform;
using Deskward.Platform.Duties;
using Deskward.Tenants;
using Microsoft.EntityFrameworkCore;

namespace Deskward.Notices;

/// <summary>Wakes the outbox when something is to be mailed, and every half minute for what falls due; clears away what is old once an hour.</summary>
[Serves("platform.operation", DutyAction.Act)]
internal sealed class OutboxUpkeep(IServiceScopeFactory scopes, Outbox outbox, ChangeFeed feed, DatabaseOutage outage, TimeProvider time, ILogger<OutboxUpkeep> log) : BackgroundService
{
    /// <summary>How long it is told what was sent to whom.</summary>
    internal static readonly TimeSpan KeptFor = TimeSpan.FromDays(400);

    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan ClearEvery = TimeSpan.FromHours(1);
    private readonly SemaphoreSlim _signal = new(0);
    private DateTimeOffset _clearAt;

    public override void Dispose()
    {
        _signal.Dispose();
        base.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        feed.Changed += Note;
        feed.Lost += Wake;
        try
        {
            while (!stoppingToken.IsCancellationRequested)
            {
                await RoundAsync(stoppingToken);
                await _signal.WaitAsync(LookEvery, stoppingToken);
            }
        }
        catch (OperationCanceledException)
        {
            // The service stops; what waits is in the database.
        }
        finally
        {
            feed.Changed -= Note;
            feed.Lost -= Wake;
        }
    }

    private async Task RoundAsync(CancellationToken cancellationToken)
    {
        try
        {
            await outbox.SendDueAsync(cancellationToken);
            if (time.Now() >= _clearAt)
            {
                await ClearAsync(cancellationToken);
                _clearAt = time.Now() + ClearEvery;
            }
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            // The database may be away; the next round looks again.
            if (!outage.Notice(exception))
            {
                NoticesLog.RoundFailed(log, exception);
            }
        }
    }

    /// <summary>Contents that will not be sent any more, links long ended, and what was told long ago.</summary>
    internal async Task ClearAsync(CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        await scope.ServiceProvider.GetRequiredService<OrganisationDirectory>().OpenAllAsync(cancellationToken);
        var db = scope.ServiceProvider.GetRequiredService<DeskwardContext>();
        var (stale, old) = (time.Now() - Mail.LongestWait, time.Now() - KeptFor);
        await db.Set<Mail>().Where(row => row.State == MailState.Failed && row.WrappedContent != null && row.QueuedAt < stale)
            .ExecuteUpdateAsync(set => set.SetProperty(row => row.WrappedContent, (byte[]?)null), cancellationToken);
        await db.Set<MailLink>().Where(row => row.ExpiresAt < stale).ExecuteDeleteAsync(cancellationToken);
        await db.Set<Mail>().Where(row => row.QueuedAt < old).ExecuteDeleteAsync(cancellationToken);
        await db.Set<SentNotice>().Where(row => row.At < old).ExecuteDeleteAsync(cancellationToken);
    }

    private void Note(Change change)
    {
        if (change.Kind == Outbox.ChangeKind)
        {
            Wake();
        }
    }

    private void Wake()
    {
        if (_signal.CurrentCount == 0)
        {
            _signal.Release();
        }
    }
}
