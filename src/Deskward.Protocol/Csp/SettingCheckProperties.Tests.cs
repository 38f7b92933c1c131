using CsCheck;
using Deskward.Protocol.Tests;
using Xunit;

namespace Deskward.Protocol.Csp;

public sealed class SettingCheckPropertiesTests
{
    private static readonly Catalogue Catalogue = Catalogue.Default;

    private static readonly Gen<CatalogueNode> Node = OneOf([.. Catalogue.Nodes.Where(node => node.IsSetting)]);

    private static readonly Gen<string> Value = Gen.OneOf(
        Gen.Int.Select(number => number.ToString(null, null)),
        OneOf("true", "False", "1", "0", "<enabled/>", "<Disabled /><data ID='a' value='&#xF000;'/>", "<a/>", "{}", "QUJD", "a;b|c,d", "\"1\"", " 2 ", ""),
        Gen.String[0, 12]);

    [Fact]
    public void What_was_accepted_is_accepted_again_as_it_stands() => Gen.Select(Node, Value).Sample((node, value) =>
    {
        if (Catalogue.Check(Concrete(node), null, value) is CheckedSetting first)
        {
            var second = Assert.IsType<CheckedSetting>(Catalogue.Check(first.Path, first.Format, first.Value));
            Assert.Equal(first with { Changes = SettingChanges.None }, second);
        }
    }, iter: Effort.Cases(20_000, 1_000_000));

    [Fact]
    public void The_canonical_value_means_what_was_given() => Gen.Select(Node, Value).Sample((node, value) =>
    {
        if (Catalogue.Check(Concrete(node), null, value) is CheckedSetting setting && !setting.Changes.HasFlag(SettingChanges.Quotes))
        {
            var given = node.Allowed.Delimiter == "\uF000" ? value.Replace("&#xF000;", "\uF000", StringComparison.Ordinal) : value;
            Assert.True(CanonicalValue.Same(node, setting.Value, given));
        }
    }, iter: Effort.Cases(20_000, 1_000_000));

    [Fact]
    public void A_repair_is_always_accepted() => Gen.Select(Node, Value, Gen.Int[0, 200]).Sample((node, value, at) =>
    {
        var path = Concrete(node);
        var slip = path.Remove(at % path.Length, 1);
        if (Catalogue.Check(slip, null, value) is SettingRefusal { Repair: { } repair })
        {
            Assert.IsType<CheckedSetting>(Catalogue.Check(repair.Path, null, repair.Value));
        }
    }, iter: Effort.Cases(300, 15_000));

    [Fact]
    public void Canonical_spelling_is_stable() => Gen.Select(Node, Gen.String[1, 20]).Sample((node, name) =>
    {
        var path = string.Join('/', node.Path.Split('/').Select(segment => segment.StartsWith('{') ? Uri.EscapeDataString(name) : segment));
        var canonical = Catalogue.CanonicalPath(path);
        Assert.Equal(canonical, Catalogue.CanonicalPath(canonical));
    }, iter: Effort.Cases(20_000, 1_000_000));

    private static Gen<T> OneOf<T>(params T[] all) => Gen.Int[0, all.Length - 1].Select(at => all[at]);

    // A GUID in braces satisfies every rule for names.
    private static string Concrete(CatalogueNode node) => string.Join('/', node.Path.Split('/').Select(segment =>
        segment == "{AreaName}" ? "App~Policy~Area" : segment.StartsWith('{') ? "%7B0d9a2c55-3b1e-4c7a-9a44-5f0c2f6f1d10%7D" : segment));
}
