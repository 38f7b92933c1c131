using Deskward.DesiredState;
using Deskward.Protocol.Csp;

namespace Deskward.Benchmarks.LargeFleet;

/// <summary>Settings that the catalogue accepts and the baseline does not hold.</summary>
internal static class SettingPicker
{
    private const string Policies = "./Device/Vendor/MSFT/Policy/Config/";

    internal static IReadOnlyList<SettingLine> Pick(IReadOnlySet<string> without, int skip, int take) =>
    [
        .. Catalogue.Default.Nodes
            .Where(node => node.IsSetting && node.AtomicRoot is null && node.Format == "int" && node.Allowed.Kind == AllowedKind.Enumeration
                && node.Path.StartsWith(Policies, StringComparison.Ordinal) && !node.Path.Contains('{', StringComparison.Ordinal) && !without.Contains(node.Path))
            .Select(node => Catalogue.Default.Check(node.Path, null, node.Allowed.Values[0])).OfType<CheckedSetting>()
            .Skip(skip).Take(take).Select((setting, at) => new SettingLine { Line = at + 1, Path = setting.Path, Value = setting.Value }),
    ];
}
