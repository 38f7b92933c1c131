using CsCheck;
using Deskward.Faults;
using Deskward.Protocol.Csp;
using Xunit;

namespace Deskward.DesiredState;

public sealed class DocumentCompilerTests
{
    private const string Rule = "./Vendor/MSFT/Firewall/MdmStore/FirewallRules/Web";
    private static readonly string[] Paths = [Fleet.Camera, Fleet.Cortana, Fleet.Pin, Rule + "/Protocol", Rule + "/Direction"];

    [Fact]
    public void No_path_is_sent_twice_and_none_is_both_sent_and_disputed() => Assigned.Sample(assigned =>
    {
        var document = DocumentCompiler.Compile(assigned).Document;
        Assert.Equal([.. document.Settings.Select(setting => setting.Path).Concat(document.Disputed).Distinct(StringComparer.OrdinalIgnoreCase).Order(StringComparer.Ordinal)],
            document.Settings.Select(setting => setting.Path).Concat(document.Disputed).Order(StringComparer.Ordinal));
    }, iter: Effort.Cases(500, 50_000));

    [Fact]
    public void The_order_of_the_assignments_does_not_matter() => Assigned.SelectMany(all => Gen.Shuffle(all.ToArray()).Select(shuffled => (all, shuffled))).Sample(pair =>
        DocumentCompiler.Compile(pair.all).Document.Hash.AsSpan().SequenceEqual(DocumentCompiler.Compile(pair.shuffled).Document.Hash)
        && DocumentCompiler.Compile(pair.all).ConflictCount == DocumentCompiler.Compile(pair.shuffled).ConflictCount, iter: Effort.Cases(500, 50_000));

    [Fact]
    public void Assigning_what_already_stands_changes_nothing() => Assigned.Sample(assigned =>
    {
        var document = DocumentCompiler.Compile(assigned).Document;
        var settings = document.Settings.Select(setting => new PolicySetting { Path = setting.Path, Format = setting.Format, Value = setting.Value, AtomicGroup = setting.AtomicGroup });
        var again = DocumentCompiler.Compile([new AssignedSettings(Guid.CreateVersion7(), Guid.Empty, Layer.Foundation, [.. settings])]).Document;
        Assert.Equal(document.Settings.Select(setting => (setting.Path, setting.Value)), again.Settings.Select(setting => (setting.Path, setting.Value)));
    }, iter: Effort.Cases(500, 50_000));

    [Fact]
    public void In_one_layer_a_conflict_does_not_ask_who_came_first() => Gen.Select(One(Gen.Const(Layer.Customer)), One(Gen.Const(Layer.Customer))).Sample((one, other) =>
        DocumentCompiler.Compile([one, other]).Document.Disputed.SequenceEqual(DocumentCompiler.Compile([other, one]).Document.Disputed), iter: Effort.Cases(500, 50_000));

    [Fact]
    public void A_document_stored_and_read_again_is_the_same() => Assigned.Sample(assigned =>
    {
        var compiled = DocumentCompiler.Compile(assigned);
        var content = DocumentContent.Unpack(DocumentContent.Of(compiled).Pack());
        var again = content.ToDocument(compiled.Document.Hash, [.. content.Sources.Select(source => assigned.Single(one => one.AssignmentId == source.AssignmentId))]);
        Assert.Equal(compiled.Document.Settings, again?.Settings);
        Assert.Equal(compiled.Document.Disputed, again?.Disputed);
    }, iter: Effort.Cases(200, 20_000));

    [Fact]
    public void One_disputed_part_withholds_the_whole_of_what_must_be_written_whole()
    {
        var document = DocumentCompiler.Compile([With(Layer.Customer, (Rule + "/Protocol", "6"), (Rule + "/Direction", "IN"), (Fleet.Pin, "6")), With(Layer.Customer, (Rule + "/Protocol", "17"))]).Document;
        Assert.Equal([Fleet.Pin], document.Settings.Select(setting => setting.Path));
        Assert.Equal([Rule + "/Direction", Rule + "/Protocol"], document.Disputed);
    }

    [Fact]
    public void A_path_is_the_same_in_any_spelling_of_a_name()
    {
        var compiled = DocumentCompiler.Compile([With(Layer.Foundation, (Rule + "/Protocol", "6")), With(Layer.Customer, ("./vendor/MSFT/Firewall/MdmStore/firewallrules/WEB/Protocol", "17"))]);
        Assert.Equal((1, "6"), (compiled.ConflictCount, Assert.Single(compiled.Document.Settings).Value));
    }

    [Fact]
    public void Values_that_mean_the_same_are_no_conflict()
    {
        const string Admx = "./Device/Vendor/MSFT/Policy/Config/Autoplay/DisallowAutoplayForNonVolumeDevices";
        Assert.Equal(0, DocumentCompiler.Compile([With(Layer.Customer, (Admx, "<enabled/>")), With(Layer.Customer, (Admx, "<Enabled />"))]).ConflictCount);
    }

    [Fact]
    public void Who_asks_for_a_document_is_not_part_of_its_hash()
    {
        var (one, other) = (With(Layer.Foundation, (Fleet.Pin, "6")), With(Layer.Customer, (Fleet.Pin, "6")));
        Assert.Equal(DocumentCompiler.Compile([one]).Document.Hash, DocumentCompiler.Compile([other]).Document.Hash);
        Assert.NotEqual(DocumentCompiler.Compile([one]).Document.Hash, DocumentCompiler.Compile([With(Layer.Foundation, (Fleet.Pin, "7"))]).Document.Hash);
    }

    private static Gen<IReadOnlyList<AssignedSettings>> Assigned => One(Gen.Enum<Layer>()).List[0, 5].Select(list => (IReadOnlyList<AssignedSettings>)list);

    private static Gen<AssignedSettings> One(Gen<Layer> layers) => Gen.Select(
        layers, Gen.Select(Gen.Int[0, Paths.Length - 1], Gen.Int[0, 2], Gen.Bool).Array[0, 5]).Select((layer, wishes) => new AssignedSettings(Guid.CreateVersion7(), Guid.Empty, layer,
            [.. wishes.DistinctBy(wish => wish.Item1).Select(wish => Setting(Paths[wish.Item1], $"{wish.Item2}", wish.Item3))]));

    private static AssignedSettings With(Layer layer, params (string Path, string Value)[] settings) =>
        new(Guid.CreateVersion7(), Guid.Empty, layer, [.. settings.Select(setting => Setting(setting.Path, setting.Value, false))]);

    private static PolicySetting Setting(string path, string value, bool overridable) => new()
    {
        Path = Catalogue.Default.CanonicalPath(path)!, Format = "chr", Value = value, IsOverridable = overridable,
        Node = Catalogue.Default.Find(path), AtomicGroup = Catalogue.Default.AtomicGroupOf(path),
    };
}
