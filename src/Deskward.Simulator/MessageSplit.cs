using System.Text;
using Deskward.Protocol.SyncMl;

namespace Deskward.Simulator;

/// <summary>Spreads an answer over several messages when the service cannot take it in one (MaxMsgSize); large Results go in pieces.</summary>
internal static class MessageSplit
{
    // CmdIDs and message numbers grow while a message is put together.
    private const int Slack = 64;

    public static bool Fits(IReadOnlyList<SyncCommand> commands, SyncMlMessage envelope, int limit) =>
        Room(envelope, limit) >= commands.Sum(Size);

    /// <summary>Whether a single Results alone is longer than a message may be.</summary>
    public static bool HasLargeResult(IReadOnlyList<SyncCommand> commands, SyncMlMessage envelope, int limit) =>
        commands.OfType<ResultsCommand>().Any(results => Size(results) > Room(envelope, limit) - Slack);

    /// <summary>The commands of each message; the first command, the Status of SyncHdr, stays in the first one.</summary>
    public static IReadOnlyList<IReadOnlyList<SyncCommand>> Split(IReadOnlyList<SyncCommand> commands, SyncMlMessage envelope, int limit)
    {
        // Every later message begins with a Status of SyncHdr of its own.
        var room = Room(envelope, limit) - Size(commands[0]) - Slack;
        var parts = new List<IReadOnlyList<SyncCommand>>();
        var part = new List<SyncCommand> { commands[0] };
        var used = 0;
        foreach (var command in commands.Skip(1).SelectMany(command => Pieces(command, room)))
        {
            var size = Size(command);
            if ((used + size > room || EndsMessage(part[^1])) && used > 0)
            {
                parts.Add(part);
                (part, used) = ([], 0);
            }
            part.Add(command);
            used += size;
        }
        parts.Add(part);
        return parts;
    }

    private static IEnumerable<SyncCommand> Pieces(SyncCommand command, int room)
    {
        if (command is not ResultsCommand results || Size(results) <= room)
        {
            return [command];
        }
        return results.Items.SelectMany(item => Pieces(item, room / 2)).Select(item => results with { Items = [item] });
    }

    private static IEnumerable<SyncItem> Pieces(SyncItem item, int room)
    {
        var data = item.Data ?? "";
        var pieces = LargeObject.Cut(data, room).ToList();
        return pieces.Count == 1
            ? [item]
            : pieces.Select((piece, i) => item with
            {
                Data = piece,
                MoreData = i < pieces.Count - 1,
                Meta = i == 0 ? (item.Meta ?? new SyncMeta()) with { Size = Encoding.UTF8.GetByteCount(data) } : null,
            });
    }

    private static bool EndsMessage(SyncCommand command) => command is ResultsCommand { Items: [{ MoreData: true }] };

    private static int Size(SyncCommand command) => SyncMlWriter.SizeOf(command.CommandId is null ? command with { CommandId = "9999" } : command);

    private static int Room(SyncMlMessage envelope, int limit) => limit - SyncMlWriter.SizeOf(envelope) - Slack;
}
