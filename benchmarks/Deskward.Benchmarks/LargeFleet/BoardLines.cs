using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Text.RegularExpressions;
using Deskward.Fixture;

namespace Deskward.Benchmarks.LargeFleet;

/// <summary>The provider's first page over five hundred customers with a hundred thousand PCs together: how long it takes, and how old what it shows is.</summary>
internal sealed partial class BoardLines(BenchOptions options, BenchDatabases databases, Engine engine)
{
    private const double PageLimit = 100;
    private const double AgeLimit = 60;
    private readonly string _on = BenchDatabases.NameOf(engine);
    private readonly int _customers = options.Quick ? 20 : 500;
    private readonly int _pcs = options.Quick ? 400 : 100_000;
    private readonly TimeSpan _watch = options.Quick ? TimeSpan.FromSeconds(3) : TimeSpan.FromSeconds(90);

    internal async IAsyncEnumerable<BenchLine> RunAsync()
    {
        var estate = await BoardEstate.CreateAsync(await databases.CreateAsync(engine), _customers, _pcs);
        await using var node = await ChildProcess.NodeAsync(estate.Settings);
        using var visitor = await PortalVisitor.SignInAsync(estate.Settings, estate.Address);
        (string Name, Func<int, string> Address, string MustHold)[] pages =
        [
            ("worst first", _ => "/", "PCs refuse a setting"),
            ("last page", _ => string.Create(CultureInfo.InvariantCulture, $"/?page={(_customers + 49) / 50}"), "/board/"),
            ("part of a name", number => "/?q=" + estate.Names[number % _customers][^6..], "/board/"),
            ("one customer", number => $"/board/{estate.Customers[number % _customers]}", "C9"),
        ];
        foreach (var (name, address, mustHold) in pages)
        {
            yield return BenchLine.AtMost(string.Create(CultureInfo.InvariantCulture, $"board: {_customers} customers, {name}, p99, {_on}"), await visitor.SlowestAsync(options.Quick, address, mustHold), "ms", PageLimit);
        }

        yield return BenchLine.AtMost($"board: oldest figure that was shown, {_on}", await OldestAsync(visitor), "s", AgeLimit);
    }

    private async Task<double> OldestAsync(PortalVisitor visitor)
    {
        var (clock, oldest) = (Stopwatch.StartNew(), 0.0);
        while (clock.Elapsed < _watch)
        {
            var counted = DateTimeOffset.Parse(WebUtility.HtmlDecode(Counted().Match(await visitor.ReadAsync("/")).Groups["at"].Value), CultureInfo.InvariantCulture);
            oldest = Math.Max(oldest, (TimeProvider.System.GetUtcNow() - counted).TotalSeconds);
            await Task.Delay(TimeSpan.FromMilliseconds(500));
        }

        return oldest;
    }

    [GeneratedRegex("Counted <time datetime=\"(?<at>[^\"]+)\"")]
    private static partial Regex Counted();
}
