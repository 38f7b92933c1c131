using Deskward.Protocol.SyncMl;

namespace Deskward.Sessions;

/// <summary>The Statuses a message gets: the header's first, then those of each command in its order.</summary>
internal static class SessionStatuses
{
    internal static void Write(SyncMlMessage message, SessionAnswers answers, OutgoingMessage outgoing)
    {
        outgoing.AddStatus(Header(message.Header, SyncStatus.Ok));
        foreach (var command in message.Commands)
        {
            if (command is ItemCommand items && FareDifferently(items))
            {
                WriteItems(message.Header, items, outgoing);
            }
            else if (Of(message.Header, command) is { } status)
            {
                outgoing.AddStatus(status);
            }

            if (command is ResultsCommand results)
            {
                WriteChunks(message.Header, results, answers, outgoing);
            }
        }

        if (answers.Abandoned is { } abandoned)
        {
            var whose = new SyncItem { Source = abandoned.Source, Target = abandoned.Target };
            outgoing.TryAdd(id => new AlertCommand(AlertCode.NoEndOfData, whose is { Source: null, Target: null } ? [] : [whose]) { CommandId = OutgoingMessage.Text(id) }, force: true);
        }
    }

    internal static StatusCommand Header(SyncHeader header, int code, Challenge? challenge = null) => new()
    {
        MessageRef = header.MessageId,
        CommandRef = "0",
        Command = "SyncHdr",
        TargetRefs = [header.Target],
        SourceRefs = [header.Source],
        Code = code,
        Challenge = challenge,
    };

    /// <summary>
    /// The Status of one command; null for Status and Results, which need none. A command whose items all fare alike gets one Status without references,
    /// as the specification allows and Windows accepts for DevInfo; where they differ, each item has its own.
    /// </summary>
    internal static StatusCommand? Of(SyncHeader header, SyncCommand command)
    {
        var (name, code) = command switch
        {
            StatusCommand or ResultsCommand => ("", 0),
            { CommandId: null } => (Name(command), SyncStatus.BadRequest),
            AlertCommand alert => ("Alert", IsKnown(alert.Code) ? SyncStatus.Ok : SyncStatus.NotSupported),
            ItemCommand { Verb: SyncVerb.Replace } replace when replace.Items.All(IsDeviceInfo) => ("Replace", SyncStatus.Ok),
            UnknownCommand => (Name(command), SyncStatus.BadRequest),
            _ => (Name(command), SyncStatus.NotAllowed),
        };
        return code == 0 ? null : new StatusCommand { MessageRef = header.MessageId, CommandRef = command.CommandId ?? "", Command = name, Code = code };
    }

    // Some of the items are facts that a PC may report, and some are not.
    private static bool FareDifferently(ItemCommand command) =>
        command is { Verb: SyncVerb.Replace, CommandId: not null } && command.Items.Any(IsDeviceInfo) && !command.Items.All(IsDeviceInfo);

    private static void WriteItems(SyncHeader header, ItemCommand command, OutgoingMessage outgoing)
    {
        foreach (var item in command.Items)
        {
            outgoing.AddStatus(new StatusCommand
            {
                MessageRef = header.MessageId,
                CommandRef = command.CommandId!,
                Command = Name(command),
                TargetRefs = item.Target is { } target ? [target] : [],
                SourceRefs = item.Source is { } source ? [source] : [],
                Code = IsDeviceInfo(item) ? SyncStatus.Ok : SyncStatus.NotAllowed,
            });
        }
    }

    private static void WriteChunks(SyncHeader header, ResultsCommand results, SessionAnswers answers, OutgoingMessage outgoing)
    {
        foreach (var (_, item, code) in answers.Chunks.Where(chunk => ReferenceEquals(chunk.Results, results)))
        {
            outgoing.AddStatus(new StatusCommand
            {
                MessageRef = header.MessageId,
                CommandRef = results.CommandId ?? "",
                Command = "Results",
                SourceRefs = item.Source is { } source ? [source] : [],
                Code = code,
            });
        }
    }

    private static bool IsKnown(int alert) => alert is >= AlertCode.ServerInitiated and <= AlertCode.ClientInitiated or >= AlertCode.NextMessage and <= AlertCode.Generic;

    private static bool IsDeviceInfo(SyncItem item) => item.Source?.StartsWith("./DevInfo/", StringComparison.OrdinalIgnoreCase) == true;

    private static string Name(SyncCommand command) => command switch
    {
        ItemCommand items => items.Verb.ToString(),
        AlertCommand => "Alert",
        AtomicCommand => "Atomic",
        SequenceCommand => "Sequence",
        UnknownCommand unknown => unknown.Name,
        _ => "Status",
    };
}
