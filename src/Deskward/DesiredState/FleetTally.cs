using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using Deskward.Devices;
using Deskward.Platform;
using Microsoft.EntityFrameworkCore;

namespace Deskward.DesiredState;

/// <summary>Managed PCs of one organisation that stand alike.</summary>
/// <param name="Tenant">The organisation.</param>
/// <param name="AssignmentSetId">Their set; null: nothing was ever assigned to them.</param>
/// <param name="SettledHash">What they settled on; null: they have not.</param>
/// <param name="IsClean">Whether nothing of it is waiting, failed or found changed.</param>
/// <param name="Count">How many they are.</param>
public sealed record TallyGroup(Guid Tenant, Guid? AssignmentSetId, byte[]? SettledHash, bool IsClean, long Count);

/// <summary>
/// How the PCs of fleets stand, counted by this node for all pages that ask within a second. What sets desire is no part of it: whoever compares
/// looks that up, so that an assignment shows at once. A PC that comes, goes or changes its set is heard of and counted anew, and whoever asks waits for it. One
/// that settles by itself is counted by whoever asks a second later; meanwhile the count of some seconds ago answers, so that no page is slow once a second.
/// A fleet that takes long to count is counted more seldom, but every five seconds.
/// </summary>
public sealed class FleetTally : IDisposable
{
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestTrend = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan LongestOrder = TimeSpan.FromSeconds(20);
    private readonly ConcurrentDictionary<string, Kept> _kept = new();
    private readonly ConcurrentDictionary<string, Kept> _trends = new();
    private readonly IServiceScopeFactory _scopes;
    private readonly ChangeFeed _feed;

    public FleetTally(IServiceScopeFactory scopes, ChangeFeed feed)
    {
        (_scopes, _feed) = (scopes, feed);
        feed.Changed += Hear;
        feed.Lost += _kept.Clear;
    }

    public void Dispose()
    {
        _feed.Changed -= Hear;
        _feed.Lost -= _kept.Clear;
    }

    /// <summary>The managed PCs of these organisations, which the caller has open.</summary>
    public Task<IReadOnlyList<TallyGroup>> GroupsAsync(IReadOnlyList<Guid> tenants, CancellationToken cancellationToken) =>
        KeptAsync<IReadOnlyList<TallyGroup>>(_kept, Longest, "groups", tenants, GroupsAsync, cancellationToken);

    /// <summary>How many managed PCs of each organisation have not been seen since this instant; organisations without one are left out.</summary>
    public Task<IReadOnlyDictionary<Guid, long>> SilentAsync(IReadOnlyList<Guid> tenants, DateTimeOffset since, CancellationToken cancellationToken) =>
        KeptAsync(_kept, Longest, string.Create(CultureInfo.InvariantCulture, $"silent {since.UtcTicks / TimeSpan.TicksPerMinute}"), tenants, db => SilentAsync(db, since), cancellationToken);

    /// <summary>All these fleets together: a row per day since then that was counted, oldest first; as of some seconds ago.</summary>
    public Task<IReadOnlyList<TrendDay>> TrendAsync(IReadOnlyList<Guid> tenants, DateOnly from, CancellationToken cancellationToken) =>
        KeptAsync(_trends, LongestTrend, string.Create(CultureInfo.InvariantCulture, $"since {from:O}"), tenants, db => TrendAsync(db, from), cancellationToken);

    /// <summary>
    /// The ids of all PCs of a list, in its order, for pages far down: whoever turns them one by one would have the database walk past all those before, each
    /// time. As of some seconds ago for what moves PCs in it; one that comes or goes is heard of.
    /// </summary>
    internal Task<Guid[]> OrderAsync(string order, IReadOnlyList<Guid> tenants, Func<DeskwardContext, Task<Guid[]>> walk, CancellationToken cancellationToken) =>
        KeptAsync(_kept, LongestOrder, "order " + order, tenants, walk, cancellationToken);

    private static async Task<IReadOnlyList<TrendDay>> TrendAsync(DeskwardContext db, DateOnly from) => await db.Set<TrendDay>().Where(row => row.Day >= from).GroupBy(row => row.Day).OrderBy(day => day.Key)
        .Select(day => new TrendDay { Day = day.Key, Total = day.Sum(row => row.Total), InState = day.Sum(row => row.InState) }).ToListAsync();

    // Answered from the index alone: (tenant, state, set, settled hash, clean).
    private static async Task<IReadOnlyList<TallyGroup>> GroupsAsync(DeskwardContext db) => await db.Set<Device>().Where(row => row.State == DeviceState.Enrolled)
        .GroupBy(row => new { row.TenantId, row.AssignmentSetId, row.SettledHash, row.IsClean })
        .Select(group => new TallyGroup(group.Key.TenantId, group.Key.AssignmentSetId, group.Key.SettledHash, group.Key.IsClean, group.LongCount())).ToListAsync();

