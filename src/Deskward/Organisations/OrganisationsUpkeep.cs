using Deskward.Platform;
using Deskward.Platform.Duties;
using Deskward.Tenants;
using Microsoft.EntityFrameworkCore;

namespace Deskward.Organisations;

/// <summary>Deletes what was found about readiness, and which requests were refused, when nobody needs it any more.</summary>
[Serves("platform.operation", DutyAction.Act)]
internal sealed class OrganisationsUpkeep(IServiceScopeFactory scopes, TimeProvider time, DatabaseOutage outage, ILogger<OrganisationsUpkeep> log) : PeriodicWork(time, outage, log)
{
    private readonly TimeProvider _time = time;

    protected override TimeSpan Every => TimeSpan.FromHours(1);

    /// <inheritdoc/>
    protected override Task RoundAsync(CancellationToken cancellationToken) => DeleteOldAsync(cancellationToken);

    internal async Task DeleteOldAsync(CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        await scope.ServiceProvider.GetRequiredService<OrganisationDirectory>().OpenAllAsync(cancellationToken);
        var db = scope.ServiceProvider.GetRequiredService<DeskwardContext>();
        var (found, refused) = (_time.Now() - ReadinessRow.KeptFor, _time.Now() - Clash.KeptFor);
        await db.Set<ReadinessRow>().Where(row => row.At < found).ExecuteDeleteAsync(cancellationToken);
        await db.Set<Clash>().Where(row => row.At < refused).ExecuteDeleteAsync(cancellationToken);
    }
}
