using Deskward.DesiredState;
using Deskward.Devices;
using Deskward.Platform.Storage;
using Deskward.Protocol.SyncMl;

namespace Deskward.Sessions;

/// <summary>What a command of ours was for.</summary>
internal enum SentKind : byte
{
    /// <summary>Work of the planner, alone or inside an Atomic.</summary>
    Work,

    /// <summary>The Atomic around works.</summary>
    Atomic,

    /// <summary>A one-shot command.</summary>
    Command,

    /// <summary>Get of a fact of the machine.</summary>
    Inventory,

    /// <summary>A part of a large object, not the last.</summary>
    Chunk,

    /// <summary>Get or Replace of a value of the management client itself.</summary>
    Client,
}

/// <summary>A command, or one item of a Get, that was sent and has no answer yet.</summary>
/// <param name="MessageId">Our message's MsgID.</param>
/// <param name="CommandId">CmdID in it.</param>
/// <param name="Kind">What it was for.</param>
internal sealed record SentItem(int MessageId, int CommandId, SentKind Kind)
{
    /// <summary>CmdID of the Atomic around it; 0: none.</summary>
    internal int AtomicId { get; init; }

    /// <summary>The planner's work, without the value; null for Atomics and one-shot commands.</summary>
    internal Work? Work { get; init; }

    /// <summary>The one-shot command's row; empty otherwise.</summary>
    internal Guid CommandRow { get; init; }

    internal string Path => Work?.Path ?? "";
}

/// <summary>Whose settings a session is for: on a PC that several people use at once, each has sessions of their own.</summary>
internal enum SyncScope : byte
{
    Mixed,
    Device,
    User,
}

/// <summary>A large object that is going out in parts.</summary>
/// <param name="Work">The write it belongs to.</param>
/// <param name="Offset">Characters of the value that were sent.</param>
internal sealed record OutgoingObject(Work Work, int Offset);

/// <summary>What a session must remember from message to message; compressed in <see cref="Session.InFlight"/>.</summary>
internal sealed class SessionState
{
    private const int LongestFact = 300;
    private const byte Version = 4;

    private readonly Dictionary<string, string?> _reported = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Messages answered.</summary>
    internal int Rounds { get; set; }

    /// <summary>Sent and not answered.</summary>
    internal List<SentItem> Sent { get; } = [];

    internal OutgoingObject? Outgoing { get; set; }

    /// <summary>Whose settings the session is for, as package 1 says; <see cref="SyncScope.Mixed"/> when it does not.</summary>
    internal SyncScope Scope { get; set; }

    internal PendingObject? Incoming { get; set; }

    /// <summary>Facts of the machine that are not stored yet, clean and cut, by their LocURI; null: the PC does not have it.</summary>
    internal IReadOnlyDictionary<string, string?> Reported => _reported;

    /// <summary>More facts of the machine were asked for.</summary>
    internal bool AwaitsFacts => Sent.Exists(sent => sent.Kind == SentKind.Inventory);

    internal void Report(string path, string? value) => _reported[path] = ReportedText.Clean(value, LongestFact);

    internal void ForgetReported() => _reported.Clear();

    internal byte[] Write() => PackedRecord.Write(Version, writer =>
    {
        writer.Write7BitEncodedInt(Rounds);
        writer.Write((byte)Scope);
        writer.Write7BitEncodedInt(Sent.Count);
        foreach (var item in Sent)
        {
            WriteItem(writer, item);
        }

        writer.Write(Outgoing is not null);
        if (Outgoing is not null)
        {
            WriteWork(writer, Outgoing.Work);
            writer.Write7BitEncodedInt(Outgoing.Offset);
        }

        WriteIncoming(writer);
        writer.Write7BitEncodedInt(_reported.Count);
        foreach (var (path, value) in _reported)
        {
            writer.Write(path);
            WriteText(writer, value);
        }
    });

    /// <summary>Reads what <see cref="Write"/> wrote; a fresh state for null or another version.</summary>
    internal static SessionState Read(byte[]? record)
    {
        var state = new SessionState();
        using var reader = PackedRecord.Read(Version, record);
        if (reader is null)
        {
            return state;
        }

        (state.Rounds, state.Scope) = (reader.Read7BitEncodedInt(), (SyncScope)reader.ReadByte());
        for (var left = reader.Read7BitEncodedInt(); left > 0; left--)
        {
            state.Sent.Add(ReadItem(reader));
        }

        if (reader.ReadBoolean())
        {
            state.Outgoing = new OutgoingObject(ReadWork(reader), reader.Read7BitEncodedInt());
        }

        state.ReadIncoming(reader);
        for (var left = reader.Read7BitEncodedInt(); left > 0; left--)
        {
            state._reported[reader.ReadString()] = ReadText(reader);
        }

        return state;
    }

    private void WriteIncoming(BinaryWriter writer)
    {
        writer.Write(Incoming is not null);
        if (Incoming is { } incoming)
        {
            WriteText(writer, incoming.First.Source);
            WriteText(writer, incoming.First.Target);
            WriteText(writer, incoming.First.Meta?.Format);
            writer.Write(incoming.First.Meta?.Size ?? -1);
            writer.Write(incoming.Text);
            writer.Write7BitEncodedInt(incoming.Refusal ?? 0);
        }
    }

    private void ReadIncoming(BinaryReader reader)
    {
        if (reader.ReadBoolean())
        {
            var (source, target, format, size) = (ReadText(reader), ReadText(reader), ReadText(reader), reader.ReadInt64());
            var first = new SyncItem { Source = source, Target = target, Meta = new SyncMeta(format) { Size = size < 0 ? null : size }, MoreData = true };
            Incoming = new PendingObject(first, reader.ReadString(), reader.Read7BitEncodedInt() is var refusal and not 0 ? refusal : null);
        }
    }

    private static void WriteItem(BinaryWriter writer, SentItem item)
    {
        writer.Write7BitEncodedInt(item.MessageId);
        writer.Write7BitEncodedInt(item.CommandId);
        writer.Write((byte)item.Kind);
        writer.Write7BitEncodedInt(item.AtomicId);
        if (item.Kind == SentKind.Command)
        {
            writer.Write(item.CommandRow.ToByteArray());
        }
        else if (item.Work is { } work)
        {
            WriteWork(writer, work);
        }
    }

    private static SentItem ReadItem(BinaryReader reader)
    {
        var item = new SentItem(reader.Read7BitEncodedInt(), reader.Read7BitEncodedInt(), (SentKind)reader.ReadByte()) { AtomicId = reader.Read7BitEncodedInt() };
        return item.Kind switch
        {
            SentKind.Command => item with { CommandRow = new Guid(reader.ReadBytes(16)) },
            SentKind.Atomic => item,
            SentKind.Work or SentKind.Inventory or SentKind.Chunk or SentKind.Client => item with { Work = ReadWork(reader) },
        };
    }

    private static void WriteWork(BinaryWriter writer, Work work)
    {
        writer.Write((byte)work.Kind);
        writer.Write(work.Path);
        writer.Write(work.ValueHash);
    }

    private static Work ReadWork(BinaryReader reader) => new((WorkKind)reader.ReadByte(), reader.ReadString()) { ValueHash = reader.ReadUInt64() };

    private static void WriteText(BinaryWriter writer, string? text)
    {
        writer.Write(text is not null);
        writer.Write(text ?? "");
    }

    private static string? ReadText(BinaryReader reader)
    {
        var present = reader.ReadBoolean();
        var text = reader.ReadString();
        return present ? text : null;
    }
}
