using System.Globalization;
using Deskward.Protocol;
using Deskward.Protocol.Xml;

namespace Deskward.Simulator;

/// <summary>What the answer to a message must be, so that it can be checked.</summary>
/// <param name="SessionId">The session's id.</param>
/// <param name="DeviceId">Must be the Target.</param>
/// <param name="ServerUri">Must be the Source.</param>
/// <param name="ServerMessageId">MsgID that the service must use.</param>
/// <param name="ClientMessageId">MsgID of the message that is answered.</param>
/// <param name="Asked">The commands in it that need a Status each: CmdID and name.</param>
/// <param name="Results">CmdIDs of its Results: a piece of a large object is answered 213, anything else by silence.</param>
/// <param name="MoreToCome">The message had no Final: nothing but "next message" may come back.</param>
internal sealed record ExpectedAnswer(
    string SessionId, string DeviceId, string ServerUri, int ServerMessageId, int ClientMessageId,
    IReadOnlyList<(string Id, string Name)> Asked, IReadOnlyList<string> Results, bool MoreToCome);

/// <summary>
/// Looks at the raw bytes of a message from the service and finds everything in it that the protocol forbids (protocol facts 2.3 to 2.7). Does not
/// use the SyncML reader, which forgives.
/// </summary>
internal sealed class MessageGuard(int maxBytes)
{
    private const string SyncMl = "SYNCML:SYNCML1.2";

    private static readonly string[] s_header = ["VerDTD", "VerProto", "SessionID", "MsgID", "Target", "Source", "RespURI", "NoResp", "Cred", "Meta"];

    private Findings _found = new();

    public IReadOnlyList<Violation> Check(ReadOnlyMemory<byte> body, ExpectedAnswer expected)
    {
        _found = new Findings();
        var bytes = body.Span;
        _found.Need(bytes.Length <= maxBytes, "size", $"the message has {bytes.Length} bytes, more than {maxBytes}");
        _found.Need(bytes.IndexOf("<![CDATA["u8) < 0, "cdata", "CDATA does not reach the CSPs");
        _found.Need(bytes.IndexOf("<!DOCTYPE"u8) < 0, "dtd", "there is a document type");
        _found.Need(!bytes.StartsWith((ReadOnlySpan<byte>)[0xEF, 0xBB, 0xBF]), "bom", "the message starts with a byte order mark");
        try
        {
            CheckRoot(SafeXml.Parse(body), expected);
        }
        catch (ProtocolException error)
        {
            _found.Add("xml", error.Message);
        }
        return _found.All;
    }

    private void CheckRoot(Element root, ExpectedAnswer expected)
    {
        _found.Need(root.Is("SyncML", SyncMl), "namespace", $"the root is {{{root.Namespace}}}{root.Name}");
        _found.Need(root.Children is [{ Name: "SyncHdr" }, { Name: "SyncBody" }], "order", "SyncML does not hold SyncHdr and SyncBody alone");
        CheckNames(root, SyncMl);
        if (root.Child("SyncHdr") is { } header)
        {
            CheckHeader(header, expected);
        }
        if (root.Child("SyncBody") is { } body)
        {
            CheckBody(body, expected);
        }
    }

    private void CheckHeader(Element header, ExpectedAnswer expected)
    {
        CommandGuard.CheckOrder(header, s_header, _found);
        Text(header, "VerDTD", "1.2");
        Text(header, "VerProto", "DM/1.2");
        Text(header, "SessionID", expected.SessionId);
        Text(header, "MsgID", expected.ServerMessageId.ToString(CultureInfo.InvariantCulture));
        Address(header, "Target", expected.DeviceId);
        Address(header, "Source", expected.ServerUri);
    }

