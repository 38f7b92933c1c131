using Deskward.Protocol.SyncMl;

namespace Deskward.Sessions;

/// <summary>The Statuses a message gets: the header's first, then one for each command in its order.</summary>
internal static class SessionStatuses
{
    internal static void Write(SyncMlMessage message, SessionAnswers answers, OutgoingMessage outgoing)
    {
        outgoing.AddStatus(Header(message.Header, SyncStatus.Ok));
        foreach (var command in message.Commands)
        {
            if (Of(message.Header, command) is { } status)
            {
                outgoing.AddStatus(status);
            }

            if (command is ResultsCommand results)
            {
                WriteChunks(message.Header, results, answers, outgoing);
            }
        }

        if (answers.IsObjectAbandoned)
        {
            outgoing.TryAdd(id => new AlertCommand(AlertCode.NoEndOfData, []) { CommandId = OutgoingMessage.Text(id) }, force: true);
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
    /// The Status of one command; null for Status and Results, which need none. A command whose items all fare alike gets one Status, as
    /// Windows itself accepts it for DevInfo.
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
