using Deskward.Protocol.SyncMl;

namespace Deskward.Simulator;

/// <summary>A command as it was carried out, for reports and tests.</summary>
/// <param name="Verb">Add, Replace, Delete, Get, Exec.</param>
/// <param name="Path">As the service wrote it.</param>
/// <param name="Status">What the PC answered in the end; 216 when it was rolled back.</param>
public sealed record CarriedOut(SyncVerb Verb, string Path, int Status);

/// <summary>Carries out the commands of one message of the service and collects the answers, in the order of the commands (MS-MDM 3.1.5).</summary>
internal sealed class CommandRunner(CspTree tree, PcFaults faults, Action<Violation> report)
{
    private readonly List<SyncCommand> _answers = [];
    private readonly List<CarriedOut> _carriedOut = [];
    private LargeObject? _incoming;
    private int _messageRef;

    /// <summary>The service has ended the session with alert 1223.</summary>
    public bool Aborted { get; private set; }

    /// <summary>Everything that was carried out in this session.</summary>
    public IReadOnlyList<CarriedOut> CarriedOut => _carriedOut;

    /// <summary>Whether the rest of an item is to come.</summary>
    public bool IsWaitingForMore => _incoming is not null;

    /// <returns>Status and Results, without that of SyncHdr and without CmdIDs.</returns>
    public IReadOnlyList<SyncCommand> Run(SyncMlMessage message)
    {
        _answers.Clear();
        _messageRef = message.Header.MessageId;
        foreach (var command in message.Commands)
        {
            Run(command);
            // An unenrolment ends everything at once: no Status comes back (protocol facts 2.9).
            if (Aborted || tree.Actions.Pending is CspRequest.Unenrol)
            {
                break;
            }
        }
        return [.. _answers];
    }

    private void Run(SyncCommand command)
    {
        if (command is StatusCommand or ResultsCommand)
        {
            return;
        }
        if (string.IsNullOrEmpty(command.CommandId))
        {
            report(new Violation("cmdid", $"{NameOf(command)} has no CmdID"));
            Answer(command, 400);
            return;
        }
        switch (command)
        {
            case AlertCommand alert:
                Aborted |= alert.Code == 1223;
                if (alert.Code is not (1222 or 1223))
                {
                    Answer(command, 200);
                }
                break;
            case ItemCommand items:
                RunItems(items);
                break;
            case AtomicCommand atomic:
                RunAtomic(atomic);
                break;
            case SequenceCommand sequence:
                Answer(sequence, 200);
                foreach (var child in sequence.Commands)
                {
                    Run(child);
                }
                break;
            default:
                Answer(command, 400);
                break;
        }
    }

    private void RunItems(ItemCommand command)
    {
        var found = new List<SyncItem>();
        foreach (var item in command.Items)
        {
            if (RunPiece(command, item) is not { } whole)
            {
                continue;
            }
            var answer = Execute(command.Verb, whole, command.Meta, inAtomic: false);
            AnswerItem(command, item, answer.Status);
            _carriedOut.Add(new CarriedOut(command.Verb, item.Target ?? "", answer.Status));
            if (answer.Data is { } data)
            {
                found.Add(new SyncItem { Source = item.Target, Meta = answer.Format is null or "chr" ? null : new SyncMeta(answer.Format), Data = data });
            }
        }
        if (found.Count > 0)
        {
            _answers.Add(new ResultsCommand { MessageRef = _messageRef, CommandRef = command.CommandId!, Items = found });
        }
    }

    /// <returns>The item that can be carried out now; null when this was a piece, which has been answered.</returns>
    private SyncItem? RunPiece(ItemCommand command, SyncItem item)
    {
        if (_incoming is { } cut && !cut.Continues(command.Verb, item.Target))
        {
            report(new Violation("large object", $"another item came before the end of {cut}"));
            _incoming = null;
            _answers.Add(new AlertCommand(1225, []));
        }
        if (_incoming is null && !item.MoreData)
        {
            return item;
        }
        if (_incoming is null)
        {
            if ((item.Meta?.Size ?? command.Meta?.Size) is not { } size)
            {
                report(new Violation("large object", $"the first piece of {item.Target} has no Size"));
                AnswerItem(command, item, 411);
                return null;
            }
            if (size > LargeObject.MaxBytes)
            {
                AnswerItem(command, item, 416);
                return null;
            }
            _incoming = new LargeObject(command.Verb, item.Target ?? "", item.Meta ?? command.Meta, size);
        }
        var whole = _incoming;
        whole.Append(item.Data ?? "");
        if (item.MoreData && !whole.IsTooLong)
        {
            AnswerItem(command, item, 213);
            return null;
        }
        _incoming = null;
        if (whole.IsComplete)
        {
            return item with { Data = whole.Data, Meta = whole.Meta, MoreData = false };
        }
        report(new Violation("large object", $"the pieces are not what Size said: {whole}"));
        AnswerItem(command, item, 424);
        return null;
    }

