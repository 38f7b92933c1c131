using System.Text;
using Xunit;

namespace Deskward.Protocol.SyncMl;

public sealed class SyncMlWriterTests
{
    private static readonly SyncHeader Header = new() { SessionId = "1", MessageId = 2, Target = "PC-1", Source = "https://mdm.example.test/" };

    [Fact]
    public void A_message_without_commands_is_exactly_this() =>
        Assert.Equal(
            "<SyncML xmlns=\"SYNCML:SYNCML1.2\"><SyncHdr><VerDTD>1.2</VerDTD><VerProto>DM/1.2</VerProto><SessionID>1</SessionID><MsgID>2</MsgID>"
            + "<Target><LocURI>PC-1</LocURI></Target><Source><LocURI>https://mdm.example.test/</LocURI></Source></SyncHdr><SyncBody><Final/></SyncBody></SyncML>",
            Encoding.UTF8.GetString(SyncMlWriter.Write(new SyncMlMessage(Header, [], Final: true))));

    [Fact]
    public void A_setting_is_exactly_this() =>
        Assert.Equal(
            "<Replace><CmdID>5</CmdID><Item><Target><LocURI>./A</LocURI></Target><Meta><Format xmlns=\"syncml:metinf\">chr</Format>"
            + "<Type xmlns=\"syncml:metinf\">text/plain</Type></Meta><Data>&lt;enabled/&gt; &amp;&#13;\n\"ü\uF000</Data></Item></Replace>",
            Body(new ItemCommand(SyncVerb.Replace,
                [new SyncItem { Target = "./A", Meta = new(SyncFormat.Text, "text/plain"), Data = "<enabled/> &\r\n\"ü\uF000" }]) { CommandId = "5" }));

    [Fact]
    public void A_challenge_is_exactly_this() =>
        Assert.Equal(
            "<Status><CmdID>1</CmdID><MsgRef>1</MsgRef><CmdRef>0</CmdRef><Cmd>SyncHdr</Cmd><TargetRef>a</TargetRef><SourceRef>b</SourceRef><Chal><Meta>"
            + "<Format xmlns=\"syncml:metinf\">b64</Format><Type xmlns=\"syncml:metinf\">syncml:auth-md5</Type><NextNonce xmlns=\"syncml:metinf\">AQID</NextNonce>"
            + "</Meta></Chal><Data>407</Data></Status>",
            Body(new StatusCommand
            {
                CommandId = "1", MessageRef = 1, CommandRef = "0", Command = "SyncHdr", Code = 407, TargetRefs = ["a"], SourceRefs = ["b"],
                Challenge = new(AuthMd5.Type, [1, 2, 3]),
            }));

    [Fact]
    public void A_node_has_no_data() =>
        Assert.DoesNotContain("Data", Body(Add(new SyncItem { Target = "./A", Meta = new(SyncFormat.Node), Data = "" })), StringComparison.Ordinal);

    [Fact]
    public void Data_on_a_node_is_refused() =>
        Assert.Throws<ArgumentException>(() => Body(Add(new SyncItem { Meta = new(SyncFormat.Node), Data = "x" })));

    [Theory]
    [InlineData(0x00)]
    [InlineData(0x1F)]
    [InlineData(0xFFFF)]
    [InlineData(0xD800)]
    public void What_XML_cannot_hold_is_refused(int code) =>
        Assert.ThrowsAny<ArgumentException>(() => SyncMlWriter.SizeOf(Add(new SyncItem { Data = $"a{(char)code}b" })));

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("0")]
    public void A_command_without_a_usable_id_is_refused(string? id) =>
        Assert.Throws<ArgumentException>(() => Body(Add(new SyncItem()) with { CommandId = id }));

    [Fact]
    public void An_unknown_command_cannot_smuggle_markup() =>
        Assert.Throws<ArgumentException>(() => Body(new UnknownCommand("a><b") { CommandId = "1" }));

    [Fact]
    public void A_megabyte_of_data_comes_back()
    {
        var data = string.Concat(Enumerable.Repeat("<é&𝄞", 200_000));
        var written = SyncMlWriter.Write(new SyncMlMessage(Header, [Add(new SyncItem { Data = data })], Final: false));

        Assert.Equal(data, ((ItemCommand)SyncMlReader.Read(written).Commands[0]).Items[0].Data);
    }

    private static ItemCommand Add(SyncItem item) => new(SyncVerb.Add, [item]) { CommandId = "9" };

    private static string Body(SyncCommand command)
    {
        var xml = Encoding.UTF8.GetString(SyncMlWriter.Write(new SyncMlMessage(Header, [command], Final: true)));
        var start = xml.IndexOf("<SyncBody>", StringComparison.Ordinal) + 10;
        var body = xml[start..xml.IndexOf("<Final/>", StringComparison.Ordinal)];
        Assert.Equal(Encoding.UTF8.GetByteCount(body), SyncMlWriter.SizeOf(command));
        return body;
    }
}
