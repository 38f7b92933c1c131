using System.Text;
using Deskward.Protocol.Xml;

namespace Deskward.Protocol.SyncMl;

/// <summary>
/// Reads an OMA-DM message: tolerant in form (namespaces, blanks, order, elements it does not know), precise about what is missing.
/// </summary>
public static class SyncMlReader
{
    private const int MaxSessionIdLength = 32;

    /// <summary>Reads a message of at most 4 MB.</summary>
    /// <param name="body">UTF-8, whatever encoding it declares; or UTF-16 with a byte order mark.</param>
    /// <exception cref="ProtocolException">
    /// The XML is damaged, or what a message cannot do without is missing or wrong: header, ids, addresses, code of an alert or a status.
    /// Nothing else is thrown.
    /// </exception>
    public static SyncMlMessage Read(ReadOnlyMemory<byte> body)
    {
        var xml = new Utf8XmlReader(SafeXml.ToUtf8(body.Span));
        if (xml.Known() != SyncMlName.SyncML)
        {
            throw xml.Wrong($"the root element is '{Encoding.UTF8.GetString(xml.Name)}', not SyncML");
        }
        SyncHeader? header = null;
        (List<SyncCommand> Commands, bool Final)? content = null;
        while (xml.NextChild())
        {
            switch (xml.Known())
            {
                case SyncMlName.SyncHdr when header is null:
                    header = ReadHeader(ref xml);
                    break;
                case SyncMlName.SyncBody when content is null:
                    content = ReadBody(ref xml);
                    break;
                case SyncMlName.SyncHdr or SyncMlName.SyncBody:
                    throw xml.Wrong("SyncHdr and SyncBody may stand there once");
                default:
                    xml.Skip();
                    break;
            }
        }
        xml.ReadToEnd();
        var (commands, final) = content ?? throw xml.Wrong("SyncBody is missing");
        return new SyncMlMessage(header ?? throw xml.Wrong("SyncHdr is missing"), commands, final);
    }

    private static SyncHeader ReadHeader(ref Utf8XmlReader xml)
    {
        string? session = null;
        int? message = null;
        (string? Uri, string? Name) target = default, source = default;
        Credential? credential = null;
        var limits = default(MetaValues);
        while (xml.NextChild())
        {
            switch (xml.Known())
            {
                case SyncMlName.SessionID when session is null:
                    session = xml.ReadToken();
                    break;
                case SyncMlName.MsgID when message is null:
                    message = ReadMessageId(ref xml, "MsgID");
                    break;
                case SyncMlName.Target when target.Uri is null:
                    target = ItemReader.ReadAddress(ref xml);
                    break;
                case SyncMlName.Source when source.Uri is null:
                    source = ItemReader.ReadAddress(ref xml);
                    break;
                case SyncMlName.Cred when credential is null:
                    credential = ReadCredential(ref xml);
                    break;
                case SyncMlName.Meta:
                    limits = limits.With(ItemReader.ReadMeta(ref xml));
                    break;
                case SyncMlName.SessionID or SyncMlName.MsgID or SyncMlName.Target or SyncMlName.Source or SyncMlName.Cred:
                    throw xml.Wrong($"SyncHdr holds {Encoding.UTF8.GetString(xml.Name)} twice");
                default:
                    xml.Skip();
                    break;
            }
        }
        return new SyncHeader
        {
            SessionId = session is { Length: > 0 and <= MaxSessionIdLength } ? session : throw xml.Wrong($"SyncHdr has no SessionID of 1 to {MaxSessionIdLength} characters"),
            MessageId = message ?? throw xml.Wrong("SyncHdr has no MsgID"),
            Target = target.Uri is { Length: > 0 } to ? to : throw xml.Wrong("SyncHdr has no Target/LocURI"),
            Source = source.Uri is { Length: > 0 } from ? from : throw xml.Wrong("SyncHdr has no Source/LocURI"),
            SourceName = source.Name,
            Credential = credential,
            // 0 says nothing, and no PC means a limit beyond two gigabytes.
            MaxMessageSize = limits.MaxMessageSize is null or 0 ? null : (int)Math.Min(limits.MaxMessageSize.Value, int.MaxValue),
            MaxObjectSize = limits.MaxObjectSize is 0 ? null : limits.MaxObjectSize,
        };
    }

    private static (List<SyncCommand> Commands, bool Final) ReadBody(ref Utf8XmlReader xml)
    {
        var commands = new List<SyncCommand>();
        var final = false;
        while (xml.NextChild())
        {
            if (xml.Known() == SyncMlName.Final)
            {
                final = true;
                xml.Skip();
                continue;
            }
            commands.Add(CommandReader.Read(ref xml));
        }
        return (commands, final);
    }

    private static Credential ReadCredential(ref Utf8XmlReader xml)
    {
        string? type = null, data = null;
        while (xml.NextChild())
        {
            switch (xml.Known())
            {
                case SyncMlName.Meta:
                    type = ItemReader.ReadMeta(ref xml).Type ?? type;
                    break;
                case SyncMlName.Type:
                    type = xml.ReadToken();
                    break;
                case SyncMlName.Data:
                    data = xml.ReadToken();
                    break;
                default:
                    xml.Skip();
                    break;
            }
        }
        return new Credential(type ?? throw xml.Wrong("Cred has no Type"), data ?? throw xml.Wrong("Cred has no Data"));
    }

    /// <summary>MsgID or MsgRef: a whole number from 1.</summary>
    internal static int ReadMessageId(ref Utf8XmlReader xml, string name) =>
        xml.ReadNumber() is { } number and > 0 and <= int.MaxValue ? (int)number : throw xml.Wrong($"{name} is no whole number from 1");
}
