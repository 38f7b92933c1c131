using Deskward.Platform.Duties;
using Microsoft.EntityFrameworkCore;

namespace Deskward.Platform.Guessing;

/// <summary>
/// Forgets the guesses that no longer count, and, where strangers made more of them than a node should keep, the oldest: a stranger cannot fill the
/// database by guessing.
/// </summary>
[Serves("platform.operation", DutyAction.Act)]
internal sealed class GuessUpkeep(IServiceScopeFactory scopes, TimeProvider time, DatabaseOutage outage, ILogger<GuessUpkeep> log) : PeriodicWork(time, outage, log)
{
    private readonly TimeProvider _time = time;

    protected override TimeSpan Every => TimeSpan.FromMinutes(5);

    /// <summary>How many pairs of address and source are kept from one round to the next.</summary>
    internal int MostKept { get; init; } = 100_000;

    /// <summary>Removes what does not count now; returns how much.</summary>
    internal async Task<int> PruneAsync(CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        var guesses = scope.ServiceProvider.GetRequiredService<DeskwardContext>().Set<Guess>();
        var forgotten = _time.Now() - Guess.Forgotten;
        var pruned = await guesses.Where(row => row.LastAt <= forgotten).ExecuteDeleteAsync(cancellationToken);
        var oldest = await guesses.OrderByDescending(row => row.LastAt).Skip(MostKept).Select(row => (DateTimeOffset?)row.LastAt).FirstOrDefaultAsync(cancellationToken);
        return pruned + (oldest is { } limit ? await guesses.Where(row => row.LastAt <= limit).ExecuteDeleteAsync(cancellationToken) : 0);
    }

    protected override Task RoundAsync(CancellationToken cancellationToken) => PruneAsync(cancellationToken);
}
