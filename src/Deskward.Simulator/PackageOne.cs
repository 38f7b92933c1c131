using Deskward.Protocol.SyncMl;

namespace Deskward.Simulator;

/// <summary>The first message of a session, in the order and form of Windows 11 25H2 (protocol facts 2.3).</summary>
internal static class PackageOne
{
    private static readonly string[] s_names = ["DevId", "Man", "Mod", "DmV", "Lang"];

    public static IReadOnlyList<SyncCommand> Commands(SessionSetting setting) =>
    [
        new AlertCommand(AlertCode.ClientInitiated, []),
        new AlertCommand(AlertCode.ClientEvent,
        [
            new SyncItem { Meta = new SyncMeta(Type: AlertCode.LoginStatusType), Data = Text(setting.Tree.Login) },
        ]),
        .. setting.Leaves ? [Leaving] : setting.Tree.Actions.Alerts,
        new ItemCommand(SyncVerb.Replace, [.. s_names.Select(name => new SyncItem { Source = "./DevInfo/" + name, Data = setting.Tree.Facts.Value("./DevInfo/" + name) })]),
    ];

    private static AlertCommand Leaving => new(AlertCode.Generic,
    [
        new SyncItem { Meta = new SyncMeta("int", AlertCode.UnenrolType) { Mark = "critical" }, Data = "1" },
    ]);

    private static string Text(LoginStatus login) => login switch
    {
        LoginStatus.User => "user",
        LoginStatus.Others => "others",
        _ => "none",
    };
}
