using System.Runtime.CompilerServices;
using System.Text;
using Deskward.Protocol.Tests;
using Deskward.Protocol.Xml;
using Xunit;

namespace Deskward.Protocol.SyncMl;

/// <summary>Messages made to cost more than they should.</summary>
[Collection(nameof(Measured))]
public sealed class HostileInputTests
{
    private const int Size = 37_500;

    private const string Begin =
        "<SyncML><SyncHdr><SessionID>1</SessionID><MsgID>1</MsgID><Target><LocURI>a</LocURI></Target><Source><LocURI>b</LocURI></Source></SyncHdr><SyncBody>";

    private const string End = "</SyncBody></SyncML>";

    private static readonly string Deep = string.Concat(Enumerable.Repeat("<a>", 60)) + string.Concat(Enumerable.Repeat("</a>", 60));

    /// <summary>Name, what comes before, the part that is repeated (with # for its number), what comes after.</summary>
    public static TheoryData<string, string, string, string> Shapes => new()
    {
        { "nested elements", Begin, "<Atomic>", End },
        { "nested as deep as allowed", Begin, Deep, End },
        { "attributes of one element", Begin + "<a ", "a#='' ", "/>" + End },
        { "elements with many attributes", Begin, "<a b='' c='' d='' e='' f='' g='' h='' i='' j='' k=''/>", End },
        { "prefixes of one element", Begin + "<a ", "xmlns:a#='x' ", "/>" + End },
        { "prefixes of many elements", Begin, "<p:a xmlns:p='urn:#'/>", End },
        { "references", Begin + "<Add><Item><Data>", "&lt;&#10;", "</Data></Item></Add>" + End },
        { "zeros in a reference", Begin + "<Add><Item><Data>&#", "0", "65;</Data></Item></Add>" + End },
        { "CDATA sections", Begin + "<Add><Item><Data>", "<![CDATA[x]]>", "</Data></Item></Add>" + End },
        { "brackets", Begin + "<Add><Item><Data>", "]]", "</Data></Item></Add>" + End },
        { "carriage returns", Begin + "<Add><Item><Data>", "\r\r\n", "</Data></Item></Add>" + End },
        { "comments", Begin + "<Add><Item><Data>", "x<!---->", "</Data></Item></Add>" + End },
        { "comments that do not end", Begin, "<!--", "" },
        { "elements in data", Begin + "<Add><Item><Data>", "<x>#</x>", "</Data></Item></Add>" + End },
        { "data with elements, many times", Begin + "<Add>", "<Item><Data>&amp;<x/></Data></Item>", "</Add>" + End },
        { "items", Begin + "<Add>", "<Item/>", "</Add>" + End },
        { "commands", Begin, "<Get><CmdID>#</CmdID></Get>", End },
        { "statuses", Begin, "<Status><MsgRef>1</MsgRef><Cmd>A</Cmd><Data>200</Data><TargetRef>#</TargetRef></Status>", End },
        { "repeated members", Begin + "<Status>", "<TargetRef>#</TargetRef><Cmd>#</Cmd>", "</Status>" + End },
        { "a long name", Begin + "<a", "b", "/>" + End },
        { "long names", Begin, $"<{new string('n', 900)}/>", End },
        { "names that differ", Begin, "<n#/>", End },
        { "a long address", Begin + "<Add><Item><Target><LocURI>", "x/", "</LocURI></Target></Item></Add>" + End },
        { "blanks", Begin + "<a", " ", "/>" + End },
        { "end tags", Begin, "</a>", End },
        { "entities of a DTD", "<!DOCTYPE a [", "<!ENTITY a# '&a1;&a1;'>", "]>" + Begin + "&a2;" + End },
    };

    [Theory]
    [MemberData(nameof(Shapes))]
    public void Twice_the_input_costs_at_most_two_and_a_half_times_the_time(string name, string before, string part, string after)
    {
        Assert.All([.. new Action<byte[]>[] { bytes => SyncMlReader.Read(bytes), bytes => SafeXml.Parse(bytes) }], read =>
            Assert.True(Growth.IsLinear(times =>
            {
                var bytes = Document(before, part, after, Size * times);
                return () => Quietly(read, bytes);
            }), name));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(800)]
    public void The_measurement_finds_what_is_not_linear_also_behind_much_that_is(int linear) =>
        Assert.False(Growth.IsLinear(times => () => Loop((linear * 50L * times) + (2_500L * times * times))));

    [Theory]
    [InlineData("<!DOCTYPE a [<!ENTITY a 'aaaa'><!ENTITY b '&a;&a;'>]><SyncML/>", "Line 1: a DTD is not allowed.")]
    [InlineData("<!DOCTYPE a SYSTEM 'file:///etc/passwd'><SyncML/>", "Line 1: a DTD is not allowed.")]
    [InlineData("<SyncML>&a;</SyncML>", "Line 1: the XML is not well-formed: '&a' is no reference that is known without a DTD.")]
    [InlineData("<SyncML>\n\u0001</SyncML>", "Line 2: the XML is not well-formed: a character that XML forbids.")]
    [InlineData("<SyncML><a x='\r\nInjected: 1'></b></SyncML>", "Line 2: the XML is not well-formed: the end of 'a' is expected, not '</b'.")]
    public void The_refusal_is_exact(string xml, string message) => Assert.Equal(message, Refusal(Encoding.UTF8.GetBytes(xml)));

    [Fact]
    public void A_thousand_levels_are_refused() =>
        Assert.Contains("deeper than 64", Refusal(Document(Begin, "<Atomic>", End, 8_000)), StringComparison.Ordinal);

    [Fact]
    public void Truncated_UTF8_is_refused() =>
        Assert.Contains("not valid UTF-8", Refusal([.. Encoding.UTF8.GetBytes(Begin), 0xF0, 0x9F, 0x98]), StringComparison.Ordinal);

    [Fact]
    public void More_than_four_megabytes_are_refused() =>
        Assert.Contains("at most 4194304", Refusal(Document(Begin, "<Get/>", End, SafeXml.MaxBytes + 1)), StringComparison.Ordinal);

    private static string Refusal(byte[] bytes) => Assert.Throws<ProtocolException>(() => SyncMlReader.Read(bytes)).Message;

    private static byte[] Document(string before, string part, string after, int size)
    {
        var text = new StringBuilder(before, size + before.Length + after.Length + part.Length);
        for (var number = 0; text.Length < size + before.Length; number++)
        {
            text.Append(part.Replace("#", $"{number:D6}", StringComparison.Ordinal));
        }
        return Encoding.UTF8.GetBytes(text.Append(after).ToString());
    }

    private static void Quietly(Action<byte[]> read, byte[] bytes)
    {
        try
        {
            read(bytes);
        }
        catch (ProtocolException)
        {
            // Many of these are refused; what counts is how long it takes.
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Loop(long count)
    {
        var sum = 0L;
        for (var i = 0L; i < count; i++)
        {
            sum += i ^ sum;
        }
        GC.KeepAlive(sum);
    }
}
