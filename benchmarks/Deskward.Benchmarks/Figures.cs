using System.Diagnostics;

namespace Deskward.Benchmarks;

/// <summary>Medians, percentiles, rates, and pairs that take turns so that a disturbance hits both sides.</summary>
internal static class Figures
{
    internal static double Median(IEnumerable<double> values)
    {
        var sorted = values.Order().ToArray();
        return sorted.Length % 2 == 1 ? sorted[sorted.Length / 2] : (sorted[sorted.Length / 2 - 1] + sorted[sorted.Length / 2]) / 2;
    }

    /// <summary>The value that this share of all values does not exceed.</summary>
    internal static double Percentile(IReadOnlyCollection<double> values, double share) =>
        values.Order().ElementAt((int)Math.Ceiling(values.Count * share) - 1);

    /// <summary>Runs A B A B ...; what comes before counts for nothing, because both sides are then still being compiled.</summary>
    /// <param name="pairs">How many pairs count.</param>
    /// <param name="subject">One run of the service: its rate. The number is that of the pair, from 0; negative while warming up.</param>
    /// <param name="reference">One run of the reference: its rate.</param>
    /// <returns>The median rate of the service, and the median of the pairs' ratios.</returns>
    internal static async Task<(double Rate, double Ratio)> PairsAsync(int pairs, Func<int, Task<double>> subject, Func<int, Task<double>> reference)
    {
        await subject(-1);
        await reference(-1);
        var runs = new List<(double Subject, double Reference)>();
        for (var pair = 0; pair < pairs; pair++)
        {
            runs.Add((await subject(pair), await reference(pair)));
        }

        return (Median(runs.Select(run => run.Subject)), Median(runs.Select(run => run.Subject / run.Reference)));
    }

    /// <summary>How often a second the steps are done when each of them is repeated by itself for a while.</summary>
    internal static async Task<double> RateAsync(TimeSpan window, IEnumerable<Func<Task>> steps)
    {
        var clock = Stopwatch.StartNew();
        var counts = await Task.WhenAll(steps.Select(step => Task.Run(async () =>
        {
            var count = 0L;
            while (clock.Elapsed < window)
            {
                await step();
                count++;
            }

            return count;
        })));
        return counts.Sum() / clock.Elapsed.TotalSeconds;
    }

    /// <summary>Milliseconds that a piece of work takes.</summary>
    internal static async Task<double> MillisecondsAsync(Func<Task> work)
    {
        var clock = Stopwatch.StartNew();
        await work();
        return clock.Elapsed.TotalMilliseconds;
    }
}
