using CsCheck;
using Deskward.Faults;
using Deskward.Sessions;
using Xunit;
using static Deskward.Sessions.SessionBench;

namespace Deskward.DesiredState;

public sealed class PlannerTests
{
    private static readonly long Cases = Effort.Cases(150, 5000);

    private static readonly (string Path, string[] Values)[] Pool =
    [
        (Pua, ["0", "1", "2"]), (Cloud, ["0", "1"]), (Camera, ["0", "1"]), (DomainFirewall, ["true", "false"]), (PublicFirewall, ["true", "false"]),
        (Rule + "/Name", ["Web", "Net"]), (Rule + "/Direction", ["IN", "OUT"]), (Rule + "/Enabled", ["true", "false"]),
        ("./Device/Vendor/MSFT/WiFi/Profile/Office/WlanXml", ["<a>1</a>", "<a>2</a>"]), ("./Device/Vendor/MSFT/WiFi/Profile/Home/WlanXml", ["<a>3</a>"]),
        (UserSetting, ["One", "Two"]),
    ];

    private static readonly Gen<(string, string)[]> Settings =
        Gen.Select(Gen.Int[0, 3].Array[Pool.Length], picks => Pool.Zip(picks).Where(pair => pair.Second > 0).Select(pair => (pair.First.Path, pair.First.Values[(pair.Second - 1) % pair.First.Values.Length])).ToArray());

    [Fact]
    public void After_B_was_cut_at_any_message_nothing_of_it_remains_under_C()
    {
        var (a, b, c) = (Target((Pua, "1")), Target((Cloud, "1"), (Rule + "/Name", "Web"), (Rule + "/Direction", "OUT")), Target((Camera, "0")));
        for (var cut = 1; cut <= 6; cut++)
        {
            var bench = new SessionBench();
            bench.Run(a);
            bench.Run(b, dieAfter: cut);
            bench.Run(c);
            Assert.Equal([Camera], bench.Tree.Settings.Select(setting => setting.Key));
        }
    }

    [Fact]
    public void Whatever_changes_and_wherever_sessions_break_off_a_pc_ends_with_what_is_wanted() =>
        Gen.Select(Settings, Gen.Int[0, 6], Gen.Bool).Array[1, 5].Sample(
            steps =>
            {
                var bench = new SessionBench();
                var initial = new Dictionary<string, string?> { [PublicFirewall] = bench.Tree.Read(PublicFirewall), [DomainFirewall] = bench.Tree.Read(DomainFirewall) };
                foreach (var (settings, cut, user) in steps)
                {
                    bench.Login = user ? "user" : "none";
                    bench.Run(Target(settings), cut == 0 ? null : cut);
                }

                bench.Login = "user";
                var last = Target(steps[^1].Item1);
                bench.Run(last);
                bench.Run(last);
                AssertHeld(bench, last, initial);
            },
            iter: Cases,
            threads: 1);

    [Fact]
    public void A_change_of_the_build_opens_what_was_not_applicable()
    {
        var bench = new SessionBench();
        bench.Faults.FailNode(Pua, 404, times: 1);
        bench.Run(Target((Pua, "1")));
        bench.Evidence.Know(1);
        bench.Run(Target((Pua, "1")));
        Assert.Equal("1", bench.Tree.Read(Pua));
    }

    [Fact]
    public void Evidence_survives_being_stored()
    {
        var bench = new SessionBench();
        bench.Faults.FailNode(Camera, 500);
        bench.Run(Target((Pua, "1"), (Camera, "0"), (PublicFirewall, "true")));
        var copy = EvidenceCodec.Read(EvidenceCodec.Write(bench.Evidence))!;
        Assert.Equal(bench.Evidence.Entries.Select(Text).Order(), copy.Entries.Select(Text).Order());
        Assert.Null(EvidenceCodec.Read([1, 2, 3, 4]));
        Assert.Null(EvidenceCodec.Read([9, 2, 3, 4]));
    }

    private static string Text(EvidenceEntry entry) =>
        $"{entry.Path} {entry.Standing} {entry.Value} {entry.At:O} {entry.ReadAt:O} {entry.Attempts} {entry.RetryAt:O} {entry.Status} {entry.Detail} {entry.Exists} {entry.Original} {entry.Tries}";

    private static void AssertHeld(SessionBench bench, PlannerTarget target, Dictionary<string, string?> initial)
    {
        var wanted = target.Settings.ToDictionary(setting => setting.Path, setting => setting.Setting.Value);
        foreach (var (path, value) in bench.Tree.Settings)
        {
            var expected = wanted.GetValueOrDefault(path) ?? initial.GetValueOrDefault(path) ?? Protocol.Csp.Catalogue.Default.Find(path)?.DefaultValue;
            Assert.Equal(expected, value);
        }

        Assert.All(target.Settings, setting => Assert.Contains(bench.OutcomeOf(target, setting.Path), new[] { SettingOutcome.Verified, SettingOutcome.Acknowledged }));
        Assert.True(bench.IsSettled(target));
        Assert.Empty(bench.Violations);
    }
}
