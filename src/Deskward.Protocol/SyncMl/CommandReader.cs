using System.Text;
using Deskward.Protocol.Xml;

namespace Deskward.Protocol.SyncMl;

/// <summary>Reads the children of SyncBody, Atomic and Sequence.</summary>
internal static class CommandReader
{
    /// <summary>Reads the element that was just opened.</summary>
    public static SyncCommand Read(ref Utf8XmlReader xml) => xml.Known() switch
    {
        SyncMlName.Status => ReadStatus(ref xml),
        SyncMlName.Results => ReadResults(ref xml),
        SyncMlName.Alert => ReadAlert(ref xml),
        SyncMlName.Replace => ReadItems(ref xml, SyncVerb.Replace),
        SyncMlName.Add => ReadItems(ref xml, SyncVerb.Add),
        SyncMlName.Delete => ReadItems(ref xml, SyncVerb.Delete),
        SyncMlName.Get => ReadItems(ref xml, SyncVerb.Get),
        SyncMlName.Exec => ReadItems(ref xml, SyncVerb.Exec),
        SyncMlName.Atomic => ReadGroup(ref xml, isAtomic: true),
        SyncMlName.Sequence => ReadGroup(ref xml, isAtomic: false),
        _ => ReadUnknown(ref xml),
    };

    private static ItemCommand ReadItems(ref Utf8XmlReader xml, SyncVerb verb)
    {
        var items = new List<SyncItem>(1);
        string? id = null;
        var meta = default(MetaValues);
        while (xml.NextChild())
        {
            switch (xml.Known())
            {
                case SyncMlName.CmdID:
                    id = ReadId(ref xml);
                    break;
                case SyncMlName.Item:
                    items.Add(ItemReader.Read(ref xml));
                    break;
                default:
                    ItemReader.ReadMetaOrSkip(ref xml, ref meta);
                    break;
            }
        }
        return new ItemCommand(verb, items) { CommandId = id, Meta = meta.ToMeta() };
    }

    private static SyncCommand ReadGroup(ref Utf8XmlReader xml, bool isAtomic)
    {
        var commands = new List<SyncCommand>();
        string? id = null;
        while (xml.NextChild())
        {
            switch (xml.Known())
            {
                case SyncMlName.CmdID:
                    id = ReadId(ref xml);
                    break;
                case SyncMlName.Meta:
                    xml.Skip();
                    break;
                default:
                    commands.Add(Read(ref xml));
                    break;
            }
        }
        return isAtomic ? new AtomicCommand(commands) { CommandId = id } : new SequenceCommand(commands) { CommandId = id };
    }

    private static AlertCommand ReadAlert(ref Utf8XmlReader xml)
    {
        var items = new List<SyncItem>(1);
        string? id = null;
        int? code = null;
        while (xml.NextChild())
        {
            switch (xml.Known())
            {
                case SyncMlName.CmdID:
                    id = ReadId(ref xml);
                    break;
                case SyncMlName.Data:
                    code = ReadCode(ref xml, "Alert/Data", 9999);
                    break;
                case SyncMlName.Item:
                    items.Add(ItemReader.Read(ref xml));
                    break;
                default:
                    xml.Skip();
                    break;
            }
        }
        return new AlertCommand(code ?? throw xml.Wrong("Alert has no Data with its code"), items) { CommandId = id };
    }

