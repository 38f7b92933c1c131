using System.Text.RegularExpressions;
using Xunit;

namespace Deskward.Platform.Portal;

public sealed partial class TextsTests
{
    [Fact]
    public void Both_languages_fill_the_same_places()
    {
        foreach (var (key, english) in Texts.All(Language.English).Where(text => !text.Key.EndsWith(".one", StringComparison.Ordinal)))
        {
            Assert.Equal((key, Places(english)), (key, Places(Texts.All(Language.Chinese)[key])));
        }
    }

    [Theory]
    [InlineData("zh-CN,zh;q=0.9,en;q=0.8", "zh-Hans")]
    [InlineData("de,en;q=0.5", "en")]
    [InlineData("fr", "en")]
    [InlineData(";;;=", "en")]
    public void The_browser_is_asked_which_language(string accepted, string expected)
    {
        var request = new Microsoft.AspNetCore.Http.DefaultHttpContext().Request;
        request.Headers.AcceptLanguage = accepted;
        Assert.Equal(expected, Language.Of(request).Code);
    }

    private static string Places(string text) => string.Join(' ', Place().Matches(text).Select(match => match.Value).Distinct().Order());

    [GeneratedRegex(@"\{\d\}")]
    private static partial Regex Place();
}
