using System.Globalization;
using Deskward.Protocol.SyncMl;

namespace Deskward.Sessions;

/// <summary>A message being filled: gives each command its CmdID and knows how much room is left.</summary>
internal sealed class OutgoingMessage
{
    private readonly SyncHeader _header;
    private readonly List<SyncCommand> _commands = [];
    private readonly int _limit;
    private int _size;

    internal OutgoingMessage(SyncHeader incoming, int limit)
    {
        _header = new SyncHeader { SessionId = incoming.SessionId, MessageId = incoming.MessageId, Target = incoming.Source, Source = incoming.Target };
        _limit = limit;
        _size = SyncMlWriter.SizeOf(new SyncMlMessage(_header, [], true));
    }

    internal int NextId { get; private set; } = 1;

    internal int MessageId => _header.MessageId;

    internal int Room => _limit - _size - Reserved;

    /// <summary>Bytes kept free for what is added last.</summary>
    internal int Reserved { get; private set; }

    /// <summary>Whether it holds something that the PC has to answer.</summary>
    internal bool HasCommands { get; private set; }

    /// <summary>Adds a Status: always, because the protocol demands it.</summary>
    internal void AddStatus(StatusCommand status)
    {
        var numbered = status with { CommandId = Text(NextId) };
        Take(numbered, SyncMlWriter.SizeOf(numbered), 1);
    }

    /// <summary>Adds a command when there is room for it, or when <paramref name="force"/> is set.</summary>
    /// <returns>Its CmdID; 0 when there is no room.</returns>
    internal int TryAdd(Func<int, SyncCommand> make, int ids = 1, bool force = false)
    {
        var id = NextId;
        var command = make(id);
        var size = SyncMlWriter.SizeOf(command);
        if (!force && size > Room)
        {
            return 0;
        }

        Take(command, size, ids);
        HasCommands = true;
        return id;
    }

    /// <summary>Keeps room free, but never more than half of what is left: whatever comes before must get on as well.</summary>
    internal void Reserve(int bytes) => Reserved += Math.Min(bytes, Math.Max(0, (Room - Reserved) / 2));

    /// <summary>What was kept free may be filled.</summary>
    internal void Release() => Reserved = 0;

    internal SyncMlMessage Close(bool isFinal) => new(_header, _commands, isFinal);

    internal static string Text(int id) => id.ToString(CultureInfo.InvariantCulture);

    private void Take(SyncCommand command, int size, int ids)
    {
        _commands.Add(command);
        _size += size;
        NextId += ids;
    }
}
