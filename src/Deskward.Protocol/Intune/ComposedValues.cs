using System.Text;

namespace Deskward.Protocol.Intune;

/// <summary>Groups of the settings catalogue that Intune sends as one value of its own form.</summary>
internal static class ComposedValues
{
    private const string Rules = "./Device/Vendor/MSFT/Policy/Config/Defender/AttackSurfaceReductionRules";
    private const string Members = "./Device/Vendor/MSFT/Policy/Config/LocalUsersAndGroups/Configure";

    // Microsoft's reference of the rules; the names are those of the settings catalogue.
    private static readonly Dictionary<string, string> RuleIds = new(StringComparer.Ordinal)
    {
        ["blockabuseofexploitedvulnerablesigneddrivers"] = "56a863a9-875e-4185-98a7-b882c64b5ce5",
        ["blockadobereaderfromcreatingchildprocesses"] = "7674ba52-37eb-4a4f-a9a1-f0f9a1619a2c",
        ["blockallofficeapplicationsfromcreatingchildprocesses"] = "d4f940ab-401b-4efc-aadc-ad5f3c50688a",
        ["blockcredentialstealingfromwindowslocalsecurityauthoritysubsystem"] = "9e6c4e1f-7d60-472f-ba1a-a39ef669e4b2",
        ["blockexecutablecontentfromemailclientandwebmail"] = "be9ba2d9-53ea-4cdc-84e5-9b1eeee46550",
        ["blockexecutablefilesrunningunlesstheymeetprevalenceagetrustedlistcriterion"] = "01443614-cd74-433a-b99e-2ecdc07bfc25",
        ["blockexecutionofpotentiallyobfuscatedscripts"] = "5beb7efe-fd9a-4556-801d-275e5ffc04cc",
        ["blockjavascriptorvbscriptfromlaunchingdownloadedexecutablecontent"] = "d3e037e1-3eb8-44c8-a917-57927947596d",
        ["blockofficeapplicationsfromcreatingexecutablecontent"] = "3b576869-a4ec-4529-8536-b80a7769e899",
        ["blockofficeapplicationsfrominjectingcodeintootherprocesses"] = "75668c1f-73b5-4cf0-bb93-3ecf5cb7cc84",
        ["blockofficecommunicationappfromcreatingchildprocesses"] = "26190899-1602-49e8-8b27-eb1d0a1ce869",
        ["blockpersistencethroughwmieventsubscription"] = "e6db77e5-3df2-4cf1-b95a-636979351e5b",
        ["blockprocesscreationsfrompsexecandwmicommands"] = "d1e49aac-8f56-4280-b9ba-993a6d77406c",
        ["blockrebootingmachineinsafemode"] = "33ddedf1-c6e0-47cb-833e-de6133960387",
        ["blockuntrustedunsignedprocessesthatrunfromusb"] = "b2b3f03d-6a65-4f7b-a9c7-1c7ef74a9ba4",
        ["blockuseofcopiedorimpersonatedsystemtools"] = "c0033c00-d16d-4114-a5a0-dc9b3a7d2ceb",
        ["blockwebshellcreationforservers"] = "a8f5898e-1dc8-49a9-9878-85004b8a61e6",
        ["blockwin32apicallsfromofficemacros"] = "92e97fa1-2edf-4476-bdd6-9dd0b4dddc7b",
        ["useadvancedprotectionagainstransomware"] = "c1db55ab-c21a-4637-bb3f-a12568109d35",
    };

    private static readonly Dictionary<string, string> Modes = new(StringComparer.OrdinalIgnoreCase) { ["off"] = "0", ["block"] = "1", ["audit"] = "2", ["warn"] = "6" };

    // Well-known identifiers, because the names of the groups differ by the language of Windows.
    private static readonly Dictionary<string, string> GroupIds = new(StringComparer.OrdinalIgnoreCase)
    {
        ["administrators"] = "S-1-5-32-544",
        ["users"] = "S-1-5-32-545",
        ["guests"] = "S-1-5-32-546",
        ["powerusers"] = "S-1-5-32-547",
        ["remotedesktopusers"] = "S-1-5-32-555",
        ["remotemanagementusers"] = "S-1-5-32-580",
    };

