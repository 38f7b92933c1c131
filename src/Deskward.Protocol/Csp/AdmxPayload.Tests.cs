using Xunit;

namespace Deskward.Protocol.Csp;

public sealed class AdmxPayloadTests
{
    [Theory]
    [InlineData("<enabled/>", "<enabled/>")]
    [InlineData(" <DISABLED></Disabled> ", "<disabled/>")]
    [InlineData("<Enabled />\n<DATA VALUE='a' Id='b' />", "<enabled/><data id=\"b\" value=\"a\"/>")]
    [InlineData("<enabled/><data id=\"a\" value=\"1&#xF000;2\"/>", "<enabled/><data id=\"a\" value=\"1&#xF000;2\"/>")]
    [InlineData("<enabled/><data id=\"a\" value=\"1\uF0002\"/>", "<enabled/><data id=\"a\" value=\"1&#xF000;2\"/>")]
    [InlineData("<enabled/><data id=\"a\" value='&lt;&quot;&amp;&apos;>'></data>", "<enabled/><data id=\"a\" value=\"&lt;&quot;&amp;'&gt;\"/>")]
    [InlineData("<enabled/><data id=\"a\" value=\"\"/>", "<enabled/><data id=\"a\" value=\"\"/>")]
    [InlineData("<enabled/><data id=\"a\" value=\"x&#13;&#10;y\"/>", "<enabled/><data id=\"a\" value=\"x&#xD;&#xA;y\"/>")]
    public void A_payload_is_read_in_any_spelling_and_written_in_one(string text, string canonical)
    {
        Assert.Equal(canonical, AdmxPayload.Parse(text, out var error)?.ToString());
        Assert.Null(error);
    }

    [Theory]
    [InlineData("", "begin with <enabled/>")]
    [InlineData("1", "begin with <enabled/>")]
    [InlineData("<enable/>", "begin with <enabled/>")]
    [InlineData("<enabledX/>", "begin with <enabled/>")]
    [InlineData("<enabled", "must end with />")]
    [InlineData("<enabled><data id=\"a\" value=\"1\"/></enabled>", "must end with />")]
    [InlineData("<enabled/>text", "may follow")]
    [InlineData("<enabled/><disabled/>", "may follow")]
    [InlineData("<enabled/><data id=\"a\"/>", "'a' has no value")]
    [InlineData("<enabled/><data value=\"1\"/>", "has no id")]
    [InlineData("<enabled/><data id=\"\" value=\"1\"/>", "has no id")]
    [InlineData("<enabled/><data id=\"a\" value=\"1\" name=\"x\"/>", "attributes id and value")]
    [InlineData("<enabled/><data id=\"a\" id=\"b\" value=\"1\"/>", "id stands twice")]
    [InlineData("<enabled/><data id=\"a\" value=\"1\"/><data id=\"A\" value=\"2\"/>", "'A' stands twice")]
    [InlineData("<enabled/><data id=a value=\"1\"/>", "id is not in quotes")]
    [InlineData("<enabled/><data id \"a\"/>", "id has no =")]
    [InlineData("<enabled/><data id=\"a\" value=\"1/>", "never closed")]
    [InlineData("<enabled/><data id=\"a\"\" value=\"1\"/>", "a quote too many")]
    [InlineData("<enabled/><data id=\"a\" value=\"R&D\"/>", "write &amp;")]
    [InlineData("<enabled/><data id=\"a\" value=\"&#0;\"/>", "write &amp;")]
    [InlineData("<enabled/><data id=\"a\" value=\"&unknown;\"/>", "write &amp;")]
    public void What_is_wrong_is_said_with_its_place(string text, string message)
    {
        Assert.Null(AdmxPayload.Parse(text, out var error));
        Assert.Contains(message, error, StringComparison.Ordinal);
        Assert.Matches(@"\(character \d+\)$", error);
    }
}
