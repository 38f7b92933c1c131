using System.Net.Http.Headers;
using System.Text;
using System.Xml;

namespace Deskward.RawClient;

/// <summary>A command as the raw client received it.</summary>
public sealed record RawCommand(string Name, string Path, string? Data)
{
    /// <summary>Number of the Atomic it stood in, from 1; 0: none.</summary>
    public int Atomic { get; init; }
}

/// <summary>The management side of a PC of raw bytes: text out, XmlDocument in, a dictionary as its settings.</summary>
public sealed class RawManagedPc(RawPc pc, HttpClient http, Uri url)
{
    private readonly StringBuilder _reply = new();
    private readonly StringBuilder _incoming = new();
    private readonly Queue<string> _uploads = new();
    private int _session;
    private int _id;
    private int _serverMessage;
    private int? _incomingSize;
    private bool _isServerPackageOpen;

    /// <summary>What it holds.</summary>
    public Dictionary<string, string> Tree { get; } = new() { ["./DevDetail/SwV"] = "10.0.26200.9278", ["./Vendor/MSFT/DeviceStatus/OS/Edition"] = "4" };

    /// <summary>Commands that it refuses: path and status.</summary>
    public Dictionary<string, int> Refused { get; } = [];

    /// <summary>All commands, in order; the parts of a large object count as one.</summary>
    public List<RawCommand> Received { get; } = [];

    /// <summary>Rules that the server broke.</summary>
    public List<string> Faults { get; } = [];

    /// <summary>How many messages came with a part of a large object.</summary>
    public int Parts { get; private set; }

    /// <summary>What the server said to each part that was sent to it: 213.</summary>
    public List<string> PartStatuses { get; } = [];

    /// <summary>MaxMsgSize that it announces, and holds its own messages to; null: none.</summary>
    public int? Longest { get; init; }

    /// <summary>A session to its end; returns the HTTP status of the last answer.</summary>
    public async Task<int> SyncAsync(string login = "none", string? more = null)
    {
        var (session, commands) = ((++_session).ToString("X", null), RawSyncMl.PackageOne(pc.DeviceId, login) + more);
        for (var message = 1; ; message++)
        {
            var answer = await PostAsync(RawSyncMl.Message(session, message, url, pc.DeviceId, commands, Longest, final: _uploads.Count == 0 && !_isServerPackageOpen));
            if (answer.Status != 200)
            {
                return answer.Status;
            }

            var root = Parse(answer.Body);
            Faults.AddRange(RawRules.Faults(answer, root).Select(fault => $"message {message}: {fault}"));
            Faults.AddRange(Longest < answer.Body.Length ? [$"message {message} has {answer.Body.Length} bytes"] : []);
            if (!Answer(root))
            {
                return answer.Status;
            }

            commands = _reply.ToString();
        }
    }

    /// <returns>False when the server had no commands: the session is over.</returns>
    private bool Answer(XmlElement root)
    {
        var commands = ((XmlElement)root.LastChild!).ChildNodes.OfType<XmlElement>().Where(element => element.Name is not ("Status" or "Final")).ToArray();
        PartStatuses.AddRange(root.SelectNodes("//*[local-name()='Status'][*[local-name()='Cmd']='Results']/*[local-name()='Data']")!.Cast<XmlElement>().Select(data => data.InnerText));
        (_id, _serverMessage) = (0, int.Parse(root.FirstChild!["MsgID"]!.InnerText, null));
        // An answer has its end only when what it answers has come to its own; a request for more opens nothing.
        _isServerPackageOpen = root.LastChild!.LastChild!.Name != "Final" && (_isServerPackageOpen || root.SelectNodes("//*[local-name()='MoreData']")!.Count > 0);
        _reply.Clear();
        Say("0", "SyncHdr", 200);
        foreach (var command in commands)
        {
            Take(command);
        }

        if (_uploads.TryDequeue(out var part))
        {
            _reply.Append(part.Replace("{id}", (++_id).ToString(null, null), StringComparison.Ordinal));
        }

        return commands.Length > 0;
    }

    private void Take(XmlElement command)
    {
        switch (command.Name)
        {
            case "Atomic":
                TakeAtomic(command);
                break;
            case "Get":
                TakeGet(command);
                break;
            case "Alert":
                Faults.AddRange(command["Data"]!.InnerText is "1222" ? [] : [$"alert {command["Data"]!.InnerText}"]);
                break;
            default:
                Say(Id(command), command.Name, Change(command, 0));
                break;
        }
    }