    /// <summary>How the value of that node is composed; null when it is no such node.</summary>
    public static Action<ImportSheet, SettingInstance, string, int>? For(string path) =>
        path.Equals(Rules, StringComparison.Ordinal) ? ComposeRules : path.Equals(Members, StringComparison.Ordinal) ? ComposeMembers : null;

    /// <summary>Attack surface reduction: <c>rule=mode|rule=mode</c>.</summary>
    private static void ComposeRules(ImportSheet sheet, SettingInstance instance, string path, int depth)
    {
        var row = sheet.Begin(instance.Id, depth);
        var parts = Parts.Of(sheet, instance, depth);
        var (taken, value) = (new List<ImportRow>(), new List<string>());
        foreach (var rule in instance.Children)
        {
            var own = parts.RowOf(rule);
            own.LocUri = path;
            var mode = rule.Values is [var one] ? CatalogueFlattener.Suffix(rule.Id, one.Text) : "";
            if (!RuleIds.TryGetValue(CatalogueFlattener.Suffix(instance.Id, rule.Id), out var id))
            {
                own.Refuse(Reasons.NoNode(rule.Id));
            }
            else if (!Modes.TryGetValue(mode, out var number))
            {
                own.Refuse(Reasons.NoChoice(mode));
            }
            else
            {
                value.Add($"{id}={number}");
                own.Value = value[^1];
                taken.Add(own);
            }
            foreach (var below in rule.Children)
            {
                parts.RowOf(below).Refuse(Reasons.Exclusions);
            }
        }
        if (value.Count == 0)
        {
            row.Refuse(Reasons.Missing);
            return;
        }
        sheet.Compose(row, taken, path, string.Join('|', value), taken.Count == parts.Rows.Count ? null : Reasons.WithoutParts);
    }

    /// <summary>Members of local groups: a GroupConfiguration document (Policy CSP, LocalUsersAndGroups).</summary>
    private static void ComposeMembers(ImportSheet sheet, SettingInstance instance, string path, int depth)
    {
        var row = sheet.Begin(instance.Id, depth);
        var parts = Parts.Of(sheet, instance, depth);
        var document = new StringBuilder("<GroupConfiguration>");
        foreach (var access in instance.Children.SelectMany(one => one.Id.EndsWith("_accessgroup", StringComparison.Ordinal) ? one.Values : []))
        {
            if (AccessGroup(access) is not { } text)
            {
                row.Refuse(Reasons.NoChoice(instance.Id));
                parts.Rows.ForEach(part => part.Refuse(Reasons.Without(instance.Id)));
                return;
            }
            document.Append(text);
        }
        sheet.Compose(row, parts.Rows, path, document.Append("</GroupConfiguration>").ToString());
    }

    private static string? AccessGroup(InstanceValue access)
    {
        var all = Below(access).ToList();
        var action = Texts("_action").FirstOrDefault() ?? "";
        var groups = Texts("_desc").Select(group => GroupIds.GetValueOrDefault(group)).ToList();
        if (groups.Count == 0 || groups.Contains(null) || action is not ("add_restrict" or "add_update" or "remove_update"))
        {
            return null;
        }
        var members = string.Concat(Texts("_users").Select(member => $"<{(action == "remove_update" ? "remove" : "add")} member=\"{Escaped(member)}\"/>"));
        return string.Concat(groups.Select(group => $"<accessgroup desc=\"{group}\"><group action=\"{(action == "add_restrict" ? "R" : "U")}\"/>{members}</accessgroup>"));

        IEnumerable<string> Texts(string ending) => all.Where(part => part.Id.EndsWith("_accessgroup" + ending, StringComparison.Ordinal))
            .SelectMany(part => part.Values.Select(value => CatalogueFlattener.Suffix(part.Id, value.Text)));
    }

    private static IEnumerable<SettingInstance> Below(InstanceValue value) => value.Children.SelectMany(child => child.Values.SelectMany(Below).Prepend(child));

    private static string Escaped(string text) => text.Replace("&", "&amp;", StringComparison.Ordinal).Replace("<", "&lt;", StringComparison.Ordinal).Replace("\"", "&quot;", StringComparison.Ordinal);
}