    private static async Task<IReadOnlyDictionary<Guid, long>> SilentAsync(DeskwardContext db, DateTimeOffset since) => await db.Set<Device>()
        .Where(row => row.State == DeviceState.Enrolled && row.LastSeenAt < since).GroupBy(row => row.TenantId)
        .Select(group => new { group.Key, Count = group.LongCount() }).ToDictionaryAsync(row => row.Key, row => row.Count);

    private async Task<T> KeptAsync<T>(ConcurrentDictionary<string, Kept> all, TimeSpan longest, string what, IReadOnlyList<Guid> tenants, Func<DeskwardContext, Task<T>> count, CancellationToken cancellationToken)
    {
        var key = what + string.Join(',', tenants);
        while (true)
        {
            var kept = (Kept<T>?)all.GetValueOrDefault(key);
            if (kept is { IsFresh: true })
            {
                return await kept.Answer.WaitAsync(cancellationToken);
            }

            foreach (var old in all.Where(pair => pair.Value.IsOver))
            {
                all.TryRemove(old);
            }

            // Only in the place of what is still there: what was known before a change that was heard of meanwhile is nobody's answer.
            var next = new Kept<T>(longest, new Lazy<Task<T>>(() => Task.Run(() => CountAsync(tenants, count))), kept);
            if (kept is null or { IsOver: true } ? all.TryAdd(key, next) : all.TryUpdate(key, next, kept))
            {
                // Nobody's leaving ends the count for the others.
                return await next.Begin().WaitAsync(cancellationToken);
            }
        }
    }

    private async Task<T> CountAsync<T>(IReadOnlyList<Guid> tenants, Func<DeskwardContext, Task<T>> count)
    {
        await using var scope = _scopes.CreateAsyncScope();
        scope.ServiceProvider.GetRequiredService<TenantScope>().Open(tenants);
        return await count(scope.ServiceProvider.GetRequiredService<DeskwardContext>());
    }

    private void Hear(Change change)
    {
        if (change.Kind == DeviceDirectory.ChangeKind)
        {
            _kept.Clear();
        }
    }

    /// <summary>By the machine's clock: it is real age that counts. What took long to count is kept longer, within bounds, so that counting takes a small part of the time.</summary>
    private abstract class Kept(TimeSpan longest)
    {
        private const int ToItsTime = 20;
        private const int WhileCounted = 2;
        private static readonly TimeSpan LongestForItsTime = TimeSpan.FromSeconds(5);
        private readonly long _since = Stopwatch.GetTimestamp();
        private long _until;

        /// <summary>Whoever comes is answered from it: it is being counted, or was a moment ago.</summary>
        internal bool IsFresh => Counting is not { IsCompleted: true } || (Counting.IsCompletedSuccessfully && Age < Span);

        /// <summary>It is nobody's answer any more, not even while it is counted anew.</summary>
        internal bool IsOver => Counting is { IsCompleted: true } && !(Counting.IsCompletedSuccessfully && Age < Span * WhileCounted);

        protected abstract Task? Counting { get; }

        private TimeSpan Age => Stopwatch.GetElapsedTime(_since);

        private TimeSpan Span => TimeSpan.FromTicks(Math.Max(longest.Ticks, Math.Min(LongestForItsTime.Ticks, (TimeTaken * ToItsTime).Ticks)));

        private TimeSpan TimeTaken => Volatile.Read(ref _until) is > 0 and var until ? Stopwatch.GetElapsedTime(_since, until) : TimeSpan.Zero;

        protected void HasBeenCounted() => Volatile.Write(ref _until, Stopwatch.GetTimestamp());
    }

    private sealed class Kept<T>(TimeSpan longest, Lazy<Task<T>> counting, Kept<T>? before) : Kept(longest)
    {
        private Kept<T>? _before = before is { IsOver: false } ? before : null;

        /// <summary>What was counted; while that takes its time, what was counted before it.</summary>
        internal Task<T> Answer => !counting.Value.IsCompleted && _before is { IsOver: false } known ? known.Answer : counting.Value;

        protected override Task? Counting => counting.IsValueCreated ? counting.Value : null;

        internal Task<T> Begin()
        {
            _ = counting.Value.ContinueWith(_ => End(), CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
            return Answer;
        }

        private void End()
        {
            HasBeenCounted();
            _before = null;
        }
    }
}
