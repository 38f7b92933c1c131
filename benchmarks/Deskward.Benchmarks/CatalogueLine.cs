using System.Diagnostics;
using System.Globalization;
using Deskward.Protocol.Csp;

namespace Deskward.Benchmarks;

/// <summary>How long a process that has just started needs until the catalogue answers its first question.</summary>
internal static class CatalogueLine
{
    private const double LimitMilliseconds = 100;
    private const string Asked = "./Device/Vendor/MSFT/Policy/Config/Defender/PUAProtection";

    internal static async IAsyncEnumerable<BenchLine> RunAsync(BenchOptions options)
    {
        var times = new List<double>();
        for (var run = 0; run < (options.Quick ? 1 : 5); run++)
        {
            times.Add(double.Parse(await ChildProcess.OutputAsync("catalogue"), CultureInfo.InvariantCulture));
        }

        yield return BenchLine.AtMost("catalogue: ready at start", Figures.Median(times), "ms", LimitMilliseconds);
    }

    /// <summary>Runs in the fresh process.</summary>
    internal static int Measure()
    {
        var clock = Stopwatch.StartNew();
        if (Catalogue.Default.Find(Asked) is null)
        {
            return 1;
        }

        Console.WriteLine(clock.Elapsed.TotalMilliseconds.ToString(CultureInfo.InvariantCulture));
        return 0;
    }
}
