using System.Xml;

namespace Deskward.Protocol.SyncMl;

/// <summary>Writes the children of SyncBody, Atomic and Sequence, in the element order of the RepPro DTD.</summary>
internal static class CommandWriter
{
    public static void Write(ref SyncMlOutput output, SyncCommand command)
    {
        if (command.CommandId is null or "" or "0")
        {
            throw new ArgumentException("A command needs a CmdID that is not 0.", nameof(command));
        }
        switch (command)
        {
            case ItemCommand items:
                WriteItems(ref output, items);
                break;
            case StatusCommand status:
                WriteStatus(ref output, status);
                break;
            case ResultsCommand results:
                WriteResults(ref output, results);
                break;
            case AlertCommand alert:
                WriteAlert(ref output, alert);
                break;
            case AtomicCommand atomic:
                WriteGroup(ref output, "Atomic"u8, atomic, atomic.Commands);
                break;
            case SequenceCommand sequence:
                WriteGroup(ref output, "Sequence"u8, sequence, sequence.Commands);
                break;
            case UnknownCommand unknown:
                WriteUnknown(ref output, unknown);
                break;
            default:
                throw new ArgumentException("No kind of command that can be written.", nameof(command));
        }
    }

    private static void WriteItems(ref SyncMlOutput output, ItemCommand command)
    {
        var name = command.Verb switch
        {
            SyncVerb.Add => "Add"u8,
            SyncVerb.Replace => "Replace"u8,
            SyncVerb.Delete => "Delete"u8,
            SyncVerb.Get => "Get"u8,
            SyncVerb.Exec => "Exec"u8,
            _ => throw new ArgumentException("No verb.", nameof(command)),
        };
        Open(ref output, name, command);
        ItemWriter.WriteMeta(ref output, command.Meta);
        ItemWriter.Write(ref output, command.Items);
        Close(ref output, name);
    }

    private static void WriteGroup(ref SyncMlOutput output, ReadOnlySpan<byte> name, SyncCommand group, IReadOnlyList<SyncCommand> commands)
    {
        Open(ref output, name, group);
        foreach (var command in commands)
        {
            Write(ref output, command);
        }
        Close(ref output, name);
    }

    private static void WriteAlert(ref SyncMlOutput output, AlertCommand alert)
    {
        Open(ref output, "Alert"u8, alert);
        output.Raw("<Data>"u8);
        output.Number(alert.Code);
        output.Raw("</Data>"u8);
        ItemWriter.Write(ref output, alert.Items);
        Close(ref output, "Alert"u8);
    }

    private static void WriteStatus(ref SyncMlOutput output, StatusCommand status)
    {
        Open(ref output, "Status"u8, status);
        output.Raw("<MsgRef>"u8);
        output.Number(status.MessageRef);
        output.Raw("</MsgRef><CmdRef>"u8);
        output.Text(status.CommandRef);
        output.Raw("</CmdRef><Cmd>"u8);
        output.Text(status.Command);
        output.Raw("</Cmd>"u8);
        foreach (var target in status.TargetRefs)
        {
            output.Raw("<TargetRef>"u8);
            output.Text(target);
            output.Raw("</TargetRef>"u8);
        }
        foreach (var source in status.SourceRefs)
        {
            output.Raw("<SourceRef>"u8);
            output.Text(source);
            output.Raw("</SourceRef>"u8);
        }
        if (status.Challenge is { } challenge)
        {
            output.Raw("<Chal><Meta><Format xmlns=\"syncml:metinf\">b64</Format><Type xmlns=\"syncml:metinf\">"u8);
            output.Text(challenge.Type);
            output.Raw("</Type><NextNonce xmlns=\"syncml:metinf\">"u8);
            output.Text(Convert.ToBase64String(challenge.NextNonce));
            output.Raw("</NextNonce></Meta></Chal>"u8);
        }
        output.Raw("<Data>"u8);
        output.Number(status.Code);
        output.Raw("</Data>"u8);
        ItemWriter.Write(ref output, status.Items);
        Close(ref output, "Status"u8);
    }

    private static void WriteResults(ref SyncMlOutput output, ResultsCommand results)
    {
        Open(ref output, "Results"u8, results);
        if (results.MessageRef is { } message)
        {
            output.Raw("<MsgRef>"u8);
            output.Number(message);
            output.Raw("</MsgRef>"u8);
        }
        output.Raw("<CmdRef>"u8);
        output.Text(results.CommandRef);
        output.Raw("</CmdRef>"u8);
        ItemWriter.WriteMeta(ref output, results.Meta);
        ItemWriter.Write(ref output, results.Items);
        Close(ref output, "Results"u8);
    }

    private static void WriteUnknown(ref SyncMlOutput output, UnknownCommand unknown)
    {
        try
        {
            XmlConvert.VerifyNCName(unknown.Name);
        }
        catch (XmlException)
        {
            throw new ArgumentException("No name of an element.", nameof(unknown));
        }
        var name = System.Text.Encoding.UTF8.GetBytes(unknown.Name);
        Open(ref output, name, unknown);
        Close(ref output, name);
    }

    private static void Open(ref SyncMlOutput output, scoped ReadOnlySpan<byte> name, SyncCommand command)
    {
        output.Raw("<"u8);
        output.Raw(name);
        output.Raw("><CmdID>"u8);
        output.Text(command.CommandId);
        output.Raw("</CmdID>"u8);
    }

    private static void Close(ref SyncMlOutput output, scoped ReadOnlySpan<byte> name)
    {
        output.Raw("</"u8);
        output.Raw(name);
        output.Raw(">"u8);
    }
}
