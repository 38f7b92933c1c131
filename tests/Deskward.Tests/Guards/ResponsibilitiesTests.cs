using System.Text.RegularExpressions;
using Deskward.Responsibilities;
using Xunit;

namespace Deskward.Guards;

/// <summary><c>docs/responsibilities.md</c> against the folders of the product, in both directions.</summary>
public sealed partial class ResponsibilitiesTests
{
    private const string NotBuilt = "not built yet";

    private static readonly string[] Rows = [.. Enumerable.Range(1, 6).Select(number => $"P{number}"), .. Enumerable.Range(1, 9).Select(number => $"C{number}")];

    /// <summary>Named before its folder lies there.</summary>
    private static readonly string[] Expected = ["Demo"];

    private static string Page => File.ReadAllText(Path.Combine(Sources.Root, "docs", "responsibilities.md"));

    [Fact]
    public void The_page_says_what_the_matrix_says()
    {
        Nothing.In(Differences(Page, Matrix.Default));
        Assert.NotEmpty(Differences(Page.Replace("| C9 | Printing |", "| C9 | Printers |", StringComparison.Ordinal), Matrix.Default));
        Assert.NotEmpty(Differences(Page.Replace("| P6 | ", "| P6 | x | not built yet |\n| ", StringComparison.Ordinal), Matrix.Default));
    }

    [Fact]
    public void Every_row_and_every_folder_is_accounted_for() => Nothing.In(Offences(Page, Folders()));

    [Theory]
    [InlineData("| P1 | policies | Policies |", "| P1 | policies | |")]
    [InlineData("| P1 | policies | Policies |", "| P1 | policies | Polices |")]
    [InlineData("| P1 | policies | Policies |", "| P1 | policies | not built yet |")]
    [InlineData("| P2 | support | not built yet |", "")]
    [InlineData("on them: Platform.", "on them: .")]
    public void A_row_or_folder_that_is_missing_is_found(string right, string wrong)
    {
        var rows = string.Join('\n', Rows[2..].Select(row => $"| {row} | x | not built yet |"));
        var page = $"| P1 | policies | Policies |\n| P2 | support | not built yet |\n{rows}\nstand on them: Platform.\n";
        Assert.Empty(Offences(page, ["Policies", "Platform"]));
        Assert.NotEmpty(Offences(page.Replace(right, wrong, StringComparison.Ordinal), ["Policies", "Platform"]));
    }

    private static IEnumerable<string> Offences(string page, IReadOnlyCollection<string> folders)
    {
        var rows = Row().Matches(page).ToLookup(match => match.Groups["row"].Value, match => match.Groups["folders"].Value.Trim());
        var platform = Split(Platform().Match(page).Groups["folders"].Value);
        var named = rows.SelectMany(row => row).Where(cell => cell != NotBuilt).SelectMany(Split).ToList();
        return Rows.Where(row => rows[row].Count() != 1).Select(row => $"{row} must stand there once")
            .Concat(rows.Where(row => row.Any(string.IsNullOrEmpty)).Select(row => $"{row.Key} says nothing"))
            .Concat(named.Concat(platform).Except(folders).Except(Expected).Select(name => $"{name} is no folder of src/Deskward"))
            .Concat(folders.Except(named).Except(platform).Select(name => $"{name} is named in no row"))
            .Concat(named.Intersect(platform).Select(name => $"{name} is both in a row and under Platform"));
    }

    private static IEnumerable<string> Differences(string page, Matrix matrix) => matrix.Rows
        .Where(row => !page.Contains($"| {row.Id} | {row.Title.En} | ", StringComparison.Ordinal) || row.Built == page.Contains($"| {row.Id} | {row.Title.En} | {NotBuilt} |", StringComparison.Ordinal))
        .Select(row => $"{row.Id} is told otherwise");

    private static string[] Split(string list) => list.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);

    private static HashSet<string> Folders() => [.. Sources.Product.Where(file => file.Path.StartsWith("src/Deskward/", StringComparison.Ordinal) && file.Path.Count(letter => letter == '/') > 2)
        .Select(file => file.Path.Split('/')[2])];

    [GeneratedRegex(@"^\| (?<row>[PC]\d) \|[^|\n]*\|(?<folders>[^|\n]*)\|", RegexOptions.Multiline)]
    private static partial Regex Row();

    [GeneratedRegex(@"stand on them: (?<folders>[^.]*)\.")]
    private static partial Regex Platform();
}