    private void RunAtomic(AtomicCommand atomic)
    {
        // 1. What may not stand in an Atomic makes it fail as a whole (MS-MDM 3.1.5.1.3).
        var wrong = atomic.Commands.Any(child => child is not ItemCommand { Verb: not SyncVerb.Get } || string.IsNullOrEmpty(child.CommandId)) || MixesScopes(atomic);
        // 2. Everything in order, until one fails.
        var pending = tree.Actions.Pending;
        tree.Store.Begin();
        var statuses = new List<(ItemCommand Command, SyncItem Item, int Status)>();
        foreach (var (command, item) in atomic.Commands.OfType<ItemCommand>().SelectMany(command => command.Items.Select(item => (command, item))))
        {
            var forbidden = command.Verb == SyncVerb.Get || string.IsNullOrEmpty(command.CommandId);
            var status = forbidden ? (command.Verb == SyncVerb.Get ? 500 : 400)
                : wrong || statuses.Any(done => done.Status >= 300) ? 215
                : item.MoreData ? 412
                : Execute(command.Verb, item, command.Meta, inAtomic: true).Status;
            statuses.Add((command, item, status));
        }
        // 3. All or nothing.
        var failed = wrong || statuses.Any(each => each.Status >= 300);
        if (failed)
        {
            tree.Store.RollBack();
            tree.Actions.Pending = pending;
        }
        else
        {
            tree.Store.Commit();
        }
        Answer(atomic, failed ? 507 : 200);
        foreach (var child in atomic.Commands.Where(child => child is not ItemCommand))
        {
            Answer(child, child is AtomicCommand or SequenceCommand ? 500 : 400);
        }
        foreach (var (command, item, status) in statuses)
        {
            var final = failed && status is >= 200 and < 215 ? 216 : status;
            AnswerItem(command, item, final);
            _carriedOut.Add(new CarriedOut(command.Verb, item.Target ?? "", final));
        }
    }

    private CspAnswer Execute(SyncVerb verb, SyncItem item, SyncMeta? inherited, bool inAtomic)
    {
        if (item.Target is not { } path)
        {
            return new CspAnswer(404);
        }
        if (faults.TakeStatus(verb, path) is { } status)
        {
            return new CspAnswer(status);
        }
        var meta = item.Meta is null ? inherited : item.Meta with { Format = item.Meta.Format ?? inherited?.Format, Type = item.Meta.Type ?? inherited?.Type };
        var answer = tree.Run(new CspCommand(verb, path, meta, item.Data, inAtomic));
        if (answer.Broken is { } broken)
        {
            report(new Violation("csp", $"{verb} {path}: {broken}"));
        }
        return answer;
    }

    private static bool MixesScopes(AtomicCommand atomic)
    {
        var user = atomic.Commands.OfType<ItemCommand>().SelectMany(command => command.Items)
            .Select(item => item.Target is { } target && LocUri.IsOfUser(target)).Distinct().Count();
        return user > 1;
    }

    // One item: no TargetRef; several: each Status says which one it is for.
    private void AnswerItem(ItemCommand command, SyncItem item, int status) => _answers.Add(new StatusCommand
    {
        MessageRef = _messageRef,
        CommandRef = command.CommandId ?? "",
        Command = command.Verb.ToString(),
        Code = status,
        TargetRefs = command.Items.Count > 1 && item.Target is { } target ? [target] : [],
    });

    private void Answer(SyncCommand command, int status) => _answers.Add(new StatusCommand
    {
        MessageRef = _messageRef,
        CommandRef = command.CommandId ?? "",
        Command = NameOf(command),
        Code = status,
    });

    private static string NameOf(SyncCommand command) => command switch
    {
        ItemCommand items => items.Verb.ToString(),
        AtomicCommand => "Atomic",
        SequenceCommand => "Sequence",
        AlertCommand => "Alert",
        UnknownCommand unknown => unknown.Name,
        _ => command.GetType().Name,
    };
}
