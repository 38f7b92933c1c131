using Xunit;

namespace Deskward.Devices;

public sealed class SearchTextTests
{
    [Theory]
    [InlineData("Zoë", "ZOE")]
    [InlineData("ＰＣ－１", "pc-1")]
    [InlineData("Straße", "STRASSE")]
    [InlineData("İstanbul", "istanbul")]
    [InlineData("ﬁle", "FILE")]
    [InlineData("  a\t b  ", "A B")]
    [InlineData("Łódź", "lodz")]
    [InlineData("市场部电脑", "市场部电脑")]
    public void What_people_take_for_equal_folds_to_equal(string one, string two) => Assert.Equal(SearchText.Fold(one), SearchText.Fold(two));

    [Fact]
    public void Nothing_folds_to_nothing() => Assert.Equal("", SearchText.Fold(null) + SearchText.Fold(" \u200B\t"));

    [Fact]
    public void Folding_twice_is_folding_once() => Assert.Equal(SearchText.Fold("Ångström ﬃ"), SearchText.Fold(SearchText.Fold("Ångström ﬃ")));

    [Fact]
    public void Half_a_surrogate_pair_does_no_harm() => Assert.Equal("a\uFFFD", SearchText.Fold("a\uD83D"));

    [Fact]
    public void Texts_stay_apart_and_are_cut() =>
        Assert.Equal(("pc-1\nalice@contoso.example", SearchText.Longest), (SearchText.Join("PC-1", null, "Alice@contoso.example"), SearchText.Join(new string('x', 2000)).Length));
}
