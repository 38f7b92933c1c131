using System.Collections.Concurrent;

namespace Deskward.Identity;

/// <summary>
/// Slows guessing per address and source: after five failures from one source, that source waits, doubling up to 15 minutes. Other sources are
/// not touched, so nobody can lock another person out. A source that tries many addresses is slowed as a whole. Kept in the node's memory.
/// </summary>
internal sealed class SignInBrake(TimeProvider time)
{
    private const int FreeFailures = 5;
    private const int FreeFailuresOfSource = 50;
    private const int MostEntries = 20_000;
    private static readonly TimeSpan LongestWait = TimeSpan.FromMinutes(15);
    private readonly ConcurrentDictionary<(string Address, string Source), Failures> _failures = new();

    /// <summary>How long this source must wait before it may try this address again; null when it may now.</summary>
    internal TimeSpan? WaitFor(string address, string source)
    {
        var now = time.GetUtcNow();
        var (own, whole) = (Until((address, source)), Until(("", source)));
        var until = own > whole ? own : whole;
        return until > now ? until - now : null;
    }

    internal void Failed(string address, string source)
    {
        if (_failures.Count > MostEntries)
        {
            Forget();
        }

        Count((address, source), FreeFailures);
        Count(("", source), FreeFailuresOfSource);
    }

    internal void Succeeded(string address, string source) => _failures.TryRemove((address, source), out _);

    private DateTimeOffset Until((string, string) key) => _failures.TryGetValue(key, out var failures) ? failures.Until : DateTimeOffset.MinValue;

    private void Count((string, string) key, int free)
    {
        var now = time.GetUtcNow();
        _failures.AddOrUpdate(key, _ => new Failures(1, now, now), (_, before) =>
        {
            var number = now - before.Last > LongestWait * 2 ? 1 : before.Number + 1;
            var wait = number < free ? TimeSpan.Zero : TimeSpan.FromSeconds(Math.Min(LongestWait.TotalSeconds, Math.Pow(2, number - free + 1)));
            return new Failures(number, now, now + wait);
        });
    }

    private void Forget()
    {
        var now = time.GetUtcNow();
        foreach (var (key, failures) in _failures)
        {
            if (now - failures.Last > LongestWait)
            {
                _failures.TryRemove(key, out _);
            }
        }
    }

    private sealed record Failures(int Number, DateTimeOffset Last, DateTimeOffset Until);
}
