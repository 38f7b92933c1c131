using System.Diagnostics;
using System.Text.Json;
using Deskward.Faults;
using Deskward.Guards;
using Xunit;

namespace Deskward.Journeys;

/// <summary>The benchmarks start, measure and tell: a run that measures nothing, so that nobody finds them broken when the figures are needed. On SQLite, in a long run on both.</summary>
public sealed class BenchJourney
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(10);

    [Fact]
    public async Task A_quick_run_of_the_quiet_sessions_tells_each_line_with_its_target()
    {
        var (on, engines) = Effort.IsLong ? ((string[])[], (string[])["SQLite", "PostgreSQL"]) : (["--on", "Sqlite"], ["SQLite"]);
        var file = Path.Combine(Directory.CreateTempSubdirectory("deskward-bench-").FullName, "results.json");
        await RunAsync(["--quick", "--only", "quiet", .. on, "--results", file]);
        using var results = JsonDocument.Parse(await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken));
        var lines = results.RootElement.EnumerateArray().ToList();
        Assert.Equal(engines.SelectMany(engine => Enumerable.Repeat(engine, engine == "SQLite" ? 2 : 3)), lines.Select(EngineOf));
        Assert.All(lines, line =>
        {
            Assert.Equal(["name", "value", "unit", "ratio", "target", "ok"], line.EnumerateObject().Select(member => member.Name));
            Assert.StartsWith("quiet: ", line.GetProperty("name").GetString(), StringComparison.Ordinal);
            Assert.True(line.GetProperty("value").GetDouble() > 0 && line.GetProperty("ratio").GetDouble() > 0, line.GetRawText());
        });
    }

    private static string EngineOf(JsonElement line) => line.GetProperty("name").GetString()!.Split(", ")[1].Split(' ')[0];

    private static async Task RunAsync(params string[] arguments)
    {
        var configuration = Path.GetFileName(AppContext.BaseDirectory.TrimEnd('/'));
        var program = Path.Combine(Sources.Root, "artifacts", "bin", "Deskward.Benchmarks", configuration, "Deskward.Benchmarks");
        using var bench = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var (told, wrong) = (bench.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken), bench.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken));
        using var end = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        end.CancelAfter(Patience);
        await using var kill = end.Token.Register(() => bench.Kill(entireProcessTree: true));
        await bench.WaitForExitAsync(CancellationToken.None);
        Assert.True(bench.ExitCode == 0, await told + await wrong);
    }
}
