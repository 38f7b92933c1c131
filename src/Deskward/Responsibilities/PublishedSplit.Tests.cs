using System.Text.RegularExpressions;
using Deskward.Guards;
using Xunit;

namespace Deskward.Responsibilities;

/// <summary>The matrix against the published description that it stands for: every sentence and bullet of a row has a duty.</summary>
public sealed partial class PublishedSplitTests
{
    private static readonly string[] RowIds = [.. Matrix.Default.Rows.Select(row => row.Id)];

    [Fact]
    public void Every_sentence_and_bullet_has_a_duty_and_no_duty_names_another()
    {
        var published = Published();
        Assert.Equal(RowIds.Length, published.Count);
        foreach (var (row, sentences) in Matrix.Default.Rows.Zip(published))
        {
            Assert.Equal((row.Id, string.Join(',', Enumerable.Range(1, sentences.Count))), (row.Id, string.Join(',', row.Duties.SelectMany(duty => duty.Sentences ?? []).Distinct().Order())));
        }
    }

    [Fact]
    public void References_and_headings_are_no_duties()
    {
        Assert.Equal(["你负责打印。", "你负责队列。"], Sentences("你负责打印。 有关详细信息，请参阅[打印](../a.md)。<br>- 你负责队列"));
        Assert.Empty(Sentences("有关详细信息，[请参阅应用。](../get-ready/apps.md)"));
    }

    private static List<List<string>> Published()
    {
        var file = Path.Combine(Sources.Root, "..", "shared", "reference", "roles-and-responsibilities.zh-CN.md");
        Assert.SkipUnless(File.Exists(file), "../shared/reference/roles-and-responsibilities.zh-CN.md is not beside the repository");
        return [.. File.ReadLines(file).Where(line => line.Contains(" | ", StringComparison.Ordinal)).Select(line => line.Split(" | ", 2)[1])
            .Where(text => text.Length > 10).Select(Sentences)];
    }

    /// <summary>Sentences and bullets, without links, references and what only introduces a list.</summary>
    private static List<string> Sentences(string text) => [.. Bullet().Replace(Link().Replace(text.Replace("**", "", StringComparison.Ordinal), "$1"), "。").Replace("<br>", "。", StringComparison.Ordinal)
        .Split('。', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Where(sentence => !sentence.Contains("有关详细信息", StringComparison.Ordinal) && !sentence.Contains("请参阅", StringComparison.Ordinal)).Select(sentence => sentence + "。")];

    [GeneratedRegex(@"\[([^\]]*)\]\([^)]*\)")]
    private static partial Regex Link();

    [GeneratedRegex(@"(<br>)+\s*-")]
    private static partial Regex Bullet();
}
