using System.Text;
using System.Xml;

namespace Deskward.RawClient;

/// <summary>Holds the bytes of a server's message against the rules that Windows is known to insist on: see MS-MDM and the DTD of the SyncML representation.</summary>
public static class RawRules
{
    private static readonly string[] ItemCommand = ["CmdID", "NoResp", "Cred", "Meta", "Item"];

    /// <summary>The children of each element, in the only order in which they may stand.</summary>
    private static readonly Dictionary<string, string[]> Order = new()
    {
        ["SyncML"] = ["SyncHdr", "SyncBody"],
        ["SyncHdr"] = ["VerDTD", "VerProto", "SessionID", "MsgID", "Target", "Source", "RespURI", "NoResp", "Cred", "Meta"],
        ["Status"] = ["CmdID", "MsgRef", "CmdRef", "Cmd", "TargetRef", "SourceRef", "Cred", "Chal", "Data", "Item"],
        ["Alert"] = ["CmdID", "NoResp", "Cred", "Data", "Item"],
        ["Add"] = ItemCommand, ["Replace"] = ItemCommand, ["Delete"] = ItemCommand, ["Get"] = ItemCommand, ["Exec"] = ItemCommand,
        ["Item"] = ["Target", "Source", "Meta", "Data", "MoreData"],
        ["Meta"] = ["Format", "Type", "Mark", "Size"],
        ["Target"] = ["LocURI", "LocName"], ["Source"] = ["LocURI", "LocName"],
    };

    /// <summary>What is wrong with an answer; empty when nothing is.</summary>
    public static IEnumerable<string> Faults(RawAnswer answer, XmlElement root)
    {
        var text = Encoding.UTF8.GetString(answer.Body);
        var all = root.SelectNodes("//*")!.Cast<XmlElement>().ToArray();
        var body = Children((XmlElement)root.LastChild!).ToArray();
        return
        [
            .. Unless(answer.ContentLength == answer.Body.Length && answer.IsChunked is null or false, "no Content-Length, or chunked"),
            .. Unless(answer.ContentType == "application/vnd.syncml.dm+xml", $"Content-Type {answer.ContentType}"),
            .. Unless(text.StartsWith("<SyncML xmlns=\"SYNCML:SYNCML1.2\">", StringComparison.Ordinal), "does not begin with SyncML"),
            .. Unless(!text.Contains("<![CDATA[", StringComparison.Ordinal) && !text.Contains("<!DOCTYPE", StringComparison.Ordinal) && !text.Contains('\uFEFF', StringComparison.Ordinal), "CDATA, a DTD or a byte order mark"),
            .. Unless(body[0].Name == "Status" && body[0]["CmdRef"]!.InnerText == "0" && body[0]["Cmd"]!.InnerText == "SyncHdr", "the Status for SyncHdr is not first"),
            .. Unless(body[^1].Name == "Final" != GoesOn(body, text), "no Final at the end, or one where more follows"),
            .. Unless(body.Count(element => element.Name == "Final") <= 1, "Final more than once"),
            .. Unless(body.SkipWhile(element => element.Name == "Status").All(element => element.Name != "Status"), "a Status after a command"),
            .. Numbers(all), .. all.SelectMany(OutOfOrder), .. all.SelectMany(Meta), .. all.SelectMany(Commands),
        ];
    }

    private static IEnumerable<string> Numbers(XmlElement[] all)
    {
        var ids = all.Where(element => element.Name == "CmdID").Select(element => element.InnerText).ToArray();
        return Unless(ids.Distinct().Count() == ids.Length && !ids.Contains("0") && !ids.Contains(""), "a CmdID is missing, 0 or not unique");
    }

    private static IEnumerable<string> OutOfOrder(XmlElement element)
    {
        if (!Order.TryGetValue(element.Name, out var order))
        {
            return [];
        }

        var places = Children(element).Select(child => Array.IndexOf(order, child.Name)).ToArray();
        return Unless(!places.Contains(-1) && places.SequenceEqual(places.Order()), $"{element.Name} holds {string.Join(' ', Children(element).Select(child => child.Name))}");
    }

    // The namespace stands on each child itself: Windows does not look for it further up.
    private static IEnumerable<string> Meta(XmlElement element) => element.ParentNode?.Name == "Meta"
        ? Unless(element.GetAttribute("xmlns") == "syncml:metinf", $"{element.Name} in Meta is not of syncml:metinf")
        : Unless(element.NamespaceURI == "SYNCML:SYNCML1.2" && (element.Name == "SyncML" || element.Attributes.Count == 0), $"{element.Name} has attributes or another namespace");

    private static IEnumerable<string> Commands(XmlElement element) => element.Name switch
    {
        "Atomic" => Unless(Children(element).Skip(1).All(child => child.Name is "Add" or "Replace" or "Delete" or "Exec"), "an Atomic holds what it must not"),
        "Add" or "Replace" => Unless(Children(element).Where(child => child.Name == "Item").All(HasFormat), $"an item of {element.Name} has no Format or no Type"),
        "LocURI" => Unless(element.InnerText.Length > 0 && element.InnerText == element.InnerText.Trim() && !element.InnerText.StartsWith('/'), $"LocURI '{element.InnerText}'"),
        _ => [],
    };

    // A part of a large object that others follow, or the request for the rest of what the PC sends.
    private static bool GoesOn(XmlElement[] body, string text) =>
        text.Contains("<MoreData/>", StringComparison.Ordinal) || Array.Exists(body, element => element.Name == "Alert" && element["Data"]!.InnerText == "1222");

    private static bool HasFormat(XmlElement item) => item["Meta"] is { } meta && meta["Format"] is { } format && (format.InnerText == "node" || meta["Type"] is not null);

    private static IEnumerable<XmlElement> Children(XmlElement element) => element.ChildNodes.OfType<XmlElement>();

    private static IEnumerable<string> Unless(bool holds, string fault) => holds ? [] : [fault];
}
