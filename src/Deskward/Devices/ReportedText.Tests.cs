using Xunit;

namespace Deskward.Devices;

public sealed class ReportedTextTests
{
    [Theory]
    [InlineData("PC-1", "PC-1")]
    [InlineData("  PC\t 1 ", "PC 1")]
    [InlineData("PC\r\n[error] forged", "PC [error] forged")]
    [InlineData("\u202Eexe.cp", "exe.cp")]
    [InlineData("zero\u200Bwidth", "zerowidth")]
    [InlineData("half \uD83D pair", "half pair")]
    [InlineData("笔记本 🖥", "笔记本 🖥")]
    [InlineData("<script>", "<script>")]
    public void One_line_without_hidden_characters(string reported, string clean) => Assert.Equal(clean, ReportedText.Clean(reported, 50));

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData(" \r\n\u202E")]
    public void Nothing_visible_is_nothing(string? reported) => Assert.Null(ReportedText.Clean(reported, 50));

    [Fact]
    public void A_cut_never_splits_a_character() => Assert.Equal("ab", ReportedText.Clean("ab🖥", 3));
}
