using System.Text;
using Deskward.DesiredState;
using Deskward.Protocol.SyncMl;
using Xunit;
using static Deskward.Sessions.SessionBench;

namespace Deskward.Sessions;

/// <summary>A PC whose answers do not fit its messages sends them in parts.</summary>
public sealed class LargeAnswerTests
{
    private const string Profile = "./Device/Vendor/MSFT/WiFi/Profile/Office/WlanXml";
    private static readonly string s_value = "<a>" + string.Concat(Enumerable.Repeat("<b>text</b>", 500)) + "</a>";
    private readonly SessionBench _bench = new();
    private readonly PlannerTarget _target = Target((Profile, s_value));
    private SessionState _state = new();
    private SyncCommand? _acknowledgement;
    private int _message;

    [Fact]
    public void A_value_that_comes_in_parts_is_put_together_and_verified()
    {
        var get = WrittenAndAsked();
        var first = Say(get, Part(s_value[..2000], size: Encoding.UTF8.GetByteCount(s_value), more: true));
        Assert.Contains(first.Commands, command => command is StatusCommand { Command: "Results", Code: SyncStatus.ChunkAccepted });
        Assert.Contains(first.Commands, command => command is AlertCommand { Code: AlertCode.NextMessage });
        var last = Say(get, Part(s_value[2000..]));
        Assert.All(last.Commands, command => Assert.IsType<StatusCommand>(command));
        Assert.Equal(SettingOutcome.Verified, _bench.OutcomeOf(_target, Profile));
    }

    [Fact]
    public void Parts_that_are_longer_than_they_said_prove_nothing()
    {
        var get = WrittenAndAsked();
        Say(get, Part(s_value[..2000], size: 2500, more: true));
        var last = Say(get, Part(s_value[2000..]));
        Assert.Contains(last.Commands, command => command is StatusCommand { Command: "Results", Code: SyncStatus.SizeMismatch });
        Assert.Equal(SettingOutcome.Acknowledged, _bench.OutcomeOf(_target, Profile));
    }

    [Fact]
    public void An_object_that_another_one_cuts_off_is_told_to_have_no_end()
    {
        var get = WrittenAndAsked();
        Say(get, Part(s_value[..2000], size: Encoding.UTF8.GetByteCount(s_value), more: true));
        var cut = Say(get, new SyncItem { Source = "./DevDetail/SwV", Data = "10.0.26100.1" });
        Assert.Contains(cut.Commands, command => command is AlertCommand { Code: AlertCode.NoEndOfData });
    }

    /// <summary>The first message: written, and asked for behind it.</summary>
    /// <returns>MsgID and CmdID of the Get.</returns>
    private (int Message, string Command) WrittenAndAsked()
    {
        var commands = Answer([new AlertCommand(AlertCode.ClientInitiated, [])]).Commands.OfType<ItemCommand>().ToList();
        Assert.Equal([SyncVerb.Add, SyncVerb.Get], commands.Select(command => command.Verb));
        _acknowledgement = Status(1, commands[0].CommandId!, "Add");
        return (1, commands[1].CommandId!);
    }

    private SyncMlMessage Say((int Message, string Command) get, SyncItem item) =>
        Answer([_acknowledgement!, Status(get.Message, get.Command, "Get"), new ResultsCommand { MessageRef = get.Message, CommandRef = get.Command, Items = [item] }]);

    private static SyncItem Part(string data, int? size = null, bool more = false) =>
        new() { Source = Profile, Data = data, MoreData = more, Meta = size is null ? null : new SyncMeta("chr") { Size = size } };

    private static StatusCommand Status(int message, string command, string name) => new() { MessageRef = message, CommandRef = command, Command = name, Code = 200 };

    private SyncMlMessage Answer(IReadOnlyList<SyncCommand> commands)
    {
        var header = new SyncHeader { SessionId = "1", MessageId = ++_message, Target = "https://mdm", Source = "PC" };
        var conversation = new Conversation
        {
            Message = new SyncMlMessage(header, [.. commands.Select((command, at) => command with { CommandId = OutgoingMessage.Text(at + 1) })], true),
            Now = _bench.Now, State = SessionState.Read(_state.Write()), Evidence = _bench.Evidence, Target = _target, Facts = _bench.Facts,
        };
        var answer = SessionEngine.Answer(conversation);
        _state = conversation.State;
        return answer;
    }
}
