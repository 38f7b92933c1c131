namespace Deskward.Protocol.SyncMl;

/// <summary>Writes Item and Meta.</summary>
internal static class ItemWriter
{
    public static void Write(ref SyncMlOutput output, IReadOnlyList<SyncItem> items)
    {
        foreach (var item in items)
        {
            output.Raw("<Item>"u8);
            if (item.Target is not null)
            {
                output.Raw("<Target><LocURI>"u8);
                output.Text(item.Target);
                output.Raw("</LocURI></Target>"u8);
            }
            if (item.Source is not null)
            {
                output.Raw("<Source><LocURI>"u8);
                output.Text(item.Source);
                output.Raw("</LocURI></Source>"u8);
            }
            WriteMeta(ref output, item.Meta);
            WriteData(ref output, item);
            output.Raw(item.MoreData ? "<MoreData/></Item>"u8 : "</Item>"u8);
        }
    }

    public static void WriteMeta(ref SyncMlOutput output, SyncMeta? meta)
    {
        if (meta is null)
        {
            return;
        }
        output.Raw("<Meta>"u8);
        if (meta.Format is not null)
        {
            output.Raw("<Format xmlns=\"syncml:metinf\">"u8);
            output.Text(meta.Format);
            output.Raw("</Format>"u8);
        }
        if (meta.Type is not null)
        {
            output.Raw("<Type xmlns=\"syncml:metinf\">"u8);
            output.Text(meta.Type);
            output.Raw("</Type>"u8);
        }
        if (meta.Mark is not null)
        {
            output.Raw("<Mark xmlns=\"syncml:metinf\">"u8);
            output.Text(meta.Mark);
            output.Raw("</Mark>"u8);
        }
        if (meta.Size is { } size)
        {
            output.Raw("<Size xmlns=\"syncml:metinf\">"u8);
            output.Number(size);
            output.Raw("</Size>"u8);
        }
        output.Raw("</Meta>"u8);
    }

    // An interior node has no value; a Data element, even an empty one, makes the PC refuse the Add.
    private static void WriteData(ref SyncMlOutput output, SyncItem item)
    {
        if (item.Meta?.Format == SyncFormat.Node && !string.IsNullOrEmpty(item.Data))
        {
            throw new ArgumentException("An item of format node cannot carry data.", nameof(item));
        }
        if (item.Data is null || item.Meta?.Format == SyncFormat.Node)
        {
            return;
        }
        output.Raw("<Data>"u8);
        output.Text(item.Data);
        output.Raw("</Data>"u8);
    }
}
