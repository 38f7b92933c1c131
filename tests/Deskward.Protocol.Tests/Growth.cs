using System.Diagnostics;

namespace Deskward.Protocol.Tests;

/// <summary>Whether twice the input costs at most two and a half times the time. For tests in the collection <see cref="Measured"/>.</summary>
internal static class Growth
{
    /// <summary>
    /// Noise (other processes, the garbage collector) only ever adds time, so the best of several interleaved runs counts. A bad ratio is measured again; what is really worse than
    /// linear stays so.
    /// </summary>
    public static bool IsLinear(Action once, Action twice)
    {
        Milliseconds(twice, 1);
        var repeat = (int)Math.Clamp(4 / Milliseconds(once, 1), 1, 1_000);
        return Enumerable.Range(0, 10).Any(_ =>
        {
            var pairs = Enumerable.Range(0, 9).Select(_ => (Once: Milliseconds(once, repeat), Twice: Milliseconds(twice, repeat))).ToList();
            return pairs.Min(pair => pair.Twice) <= 2.5 * pairs.Min(pair => pair.Once);
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