    private void TakeAtomic(XmlElement atomic)
    {
        var number = Received.Select(command => command.Atomic).DefaultIfEmpty().Max() + 1;
        Say(Id(atomic), "Atomic", 200);
        foreach (var command in atomic.ChildNodes.OfType<XmlElement>().Where(child => child.Name != "CmdID"))
        {
            Say(Id(command), command.Name, Change(command, number));
        }
    }

    private int Change(XmlElement command, int atomic)
    {
        var item = command["Item"]!;
        var (path, data) = (item["Target"]!["LocURI"]!.InnerText, item["Data"]?.InnerText);
        if (item["MoreData"] is not null || _incomingSize is not null)
        {
            Parts++;
            _incomingSize ??= int.Parse(item["Meta"]!["Size"]!.InnerText, null);
            _incoming.Append(data);
            if (item["MoreData"] is not null)
            {
                return 213;
            }

            data = _incoming.ToString();
            Faults.AddRange(Encoding.UTF8.GetByteCount(data) == _incomingSize ? [] : [$"{path} is not as long as its Size says"]);
            (_incomingSize, _) = (null, _incoming.Clear());
        }

        Received.Add(new RawCommand(command.Name, path, data) { Atomic = atomic });
        return Refused.TryGetValue(path, out var status) ? status : Carry(command.Name, path, data);
    }

    private int Carry(string name, string path, string? data)
    {
        if (name == "Delete")
        {
            var doomed = Tree.Keys.Where(key => key == path || key.StartsWith(path + "/", StringComparison.Ordinal)).ToList();
            doomed.ForEach(key => Tree.Remove(key));
            return doomed.Count > 0 ? 200 : 404;
        }

        Tree[path] = name == "Exec" ? "" : data ?? "";
        return 200;
    }

    private void TakeGet(XmlElement get)
    {
        var paths = get.ChildNodes.OfType<XmlElement>().Where(child => child.Name == "Item").Select(item => item["Target"]!["LocURI"]!.InnerText).ToArray();
        var found = new StringBuilder();
        foreach (var path in paths)
        {
            Received.Add(new RawCommand("Get", path, null));
            Say(Id(get), "Get", Tree.ContainsKey(path) ? 200 : 404, path);
            if (Tree.TryGetValue(path, out var value))
            {
                found.Append(Longest is { } longest && value.Length > longest / 2 ? Upload(Id(get), path, value, longest / 2) : RawSyncMl.Item(path, value));
            }
        }

        if (found.Length > 0)
        {
            _reply.Append(RawSyncMl.Results(++_id, _serverMessage, Id(get), found.ToString()));
        }
    }

    /// <summary>A value that is too long for one message: each part goes in a Results of its own, at the end of a message.</summary>
    private string Upload(string command, string path, string value, int room)
    {
        var parts = value.Chunk(room).Select(part => new string(part)).ToArray();
        for (var index = 0; index < parts.Length; index++)
        {
            var item = RawSyncMl.Item(path, parts[index], index == 0 ? Encoding.UTF8.GetByteCount(value) : null, index < parts.Length - 1);
            _uploads.Enqueue(RawSyncMl.Results(0, _serverMessage, command, item).Replace("<CmdID>0</CmdID>", "<CmdID>{id}</CmdID>", StringComparison.Ordinal));
        }

        return "";
    }

    private void Say(string command, string name, int status, string? target = null)
    {
        _reply.Append(RawSyncMl.Status(++_id, _serverMessage, command, name, status, target));
        if (status == 213)
        {
            _reply.Append(RawSyncMl.Alert(++_id, 1222));
        }
    }

    private async Task<RawAnswer> PostAsync(string message)
    {
        using var content = new ByteArrayContent(Encoding.UTF8.GetBytes(message));
        content.Headers.ContentType = MediaTypeHeaderValue.Parse("application/vnd.syncml.dm+xml; charset=utf-8");
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(url, "?mode=Maintenance&Platform=WoA")) { Content = content, Version = new Version(1, 1), VersionPolicy = HttpVersionPolicy.RequestVersionExact };
        using var response = await http.SendAsync(request);
        return await RawAnswer.ReadAsync(response);
    }

    private static XmlElement Parse(byte[] body)
    {
        var document = new XmlDocument { XmlResolver = null, PreserveWhitespace = true };
        document.LoadXml(Encoding.UTF8.GetString(body));
        return document.DocumentElement!;
    }

    private static string Id(XmlElement command) => command["CmdID"]!.InnerText;
}
