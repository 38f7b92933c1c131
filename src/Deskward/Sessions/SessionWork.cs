using Deskward.DesiredState;
using Deskward.Protocol.SyncMl;

namespace Deskward.Sessions;

/// <summary>Fills a message with commands, as much as fits, and notes in evidence and session what leaves.</summary>
internal static class SessionWork
{
    /// <summary>Gets in one message: their values come back in one, and Windows takes messages of several hundred kilobytes.</summary>
    private const int MostReads = 400;

    /// <summary>What a Get needs beside its items.</summary>
    private const int GetEnvelope = 100;

    /// <summary>A large object goes alone; its parts leave this much of the message to the envelope of the command.</summary>
    private const int ChunkEnvelope = 700;

    /// <summary>
    /// 1. A PC that is to leave gets its commands and nothing else; that of a customer who is suspended, only the command to leave. 2. Facts of the machine and of its management client, when it is time. 3. What the planner finds, and behind it what was written.
    /// 4. One-shot commands once nothing else is left, because a restart ends the session.
    /// </summary>
    internal static void Fill(Conversation conversation, OutgoingMessage outgoing)
    {
        if (conversation.IsRetiring || conversation.IsHeld)
        {
            SendCommands(conversation, outgoing); // 1
            return;
        }

        var reads = new List<(SentKind Kind, Work Work)>();
        reads.AddRange(conversation.InventoryDue.Select(path => (SentKind.Inventory, new Work(WorkKind.Read, path)))); // 2
        reads.AddRange(conversation.IsClientDue ? conversation.Client.Select(own => (SentKind.Client, new Work(WorkKind.Read, own.Path))) : []);
        (conversation.InventoryDue, conversation.IsClientDue) = ([], false);
        SendClient(conversation, outgoing);
        reads.ForEach(read => Reserve(outgoing, read.Work.Address));
        var written = SendPlan(conversation, outgoing, reads); // 3
        outgoing.Release();
        reads.AddRange(written.Select(path => (SentKind.Work, new Work(WorkKind.ReadWritten, path))));
        SendReads(conversation, outgoing, reads);
        if (!outgoing.HasCommands)
        {
            SendCommands(conversation, outgoing); // 4
        }
    }

    /// <summary>Sends the next part of a large object.</summary>
    /// <returns>False when the object is not wanted any more.</returns>
    internal static bool Continue(Conversation conversation, OutgoingMessage outgoing)
    {
        var (work, offset) = conversation.State.Outgoing!;
        conversation.State.Outgoing = null;
        if (conversation.Target.Find(work.Path) is not { } setting || setting.ValueHash != work.ValueHash || conversation.Reveal(setting.Setting) is not { } value || offset >= value.Length)
        {
            return false;
        }

        var item = new SyncItem { Target = work.Path, Meta = new SyncMeta(setting.Setting.Format, "text/plain"), Data = value };
        SendPart(conversation, outgoing, work, item, offset);
        return true;
    }

    // Once: what the PC does not take is tried again when it is next looked at.
    private static void SendClient(Conversation conversation, OutgoingMessage outgoing)
    {
        foreach (var own in conversation.ClientDiffers)
        {
            var item = new SyncItem { Target = own.Path, Meta = new SyncMeta(own.Format, "text/plain"), Data = own.Value };
            if (outgoing.TryAdd(id => new ItemCommand(SyncVerb.Replace, [item]) { CommandId = OutgoingMessage.Text(id) }) is var sent and not 0)
            {
                conversation.State.Sent.Add(new SentItem(outgoing.MessageId, sent, SentKind.Client) { Work = new Work(WorkKind.Replace, own.Path) });
                conversation.CommandsSent++;
            }
        }
    }

