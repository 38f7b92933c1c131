using System.Collections.Concurrent;
using Deskward.Platform;
using Deskward.Platform.Duties;
using Microsoft.EntityFrameworkCore;

namespace Deskward.DesiredState;

/// <summary>
/// Compiles, as soon as something is assigned, what no PC has asked for yet: so that counts settle by themselves. Nodes go through the sets in an
/// order of their own each, and skip what another has compiled meanwhile; what they do twice does no harm.
/// </summary>
[Serves("platform.operation", DutyAction.Act)]
internal sealed class PendingSets(IServiceScopeFactory scopes, DocumentStore documents, ChangeFeed feed, DatabaseOutage outage, TimeProvider time, ILogger<PendingSets> log) : BackgroundService
{
    private static readonly TimeSpan LookAgainAfter = TimeSpan.FromMinutes(1);
    private readonly ConcurrentDictionary<Guid, bool> _dirty = new();
    private readonly SemaphoreSlim _signal = new(0);
    private volatile bool _all = true;

    public override void Dispose()
    {
        _signal.Dispose();
        base.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        feed.Changed += Note;
        feed.Lost += NoteAll;
        try
        {
            while (!stoppingToken.IsCancellationRequested)
            {
                await RoundAsync(stoppingToken);
                _all |= !await _signal.WaitAsync(LookAgainAfter, stoppingToken);
            }
        }
        catch (OperationCanceledException)
        {
            DesiredStateLog.PendingSetsStopped(log);
        }
        finally
        {
            feed.Changed -= Note;
            feed.Lost -= NoteAll;
        }
    }

    private async Task RoundAsync(CancellationToken cancellationToken)
    {
        try
        {
            foreach (var tenant in await TakeAsync(cancellationToken))
            {
                await CompileAsync(tenant, cancellationToken);
            }
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            // The database may be away; the next round looks at everything again.
            if (!outage.Notice(exception))
            {
                DesiredStateLog.PendingSetsFailed(log, exception);
            }

            _all = true;
            await Task.Delay(TimeSpan.FromSeconds(2), time, cancellationToken);
        }
    }

    private async Task<IReadOnlyList<Guid>> TakeAsync(CancellationToken cancellationToken)
    {
        if (!_all)
        {
            return [.. _dirty.Keys.Where(tenant => _dirty.TryRemove(tenant, out _))];
        }

        _all = false;
        _dirty.Clear();
        await using var scope = scopes.CreateAsyncScope();
        var found = await TenantLookup.OrganisationsAsync(scope.ServiceProvider.GetRequiredService<DeskwardContext>(), cancellationToken);
        return [.. found.Select(organisation => organisation.TenantId)];
    }

    private async Task CompileAsync(Guid tenant, CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        scope.ServiceProvider.GetRequiredService<TenantScope>().Open(tenant);
        var pending = await scope.ServiceProvider.GetRequiredService<DeskwardContext>().Set<AssignmentSet>()
            .Where(row => row.DesiredHash == null).Select(row => new { row.Id, row.Revision }).ToArrayAsync(cancellationToken);
        Random.Shared.Shuffle(pending);
        foreach (var set in pending)
        {
            await documents.CompileOnceAsync(tenant, set.Id, set.Revision).WaitAsync(cancellationToken);
        }
    }

    private void Note(Change change)
    {
        if (change.Kind == SetChanges.Kind && _dirty.TryAdd(change.Tenant, true))
        {
            _signal.Release();
        }
    }

    private void NoteAll()
    {
        _all = true;
        _signal.Release();
    }
}
