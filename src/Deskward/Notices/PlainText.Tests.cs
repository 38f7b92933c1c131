using Xunit;

namespace Deskward.Notices;

public sealed class PlainTextTests
{
    [Theory]
    [InlineData("PC-1", "PC-1")]
    [InlineData("a\r\nBcc: eve@evil.example", "a  Bcc: eve@evil.example")]
    [InlineData("a\u2028b\u0000c\u0085d", "a b c d")]
    [InlineData("exe.\u202Egnp\u202C", "exe.gnp")]
    [InlineData("\u2066\u2067\u2068\u2069\u200F\uFEFF", "")]
    [InlineData("张伟的电脑 😀", "张伟的电脑 😀")]
    public void A_strangers_text_becomes_one_plain_line(string text, string expected) => Assert.Equal(expected, PlainText.Clean(text, 300));

    [Theory]
    [InlineData("abcde", 5, "abcde")]
    [InlineData("abcdef", 5, "abcd…")]
    [InlineData("abc😀", 5, "abc😀")]
    [InlineData("abc😀d", 5, "abc…")]
    [InlineData("abcd😀", 5, "abcd…")]
    public void A_long_text_is_cut_between_characters(string text, int longest, string expected) => Assert.Equal(expected, PlainText.Clean(text, longest));

    [Fact]
    public void Half_a_character_is_replaced() => Assert.Equal("half \uFFFD", PlainText.Clean("half " + "😀"[0], 300));

    [Fact]
    public void Ten_thousand_characters_are_bounded() => Assert.Equal(300, PlainText.Clean(new string('x', 10_000), 300).Length);

    [Theory]
    [InlineData("Alice", "Alice")]
    [InlineData("אבי", "\u2068אבי\u2069")]
    public void A_name_from_right_to_left_stands_apart(string name, string expected) => Assert.Equal(expected, PlainText.Isolate(name));
}
