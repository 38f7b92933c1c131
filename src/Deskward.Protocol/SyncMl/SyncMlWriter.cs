using System.Buffers;

namespace Deskward.Protocol.SyncMl;

/// <summary>
/// Writes messages exactly as Windows expects them: UTF-8 without byte order mark or XML declaration, elements in the order of the DTD,
/// the namespace <c>syncml:metinf</c> on each child of Meta, data escaped and never in CDATA (which configuration service providers do not read).
/// </summary>
/// <remarks>
/// ArgumentException is thrown for what cannot be said: characters outside XML 1.0, a command without CmdID or with "0", data on a node of
/// format <c>node</c>, an unknown command whose name is none. Validate before; it is the caller's bug.
/// </remarks>
public static class SyncMlWriter
{
    /// <summary>The whole message.</summary>
    public static byte[] Write(SyncMlMessage message)
    {
        var output = new SyncMlOutput(ArrayPool<byte>.Shared.Rent(4096));
        try
        {
            WriteMessage(ref output, message);
            return output.Written.ToArray();
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(output.Buffer!);
        }
    }

    /// <summary>Bytes that the whole message takes; without its commands this is what the envelope costs.</summary>
    public static int SizeOf(SyncMlMessage message)
    {
        var output = SyncMlOutput.Counting();
        WriteMessage(ref output, message);
        return output.Length;
    }

    /// <summary>Bytes that one command adds to a message, exactly; for batching below MaxMsgSize.</summary>
    public static int SizeOf(SyncCommand command)
    {
        var output = SyncMlOutput.Counting();
        CommandWriter.Write(ref output, command);
        return output.Length;
    }

    private static void WriteMessage(ref SyncMlOutput output, SyncMlMessage message)
    {
        output.Raw("<SyncML xmlns=\"SYNCML:SYNCML1.2\">"u8);
        WriteHeader(ref output, message.Header);
        output.Raw("<SyncBody>"u8);
        foreach (var command in message.Commands)
        {
            CommandWriter.Write(ref output, command);
        }
        output.Raw(message.Final ? "<Final/></SyncBody></SyncML>"u8 : "</SyncBody></SyncML>"u8);
    }

    private static void WriteHeader(ref SyncMlOutput output, SyncHeader header)
    {
        output.Raw("<SyncHdr><VerDTD>1.2</VerDTD><VerProto>DM/1.2</VerProto><SessionID>"u8);
        output.Text(header.SessionId);
        output.Raw("</SessionID><MsgID>"u8);
        output.Number(header.MessageId);
        output.Raw("</MsgID><Target><LocURI>"u8);
        output.Text(header.Target);
        output.Raw("</LocURI></Target><Source><LocURI>"u8);
        output.Text(header.Source);
        output.Raw("</LocURI>"u8);
        if (header.SourceName is not null)
        {
            output.Raw("<LocName>"u8);
            output.Text(header.SourceName);
            output.Raw("</LocName>"u8);
        }
        output.Raw("</Source>"u8);
        if (header.Credential is { } credential)
        {
            output.Raw("<Cred><Meta><Format xmlns=\"syncml:metinf\">b64</Format><Type xmlns=\"syncml:metinf\">"u8);
            output.Text(credential.Type);
            output.Raw("</Type></Meta><Data>"u8);
            output.Text(credential.Data);
            output.Raw("</Data></Cred>"u8);
        }
        if (header.MaxMessageSize is { } size)
        {
            output.Raw("<Meta><MaxMsgSize xmlns=\"syncml:metinf\">"u8);
            output.Number(size);
            output.Raw("</MaxMsgSize></Meta>"u8);
        }
        output.Raw("</SyncHdr>"u8);
    }
}
