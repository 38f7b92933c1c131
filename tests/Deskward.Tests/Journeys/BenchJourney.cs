using System.Diagnostics;
using System.Text.Json;
using Deskward.Faults;
using Deskward.Guards;
using Xunit;

namespace Deskward.Journeys;

/// <summary>The benchmarks start, measure and tell, so that nobody finds them broken when the figures are needed: one line, and in a long run the sessions on both engines.</summary>
public sealed class BenchJourney
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(10);

    [Fact]
    public async Task A_quick_run_tells_each_line_with_its_target()
    {
        var groups = Effort.IsLong ? (string[])["--only", "catalogue", "--only", "quiet"] : ["--only", "catalogue"];
        var file = Path.Combine(Directory.CreateTempSubdirectory("deskward-bench-").FullName, "results.json");
        await RunAsync(["--quick", .. groups, "--results", file]);
        using var results = JsonDocument.Parse(await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken));
        var lines = results.RootElement.EnumerateArray().ToList();
        Assert.Equal(Effort.IsLong ? ["catalogue", .. Enumerable.Repeat("quiet, SQLite", 2), .. Enumerable.Repeat("quiet, PostgreSQL", 3)] : ["catalogue"], lines.Select(GroupOf));
        Assert.All(lines, line =>
        {
            Assert.Equal(["name", "value", "unit", "ratio", "target", "ok"], line.EnumerateObject().Select(member => member.Name));
            Assert.True(line.GetProperty("value").GetDouble() > 0 && (GroupOf(line) == "catalogue" || line.GetProperty("ratio").GetDouble() > 0), line.GetRawText());
        });
    }

    private static string GroupOf(JsonElement line)
    {
        var name = line.GetProperty("name").GetString()!;
        var group = name.Split(": ")[0];
        return group == "quiet" ? $"{group}, {name.Split(", ")[1].Split(' ')[0]}" : group;
    }

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
