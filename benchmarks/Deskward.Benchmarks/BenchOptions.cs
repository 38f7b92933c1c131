using Deskward.Fixture;

namespace Deskward.Benchmarks;

/// <summary>What one run is to measure.</summary>
internal sealed record BenchOptions
{
    /// <summary>Beginnings of line names; empty: all lines.</summary>
    public IReadOnlyList<string> Only { get; init; } = [];

    /// <summary>Shows that everything works, with few requests and few PCs; its numbers mean nothing.</summary>
    public bool Quick { get; init; }

    public IReadOnlyList<Engine> Engines { get; init; } = [Engine.Sqlite, Engine.Postgres];

    /// <summary>Where the lines are written.</summary>
    public string Results { get; init; } = Path.Combine(Folder, "results.json");

    internal int Pairs => Quick ? 1 : 5;

    /// <summary>Keys and results are kept between runs, so that a run need not make a thousand RSA keys again.</summary>
    internal static string Folder { get; } = FindFolder();

    internal bool Wants(params IEnumerable<string> groups) =>
        Only.Count == 0 || groups.Any(group => Only.Any(only => group.StartsWith(only, StringComparison.Ordinal) || only.StartsWith(group, StringComparison.Ordinal)));

    private static string FindFolder()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Deskward.slnx")))
        {
            folder = folder.Parent;
        }

        return Path.Combine(folder?.FullName ?? Environment.CurrentDirectory, ".bench");
    }
}
