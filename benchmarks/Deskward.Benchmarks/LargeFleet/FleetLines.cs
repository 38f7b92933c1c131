using System.Globalization;
using System.Text.Json;
using Deskward.Fixture;

namespace Deskward.Benchmarks.LargeFleet;

/// <summary>
/// One customer with a hundred thousand PCs in five hundred assignment sets, on one database: assigning to all of them, compiling, PCs that all
/// ask at once, the pages, and the memory of the process that did all of it.
/// </summary>
internal sealed class FleetLines(BenchOptions options, BenchDatabases databases, Engine engine)
{
    private const double AssignLimit = 1_000;
    private const double CompileLimit = 10_000;
    private const double PageLimit = 100;
    private const double MemoryLimit = 500;
    private const int RowsBesideSets = 20;
    private readonly string _on = BenchDatabases.NameOf(engine);
    private readonly int _pcs = options.Quick ? 2_000 : 100_000;
    private readonly int _sets = options.Quick ? 50 : 500;
    private readonly int _rounds = options.Quick ? 1 : 5;

    internal async IAsyncEnumerable<BenchLine> RunAsync()
    {
        var estate = await Estate.CreateAsync(await databases.CreateAsync(engine));
        var maker = new FleetMaker(estate, _pcs, _sets);
        await maker.MakeAsync(_rounds + 1);
        await using var node = await ChildProcess.NodeAsync(estate.Settings);
        await node.AskAsync($"tenant {estate.Tenant}");
        foreach (var line in await AssignAsync(node, estate, maker))
        {
            yield return line;
        }

        await foreach (var line in PagesAsync(estate))
        {
            yield return line;
        }

        yield return BenchLine.AtMost($"fleet: peak memory of the process, {_on}", node.PeakMegabytes(), "MB", MemoryLimit);
    }

    private async Task<IReadOnlyList<BenchLine>> AssignAsync(ChildProcess node, Estate estate, FleetMaker maker)
    {
        var (assigning, compiling) = (new List<double>(), new List<double>());
        var (rows, countsAreRight) = (0L, true);
        var standing = await StandingAsync(node);
        foreach (var version in maker.Hundreds.Take(_rounds))
        {
            var written = assigning.Count == 0 ? await RowsWritten.BeginAsync(estate.Settings) : null;
            var assigned = await node.AskAsync($"assign {version} {estate.AllDevices}");
            assigning.Add(Milliseconds(assigned));
            countsAreRight &= await StandingAsync(node) == (0, _pcs);
            rows = written is null ? rows : await written.CountAsync();
            compiling.Add(Milliseconds(await node.AskAsync("compile")));
            await node.AskAsync($"remove {assigned.GetProperty("assignment").GetGuid()}");
            await node.AskAsync("compile");
            countsAreRight &= await StandingAsync(node) == standing;
        }

        var last = await node.AskAsync($"assign {maker.Hundreds[^1]} {estate.AllDevices}");
        var asked = await node.AskAsync("ask 2");
        await node.AskAsync($"remove {last.GetProperty("assignment").GetGuid()}");
        await node.AskAsync("compile");
        return
        [
            BenchLine.AtMost($"fleet: assign 100 settings to {_pcs} PCs, {_on}", Figures.Median(assigning), "ms", AssignLimit),
            BenchLine.AtMost($"fleet: rows written by it, {_on}", rows, "rows", RowsBesideSets + _sets),
            BenchLine.Exactly($"fleet: counts right at once, {_on}", countsAreRight ? 1 : 0, "yes", 1),
            BenchLine.AtMost($"fleet: compile all {_sets} sets, {_on}", Figures.Median(compiling), "ms", CompileLimit),
            BenchLine.AtMost(
                string.Create(CultureInfo.InvariantCulture, $"fleet: compilations when {asked.GetProperty("asked").GetInt32()} PCs ask at once, {_on}"),
                asked.GetProperty("compiled").GetInt64(), "sets", _sets),
        ];
    }

    private async IAsyncEnumerable<BenchLine> PagesAsync(Estate estate)
    {
        using var visitor = await PortalVisitor.SignInAsync(estate);
        var last = _pcs / 100;
        (string Name, Func<int, string> Address, string MustHold)[] pages =
        [
            ("first page", _ => "/devices", "PC-000001"),
            (string.Create(CultureInfo.InvariantCulture, $"page {last}"), _ => string.Create(CultureInfo.InvariantCulture, $"/devices?page={last}"), "PC-0"),
            ("part of a name", number => string.Create(CultureInfo.InvariantCulture, $"/devices?q=-{number % (_pcs / 1000):000}"), "PC-0"),
            ("not in desired state", _ => "/devices?desired=no", "PC-0"),
            ("by last seen", _ => "/devices?sort=-seen", "PC-0"),
            ("Home", _ => "/", "<main"),
        ];
        foreach (var (name, address, mustHold) in pages)
        {
            yield return BenchLine.AtMost($"fleet: {name}, p99, {_on}", await visitor.SlowestAsync(options.Quick, address, mustHold), "ms", PageLimit);
        }
    }

    private static async Task<(long Reached, long NotReached)> StandingAsync(ChildProcess node)
    {
        var standing = await node.AskAsync("standing");
        return (standing.GetProperty("reached").GetInt64(), standing.GetProperty("notReached").GetInt64());
    }

    private static double Milliseconds(JsonElement answer) => answer.GetProperty("milliseconds").GetDouble();
}
