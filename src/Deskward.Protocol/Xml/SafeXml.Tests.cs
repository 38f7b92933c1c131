using System.Text;
using Xunit;

namespace Deskward.Protocol.Xml;

public sealed class SafeXmlTests
{
    [Fact]
    public void Elements_attributes_and_text_are_read()
    {
        var root = Parse("""<a xmlns="urn:x" xmlns:p="urn:p"><b p:k="1" k="2">one<!-- c --><![CDATA[ <two> ]]>&amp;</b><c/></a>""");

        Assert.Equal(("a", "urn:x", 2), (root.Name, root.Namespace, root.Children.Count));
        Assert.Equal("one <two> &", root.Child("b", "urn:x")!.Text);
        Assert.Equal(("1", "2"), (root.Child("b")!.Attribute("k", "urn:p"), root.Child("b")!.Attribute("k", "")));
        Assert.Null(root.Child("b", "urn:other"));
    }

    [Theory]
    [InlineData("<?xml version=\"1.0\" encoding=\"utf-16\"?><a>é</a>")]
    [InlineData("\uFEFF<?xml version=\"1.0\" encoding=\"us-ascii\"?><a>é</a>")]
    public void The_declared_encoding_is_not_believed(string xml) => Assert.Equal("é", Parse(xml).Text);

    [Fact]
    public void Utf16_with_a_byte_order_mark_is_read() =>
        Assert.Equal("é", SafeXml.Parse(Encoding.Unicode.GetBytes("\uFEFF<a>é</a>")).Text);

    [Theory]
    [InlineData("<!DOCTYPE a [<!ENTITY b \"c\">]><a>&b;</a>", "DTD")]
    [InlineData("<!DOCTYPE a SYSTEM \"http://example.test/a.dtd\"><a/>", "DTD")]
    [InlineData("<a>&undeclared;</a>", "undeclared")]
    [InlineData("<a><b></a>", "Line 1")]
    [InlineData("", "no root element")]
    [InlineData("<a/><b/>", "second root element")]
    [InlineData("<a>\u0001</a>", "a character that XML forbids")]
    public void What_is_wrong_is_said(string xml, string part) =>
        Assert.Contains(part, Refusal(Encoding.UTF8.GetBytes(xml)), StringComparison.Ordinal);

    [Fact]
    public void Truncated_utf8_is_refused_with_its_offset() =>
        Assert.Contains("offset 3 ", Refusal([.. "<a>"u8, 0xE2, 0x82]), StringComparison.Ordinal);

    [Fact]
    public void Half_a_utf16_character_is_refused() =>
        Assert.Contains("UTF-16", Refusal([0xFF, 0xFE, 0x3C]), StringComparison.Ordinal);

    [Theory]
    [InlineData(64, false)]
    [InlineData(65, true)]
    [InlineData(1000, true)]
    public void Depth_ends_at_64(int depth, bool refused)
    {
        var xml = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat("<a>", depth)) + string.Concat(Enumerable.Repeat("</a>", depth)));

        Assert.Equal(refused, Record.Exception(() => SafeXml.Parse(xml)) is ProtocolException);
    }

    [Fact]
    public void More_than_four_megabytes_are_refused_unread() =>
        Assert.Contains("4194304", Refusal(new byte[SafeXml.MaxBytes + 1]), StringComparison.Ordinal);

    [Fact]
    public void The_message_is_one_short_line_whatever_it_quotes()
    {
        var message = new ProtocolException("a\r\nb\u2028\u202E\u0000\uD800" + new string('x', 500)).Message;

        Assert.Equal(ProtocolException.MaxLength, message.Length);
        Assert.StartsWith("a  b   ", message, StringComparison.Ordinal);
    }

    private static Element Parse(string xml) => SafeXml.Parse(Encoding.UTF8.GetBytes(xml));

    private static string Refusal(byte[] bytes) => Assert.Throws<ProtocolException>(() => SafeXml.Parse(bytes)).Message;
}
