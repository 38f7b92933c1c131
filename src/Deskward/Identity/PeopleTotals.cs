using System.Collections.Concurrent;
using Deskward.Platform;

namespace Deskward.Identity;

/// <summary>
/// How many people large organisations have, as counted some seconds ago: to count a hundred thousand costs more than all else of a page of their list. Small
/// ones are counted each time.
/// </summary>
public sealed class PeopleTotals(TimeProvider time)
{
    internal const long Large = 10_000;

    /// <summary>From then on, the next who asks counts anew; who asks meanwhile is told what is kept.</summary>
    internal static readonly TimeSpan Young = TimeSpan.FromSeconds(10);

    /// <summary>Nothing older is told.</summary>
    internal static readonly TimeSpan Longest = TimeSpan.FromSeconds(60);

    private readonly ConcurrentDictionary<Guid, Kept> _kept = new();

    /// <summary>The total of an organisation, at most <see cref="Longest"/> old when it is large.</summary>
    internal async Task<long> OfAsync(Guid tenant, Func<Task<long>> count)
    {
        var now = time.Now();
        if (_kept.TryGetValue(tenant, out var kept) && now - kept.At is var age && age <= Longest && (age <= Young || !kept.Take()))
        {
            return kept.Total;
        }

        var total = await count();
        if (total >= Large)
        {
            _kept[tenant] = new Kept(total, now);
        }
        else
        {
            _kept.TryRemove(tenant, out _);
        }

        return total;
    }

    private sealed class Kept(long total, DateTimeOffset at)
    {
        private int _taken;

        internal long Total => total;

        internal DateTimeOffset At => at;

        /// <summary>True for the first who asks.</summary>
        internal bool Take() => Interlocked.Exchange(ref _taken, 1) == 0;
    }
}
