using System.Text.RegularExpressions;
using Xunit;

namespace Deskward.Platform.Portal;

public sealed partial class SayingsTests
{
    private const string NoSuch = "There is no such ";
    private const string OfLine = "Line {0}: ";

    [Theory]
    [InlineData("There is no such PC.", "没有这台电脑。")]
    [InlineData("There is a group named '(a.b)*\n{0}' already.", "已有名为“(a.b)*\n{0}”的组。")]
    [InlineData("A policy set holds at most 5 settings; these are 6.", "一个策略集最多 5 项设置；现在有 6 项。")]
    [InlineData("Line 3: No node has the path ./Device/X. The nearest path is ./Device/Y.", "第 3 行：没有路径为 ./Device/X 的节点。最接近的路径是 ./Device/Y。")]
    [InlineData("'7' is not allowed in ./Device/X; allowed is 0, 1. Did you mean 1?", "./Device/X 不允许“7”；允许的是 0, 1。您要用的是否为 1？")]
    [InlineData("'<enabled/>' is no payload for ./Device/X: a data element has no id (character 12). Allowed is <disabled/>.", "“<enabled/>”不是有效内容。允许的是 <disabled/>。（./Device/X：有 data 元素没有 id（第 12 个字符））")]
    [InlineData("Line 2, column 6: there is a quotation mark. Save the file without them.", "第 2 行第 6 列：有引号。请保存为不含引号的文件。")]
    public void A_known_sentence_is_said_in_the_language_of_the_page(string english, string chinese) => Assert.Equal(chinese, Sayings.In(Language.Chinese, english));

    [Fact]
    public void What_is_not_known_is_left_to_the_page() =>
        Assert.Equal((null, null), (Sayings.In(Language.Chinese, "Nobody ever said this."), Sayings.In(Language.English, "There is no such PC.")));

    [Fact]
    public void A_long_stranger_in_a_sentence_costs_no_more_than_its_length() =>
        Assert.NotNull(Sayings.In(Language.Chinese, $"There is a group named '{new string('\'', 200_000)}' already."));

    [Fact]
    public void Both_languages_leave_the_same_places_open() =>
        Assert.All(Sayings.Read(), pair => Assert.Equal(Places().Matches(pair.Key).Select(place => place.Value), Places().Matches(pair.Value).Select(place => place.Value).Order(StringComparer.Ordinal)));

    [Fact]
    public void Every_sentence_is_still_said_somewhere()
    {
        Guards.Nothing.In(Sayings.Read().Keys.Where(sentence => !IsSaid(sentence)));
        Assert.False(IsSaid("A sentence that {0} says any more."));
    }

    /// <summary>
    /// The fixed parts stand in the code one after the other on a line; "There is no such" is put together in one place, and so is the line of a file
    /// with what is said of it.
    /// </summary>
    private static bool IsSaid(string sentence)
    {
        if (sentence.StartsWith(OfLine, StringComparison.Ordinal) && IsSaid(sentence[OfLine.Length..]))
        {
            return true;
        }

        var lines = Guards.Sources.Product.Where(file => file.IsCode).SelectMany(file => file.Text.Split('\n')).Where(line => line.Contains('"', StringComparison.Ordinal)).ToList();
        string[][] forms = sentence.StartsWith(NoSuch, StringComparison.Ordinal) ? [[sentence], [$"NotFound(\"{sentence[NoSuch.Length..^1]}\")"]] : [Places().Split(sentence)];
        return forms.Any(parts => lines.Any(line => Follow(line, parts)));
    }

    private static bool Follow(string line, string[] parts)
    {
        var at = 0;
        foreach (var part in parts)
        {
            at = line.IndexOf(part, at, StringComparison.Ordinal);
            if (at < 0)
            {
                return false;
            }

            at += part.Length;
        }

        return true;
    }

    [GeneratedRegex(@"\{\d+\}")]
    private static partial Regex Places();
}
