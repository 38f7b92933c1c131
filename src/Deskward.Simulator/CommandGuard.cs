using Deskward.Protocol.Xml;

namespace Deskward.Simulator;

/// <summary>The same for the commands of a message: order of the elements (OMA-SyncML-RepPro DTD), ids, addresses, Meta, what may stand in an Atomic.</summary>
internal sealed class CommandGuard(Findings found)
{
    private static readonly string[] s_status = ["CmdID", "MsgRef", "CmdRef", "Cmd", "TargetRef", "SourceRef", "Cred", "Chal", "Data", "Item"];
    private static readonly string[] s_alert = ["CmdID", "NoResp", "Cred", "Data", "Correlator", "Item"];
    private static readonly string[] s_get = ["CmdID", "NoResp", "Lang", "Cred", "Meta", "Item"];
    private static readonly string[] s_change = ["CmdID", "NoResp", "Cred", "Meta", "Item"];
    private static readonly string[] s_exec = ["CmdID", "NoResp", "Cred", "Meta", "Correlator", "Item"];
    private static readonly string[] s_item = ["Target", "Source", "SourceParent", "TargetParent", "Meta", "Data", "MoreData"];

    private readonly HashSet<string> _ids = new(StringComparer.Ordinal);

    /// <summary>Whether an item goes on in the next message.</summary>
    public bool SawMoreData { get; private set; }

    public void Check(Element command, string? inside = null)
    {
        switch (command.Name)
        {
            case "Final" when inside is null:
                return;
            case "Status" when inside is null:
                CheckOrder(command, s_status, found);
                break;
            case "Alert" when inside is null:
                CheckOrder(command, s_alert, found);
                break;
            case "Get":
                found.Need(inside != "Atomic", "atomic", "there is a Get in an Atomic");
                CheckItems(command, s_get);
                break;
            case "Add" or "Replace" or "Delete":
                CheckItems(command, s_change);
                break;
            case "Exec":
                found.Need(command.ChildrenNamed("Item").Count() == 1, "exec", "an Exec has not exactly one Item");
                CheckItems(command, s_exec);
                break;
            case "Atomic" or "Sequence":
                CheckGroup(command, inside);
                break;
            default:
                found.Add("command", $"{command.Name} may not stand in {inside ?? "SyncBody"} of a message to a PC");
                return;
        }
        CheckId(command);
    }

    /// <summary>Whether the children come in the order of the DTD and none is unknown.</summary>
    public static void CheckOrder(Element parent, string[] order, Findings found)
    {
        var at = 0;
        foreach (var child in parent.Children)
        {
            var index = Array.IndexOf(order, child.Name);
            if (index < 0 || index < at)
            {
                found.Add("order", $"{child.Name} stands in {parent.Name} where the DTD has none");
                return;
            }
            at = index;
        }
    }

    private void CheckGroup(Element group, string? inside)
    {
        found.Need(group.Name != "Atomic" || inside != "Atomic", "atomic", "an Atomic in an Atomic");
        var commands = group.Children.SkipWhile(child => child.Name is "CmdID" or "NoResp" or "Meta").ToList();
        found.Need(commands.Count > 0, "group", $"{group.Name} is empty");
        foreach (var command in commands)
        {
            Check(command, group.Name);
        }
        if (group.Name == "Atomic")
        {
            var targets = commands.SelectMany(command => command.ChildrenNamed("Item")).Select(TargetOf).ToList();
            var user = targets.Count(target => target.StartsWith("./User/", StringComparison.OrdinalIgnoreCase));
            found.Need(user == 0 || user == targets.Count, "atomic", "an Atomic mixes ./User and ./Device");
            var both = TargetsOf("Add", commands).Intersect(TargetsOf("Replace", commands), StringComparer.OrdinalIgnoreCase).FirstOrDefault();
            found.Need(both is null, "atomic", $"{both} is added and replaced in one Atomic");
        }
    }

    private void CheckItems(Element command, string[] order)
    {
        CheckOrder(command, order, found);
        found.Need(command.Child("Item") is not null, "item", $"{command.Name} has no Item");
        var inherited = command.Child("Meta")?.Child("Format")?.Text;
        foreach (var item in command.ChildrenNamed("Item"))
        {
            CheckOrder(item, s_item, found);
            var target = TargetOf(item);
            var fault = PathRules.Fault(target);
            found.Need(fault is null, "locuri", $"{fault}: '{target}'");
            var data = item.Child("Data");
            var format = item.Child("Meta")?.Child("Format")?.Text ?? inherited;
            found.Need(data is null || data.Children.Count == 0 || format == "xml", "data", $"{target} has elements in its Data and is not of format xml");
            found.Need(command.Name is not ("Add" or "Replace") || data is not null || format is "node" or "null", "data", $"{command.Name} {target} has no Data");
            found.Need(command.Name is not ("Get" or "Delete") || data is null, "data", $"{command.Name} {target} has Data");
            if (item.Child("MoreData") is not null)
            {
                found.Need(!SawMoreData, "large object", "two items of a message go on in the next");
                SawMoreData = true;
            }
        }
    }

    private void CheckId(Element command)
    {
        var id = command.Child("CmdID")?.Text ?? "";
        found.Need(id.Length > 0 && id != "0", "cmdid", $"{command.Name} has the CmdID '{id}'");
        found.Need(id.Length == 0 || _ids.Add(id), "cmdid", $"the CmdID {id} stands twice in the message");
        found.Need(command.Children is [{ Name: "CmdID" }, ..], "cmdid", $"{command.Name} does not start with its CmdID");
    }

    private static IEnumerable<string> TargetsOf(string verb, IEnumerable<Element> commands) =>
        commands.Where(command => command.Name == verb).SelectMany(command => command.ChildrenNamed("Item")).Select(TargetOf);

    private static string TargetOf(Element item) => item.Child("Target")?.Child("LocURI")?.Text ?? "";
}