    /// <returns>What was written and can be read: where the message has room left, it asks for that as well, and so does not need the next one.</returns>
    private static List<string> SendPlan(Conversation conversation, OutgoingMessage outgoing, List<(SentKind, Work)> reads)
    {
        var written = new List<string>();
        var waiting = conversation.State.Sent.Where(sent => sent.Work is not null).Select(sent => sent.Path).ToHashSet(StringComparer.Ordinal);
        foreach (var step in Planner.Plan(conversation.Target, conversation.Evidence, conversation.Facts))
        {
            if (step.Works.Any(work => waiting.Contains(work.Path)))
            {
                continue;
            }

            if (step.Works[0].IsRead)
            {
                if (step.Works[0].Kind == WorkKind.ReadOriginal)
                {
                    Reserve(outgoing, step.Works[0].Address); // It holds up the write of its node: it must not wait until all others are written.
                }

                reads.Add((SentKind.Work, step.Works[0]));
            }
            else if (!Send(conversation, outgoing, step, maySplit: reads.Count == 0))
            {
                break;
            }
            else if (WasWritten(conversation, step))
            {
                written.Add(step.Works[0].Path);
            }
        }

        return written;
    }

    // Alone, and not refused by ourselves as too long.
    private static bool WasWritten(Conversation conversation, PlannedStep step) => step is { AtomicGroup: null, Works: [{ Kind: WorkKind.Add or WorkKind.Replace } work] }
        && conversation.Target.Find(work.Path) is { CanRead: true } && conversation.Evidence.Find(work.Path)?.Standing == Standing.Sent;

    private static void Reserve(OutgoingMessage outgoing, string path) => outgoing.Reserve(ReadSize(path) + (outgoing.Reserved == 0 ? GetEnvelope : 0));

    private static bool Send(Conversation conversation, OutgoingMessage outgoing, PlannedStep step, bool maySplit)
    {
        var id = step.AtomicGroup is null
            ? outgoing.TryAdd(first => Command(conversation, step.Works[0], first))
            : outgoing.TryAdd(first => Atomic(conversation, step, first), step.Works.Count + 1, force: !outgoing.HasCommands && conversation.Message.Header.MaxMessageSize is null);
        if (id == 0)
        {
            return !outgoing.HasCommands && maySplit && outgoing.Reserved == 0 && SendOversized(conversation, outgoing, step);
        }

        if (step.AtomicGroup is not null)
        {
            conversation.State.Sent.Add(new SentItem(outgoing.MessageId, id, SentKind.Atomic));
        }

        for (var index = 0; index < step.Works.Count; index++)
        {
            var work = step.Works[index];
            Note(conversation, new SentItem(outgoing.MessageId, step.AtomicGroup is null ? id : id + 1 + index, SentKind.Work) { AtomicId = step.AtomicGroup is null ? 0 : id, Work = Slim(work) }, work);
        }

        return true;
    }

    // Too long for a message of its own: a single write goes in parts, an Atomic cannot.
    private static bool SendOversized(Conversation conversation, OutgoingMessage outgoing, PlannedStep step)
    {
        if (step.AtomicGroup is not null)
        {
            foreach (var work in step.Works)
            {
                conversation.Evidence.Sent(work, conversation.Now);
                conversation.Evidence.Answered(work, SyncStatus.TooLarge, "The settings of this group do not fit into one message of the size that the PC takes.", conversation.Now);
            }

            return true;
        }

        var single = step.Works[0];
        conversation.Evidence.Sent(single, conversation.Now);
        var item = Item(conversation, single);
        if (conversation.Message.Header.MaxObjectSize is { } longest && System.Text.Encoding.UTF8.GetByteCount(item.Data ?? "") > longest)
        {
            conversation.Evidence.Answered(single, SyncStatus.TooLarge, "The value is longer than the objects that the PC takes.", conversation.Now);
            return true;
        }

        SendPart(conversation, outgoing, single, item, 0);
        return false;
    }

    private static void SendPart(Conversation conversation, OutgoingMessage outgoing, Work work, SyncItem item, int offset)
    {
        var part = LargeObject.Part(item, offset, Math.Max(1024, outgoing.Room - ChunkEnvelope - work.Path.Length * 5));
        var id = outgoing.TryAdd(first => new ItemCommand(Verb(work.Kind), [part]) { CommandId = OutgoingMessage.Text(first) }, force: true);
        conversation.State.Sent.Add(new SentItem(outgoing.MessageId, id, part.MoreData ? SentKind.Chunk : SentKind.Work) { Work = Slim(work) });
        conversation.State.Outgoing = part.MoreData ? new OutgoingObject(Slim(work), offset + part.Data!.Length) : null;
        conversation.CommandsSent++;
    }

