using Deskward.Sessions;

namespace Deskward.Faults;

/// <summary>The settings that fault tests work with: of each kind that is written, read and taken away in another manner.</summary>
internal static class Wishes
{
    internal const string Location = "./Device/Vendor/MSFT/Policy/Config/System/AllowLocation";
    internal const string Assistance = "./Device/Vendor/MSFT/Policy/Config/RemoteAssistance/SolicitedRemoteAssistance";

    /// <summary>Each path with the values it may be given. A rule of the firewall goes in one Atomic, a profile of it cannot be deleted.</summary>
    internal static IReadOnlyList<(string Path, string[] Values)> All { get; } =
    [
        (SessionBench.Pua, ["0", "1", "2"]),
        (SessionBench.Cloud, ["0", "1"]),
        (SessionBench.Camera, ["0", "1"]),
        (Location, ["0", "1", "2"]),
        (Assistance, ["<disabled/>", "<enabled/><data id=\"RA_Solicit_Control_List\" value=\"1\"/><data id=\"RA_Solicit_ExpireValue_List\" value=\"6\"/><data id=\"RA_Solicit_ExpireUnits_List\" value=\"1\"/><data id=\"RA_Solicit_Mailto_List\" value=\"0\"/>"]),
        (SessionBench.Rule + "/Name", ["Web", "Web 2"]),
        (SessionBench.Rule + "/Protocol", ["6"]),
        (SessionBench.Rule + "/LocalPortRanges", ["80", "443"]),
        (SessionBench.Rule + "/Direction", ["IN"]),
        (SessionBench.Rule + "/Action/Type", ["0", "1"]),
        (SessionBench.DomainFirewall, ["true", "false"]),
        (SessionBench.PublicFirewall, ["true", "false"]),
        (SessionBench.UserSetting, ["Upstairs", "Downstairs"]),
    ];

    /// <summary>Something of each kind, in a first or another version.</summary>
    internal static (string Path, string Value)[] Some(int version) => [.. All.Select(wish => (wish.Path, wish.Values[version % wish.Values.Length]))];
}
