using System.Collections.Concurrent;
using Deskward.Platform.Duties;

namespace Deskward.Platform.Portal;

/// <summary>
/// Ends answers that are under way when what opened them is over, on any node: a long download breaks off. That is the grant, when its time is over or
/// somebody ended it; and the person's sign-in, when they are disabled, deleted, or lose a role.
/// </summary>
internal sealed class LiveAnswers : IDisposable
{
    /// <summary>The kind of change that tells of a person's grants; its id is the person.</summary>
    internal const string GrantChange = "grant";

    /// <summary>The kind of change that tells that a person lost access; its id is the person. The change stands already when it is heard of.</summary>
    internal const string AccessChange = "access";

    /// <summary>What is left to an answer of somebody who lost access: it may be the very one that tells them so.</summary>
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(5);

    private readonly ConcurrentDictionary<Answer, byte> _live = new();
    private readonly IServiceScopeFactory _scopes;
    private readonly RightsRule _rule;
    private readonly ChangeFeed _feed;
    private readonly TimeProvider _time;

    public LiveAnswers(IServiceScopeFactory scopes, RightsRule rule, ChangeFeed feed, TimeProvider time)
    {
        (_scopes, _rule, _feed, _time) = (scopes, rule, feed, time);
        feed.Changed += Hear;
        feed.Lost += LookAtAll;
    }

    public void Dispose()
    {
        _feed.Changed -= Hear;
        _feed.Lost -= LookAtAll;
    }

    /// <summary>Follows an answer until the result is disposed. Null: it is nobody's.</summary>
    /// <param name="context">The answer.</param>
    /// <param name="member">To whom.</param>
    /// <param name="open">The organisations that are open to it in full.</param>
    /// <param name="served">Why.</param>
    internal IDisposable? Follow(HttpContext context, Member? member, IReadOnlyCollection<Guid> open, (string Duty, DutyAction Action) served)
    {
        if (member is null)
        {
            return null;
        }

        var isByGrant = member.Grants.Any(grant => open.Contains(grant.Customer));
        var answer = new Answer(this, context, member, isByGrant ? [.. open.Where(id => id != member.Organisation)] : [], served);
        _live.TryAdd(answer, 0);
        if (isByGrant)
        {
            answer.WakeAt(_time, member.Grants.Min(grant => grant.Until));
        }

        return answer;
    }

    private void Hear(Change change)
    {
        if (change.Kind is not (GrantChange or AccessChange))
        {
            return;
        }

        foreach (var answer in _live.Keys.Where(answer => answer.Member.Id == change.Id))
        {
            if (change.Kind == AccessChange)
            {
                answer.BreakOffIn(_time, Grace);
            }
            else if (answer.IsByGrant)
            {
                Look(answer);
            }
        }
    }

    /// <summary>Changes may have been missed: grants are looked up, and whoever is still reading after a moment asks anew.</summary>
    private void LookAtAll()
    {
        foreach (var answer in _live.Keys)
        {
            if (answer.IsByGrant)
            {
                Look(answer);
            }
            else
            {
                answer.BreakOffIn(_time, Grace);
            }
        }
    }

    private void Look(Answer answer) => _ = Task.Run(() => LookAsync(answer));

    private async Task LookAsync(Answer answer)
    {
        try
        {
            await using var scope = _scopes.CreateAsyncScope();
            var db = scope.ServiceProvider.GetRequiredService<DeskwardContext>();
            GrantedRole[] grants = [.. (await scope.ServiceProvider.GetRequiredService<GrantsOf>()(db, [answer.Member.Id], CancellationToken.None))[answer.Member.Id]];
            var now = answer.Member with { Grants = grants };
            if (answer.Open.All(customer => _rule(now, customer, answer.Served.Duty, answer.Served.Action) == AccessLevel.Full))
            {
                answer.WakeAt(_time, grants.Length == 0 ? DateTimeOffset.MaxValue : grants.Min(grant => grant.Until));
                return;
            }
        }
        catch (Exception exception) when (exception is System.Data.Common.DbException or IOException or TimeoutException or InvalidOperationException or ObjectDisposedException)
        {
            // What cannot be looked up does not hold.
        }

        answer.BreakOff();
    }

    /// <summary>The context is used again for other requests: it is touched only while this one is under way.</summary>
    private sealed class Answer(LiveAnswers all, HttpContext context, Member member, Guid[] open, (string Duty, DutyAction Action) served) : IDisposable
    {
        private static readonly TimeSpan Longest = TimeSpan.FromDays(1);
        private readonly Lock _lock = new();
        private ITimer? _timer;
        private bool _isOver;
        private bool _isEnding;

        internal Member Member => member;

        /// <summary>The customers that grants have opened; empty when none has a part in it.</summary>
        internal Guid[] Open => open;

        internal bool IsByGrant => open.Length > 0;

        internal (string Duty, DutyAction Action) Served => served;

        internal void WakeAt(TimeProvider time, DateTimeOffset at)
        {
            lock (_lock)
            {
                if (_isEnding)
                {
                    return;
                }

                _timer?.Dispose();
                var wait = at - time.GetUtcNow();
                _timer = _isOver || wait > Longest ? null : time.CreateTimer(_ => all.Look(this), null, wait > TimeSpan.Zero ? wait : TimeSpan.Zero, Timeout.InfiniteTimeSpan);
            }
        }

        internal void BreakOffIn(TimeProvider time, TimeSpan wait)
        {
            lock (_lock)
            {
                if (!_isEnding && !_isOver)
                {
                    _isEnding = true;
                    _timer?.Dispose();
                    _timer = time.CreateTimer(_ => BreakOff(), null, wait, Timeout.InfiniteTimeSpan);
                }
            }
        }

        internal void BreakOff()
        {
            lock (_lock)
            {
                if (!_isOver)
                {
                    context.Abort();
                }
            }
        }

        public void Dispose()
        {
            lock (_lock)
            {
                _isOver = true;
                _timer?.Dispose();
            }

            all._live.TryRemove(this, out _);
        }
    }
}
