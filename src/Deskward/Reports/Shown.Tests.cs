using Deskward.Platform.Portal;
using Xunit;

namespace Deskward.Reports;

public sealed class ShownTests
{
    [Theory]
    [InlineData("=HYPERLINK(\"http://evil.example\")")]
    [InlineData("+1")]
    [InlineData("-1")]
    [InlineData("@SUM(A1)")]
    [InlineData("\t=1+1")]
    [InlineData(" =1+1")]
    [InlineData("＝1+1")]
    public void A_cell_of_the_download_never_begins_a_formula(string text) => Assert.StartsWith("\"'", DeviceCsv.Cell(text), StringComparison.Ordinal);

    [Fact]
    public void A_quote_in_a_cell_is_doubled() => Assert.Equal("\"a\"\"b\"", DeviceCsv.Cell("a\"b"));

    [Fact]
    public void A_mark_that_turns_the_reading_direction_is_made_visible() => Assert.Equal("a\uFFFDb", Shown.Cut("a\u202Eb", 10));

    [Fact]
    public void A_long_name_is_cut_between_characters() => Assert.Equal("a…", Shown.Cut("a\U0001F600b", 2));

    [Fact]
    public void A_name_of_nothing_visible_is_called_so() => Assert.Equal("(no name)", Shown.Name("  ", new Texts(Language.English)));
}
