using Deskward.DesiredState;
using Deskward.Protocol.SyncMl;
using Deskward.Protocol.Tests;
using Xunit;
using static Deskward.Sessions.SessionBench;

namespace Deskward.Sessions;

/// <summary>A setting that is longer than a message (OMA DM 1.2.1, 6 and 7).</summary>
[Collection(nameof(Measured))]
public sealed class LargeSettingTests
{
    private const string Profile = "./Device/Vendor/MSFT/WiFi/Profile/Office/WlanXml";
    private readonly SessionBench _bench = new() { SizeLimit = 4096 };

    [Fact]
    public void Only_its_last_part_ends_our_package_and_each_part_stands_alone()
    {
        var target = Target((Profile, Xml(12_000)), (Pua, "1"));
        _bench.Run(target);
        var parts = _bench.Answers.Where(answer => answer.Commands.OfType<ItemCommand>().Any(command => command.Items[0].Target == Profile && command.Verb != SyncVerb.Get)).ToList();
        Assert.InRange(parts.Count, 4, 8);
        Assert.All(parts, part => Assert.Single(part.Commands, command => command is not StatusCommand));
        Assert.Equal([.. Enumerable.Repeat((true, false), parts.Count - 1), (false, true)], parts.Select(part => (part.Commands.OfType<ItemCommand>().Single().Items[0].MoreData, part.Final)));
        Assert.All(_bench.Answers.Except(parts), answer => Assert.True(answer.Final));
        Assert.True(_bench.IsSettled(target));
        Assert.Empty(_bench.Violations);
    }

    [Fact]
    public void The_first_part_says_how_long_it_is_and_the_others_repeat_what_it_is()
    {
        var value = Xml(9_000);
        _bench.Run(Target((Profile, value)));
        var metas = _bench.Answers.SelectMany(answer => answer.Commands.OfType<ItemCommand>()).Where(command => command.Verb == SyncVerb.Add).Select(command => command.Items[0].Meta!).ToList();
        Assert.Equal([value.Length, .. Enumerable.Repeat((long?)null, metas.Count - 1)], metas.Select(meta => meta.Size));
        Assert.All(metas, meta => Assert.Equal((metas[0].Format, "text/plain"), (meta.Format, meta.Type)));
    }

    [Fact]
    public void A_part_that_the_pc_refuses_ends_the_object_and_the_session_goes_on()
    {
        var target = Target((Profile, Xml(12_000)), (Pua, "1"));
        var talk = new Talk(target, 4096);
        var first = talk.Say(new AlertCommand(AlertCode.ClientInitiated, []));
        Assert.False(first.Final);
        var next = talk.Say(isFinal: false, Talk.Status(first, SyncStatus.DeviceFull), new AlertCommand(AlertCode.NextMessage, []));
        Assert.True(next.Final);
        Assert.Equal([(SyncVerb.Replace, Pua), (SyncVerb.Get, Pua)], next.Commands.OfType<ItemCommand>().Select(command => (command.Verb, command.Items[0].Target!)));
        Assert.Equal(SettingOutcome.Failed, ProgressOutcomes.Of(target, talk.Evidence, talk.Facts).Single(outcome => outcome.Path == Profile).Outcome);
    }

    [Fact]
    public void A_pc_that_takes_no_objects_of_this_length_gets_none()
    {
        var target = Target((Profile, Xml(12_000)));
        var talk = new Talk(target, 4096) { LongestObject = 10_000 };
        Assert.Empty(talk.Say(new AlertCommand(AlertCode.ClientInitiated, [])).Commands.OfType<ItemCommand>());
        Assert.Equal((413, Standing.Failed), (talk.Evidence.Find(Profile)!.Status, talk.Evidence.Find(Profile)!.Standing));
    }

    [Fact]
    public void While_the_pc_is_still_at_work_no_part_follows()
    {
        var talk = new Talk(Target((Profile, Xml(12_000))), 4096);
        var first = talk.Say(new AlertCommand(AlertCode.ClientInitiated, []));
        var waits = talk.Say(isFinal: false, new AlertCommand(AlertCode.ClientEvent, [new SyncItem { Meta = new SyncMeta(Type: AlertCode.PendingType), Data = "1" }]));
        Assert.Equal((false, AlertCode.NextMessage), (waits.Final, Assert.IsType<AlertCommand>(waits.Commands[^1]).Code));
        var next = talk.Say(isFinal: false, Talk.Status(first, SyncStatus.ChunkAccepted), new AlertCommand(AlertCode.NextMessage, []));
        Assert.Single(next.Commands.OfType<ItemCommand>());
    }

    [Fact]
    public void A_package_of_the_pc_that_is_not_complete_is_asked_for_and_the_request_is_not_final()
    {
        var asked = new Talk(Target((Pua, "1")), 4096).Say(isFinal: false, new AlertCommand(AlertCode.ClientInitiated, []));
        Assert.False(asked.Final);
        Assert.Equal([AlertCode.NextMessage], asked.Commands.Where(command => command is not StatusCommand).Select(command => Assert.IsType<AlertCommand>(command).Code));
    }

    [Fact]
    public void Twice_the_length_costs_at_most_two_and_a_half_times_the_time()
    {
        Assert.True(Growth.IsLinear(times =>
        {
            var target = Target((Profile, Xml(62_500 * times)));
            return () => Assert.InRange(Parts(target), 6 * times, 8 * times);
        }));
    }

    /// <summary>How many messages it takes to send the whole.</summary>
    private static int Parts(PlannerTarget target)
    {
        var talk = new Talk(target, 10_000);
        var answer = talk.Say(new AlertCommand(AlertCode.ClientInitiated, []));
        var parts = 1;
        for (; !answer.Final; parts++)
        {
            answer = talk.Say(isFinal: false, Talk.Status(answer, SyncStatus.ChunkAccepted));
        }

        return parts;
    }

    private static string Xml(int length) => "<a>" + new string('x', length - 7) + "</a>";

    /// <summary>A PC that says what a test wants.</summary>
    private sealed class Talk(PlannerTarget target, int limit)
    {
        private readonly SessionState _state = new();
        private int _message;

        internal Evidence Evidence { get; } = new();

        internal long? LongestObject { get; init; }

        internal PlannerFacts Facts { get; } = new SessionBench().Facts;

        internal SyncMlMessage Say(params SyncCommand[] commands) => Say(isFinal: true, commands);

        internal SyncMlMessage Say(bool isFinal, params SyncCommand[] commands)
        {
            var header = new SyncHeader { SessionId = "1", MessageId = ++_message, Target = "https://mdm", Source = "PC", MaxObjectSize = LongestObject };
            return SessionEngine.Answer(new Conversation
            {
                Message = new SyncMlMessage(header, [.. commands.Select((command, at) => command with { CommandId = OutgoingMessage.Text(at + 1) })], isFinal),
                Now = Facts.Now, State = _state, Evidence = Evidence, Target = target, Facts = Facts, SizeLimit = limit,
            });
        }

        internal static StatusCommand Status(SyncMlMessage answered, int code)
        {
            var command = answered.Commands.OfType<ItemCommand>().Single();
            return new StatusCommand { MessageRef = answered.Header.MessageId, CommandRef = command.CommandId!, Command = command.Verb.ToString(), Code = code };
        }
    }
}
