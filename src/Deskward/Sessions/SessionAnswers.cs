using System.Globalization;
using Deskward.DesiredState;
using Deskward.Protocol.SyncMl;

namespace Deskward.Sessions;

/// <summary>Matches a PC's Status and Results to what was sent, and tells the evidence. Answers that come twice, late or for nothing are ignored.</summary>
internal sealed class SessionAnswers(Conversation conversation)
{
    private readonly Dictionary<SentItem, (int Status, string? Detail)> _inside = new(ReferenceEqualityComparer.Instance);
    private readonly Dictionary<(int Message, int Command), ArraySegment<SentItem>> _sent = new(conversation.State.Sent.Count);
    private readonly Dictionary<(int Message, int Command, string Node), SentItem> _reads = new(conversation.State.Sent.Count);
    private readonly HashSet<SentItem> _answered = new(ReferenceEqualityComparer.Instance);
    private readonly LargeObjectAssembler _assembler = new(conversation.State.Incoming);

    /// <summary>Items of Results that are to be answered with a Status of their own: parts of large objects.</summary>
    internal List<(ResultsCommand Results, SyncItem Item, int Status)> Chunks { get; } = [];

    /// <summary>The large object that the PC left unfinished; null: none.</summary>
    internal SyncItem? Abandoned { get; private set; }

    /// <summary>Whether a large object is expected to go on.</summary>
    internal bool AwaitsChunk { get; private set; }

    internal void Take()
    {
        Index();
        foreach (var command in conversation.Message.Commands)
        {
            if (command is StatusCommand { Command: not "SyncHdr" } status)
            {
                Take(status);
            }
        }

        // Results only after all statuses: a value is evidence for a command that was acknowledged.
        foreach (var command in conversation.Message.Commands)
        {
            if (command is ResultsCommand results)
            {
                Take(results);
            }
        }

        FinishAtomics();
        conversation.State.Sent.RemoveAll(_answered.Contains);
        (conversation.State.Incoming, AwaitsChunk) = (_assembler.Pending, _assembler.Pending is not null);
    }

    // The items of a command stand together, as they were sent.
    private void Index()
    {
        SentItem[] all = [.. conversation.State.Sent];
        for (var at = 0; at < all.Length; at++)
        {
            var item = all[at];
            var key = (item.MessageId, item.CommandId);
            _sent[key] = _sent.TryGetValue(key, out var items) ? new ArraySegment<SentItem>(all, items.Offset, at + 1 - items.Offset) : new ArraySegment<SentItem>(all, at, 1);
            if (item.Work is { IsRead: true })
            {
                _reads[(item.MessageId, item.CommandId, LocUri.KeyOf(item.Work.Address))] = item;
            }
        }
    }

    private void Take(StatusCommand status)
    {
        foreach (var sent in Matching(status))
        {
            if (_answered.Contains(sent))
            {
                continue;
            }

            var detail = status.Items is [{ Data: { } data }, ..] ? data : null;
            conversation.CommandsFailed += SyncStatus.IsSuccess(status.Code) || status.Code is SyncStatus.Accepted or SyncStatus.ChunkAccepted || IsSilence(sent, status.Code) ? 0 : 1;
            if (sent.AtomicId != 0 || sent.Kind == SentKind.Atomic)
            {
                _inside[sent] = (status.Code, detail);
                continue;
            }

            if (sent.Kind != SentKind.Command && SyncStatus.IsSuccess(status.Code) && sent.Work?.IsRead == true)
            {
                continue;
            }

            _answered.Add(sent);
            Apply(sent, status.Code, detail);
        }
    }

    private void Apply(SentItem sent, int status, string? detail)
    {
        switch (sent.Kind)
        {
            case SentKind.Command:
                conversation.Commands.FirstOrDefault(command => command.Id == sent.CommandRow)?.Answer(status, detail, conversation.Now);
                break;
            case SentKind.Inventory:
                conversation.State.Report(sent.Path, null);
                break;
            case SentKind.Chunk when status is SyncStatus.ChunkAccepted or SyncStatus.Ok:
                break;
            case SentKind.Chunk:
                conversation.State.Outgoing = null;
                conversation.Evidence.Answered(sent.Work!, status, detail, conversation.Now);
                break;
            case SentKind.Work when sent.Work!.IsRead && status == SyncStatus.NotFound:
                Show(sent, null);
                break;
            case SentKind.Work:
                conversation.Evidence.Answered(sent.Work!, status, detail, conversation.Now);
                break;
            case SentKind.Atomic or SentKind.Client:
                break;
        }
    }

