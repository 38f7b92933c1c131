using System.Diagnostics;

namespace Deskward.Protocol.Tests;

/// <summary>Whether doubling the input costs at most two and a half times the time. For tests in the collection <see cref="Measured"/>.</summary>
internal static class Growth
{
    private const int Doublings = 3;

    /// <summary>
    /// Measured over several doublings at once: on the way a cache or a budget of the garbage collector is outgrown, which is a step, and a step at one place must not look like growth.
    /// Noise (other processes) only ever adds time, so the best of several interleaved runs counts. A bad ratio is measured again; what is really worse than linear stays so.
    /// </summary>
    /// <param name="sized">Gives what to run for an input of 1 and of 8 times the least size.</param>
    public static bool IsLinear(Func<int, Action> sized)
    {
        var (least, most) = (sized(1), sized(1 << Doublings));
        Milliseconds(most, 1);
        Milliseconds(least, 10);
        var repeat = (int)Math.Clamp(1 / Milliseconds(least, 10), 1, 1_000);
        return Enumerable.Range(0, 10).Any(_ =>
        {
            var pairs = Enumerable.Range(0, 5).Select(_ => (Least: Milliseconds(least, 4 * repeat), Most: Milliseconds(most, repeat))).ToList();
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