    private static void SendReads(Conversation conversation, OutgoingMessage outgoing, List<(SentKind Kind, Work Work)> reads)
    {
        var fitting = new List<(SentKind Kind, Work Work)>();
        var room = outgoing.Room - GetEnvelope;
        foreach (var read in reads.Take(MostReads))
        {
            room -= ReadSize(read.Work.Address);
            if (room < 0 && (fitting.Count > 0 || outgoing.HasCommands))
            {
                break;
            }

            fitting.Add(read);
        }

        if (fitting.Count > 0)
        {
            var id = outgoing.TryAdd(first => new ItemCommand(SyncVerb.Get, [.. fitting.Select(read => new SyncItem { Target = read.Work.Address })]) { CommandId = OutgoingMessage.Text(first) }, force: true);
            conversation.State.Sent.AddRange(fitting.Select(read => new SentItem(outgoing.MessageId, id, read.Kind) { Work = read.Work }));
            conversation.CommandsSent += fitting.Count;
        }
    }

    private static void SendCommands(Conversation conversation, OutgoingMessage outgoing)
    {
        foreach (var command in conversation.Commands.Where(command => command.State == CommandState.Queued && (!conversation.IsHeld || CommandKind.GoesOnWhileHeld(command.Kind))))
        {
            var id = outgoing.TryAdd(first => CommandQueue.ToSyncMl(command, first));
            if (id == 0)
            {
                return;
            }

            command.Send(conversation.SessionRow, conversation.Now);
            conversation.State.Sent.Add(new SentItem(outgoing.MessageId, id, SentKind.Command) { CommandRow = command.Id });
            conversation.CommandsSent++;
        }
    }

    private static void Note(Conversation conversation, SentItem sent, Work work)
    {
        conversation.Evidence.Sent(work, conversation.Now);
        conversation.State.Sent.Add(sent);
        conversation.CommandsSent++;
    }

    private static AtomicCommand Atomic(Conversation conversation, PlannedStep step, int first) =>
        new([.. step.Works.Select((work, index) => Command(conversation, work, first + 1 + index))]) { CommandId = OutgoingMessage.Text(first) };

    private static ItemCommand Command(Conversation conversation, Work work, int id) => new(Verb(work.Kind), [Item(conversation, work)]) { CommandId = OutgoingMessage.Text(id) };

    // Format and Type always: without them many configuration service providers answer 500 or 415.
    private static SyncItem Item(Conversation conversation, Work work) => work.Kind is WorkKind.Delete
        ? new SyncItem { Target = work.Path }
        : new SyncItem
        {
            Target = work.Path,
            Meta = new SyncMeta(work.Format ?? SyncFormat.Text, work.Format == SyncFormat.Node ? null : "text/plain"),
            Data = work.Format == SyncFormat.Node ? null : work.Setting is { } setting ? conversation.Reveal(setting) : work.Value,
        };

    private static SyncVerb Verb(WorkKind kind) => kind switch
    {
        WorkKind.Add => SyncVerb.Add,
        WorkKind.Replace or WorkKind.Restore => SyncVerb.Replace,
        WorkKind.Delete => SyncVerb.Delete,
        WorkKind.Read or WorkKind.ReadOriginal or WorkKind.ReadResult or WorkKind.ReadWritten => SyncVerb.Get,
    };

    private static Work Slim(Work work) => work with { Value = null, Format = null, Setting = null };

    // <Item><Target><LocURI></LocURI></Target></Item> and the path, whose ampersands are written as references.
    private static int ReadSize(string path) => 48 + System.Text.Encoding.UTF8.GetByteCount(path) + path.AsSpan().CountAny('&', '<', '>') * 4;
}
