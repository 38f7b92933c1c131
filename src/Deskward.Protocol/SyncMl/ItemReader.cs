using Deskward.Protocol.Xml;

namespace Deskward.Protocol.SyncMl;

/// <summary>What a Meta element says, wherever it stands.</summary>
internal struct MetaValues
{
    public string? Format;
    public string? Type;
    public string? Mark;
    public string? NextNonce;
    public long? Size;
    public long? MaxMessageSize;
    public long? MaxObjectSize;
    public bool IsPresent;

    /// <summary>The limits as they stand after another Meta, which may say only one of them.</summary>
    public readonly MetaValues With(MetaValues later) =>
        this with { MaxMessageSize = later.MaxMessageSize ?? MaxMessageSize, MaxObjectSize = later.MaxObjectSize ?? MaxObjectSize };

    public readonly SyncMeta? ToMeta() => IsPresent ? new SyncMeta(Format, Type) { Size = Size, Mark = Mark } : null;
}

/// <summary>Reads Item, Target, Source and Meta.</summary>
internal static class ItemReader
{
    public static SyncItem Read(ref Utf8XmlReader xml)
    {
        string? target = null, source = null, data = null;
        var meta = default(MetaValues);
        var more = false;
        while (xml.NextChild())
        {
            switch (xml.Known())
            {
                case SyncMlName.Target:
                    target = ReadAddress(ref xml).Uri;
                    break;
                case SyncMlName.Source:
                    source = ReadAddress(ref xml).Uri;
                    break;
                case SyncMlName.Data:
                    data = xml.ReadContent();
                    break;
                case SyncMlName.MoreData:
                    more = true;
                    xml.Skip();
                    break;
                default:
                    ReadMetaOrSkip(ref xml, ref meta);
                    break;
            }
        }
        return new SyncItem { Target = target, Source = source, Meta = meta.ToMeta(), Data = data, MoreData = more };
    }

    /// <summary>Target or Source: LocURI and LocName without blanks around them.</summary>
    public static (string? Uri, string? Name) ReadAddress(ref Utf8XmlReader xml)
    {
        string? uri = null, name = null;
        while (xml.NextChild())
        {
            switch (xml.Known())
            {
                case SyncMlName.LocURI:
                    uri = xml.ReadToken();
                    break;
                case SyncMlName.LocName:
                    name = xml.ReadToken();
                    break;
                default:
                    xml.Skip();
                    break;
            }
        }
        return (uri, name);
    }

    public static MetaValues ReadMeta(ref Utf8XmlReader xml)
    {
        var meta = default(MetaValues);
        ReadMetaOrSkip(ref xml, ref meta);
        return meta;
    }

    /// <summary>
    /// Reads Meta, or one of its children that stands beside it instead of in it (seen in samples), into <paramref name="meta"/>.
    /// Passes over anything else.
    /// </summary>
    public static void ReadMetaOrSkip(ref Utf8XmlReader xml, ref MetaValues meta)
    {
        switch (xml.Known())
        {
            case SyncMlName.Meta or SyncMlName.MetInf:
                meta.IsPresent = true;
                while (xml.NextChild())
                {
                    ReadMetaOrSkip(ref xml, ref meta);
                }
                return;
            case SyncMlName.Format:
                meta.Format = xml.ReadToken();
                break;
            case SyncMlName.Type:
                meta.Type = xml.ReadToken();
                break;
            case SyncMlName.Mark:
                meta.Mark = xml.ReadToken();
                break;
            case SyncMlName.NextNonce:
                meta.NextNonce = xml.ReadToken();
                break;
            case SyncMlName.Size:
                meta.Size = xml.ReadNumber() ?? throw xml.Wrong("Meta/Size is no whole number");
                break;
            case SyncMlName.MaxMsgSize:
                meta.MaxMessageSize = xml.ReadNumber() ?? throw xml.Wrong("Meta/MaxMsgSize is no whole number");
                break;
            case SyncMlName.MaxObjSize:
                meta.MaxObjectSize = xml.ReadNumber() ?? throw xml.Wrong("Meta/MaxObjSize is no whole number");
                break;
            default:
                xml.Skip();
                return;
        }
        meta.IsPresent = true;
    }
}
