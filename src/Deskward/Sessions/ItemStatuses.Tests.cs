using Deskward.DesiredState;
using Deskward.Protocol.SyncMl;
using Xunit;
using static Deskward.Sessions.SessionBench;

namespace Deskward.Sessions;

/// <summary>Several items in one command: a Status for each, told apart by what it refers to.</summary>
public sealed class ItemStatusTests
{
    private static readonly string[] Paths = [Camera, Cloud, Pua];
    private static readonly int[] Codes = [200, 405, 404];

    public static TheoryData<int, int, int> Orders => new() { { 0, 1, 2 }, { 0, 2, 1 }, { 1, 0, 2 }, { 1, 2, 0 }, { 2, 0, 1 }, { 2, 1, 0 } };

    [Theory]
    [MemberData(nameof(Orders))]
    public void Each_item_gets_the_status_that_names_it_in_whatever_order_they_come(int first, int second, int third)
    {
        var (evidence, target, state, get) = Asked();
        SyncCommand[] statuses = [.. new[] { first, second, third }.Select(at => Status(get, Codes[at], Paths[at]))];
        var shown = new ResultsCommand { MessageRef = 1, CommandRef = get, Items = [new SyncItem { Source = Camera, Data = "0" }] };
        Answer(2, evidence, target, state, [.. statuses.Take(first), shown, .. statuses.Skip(first)]);
        Assert.Equal([Standing.Verified, Standing.Acknowledged, Standing.Differs], Paths.Select(path => Before(evidence, path)));
    }

    [Fact]
    public void One_status_may_name_several_items_and_one_without_a_name_is_for_all()
    {
        var (evidence, target, state, get) = Asked();
        Answer(2, evidence, target, state, [Status(get, 405, Camera, "./Vendor/MSFT/Policy/Config/Defender/allowcloudprotection"), Status(get, 404, Pua)]);
        Assert.Equal([Standing.Acknowledged, Standing.Acknowledged, Standing.Differs], Paths.Select(path => Before(evidence, path)));
        (evidence, target, state, get) = Asked();
        Answer(2, evidence, target, state, [Status(get, 404)]);
        Assert.All(Paths, path => Assert.Equal(Standing.Differs, Before(evidence, path)));
    }

    [Fact]
    public void A_status_that_names_nothing_we_asked_for_changes_nothing()
    {
        var (evidence, target, state, get) = Asked();
        Answer(2, evidence, target, state, [Status(get, 404, "./DevDetail/SwV"), Status("99", 404, Pua)]);
        Assert.All(Paths, path => Assert.Equal(Standing.Verified, Before(evidence, path)));
    }

    [Fact]
    public void Items_that_fare_alike_get_one_status_without_references_and_those_that_do_not_one_each()
    {
        var alike = Statuses(new SyncItem { Source = "./DevInfo/Man", Data = "a" }, new SyncItem { Source = "./DevInfo/Mod", Data = "b" });
        Assert.Equal([("4", 200, "", "")], alike);
        var mixed = Statuses(new SyncItem { Source = "./DevInfo/Man" }, new SyncItem { Source = "./X", Target = "./Y" }, new SyncItem { Source = "./DevInfo/Lang" });
        Assert.Equal([("4", 200, "", "./DevInfo/Man"), ("4", 405, "./Y", "./X"), ("4", 200, "", "./DevInfo/Lang")], mixed);
        Assert.Equal([("4", 405, "", "")], Statuses(new SyncItem { Source = "./X" }, new SyncItem { Source = "./Y" }));
    }

    /// <summary>Three settings that stand, and a full reading that has just asked for them with one Get.</summary>
    private static (Evidence Evidence, PlannerTarget Target, SessionState State, string Get) Asked()
    {
        var bench = new SessionBench();
        var target = Target((Pua, "1"), (Cloud, "1"), (Camera, "0"));
        bench.Run(target);
        bench.Now += TimeSpan.FromHours(24);
        bench.ReadAll();
        var (evidence, state) = (bench.Evidence, new SessionState());
        evidence.BeginSession(bench.Facts.Fingerprint, bench.Now);
        var get = Answer(1, evidence, target, state, [new AlertCommand(AlertCode.ClientInitiated, [])]).Commands.OfType<ItemCommand>().Single();
        Assert.Equal(SyncVerb.Get, get.Verb);
        return (evidence, target, state, get.CommandId!);
    }

    private static SyncMlMessage Answer(int message, Evidence evidence, PlannerTarget target, SessionState state, IReadOnlyList<SyncCommand> commands)
    {
        var bench = new SessionBench();
        return SessionEngine.Answer(new Conversation
        {
            Message = Message(message, commands), Now = bench.Now, State = state, Evidence = evidence, Target = target, Facts = bench.Facts,
        });
    }

    // What was found changed is sent again in the same answer.
    private static Standing Before(Evidence evidence, string path) => evidence.Find(path)!.Standing is Standing.Sent ? Standing.Differs : evidence.Find(path)!.Standing;

    private static List<(string?, int, string, string)> Statuses(params SyncItem[] items)
    {
        var message = Message(1, [new ItemCommand(SyncVerb.Replace, items) { CommandId = "4" }]);
        return [.. Answer(1, new Evidence(), Target(), new SessionState(), message.Commands).Commands.OfType<StatusCommand>().Where(status => status.Command == "Replace")
            .Select(status => (status.CommandRef, status.Code, string.Join(' ', status.TargetRefs), string.Join(' ', status.SourceRefs)))];
    }

    private static SyncMlMessage Message(int number, IReadOnlyList<SyncCommand> commands) => new(
        new SyncHeader { SessionId = "1", MessageId = number, Target = "https://mdm", Source = "PC" },
        [.. commands.Select((command, at) => command with { CommandId = command.CommandId ?? OutgoingMessage.Text(at + 1) })], true);

    private static StatusCommand Status(string get, int code, params string[] targets) => new() { MessageRef = 1, CommandRef = get, Command = "Get", Code = code, TargetRefs = targets };
}