    // A policy without a result, or a value that cannot be read behind its write: the PC has nothing to tell, and nothing has failed.
    private static bool IsSilence(SentItem sent, int status) => sent.Work?.Kind == WorkKind.ReadWritten || (sent.Work?.Kind == WorkKind.ReadResult && status == SyncStatus.NotFound);

    private void Take(ResultsCommand results)
    {
        foreach (var item in results.Items)
        {
            var step = _assembler.Offer(item);
            Abandoned = step.Abandoned ?? Abandoned;
            if (item.MoreData || step.Status != SyncStatus.Ok)
            {
                Chunks.Add((results, item, step.Status));
            }

            if (step.Item is { } whole && Matching(results, whole) is { } sent && _answered.Add(sent))
            {
                if (sent.Kind == SentKind.Inventory)
                {
                    conversation.State.Report(sent.Path, whole.Data);
                }
                else if (sent.Kind == SentKind.Client)
                {
                    conversation.ClientDiffers.AddRange(conversation.Client.Where(own => own.Path == sent.Path && !own.Value.Equals(whole.Data?.Trim(), StringComparison.OrdinalIgnoreCase)));
                }
                else
                {
                    Show(sent, whole.Data ?? "");
                }
            }
        }
    }

    private void Show(SentItem sent, string? value)
    {
        var setting = conversation.Target.Find(sent.Path);
        var drift = conversation.Evidence.Shown(setting, sent.Work!, value, conversation.Now);
        if (drift is not null)
        {
            conversation.Drifts.Add(drift);
        }
        else if (conversation.Evidence.Find(sent.Path)?.Standing == Standing.Verified)
        {
            conversation.Shown.Add(sent.Path);
        }
    }

    private void FinishAtomics()
    {
        foreach (var (atomic, (status, _)) in _inside.Where(pair => pair.Key.Kind == SentKind.Atomic).ToArray())
        {
            var members = conversation.State.Sent.Where(sent => sent.MessageId == atomic.MessageId && sent.AtomicId == atomic.CommandId).ToArray();
            conversation.Evidence.AtomicAnswered(
                [.. members.Select(member => (member.Work!, _inside.GetValueOrDefault(member).Status, _inside.GetValueOrDefault(member).Detail))], status, conversation.Now);
            _answered.Add(atomic);
            _answered.UnionWith(members);
        }
    }

    private ArraySegment<SentItem> Matching(StatusCommand status)
    {
        if (!int.TryParse(status.CommandRef, NumberStyles.None, CultureInfo.InvariantCulture, out var command) || !_sent.TryGetValue((status.MessageRef, command), out var items))
        {
            return ArraySegment<SentItem>.Empty;
        }

        return items.Count == 1 || status.TargetRefs.Count == 0
            ? items
            : (SentItem[])[.. status.TargetRefs.Select(target => _reads.GetValueOrDefault((status.MessageRef, command, LocUri.KeyOf(target)))).OfType<SentItem>()];
    }

    private SentItem? Matching(ResultsCommand results, SyncItem item)
    {
        if (!int.TryParse(results.CommandRef, NumberStyles.None, CultureInfo.InvariantCulture, out var command))
        {
            return null;
        }

        var path = item.Source ?? item.Target ?? "";
        var message = results.MessageRef ?? conversation.State.Sent.LastOrDefault(sent => sent.CommandId == command)?.MessageId ?? 0;
        return _reads.GetValueOrDefault((message, command, LocUri.KeyOf(path))) is { Work.IsRead: true } read ? read
            : path.Length == 0 && _sent.GetValueOrDefault((message, command)) is [{ Work.IsRead: true } only] ? only
            : null;
    }
}
