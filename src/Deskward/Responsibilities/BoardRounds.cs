using Deskward.Platform;
using Deskward.Platform.Duties;
using Deskward.Tenants;

namespace Deskward.Responsibilities;

/// <summary>Counts the evidence of all customers before it is too old to be shown, a group of customers at a time, so that nobody who looks at the board waits for it.</summary>
[Serves("platform.operation", DutyAction.Act)]
internal sealed class BoardRounds(BoardEvidence evidence, OrganisationList organisations, DatabaseOutage outage, TimeProvider time, ILogger<BoardRounds> log) : PeriodicWork(time, outage, log)
{
    /// <summary>With the pause between two rounds and the counting itself, this stays below what may be shown.</summary>
    private static readonly TimeSpan Old = TimeSpan.FromSeconds(25);

    protected override TimeSpan Every => TimeSpan.FromSeconds(10);

    protected override TimeSpan First => TimeSpan.FromSeconds(2);

    protected override async Task RoundAsync(CancellationToken cancellationToken)
    {
        Guid[] customers = [.. (await organisations.AllAsync(cancellationToken)).Where(organisation => organisation.Kind == OrganisationKind.Customer).Select(organisation => organisation.Id).Order()];
        evidence.Keep(customers.ToHashSet());
        await evidence.OfAsync(customers, Old, cancellationToken);
    }
}
