using System.Diagnostics;

namespace Deskward.Protocol.Tests;

/// <summary>Whether doubling the input costs at most two and a half times the time. For tests in the collection <see cref="Measured"/>.</summary>
internal static class Growth
{
    private const int Doublings = 6;
    private const int Attempts = 10;

    /// <summary>
    /// Measured over several doublings at once: on the way caches and a budget of the garbage collector are outgrown, which are steps, and a step at one place must not look like growth.
    /// Noise (other processes) only ever adds time, so the best of several interleaved runs counts. A bad ratio is measured again; what is really worse than linear stays so.
    /// </summary>
    /// <param name="sized">Gives what to run for an input of 1 and of 64 times the least size.</param>
    public static bool IsLinear(Func<int, Action> sized)
    {
        var (least, most) = (sized(1), sized(1 << Doublings));
        var once = Math.Max(Milliseconds(most, 1), Milliseconds(most, 1));
        Milliseconds(least, (int)Math.Clamp(100 / once, 10, 1_000));
        var repeat = (int)Math.Clamp(10 / once, 1, 100);
        return Enumerable.Range(0, Attempts).Any(_ =>
        {
            var pairs = Enumerable.Range(0, 5).Select(_ => (Least: Milliseconds(least, 16 * repeat), Most: Milliseconds(most, repeat))).ToList();
            return pairs.Min(pair => pair.Most) <= Math.Pow(2.5, Doublings) * pairs.Min(pair => pair.Least);
        });
    }

    private static double Milliseconds(Action action, int repeat)
    {
        var watch = Stopwatch.StartNew();
        for (var i = 0; i < repeat; i++)
        {
            action();
        }
        return watch.Elapsed.TotalMilliseconds / repeat;
    }
}
