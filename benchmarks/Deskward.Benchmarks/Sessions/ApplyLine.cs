using System.Globalization;
using Deskward.Benchmarks.Load;
using Deskward.Fixture;

namespace Deskward.Benchmarks.Sessions;

/// <summary>
/// Which recorded sessions are played when: one that applies can be played once per copy of the database. All that are left over warm up, because
/// a service that has just started is still being compiled: slowly while it works, and in earnest when it has a moment's rest.
/// </summary>
internal sealed class ApplyPlan(BenchOptions options)
{
    private const int WarmUps = 460;
    private const int WarmUpRuns = 9;

    /// <summary>Sessions in each run: more than a second's worth, because the machine has moments.</summary>
    internal int PerRun { get; } = options.Quick ? 4 : 100;

    /// <summary>All PCs that are needed at least, those of the warm-up included.</summary>
    internal int Pcs => PerRun * options.Pairs + (options.Quick ? PerRun : WarmUps);

    /// <summary>The PCs of a run.</summary>
    internal IEnumerable<int> Run(int pair) => Enumerable.Range(pair * PerRun, PerRun);

    /// <summary>The PCs that warm up, of so many in all, run by run.</summary>
    internal IEnumerable<int[]> WarmUp(int of) => Enumerable.Range(PerRun * options.Pairs, of - PerRun * options.Pairs).Chunk(Math.Max(1, (of - PerRun * options.Pairs) / WarmUpRuns));
}

/// <summary>
/// Sessions that apply the whole baseline and store its results: what the virtual PCs said when they were recorded is said again to a service
/// that has the database of before, and each answer must be what it was. The reference exchanges the same bytes.
/// </summary>
internal sealed class ApplyLine(BenchOptions options, ApplyPlan plan, Estate estate, RecordedFleet fleet)
{
    private const double Ratio = 0.3;
    private const int AtOnce = 8;
    private const int ReferenceRounds = 5;
    private static readonly TimeSpan Rest = TimeSpan.FromSeconds(2);
    private readonly List<RecordedExchange> _replies = [];
    private int _referencePort;
    private int _different;

    internal async Task<BenchLine> RunAsync(string on)
    {
        var first = fleet.Pcs.Select(pc => { var at = _replies.Count; _replies.AddRange(pc.Applying); return at; }).ToArray();
        await using var reference = await StartReferenceAsync();
        var (rate, ratio) = await Figures.PairsAsync(options.Pairs, ServiceAsync, pair => ReferenceAsync(pair, first));
        var standing = await Standing.CountAsync(estate);
        if (_different > 0 || standing.Pcs < fleet.Pcs.Count)
        {
            Console.Error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"apply: {_different} answers differ from the recorded ones, {standing.Pcs} of {fleet.Pcs.Count} PCs are settled"));
        }

        var line = BenchLine.AtLeast($"apply: {estate.SettingCount} settings and their results, {on}", rate, "sessions/s", ratio, Ratio);
        return line with { Ok = line.Ok && _different == 0 && standing.Pcs >= fleet.Pcs.Count };
    }

    private async Task<ChildProcess> StartReferenceAsync()
    {
        var file = Path.Combine(estate.Settings.Data, "apply.recorded");
        fleet.WriteReference(file, _replies);
        _referencePort = PostgresServer.FreePort();
        return await ChildProcess.ReferenceAsync(estate.Settings with { ManagementUrl = new Uri(string.Create(CultureInfo.InvariantCulture, $"https://localhost:{_referencePort}")) }, file);
    }

    private Task<double> ServiceAsync(int pair) => PlayAsync(pair, 1, async index =>
    {
        var pc = fleet.Pcs[index];
        var address = new Uri(pc.Pc.State.Enrolment!.ManagementUrl);
        await using var connection = await LoadConnection.OpenAsync(estate.Settings.ManagementUrl.Port, pc.Identity);
        foreach (var exchange in pc.Applying)
        {
            var answer = await connection.SendAsync(LoadRequest.ToService(address, exchange.Request));
            if (answer.Length != exchange.Reply.Length)
            {
                Interlocked.Increment(ref _different);
            }
        }
    });

    private Task<double> ReferenceAsync(int pair, int[] first) => PlayAsync(pair, ReferenceRounds, async index =>
    {
        var pc = fleet.Pcs[index];
        var reply = first[index];
        await using var connection = await LoadConnection.OpenAsync(_referencePort, pc.Identity);
        foreach (var exchange in pc.Applying)
        {
            await connection.SendAsync(LoadRequest.ToReference(_referencePort, reply++, exchange.Request));
        }
    });

    private async Task<double> PlayAsync(int pair, int rounds, Func<int, Task> play)
    {
        if (pair >= 0)
        {
            return await PlayAsync(plan.Run(pair), rounds, play);
        }

        foreach (var run in plan.WarmUp(fleet.Pcs.Count))
        {
            await PlayAsync(run, rounds, play);
            await Task.Delay(Rest);
        }

        return 0;
    }

    private static async Task<double> PlayAsync(IEnumerable<int> pcs, int rounds, Func<int, Task> play)
    {
        int[] order = [.. Enumerable.Repeat(pcs, rounds).SelectMany(round => round)];
        var milliseconds = await Figures.MillisecondsAsync(() =>
            Parallel.ForEachAsync(order, new ParallelOptions { MaxDegreeOfParallelism = AtOnce }, async (index, _) => await play(index)));
        return order.Length / milliseconds * 1000;
    }
}
