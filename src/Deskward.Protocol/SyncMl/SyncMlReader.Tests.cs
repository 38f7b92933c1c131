using System.Text;
using Xunit;

namespace Deskward.Protocol.SyncMl;

public sealed class SyncMlReaderTests
{
    private const string Header =
        "<SyncHdr><VerDTD>1.2</VerDTD><VerProto>DM/1.2</VerProto><SessionID>1A</SessionID><MsgID>3</MsgID>"
        + "<Target><LocURI>https://mdm.example.test/manage</LocURI></Target><Source><LocURI>PC-1</LocURI></Source></SyncHdr>";

    [Fact]
    public void The_header_is_read()
    {
        var header = Read(Message("")).Header;

        Assert.Equal(("1A", 3, "https://mdm.example.test/manage", "PC-1"), (header.SessionId, header.MessageId, header.Target, header.Source));
        Assert.Null(header.SourceName);
        Assert.Null(header.Credential);
        Assert.Null(header.MaxMessageSize);
    }

    [Fact]
    public void The_bytes_decide_about_the_encoding()
    {
        var xml = "<?xml version='1.0' encoding='utf-16'?>" + Message("<Get><CmdID>é</CmdID></Get>");

        foreach (var encoding in new Encoding[] { new UTF8Encoding(true), new UTF8Encoding(false), new UnicodeEncoding(true, true), new UnicodeEncoding(false, true) })
        {
            Assert.Equal("é", SyncMlReader.Read((byte[])[.. encoding.GetPreamble(), .. encoding.GetBytes(xml)]).Commands[0].CommandId);
        }
    }

    [Theory]
    [InlineData("SYNCML:SYNCML1.2")]
    [InlineData("SYNCML:SYNCML1.1")]
    [InlineData("")]
    public void Any_namespace_of_SyncML_or_none_is_accepted(string ns) =>
        Assert.Single(Read($"<SyncML xmlns='{ns}'>{Header}<SyncBody><Alert><CmdID>2</CmdID><Data>1201</Data></Alert></SyncBody></SyncML>").Commands);

    [Fact]
    public void A_prefix_for_the_namespace_is_accepted() =>
        Assert.IsType<UnknownCommand>(Assert.Single(Read(
            $"<s:SyncML xmlns:s='SYNCML:SYNCML1.2'>{Header}<s:SyncBody><x:Get xmlns:x='urn:x'><CmdID>2</CmdID></x:Get></s:SyncBody></s:SyncML>").Commands));

    [Fact]
    public void Credentials_size_and_name_of_the_sender_are_read()
    {
        var header = Read($"<SyncML>{Header.Replace("</Source>", "<LocName>dave</LocName></Source>", StringComparison.Ordinal).Replace("</SyncHdr>",
            "<Cred><Meta><Type>syncml:auth-md5</Type></Meta><Data>AAAA</Data></Cred><Meta><MaxMsgSize>5000</MaxMsgSize></Meta><Meta><MaxObjSize>90000</MaxObjSize></Meta><Odd><a/></Odd></SyncHdr>",
            StringComparison.Ordinal)}<SyncBody/></SyncML>").Header;

