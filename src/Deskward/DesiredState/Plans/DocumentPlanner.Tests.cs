using CsCheck;
using Deskward.Faults;
using Deskward.Platform.Plans;
using Deskward.Protocol.Csp;
using Deskward.Sessions;
using Xunit;

namespace Deskward.DesiredState.Plans;

public sealed class DocumentPlannerTests
{
    private static readonly string[] Paths = [Fleet.Camera, Fleet.Cortana, Fleet.Pin, SessionBench.Rule + "/Protocol", SessionBench.Rule + "/Direction", SessionBench.Rule + "/Name", SessionBench.DomainFirewall];

    private static readonly Gen<AssignedSettings> One = Gen.Select(Gen.Enum<Layer>(), Gen.Int[0, 4].Array[Paths.Length], Gen.Bool).Select((layer, picks, isOverridable) =>
        new AssignedSettings(Guid.CreateVersion7(), Guid.CreateVersion7(), layer, [.. Paths.Zip(picks).Where(pair => pair.Second > 1).Select(pair => Setting(pair.First, pair.Second) with { IsOverridable = isOverridable })]));

    private static readonly Gen<(AssignedSettings[] All, bool[] Before, bool[] After)> Moves =
        One.Array[1, 6].SelectMany(all => Gen.Select(Gen.Bool.Array[all.Length], Gen.Bool.Array[all.Length]).Select((before, after) => (all, before, after)));

