using System.Text;
using System.Xml;
using System.Xml.Linq;
using CsCheck;
using Deskward.Protocol.Tests;
using Xunit;

namespace Deskward.Protocol.Xml;

/// <summary>The small reader against XmlReader: both must accept the same documents and see the same in them.</summary>
public sealed class Utf8XmlReaderTests
{
    private static readonly Gen<string> Piece = Gen.OneOf(
        "<a>", "</a>", "<a/>", "<b>", "</b>", "<b x='1'>", "<a x=\"&lt;\" y = '2' />", "<p:a xmlns:p='urn:p' p:x=''>", "</p:a>", "<p:a>", "<a xmlns='urn:q'>", "<é/>",
        "text", " ", "\r\n", "\r", "&amp;", "&#65;", "&#x1F600;", "&apos;", "]]", ">", "<![CDATA[ <&]] ]]>", "<!-- - -->", "<?pi x?>", "é𝄞",
        "<", "&", "]]>", "&b;", "&#0;", "&#xD800;", "<!-- -- -->", "<?xml version='1.0'?>", "<a x='1' x='2'>", "<a x=1>", "<a x='<'>", "<a\tx='1'y='2'>", "</a >", "< a>",
        "<1>", "<a:b:c/>", "<:a/>", "<a:/>", "<!DOCTYPE a>", "<![CDATA[", "<!--", "<?", "\u0001", "\uFFFF", "<a xmlns:xml='urn:x'/>", "<a xmlns:xml='http://www.w3.org/XML/1998/namespace'/>", "<a xml:lang='en'/>", "<a xmlns:q=''/>");

    private static readonly Gen<string> Document = Gen.OneOf(
        Piece.Array[0, 8].Select(pieces => string.Concat(pieces)),
        Piece.Array[0, 8].Select(pieces => $"<a>{string.Concat(pieces)}</a>"));

    [Fact]
    public void It_accepts_what_XmlReader_accepts_and_sees_the_same_elements() =>
        Document.Sample(xml => Assert.Equal(Show(xml), Walk(xml)), iter: Effort.Cases(20_000, 2_000_000), threads: 1);

    [Fact]
    public void It_reads_the_same_text_as_XmlReader() =>
        Document.Sample(
            xml =>
            {
                var root = Parsed(xml);
                if (root is { HasElements: false })
                {
                    Assert.Equal(root.Value, new Utf8XmlReader(Encoding.UTF8.GetBytes(xml)).ReadContent());
                }
            },
            iter: Effort.Cases(20_000, 2_000_000), threads: 1);

    [Theory]
    [InlineData("<a>{0}</a>", "<b>", 64)]
    [InlineData("<a {0}/>", "b{1}='' ", Utf8XmlReader.MaxAttributes + 1)]
    [InlineData("<a><b {0}/></a>", "xmlns:b{1}='x' ", Utf8XmlReader.MaxPrefixes + 1)]
    [InlineData("<{0}/>", "a", Utf8XmlReader.MaxNameBytes + 1)]
    public void Beyond_its_limits_it_refuses(string document, string piece, int count)
    {
        var pieces = string.Concat(Enumerable.Range(0, count).Select(at => piece.Replace("{1}", $"{at}", StringComparison.Ordinal)));

        Assert.Matches("Line 1: .*(deeper|more|longer) than", Walk(document.Replace("{0}", pieces, StringComparison.Ordinal), quiet: false));
    }

    [Fact]
    public void So_many_elements_are_refused_by_both_readers()
    {
        var xml = $"<a>{string.Concat(Enumerable.Repeat("<b/>", Utf8XmlReader.MaxElements))}</a>";

        Assert.Contains("more than 100000 elements", Walk(xml, quiet: false), StringComparison.Ordinal);
        Assert.Throws<ProtocolException>(() => SafeXml.Parse(Encoding.UTF8.GetBytes(xml)));
        Assert.Equal(Utf8XmlReader.MaxElements - 1, SafeXml.Parse(Encoding.UTF8.GetBytes(xml.Remove(3, 4))).Children.Count);
    }

    [Fact]
    public void Prefixes_end_with_their_element()
    {
        var xml = string.Concat(Enumerable.Repeat("<p:b xmlns:p='urn:p'/>", 1000));

        Assert.Equal(1001, Walk($"<a>{xml}</a>").Count(character => character == '('));
        Assert.Contains("'p' is not declared", Walk($"<a>{xml}<p:b/></a>", quiet: false), StringComparison.Ordinal);
    }

    private static XElement? Parsed(string xml)
    {
        try
        {
            using var reader = XmlReader.Create(new StringReader(xml), new XmlReaderSettings { DtdProcessing = DtdProcessing.Prohibit });
            return XDocument.Load(reader, LoadOptions.PreserveWhitespace).Root;
        }
        catch (XmlException)
        {
            return null;
        }
    }

    private static string Show(string xml) => Parsed(xml) is { } root ? Show(root) : "refused";

    private static string Show(XElement element) => $"({element.Name.LocalName}{string.Concat(element.Elements().Select(Show))})";

    private static string Walk(string xml, bool quiet = true)
    {
        try
        {
            var reader = new Utf8XmlReader(Encoding.UTF8.GetBytes(xml));
            var shown = Walk(ref reader);
            reader.ReadToEnd();
            return shown;
        }
        catch (ProtocolException error)
        {
            return quiet ? "refused" : error.Message;
        }
    }

    private static string Walk(ref Utf8XmlReader reader)
    {
        var shown = new StringBuilder("(").Append(Encoding.UTF8.GetString(reader.Name));
        while (reader.NextChild())
        {
            shown.Append(Walk(ref reader));
        }
        return shown.Append(')').ToString();
    }
}
