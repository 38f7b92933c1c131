using System.Text;
using CsCheck;
using Deskward.Faults;
using Deskward.Protocol.SyncMl;
using Xunit;

namespace Deskward.Simulator;

public sealed class MessageGuardTests
{
    private static readonly ExpectedAnswer s_expected = new("1", "PC", "https://mdm.example", 1, 1, [("2", "Alert"), ("4", "Replace")], [], false);

    [Fact]
    public void A_right_answer_breaks_no_rule() => Assert.Empty(new MessageGuard(4096).Check(Right(), s_expected));

    [Fact]
    public void A_message_beyond_the_limit_is_too_long() =>
        Assert.Equal("size", Assert.Single(new MessageGuard(300).Check(Right(), s_expected)).Rule);

    [Fact]
    public void A_status_of_results_is_for_pieces_alone()
    {
        var expected = s_expected with { Asked = [], Results = ["2", "4"] };
        var pieces = Encoding.UTF8.GetString(Right()).Replace("<Data>200</Data></Status><Status><CmdID>3", "<Data>213</Data></Status><Status><CmdID>3", StringComparison.Ordinal);

        Assert.Equal(2, new MessageGuard(4096).Check(Right(), expected).Count);
        Assert.Single(new MessageGuard(4096).Check(Encoding.UTF8.GetBytes(pieces), expected));
    }

    [Fact]
    public void Statuses_come_in_the_order_of_the_commands() => Assert.Contains(
        new MessageGuard(4096).Check(Right(), s_expected with { Asked = [("4", "Replace"), ("2", "Alert")] }), violation => violation.Rule == "status order");

    [Fact]
    public void No_damage_makes_it_throw() => Gen.Select(Gen.Int[0, 999], Gen.Byte).Array[1, 20].Sample(changes =>
    {
        var body = Right();
        foreach (var (at, value) in changes)
        {
            body[at % body.Length] = value;
        }
        new MessageGuard(4096).Check(body, s_expected);
    }, iter: Effort.Cases(100, 100_000));

    private static byte[] Right() => SyncMlWriter.Write(new SyncMlMessage(
        new SyncHeader { SessionId = "1", MessageId = 1, Target = "PC", Source = "https://mdm.example" },
        [Status("1", "0", "SyncHdr"), Status("2", "2", "Alert"), Status("3", "4", "Replace")], true));

    private static StatusCommand Status(string id, string reference, string command) =>
        new() { CommandId = id, MessageRef = 1, CommandRef = reference, Command = command, Code = 200 };
}