    private void CheckBody(Element body, ExpectedAnswer expected)
    {
        var children = body.Children;
        _found.Need(children is [{ Name: "Status" }, ..] && IsHeaderStatus(children[0]), "header status", "the first command is not the Status for SyncHdr");
        var finals = children.Count(child => child.Name == "Final");
        _found.Need(finals == 0 || (finals == 1 && children[^1].Name == "Final"), "final", "Final stands elsewhere than once at the end");
        var commands = new CommandGuard(_found);
        foreach (var child in children)
        {
            commands.Check(child);
        }
        var asksForMore = children.All(child => child.Name == "Status" || IsNextMessage(child)) && children.Any(IsNextMessage);
        _found.Need(finals == 1 || asksForMore || commands.SawMoreData, "final", "Final is missing, and nothing is to follow");
        _found.Need(finals == 0 || !(asksForMore || commands.SawMoreData), "final", "Final stands where more is to follow");
        _found.Need(!commands.SawMoreData || children.Count(child => child.Name is not ("Status" or "Final")) == 1, "large object", "a piece of an object does not stand alone");
        CheckStatuses([.. children.Where(child => child.Name == "Status")], expected);
        if (expected.MoreToCome)
        {
            _found.Need(asksForMore, "next message", "a message without Final must be answered by alert 1222 alone");
        }
    }

    private void CheckStatuses(IReadOnlyList<Element> statuses, ExpectedAnswer expected)
    {
        var message = expected.ClientMessageId.ToString(CultureInfo.InvariantCulture);
        _found.Need(statuses.All(status => Is(status, "MsgRef", message)), "status", $"a Status does not refer to message {message}");
        _found.Need(statuses.Count(IsHeaderStatus) == 1, "status", "SyncHdr has not exactly one Status");
        // A challenge answers the header and nothing else (protocol facts, trap 16).
        var refused = statuses.Any(status => IsHeaderStatus(status) && (Is(status, "Data", "401") || Is(status, "Data", "407")));
        var at = -1;
        foreach (var (id, name) in expected.Asked)
        {
            var index = IndexOf(statuses, status => Is(status, "CmdRef", id) && Is(status, "Cmd", name));
            _found.Need(index >= 0 || refused, "status", $"{name} {id} has no Status");
            _found.Need(index < 0 || index > at, "status order", $"the Status of {name} {id} stands before that of an earlier command");
            at = Math.Max(at, index);
        }
        foreach (var status in statuses.Where(status => !IsHeaderStatus(status)))
        {
            var forResults = expected.Results.Any(id => Is(status, "CmdRef", id));
            _found.Need(forResults || expected.Asked.Any(asked => Is(status, "CmdRef", asked.Id)), "status", "a Status refers to a command that was not sent");
            _found.Need(!forResults || !Is(status, "Data", "200"), "status", "Results have a Status 200");
        }
    }

    // Every element of a message belongs to SyncML, what lies in Meta to MetInf; what lies in Data of format xml is free.
    private void CheckNames(Element element, string expected)
    {
        foreach (var child in element.Children)
        {
            _found.Need(child.Namespace == expected, "namespace", $"{child.Name} in {element.Name} has the namespace '{child.Namespace}'");
            if (child.Name != "Data")
            {
                CheckNames(child, child.Name == "Meta" ? "syncml:metinf" : expected);
            }
        }
    }

    private void Text(Element parent, string name, string expected) =>
        _found.Need(Is(parent, name, expected), "header", $"{name} is '{parent.Child(name)?.Text}', expected '{expected}'");

    private void Address(Element parent, string name, string expected) =>
        _found.Need(parent.Child(name) is { } child && Is(child, "LocURI", expected), "header", $"{name} is '{parent.Child(name)?.Child("LocURI")?.Text}', expected '{expected}'");

    private static bool IsHeaderStatus(Element status) => Is(status, "CmdRef", "0") && Is(status, "Cmd", "SyncHdr");

    private static bool IsNextMessage(Element command) => command.Name == "Alert" && Is(command, "Data", "1222");

    private static bool Is(Element parent, string name, string text) => parent.Child(name)?.Text == text;

    private static int IndexOf(IReadOnlyList<Element> elements, Func<Element, bool> predicate)
    {
        for (var i = 0; i < elements.Count; i++)
        {
            if (predicate(elements[i]))
            {
                return i;
            }
        }
        return -1;
    }
}