    private static StatusCommand ReadStatus(ref Utf8XmlReader xml)
    {
        var answer = default(AnswerReader);
        string? command = null;
        int? code = null;
        List<string>? targets = null, sources = null;
        List<SyncItem>? items = null;
        Challenge? challenge = null;
        while (xml.NextChild())
        {
            switch (xml.Known())
            {
                case SyncMlName.Cmd:
                    command = xml.ReadToken();
                    break;
                case SyncMlName.TargetRef:
                    (targets ??= new(1)).Add(xml.ReadToken());
                    break;
                case SyncMlName.SourceRef:
                    (sources ??= new(1)).Add(xml.ReadToken());
                    break;
                case SyncMlName.Chal:
                    challenge = ReadChallenge(ref xml);
                    break;
                case SyncMlName.Data:
                    code = ReadCode(ref xml, "Status/Data", 999);
                    break;
                case SyncMlName.Item:
                    (items ??= new(1)).Add(ItemReader.Read(ref xml));
                    break;
                case var name when !answer.TryRead(ref xml, name):
                    xml.Skip();
                    break;
            }
        }
        return new StatusCommand
        {
            CommandId = answer.Id,
            MessageRef = answer.MessageRef ?? throw xml.Wrong("Status has no MsgRef"),
            CommandRef = answer.CommandRef ?? "",
            Command = command is { Length: > 0 } ? command : throw xml.Wrong("Status has no Cmd"),
            Code = code ?? throw xml.Wrong("Status has no Data with its code"),
            TargetRefs = targets ?? (IReadOnlyList<string>)[],
            SourceRefs = sources ?? (IReadOnlyList<string>)[],
            Challenge = challenge,
            Items = items ?? (IReadOnlyList<SyncItem>)[],
        };
    }

    private static ResultsCommand ReadResults(ref Utf8XmlReader xml)
    {
        var items = new List<SyncItem>(1);
        var answer = default(AnswerReader);
        var meta = default(MetaValues);
        while (xml.NextChild())
        {
            switch (xml.Known())
            {
                case SyncMlName.Item:
                    items.Add(ItemReader.Read(ref xml));
                    break;
                case var name when !answer.TryRead(ref xml, name):
                    ItemReader.ReadMetaOrSkip(ref xml, ref meta);
                    break;
            }
        }
        return new ResultsCommand
        {
            CommandId = answer.Id,
            MessageRef = answer.MessageRef,
            CommandRef = answer.CommandRef ?? "",
            Meta = meta.ToMeta(),
            Items = items,
        };
    }

    private static UnknownCommand ReadUnknown(ref Utf8XmlReader xml)
    {
        var name = Encoding.UTF8.GetString(xml.Name);
        string? id = null;
        while (xml.NextChild())
        {
            if (xml.Known() == SyncMlName.CmdID)
            {
                id = ReadId(ref xml);
                continue;
            }
            xml.Skip();
        }
        return new UnknownCommand(name) { CommandId = id };
    }

    private static Challenge ReadChallenge(ref Utf8XmlReader xml)
    {
        var meta = default(MetaValues);
        while (xml.NextChild())
        {
            ItemReader.ReadMetaOrSkip(ref xml, ref meta);
        }
        var nonce = new byte[(meta.NextNonce?.Length ?? 0) * 3 / 4 + 3];
        return meta.Type is null ? throw xml.Wrong("Chal has no Type")
            : Convert.TryFromBase64String(meta.NextNonce ?? "", nonce, out var length) ? new Challenge(meta.Type, nonce[..length])
            : throw xml.Wrong("Chal/NextNonce is not base64");
    }

    /// <summary>What Status and Results have in common: their own id, and that of what they answer.</summary>
    private struct AnswerReader
    {
        public string? Id;
        public int? MessageRef;
        public string? CommandRef;

        public bool TryRead(ref Utf8XmlReader xml, SyncMlName name)
        {
            switch (name)
            {
                case SyncMlName.CmdID:
                    Id = ReadId(ref xml);
                    return true;
                case SyncMlName.MsgRef:
                    MessageRef = SyncMlReader.ReadMessageId(ref xml, "MsgRef");
                    return true;
                case SyncMlName.CmdRef:
                    CommandRef = xml.ReadToken();
                    return true;
                default:
                    return false;
            }
        }
    }

    // An empty CmdID is a missing one.
    private static string? ReadId(ref Utf8XmlReader xml) => xml.ReadToken() is { Length: > 0 } id ? id : null;

    private static int ReadCode(ref Utf8XmlReader xml, string name, int most) =>
        xml.ReadNumber() is { } code && code >= 100 && code <= most ? (int)code : throw xml.Wrong($"{name} is no code from 100 to {most}");
}