    [Fact]
    public void The_document_before_with_the_planned_flips_is_the_document_afterwards() => Moves.Sample(
        move =>
        {
            var (before, after) = (Chosen(move.All, move.Before), Chosen(move.All, move.After));
            var plan = DocumentPlanner.Plan("", [new SetTransition(Guid.CreateVersion7(), before, after, 1)], _ => "");
            var document = DocumentCompiler.Compile(before).Document.Settings.ToDictionary(setting => setting.Path, setting => setting.Value);
            foreach (var flip in plan.Changes.SelectMany(change => change.Flips))
            {
                Assert.Equal(flip.WasSet, document.Remove(flip.Path, out var was));
                Assert.Equal(flip.Before, was);
                if (flip.IsSet)
                {
                    document[flip.Path] = flip.After!;
                }
            }

            Assert.Equal(DocumentCompiler.Compile(after).Document.Settings.Select(setting => (setting.Path, setting.Value)), document.OrderBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => (pair.Key, pair.Value)));
        },
        iter: Effort.Cases(1_000, 100_000));

    [Fact]
    public void Conflicts_before_with_those_that_begin_and_without_those_that_end_are_the_conflicts_afterwards() => Moves.Sample(
        move =>
        {
            var (before, after) = (Chosen(move.All, move.Before), Chosen(move.All, move.After));
            var plan = DocumentPlanner.Plan("", [new SetTransition(Guid.CreateVersion7(), before, after, 1)], _ => "");
            var conflicts = plan.Changes.SelectMany(change => change.Conflicts).ToList();
            Assert.Equal(DocumentCompiler.Compile(after).ConflictCount, DocumentCompiler.Compile(before).ConflictCount + conflicts.Count(one => one.Begins) - conflicts.Count(one => !one.Begins));
        },
        iter: Effort.Cases(1_000, 100_000));

    [Fact]
    public void A_plan_that_is_stored_and_read_again_is_the_same() => Moves.Sample(
        move =>
        {
            var plan = DocumentPlanner.Plan("a", [new SetTransition(Guid.CreateVersion7(), Chosen(move.All, move.Before), Chosen(move.All, move.After), 3, [1, 2])], id => id.ToString());
            var copy = PlanContent.Read(PlanContent.Write(plan))!;
            Assert.Equal(plan.Flips, copy.Flips);
            Assert.Equal(plan.Conflicts.Select(one => (one.Conflict.Path, one.Conflict.Begins, string.Join(',', one.Conflict.Between), one.Pcs)), copy.Conflicts.Select(one => (one.Conflict.Path, one.Conflict.Begins, string.Join(',', one.Conflict.Between), one.Pcs)));
            Assert.Equal(plan.Sets.Select(set => (set.Set, set.Pcs, set.Change, Convert.ToHexString(set.Target!))), copy.Sets.Select(set => (set.Set, set.Pcs, set.Change, Convert.ToHexString(set.Target!))));
        },
        iter: Effort.Cases(300, 30_000));

    [Fact]
    public void Sets_in_which_the_same_others_speak_of_the_change_share_what_becomes_of_them()
    {
        var (common, other, moving) = (With((Fleet.Camera, "0")), With((Fleet.Cortana, "0")), With((Fleet.Camera, "0"), (Fleet.Pin, "6")));
        var plan = DocumentPlanner.Plan("", [Adding(moving, common), Adding(moving, common, other), Adding(moving, other)], _ => "");
        Assert.Equal((3, 2), (plan.Sets.Count, plan.Changes.Count));
        Assert.Equal([Fleet.Camera, Fleet.Pin], plan.Flips.Select(one => one.Flip.Path));
        Assert.Equal([1, 3], plan.Flips.Select(one => one.Pcs));
    }

    [Fact]
    public void PCs_whose_document_stays_the_same_are_not_in_the_plan()
    {
        var (standing, same) = (With((Fleet.Camera, "0")), With((Fleet.Camera, "0")));
        Assert.Empty(DocumentPlanner.Plan("", [Adding(same, standing)], _ => "").Sets);
    }

    [Fact]
    public void A_secret_is_in_no_plan_and_its_change_is()
    {
        var (before, after) = (Secret("hash-of-one"), Secret("hash-of-two"));
        var plan = DocumentPlanner.Plan("", [new SetTransition(Guid.Empty, [before], [after], 1)], _ => "");
        var flip = Assert.Single(plan.Flips).Flip;
        Assert.Equal((null, null, true, true), (flip.Before, flip.After, flip.WasSecret, flip.IsSecret));
        Assert.NotEqual(DocumentPlanner.Plan("", [new SetTransition(Guid.Empty, [before], [Secret("hash-of-three")], 1)], _ => "").Digest, plan.Digest);
    }

    [Fact]
    public void What_cannot_be_undone_and_what_restarts_is_told()
    {
        var plan = DocumentPlanner.Plan("", [new SetTransition(Guid.Empty, [], [With((Fleet.Camera, "0"), (SessionBench.DomainFirewall, "true"), (SessionBench.Rule + "/Name", "Web"), ("./Device/Vendor/MSFT/Policy/Config/Connectivity/AllowPhonePCLinking", "0"))], 1)], _ => "");
        var told = plan.Flips.ToDictionary(one => one.Flip.Path, one => (one.Flip.WayBack, one.Flip.Restart));
        Assert.Equal((WayBack.Delete, RestartNeed.Unknown), told[Fleet.Camera]);
        Assert.Equal(WayBack.Earlier, told[SessionBench.DomainFirewall].WayBack);
        Assert.Equal(WayBack.Delete, told[SessionBench.Rule + "/Name"].WayBack);
        Assert.Equal(RestartNeed.Yes, told["./Device/Vendor/MSFT/Policy/Config/Connectivity/AllowPhonePCLinking"].Restart);
    }

    [Fact]
    public void Every_line_about_restarts_is_about_a_node_and_names_its_source() => Assert.All(RestartFacts.All, line =>
    {
        Assert.NotNull(Catalogue.Default.Find(line.Prefix) ?? Catalogue.Default.Find(line.Prefix.Replace("./Vendor", "./Device/Vendor", StringComparison.Ordinal)) ?? Catalogue.Default.Find(line.Prefix.Replace("./Vendor", "./User/Vendor", StringComparison.Ordinal)));
        Assert.True(line.Source.Length > 10 && line.Need != RestartNeed.Unknown);
    });

    private static SetTransition Adding(AssignedSettings moving, params AssignedSettings[] standing) => new(Guid.CreateVersion7(), standing, [.. standing, moving], 1);

    private static List<AssignedSettings> Chosen(AssignedSettings[] all, bool[] isIn) => [.. all.Where((_, at) => isIn[at])];

    private static PolicySetting Setting(string path, int value) => With((path, path.EndsWith("/Direction", StringComparison.Ordinal) ? value % 2 == 0 ? "IN" : "OUT" : path.EndsWith("Firewall", StringComparison.Ordinal) ? value % 2 == 0 ? "true" : "false" : $"{value}")).Settings[0];

    private static AssignedSettings Secret(string hash) => new(Guid.CreateVersion7(), Guid.CreateVersion7(), Layer.Customer, [With((Fleet.Pin, "6")).Settings[0] with { Value = hash, Wrapped = [1] }]);

    private static AssignedSettings With(params (string Path, string Value)[] settings) => new(Guid.CreateVersion7(), Guid.CreateVersion7(), Layer.Customer,
        [.. settings.Select(setting => new PolicySetting { Path = setting.Path, Format = "chr", Value = setting.Value, Node = Catalogue.Default.Find(setting.Path), AtomicGroup = Catalogue.Default.AtomicGroupOf(setting.Path) })]);
}
