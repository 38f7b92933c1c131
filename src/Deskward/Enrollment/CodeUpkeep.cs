using Deskward.Platform;
using Deskward.Platform.Duties;
using Deskward.Tenants;
using Microsoft.EntityFrameworkCore;

namespace Deskward.Enrollment;

/// <summary>
/// Removes the provisioning documents that are kept so that a repeated request gets the same bytes, as soon as no repeated request can come: they
/// hold secrets of PCs.
/// </summary>
[Serves("platform.operation", DutyAction.Act)]
internal sealed class CodeUpkeep(IServiceScopeFactory scopes, TimeProvider time, DatabaseOutage outage, ILogger<CodeUpkeep> log) : PeriodicWork(time, outage, log)
{
    private readonly TimeProvider _time = time;

    protected override TimeSpan Every => TimeSpan.FromMinutes(10);

    /// <summary>Removes what is too old now; returns how many documents it was.</summary>
    internal async Task<int> PruneAsync(CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        await scope.ServiceProvider.GetRequiredService<OrganisationDirectory>().OpenAllAsync(cancellationToken);
        var until = _time.Now() - CodeUse.Repeatable;
        return await scope.ServiceProvider.GetRequiredService<DeskwardContext>().Set<CodeUse>().Where(row => row.WrappedDocument != null && row.FirstAt <= until)
            .ExecuteUpdateAsync(row => row.SetProperty(use => use.WrappedDocument, (byte[]?)null), cancellationToken);
    }

    protected override Task RoundAsync(CancellationToken cancellationToken) => PruneAsync(cancellationToken);
}