        Assert.Equal(("dave", 5000, 90000L), (header.SourceName, header.MaxMessageSize, header.MaxObjectSize));
        Assert.Equal(new Credential("syncml:auth-md5", "AAAA"), header.Credential);
    }

    [Fact]
    public void Meta_is_read_without_its_namespace_with_a_wrong_one_and_outside_Meta()
    {
        var items = ((ItemCommand)Read(Message(
            "<Replace><CmdID>2</CmdID><Item><Meta><Format>int</Format><Type xmlns='syncml:metinfo'> text/plain</Type></Meta></Item>"
            + "<Item><Type xmlns='syncml:metinf'>text/plain</Type></Item><Item/></Replace>")).Commands[0]).Items;

        Assert.Equal(new SyncMeta("int", "text/plain"), items[0].Meta);
        Assert.Equal(new SyncMeta(null, "text/plain"), items[1].Meta);
        Assert.Null(items[2].Meta);
    }

    [Theory]
    [InlineData("<Data/>", "")]
    [InlineData("<Data> a&lt;b&#x41;&#10;</Data>", " a<bA\n")]
    [InlineData("<Data><![CDATA[<enabled/>]]>&amp;<!-- c -->x</Data>", "<enabled/>&x")]
    [InlineData("<Data>a\r\nb\rc]]x</Data>", "a\nb\nc]]x")]
    [InlineData("<Data>\n <Job id='1'>\r\n<a/>&lt;</Job>\n</Data>", "<Job id='1'>\n<a/>&lt;</Job>")]
    [InlineData("<Data>t<a/></Data>", "t<a/>")]
    [InlineData("", null)]
    public void Data_is_text_or_the_XML_inside(string xml, string? expected) =>
        Assert.Equal(expected, Item($"<Item>{xml}</Item>").Data);

    [Fact]
    public void Blanks_round_addresses_are_trimmed() =>
        Assert.Equal("./Vendor/MSFT/X", Item("<Item><Target><LocURI>\n  ./Vendor/MSFT/X \r\n</LocURI></Target></Item>").Target);

    [Fact]
    public void A_chunk_of_a_large_object_is_read()
    {
        var item = Item("<Item><Meta><Size>70000</Size></Meta><Data>abc</Data><MoreData/></Item>");

        Assert.Equal((70000L, "abc", true), (item.Meta!.Size!.Value, item.Data, item.MoreData));
    }

    [Fact]
    public void A_status_says_what_it_answers()
    {
        var status = (StatusCommand)Read(Message(
            "<Status><CmdID>4</CmdID><MsgRef>2</MsgRef><CmdRef></CmdRef><Cmd>Get</Cmd><TargetRef>./A</TargetRef><SourceRef>./B</SourceRef>"
            + "<Chal><Meta><Type>syncml:auth-md5</Type><NextNonce>AQID</NextNonce></Meta></Chal><Data>407</Data><Item><Data>0x80</Data></Item></Status>")).Commands[0];

        Assert.Equal(("4", 2, "", "Get", 407), (status.CommandId, status.MessageRef, status.CommandRef, status.Command, status.Code));
        Assert.Equal(("./A", "./B", "0x80"), (status.TargetRefs[0], status.SourceRefs[0], status.Items[0].Data));
        Assert.Equal([1, 2, 3], status.Challenge!.NextNonce);
    }

    [Fact]
    public void Results_may_lack_the_message_they_answer()
    {
        var results = (ResultsCommand)Read(Message(
            "<Results><CmdID>4</CmdID><CmdRef>7</CmdRef><Cmd>Get</Cmd><Item><Source><LocURI>./A</LocURI></Source><Data>v</Data></Item></Results>")).Commands[0];

        Assert.Equal((null, "7", "./A", "v"), (results.MessageRef, results.CommandRef, results.Items[0].Source, results.Items[0].Data));
    }

    [Fact]
    public void Groups_nest()
    {
        var sequence = (SequenceCommand)Read(Message(
            "<Sequence><CmdID>2</CmdID><Atomic><CmdID>3</CmdID><Add><CmdID>4</CmdID></Add></Atomic><Delete><CmdID>5</CmdID></Delete></Sequence>")).Commands[0];

        var atomic = (AtomicCommand)sequence.Commands[0];
        Assert.Equal(("2", "3", "4"), (sequence.CommandId, atomic.CommandId, atomic.Commands[0].CommandId));
        Assert.Equal(SyncVerb.Delete, ((ItemCommand)sequence.Commands[1]).Verb);
    }

    [Fact]
    public void What_is_no_command_is_kept_apart()
    {
        var commands = Read(Message("<Copy><CmdID>2</CmdID><Item/></Copy><Get><Item/></Get>")).Commands;

        Assert.Equal(new UnknownCommand("Copy") { CommandId = "2" }, commands[0]);
        Assert.Null(commands[1].CommandId);
    }

    [Fact]
    public void Final_says_whether_the_package_is_complete() =>
        Assert.Equal((true, false), (Read(Message("<Final/>")).Final, Read(Message("")).Final));

    [Theory]
    [InlineData("<SyncML><SyncBody/></SyncML>", "SyncHdr is missing")]
    [InlineData("<SyncML><SyncHdr/><SyncBody/></SyncML>", "no SessionID")]
    [InlineData("<SyncML>@</SyncML>", "SyncBody is missing")]
    [InlineData("<SyncML>@@<SyncBody/></SyncML>", "once")]
    [InlineData("<SyncML><SyncHdr><SessionID>1</SessionID></SyncHdr><SyncBody/></SyncML>", "no MsgID")]
    [InlineData("<SyncML><SyncHdr><SessionID>1</SessionID><MsgID>0</MsgID></SyncHdr></SyncML>", "MsgID is no whole number")]
    [InlineData("<SyncML><SyncHdr><MsgID>99999999999999999999</MsgID></SyncHdr></SyncML>", "MsgID is no whole number")]
    [InlineData("<SyncML><SyncHdr><SessionID>1</SessionID><MsgID>1</MsgID></SyncHdr><SyncBody/></SyncML>", "Target/LocURI")]
    [InlineData("<SyncML><SyncHdr><Source><LocURI>a</LocURI></Source><Source/></SyncHdr></SyncML>", "Source twice")]
    [InlineData("<Alert/>", "'Alert', not SyncML")]
    [InlineData("<SyncML xmlns='urn:x'/>", "not SyncML")]
    [InlineData("<SyncML>@<SyncBody><Alert><CmdID>1</CmdID></Alert></SyncBody></SyncML>", "Alert has no Data")]
    [InlineData("<SyncML>@<SyncBody>\n<Alert>\n<Data>x</Data></Alert></SyncBody></SyncML>", "Line 3: Alert/Data is no code")]
    [InlineData("<SyncML>@<SyncBody><Status><MsgRef>1</MsgRef><Cmd>Get</Cmd></Status></SyncBody></SyncML>", "Status has no Data")]
    [InlineData("<SyncML>@<SyncBody><Status><Cmd>Get</Cmd></Status></SyncBody></SyncML>", "Status has no MsgRef")]
    public void What_is_missing_or_wrong_is_said(string xml, string part)
    {
        var error = Assert.Throws<ProtocolException>(() => Read(xml.Replace("@", Header, StringComparison.Ordinal)));

        Assert.Contains(part, error.Message, StringComparison.Ordinal);
    }

    private static string Message(string body) => $"<SyncML xmlns='SYNCML:SYNCML1.2'>{Header}<SyncBody>{body}</SyncBody></SyncML>";

    private static SyncItem Item(string xml) => ((ItemCommand)Read(Message($"<Add><CmdID>2</CmdID>{xml}</Add>")).Commands[0]).Items[0];

    private static SyncMlMessage Read(string xml) => SyncMlReader.Read(Encoding.UTF8.GetBytes(xml));
}
