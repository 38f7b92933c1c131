using System.Collections.Concurrent;
using Deskward.Platform;
using Deskward.Platform.Duties;
using Deskward.Policies.Repairs;
using Deskward.Tenants;

namespace Deskward.Policies.Compliance;

/// <summary>Every five minutes PCs whose facts were read, every hour all of them, because grace and evidence run out by themselves; and what has become of drift.</summary>
[Serves("platform.operation", DutyAction.Act)]
internal sealed class ComplianceUpkeep(IServiceScopeFactory scopes, OrganisationList organisations, DatabaseOutage outage, TimeProvider time, ILogger<ComplianceUpkeep> log) : PeriodicWork(time, outage, log)
{
    private static readonly TimeSpan AllEvery = TimeSpan.FromHours(1);

    /// <summary>A session that is being written while we look shows up later with an earlier instant.</summary>
    private static readonly TimeSpan Overlap = TimeSpan.FromMinutes(10);

    private readonly TimeProvider _time = time;
    private readonly ConcurrentDictionary<Guid, (DateTimeOffset Any, DateTimeOffset All)> _done = new();

    protected override TimeSpan Every => TimeSpan.FromMinutes(5);

    protected override async Task RoundAsync(CancellationToken cancellationToken)
    {
        foreach (var customer in (await organisations.AllAsync(cancellationToken)).Where(organisation => organisation.Kind == OrganisationKind.Customer))
        {
            var now = _time.Now();
            var isKnown = _done.TryGetValue(customer.Id, out var done) && now - done.All < AllEvery;
            await using var scope = scopes.CreateAsyncScope();
            scope.ServiceProvider.GetRequiredService<TenantScope>().Open(customer.Id);
            await scope.ServiceProvider.GetRequiredService<ComplianceRun>().EvaluateAsync(customer.Id, isKnown ? done.Any - Overlap : null, cancellationToken);
            await scope.ServiceProvider.GetRequiredService<DriftConflicts>().FollowAsync(customer.Id, cancellationToken);
            _done[customer.Id] = (now, isKnown ? done.All : now);
        }
    }
}
