using System.Security.Cryptography.X509Certificates;
using Deskward.Protocol;
using Deskward.Protocol.SyncMl;

namespace Deskward.Simulator;

/// <summary>What a session needs to know of its PC.</summary>
internal sealed record SessionSetting(
    PcIdentity Pc, PcProfile Profile, PcEnrolment Enrolment, X509Certificate2 Identity, CspTree Tree, PcFaults Faults, PcNetwork Network)
{
    public required TimeProvider Time { get; init; }

    /// <summary>At most four characters.</summary>
    public required string SessionId { get; init; }

    /// <summary>Whether package 1 says that the PC leaves.</summary>
    public bool Leaves { get; init; }

    /// <summary>Called with every message that was sent (true) or received; null: nobody wants to know.</summary>
    public Action<bool, byte[]>? Watch { get; init; }
}

/// <summary>One OMA-DM session from the PC's side (MS-MDM 3.1; protocol facts 2.1 to 2.7).</summary>
internal sealed class Session
{
    private const int MostMessages = 500;

    private static readonly SyncItem s_pending = new() { Meta = new SyncMeta(Type: AlertCode.PendingType), Data = "1" };

    private readonly SessionSetting _setting;
    private readonly SessionPost _post;
    private readonly CommandRunner _runner;
    private readonly MessageGuard _guard;
    private readonly DigestLogin _login;
    private readonly List<Violation> _violations = [];
    private readonly Queue<Outgoing> _outbox = new();
    private int _clientMessage;
    private int _serverMessage;
    private int? _serverLimit;
    private StatusCommand? _headerStatus;
    private IReadOnlyList<ResultsCommand> _repeated = [];

    public Session(SessionSetting setting, PcConnection connection)
    {
        _setting = setting;
        _post = new SessionPost(setting, connection) { Report = _violations.Add };
        _runner = new CommandRunner(setting.Tree, setting.Faults, _violations.Add);
        _guard = new MessageGuard(setting.Profile.MaxMessageSize ?? 512 * 1024);
        _login = new DigestLogin(setting.Enrolment.Digest);
    }

    public async Task<SyncReport> RunAsync(CancellationToken cancellation)
    {
        var started = _setting.Time.GetTimestamp();
        var end = await ConverseAsync(cancellation).ConfigureAwait(false);
        return new SyncReport
        {
            Outcome = end.Outcome,
            Reason = end.Reason,
            Messages = _clientMessage,
            CarriedOut = _runner.CarriedOut,
            Violations = _violations,
            HttpStatus = _post.LastStatus,
            RetryAfter = _post.RetryAfter,
            Retries = _post.Retries,
            BytesSent = _post.BytesSent,
            BytesReceived = _post.BytesReceived,
            Waits = _post.Waits,
            Duration = _setting.Time.GetElapsedTime(started),
        };
    }

    private async Task<SessionEnd> ConverseAsync(CancellationToken cancellation)
    {
        // 1. Package 1: who is here, and in which state.
        var first = PackageOne.Commands(_setting);
        _outbox.Enqueue(new Outgoing(first, Final: true, FirstId: 2));
        while (_outbox.TryDequeue(out var outgoing))
        {
            if (_clientMessage == MostMessages)
            {
                return new SessionEnd(SyncOutcome.Endless, $"the service still had commands after {MostMessages} messages");
            }
            // 2. Send, with the same bytes until an answer comes.
            var message = Compose(outgoing);
            if (await _post.SendAsync(SyncMlWriter.Write(message), cancellation).ConfigureAwait(false) is not { } body)
            {
                return _post.End;
            }
            // 3. Check the bytes, then read them.
            _serverMessage++;
            _violations.AddRange(_setting.Network.ChecksMessages ? _guard.Check(body, Expected(message)) : []);
            if (Read(body) is not { } answer)
            {
                return new SessionEnd(SyncOutcome.Unreadable, _violations[^1].Detail);
            }
            if (outgoing.Aborts)
            {
                return new SessionEnd(SyncOutcome.Aborted, "an answer was too long for the service");
            }
            _headerStatus = HeaderStatus(answer);
            // 4. Credentials, if they are asked for.
            switch (_login.Judge(answer))
            {
                case LoginStep.Refused:
                    return new SessionEnd(SyncOutcome.Unauthorized, "the service refused the digest");
                case LoginStep.Again:
                    _outbox.Clear();
                    _outbox.Enqueue(new Outgoing([HeaderStatus(answer), .. first], Final: true, FirstId: 1));
                    continue;
                case LoginStep.Passed:
                    break;
            }
            // 5. Do what is asked, and answer.
            if (Act(answer) is { } end)
            {
                return end;
            }
        }
        return new SessionEnd(SyncOutcome.Completed);
    }

    private SessionEnd? Act(SyncMlMessage answer)
    {
        _serverLimit = answer.Header.MaxMessageSize ?? _serverLimit;
        var replies = _runner.Run(answer);
        if (_runner.Aborted)
        {
            return new SessionEnd(SyncOutcome.Aborted, "the service ended the session");
        }
        if (_setting.Tree.Actions.Pending is CspRequest.Unenrol)
        {
            return new SessionEnd(SyncOutcome.Unenrolled);
        }
        if (_outbox.Count > 0)
        {
            return null;
        }
        if (_setting.Leaves && answer.Commands.Any(command => command is not StatusCommand))
        {
            _violations.Add(new Violation("unenrolment", "the service sent commands to a PC that leaves"));
        }
        // A client that could only say "SyncHdr 200" says nothing, and the session is over (MS-MDM 3.1.5.2).
        var asksForMore = !answer.Final;
        if (replies.Count == 0 && !asksForMore)
        {
            return new SessionEnd(SyncOutcome.Completed);
        }
        List<SyncCommand> commands = [HeaderStatus(answer), .. replies, .. _repeated];
        _repeated = _setting.Faults.RepeatsResults ? [.. replies.OfType<ResultsCommand>()] : [];
        if (asksForMore)
        {
            commands.Add(new AlertCommand(AlertCode.NextMessage, []));
        }
        for (var i = 0; i < KeepAlives(answer); i++)
        {
            _outbox.Enqueue(new Outgoing([new AlertCommand(AlertCode.ClientEvent, [s_pending])], Final: false, FirstId: 1));
        }
        return Enqueue(commands, final: !asksForMore);
    }

    private int KeepAlives(SyncMlMessage answer) =>
        answer.Commands.Any(command => command is not StatusCommand) && _setting.Tree.Read(PcNodes.Provider(_setting.Enrolment.ProviderId) + "/EnableOmaDmKeepAliveMessage") == "true"
            ? _setting.Faults.KeepAlives
            : 0;

    private SessionEnd? Enqueue(List<SyncCommand> commands, bool final)
    {
        if (_serverLimit is not { } limit || MessageSplit.Fits(commands, Envelope(), limit))
        {
            _outbox.Enqueue(new Outgoing(commands, final, FirstId: 1) { Continues = _outbox.Count > 0 });
            return null;
        }
        if (!_setting.Profile.SplitsLargeAnswers && MessageSplit.HasLargeResult(commands, Envelope(), limit))
        {
            // What Windows 11 25H2 does: no Results, and the end.
            _outbox.Enqueue(new Outgoing([commands[0], new AlertCommand(AlertCode.SessionAbort, [])], Final: true, FirstId: 1) { Aborts = true });
            return null;
        }
        var parts = MessageSplit.Split(commands, Envelope(), limit);
        for (var i = 0; i < parts.Count; i++)
        {
            _outbox.Enqueue(new Outgoing(parts[i], final && i == parts.Count - 1, FirstId: 1) { Continues = i > 0 || _outbox.Count > 0 });
        }
        return null;
    }

    private SyncMlMessage Compose(Outgoing outgoing)
    {
        _clientMessage++;
        var id = outgoing.FirstId;
        var all = outgoing.Continues && _headerStatus is { } status ? outgoing.Commands.Prepend(status) : outgoing.Commands;
        var commands = all.Select(command => command with { CommandId = SmallNumbers.Text(id++) }).ToList();
        return Envelope() with { Commands = commands, Final = outgoing.Final };
    }

    private SyncMlMessage Envelope() => new(
        new SyncHeader
        {
            SessionId = _setting.SessionId,
            MessageId = Math.Max(1, _clientMessage),
            Target = _setting.Enrolment.ManagementUrl,
            Source = _setting.Pc.DeviceId,
            SourceName = _login.UserName,
            Credential = _login.Credential,
            MaxMessageSize = _setting.Profile.MaxMessageSize,
        },
        [],
        true);

    private ExpectedAnswer Expected(SyncMlMessage sent) => new(
        _setting.SessionId,
        _setting.Pc.DeviceId,
        _setting.Enrolment.ManagementUrl,
        _serverMessage,
        _clientMessage,
        [.. sent.Commands.Where(IsAnswered).Select(command => (command.CommandId!, command is AlertCommand ? "Alert" : ((ItemCommand)command).Verb.ToString()))],
        [.. sent.Commands.OfType<ResultsCommand>().Select(results => results.CommandId!)],
        MoreToCome: !sent.Final && !sent.Commands.Any(command => command is AlertCommand { Code: AlertCode.NextMessage }));

    private static bool IsAnswered(SyncCommand command) =>
        command is ItemCommand or AlertCommand { Code: not (AlertCode.NextMessage or AlertCode.SessionAbort) };

    private SyncMlMessage? Read(byte[] body)
    {
        try
        {
            return SyncMlReader.Read(body);
        }
        catch (ProtocolException error)
        {
            _violations.Add(new Violation("syncml", error.Message));
            return null;
        }
    }

    private static StatusCommand HeaderStatus(SyncMlMessage answer) =>
        new() { MessageRef = answer.Header.MessageId, CommandRef = "0", Command = "SyncHdr", Code = SyncStatus.Ok };

    /// <param name="Commands">Without CmdIDs.</param>
    /// <param name="Final">Whether the package ends with it.</param>
    /// <param name="FirstId">CmdID of the first command: 2 in package 1, as Windows numbers it.</param>
    private sealed record Outgoing(IReadOnlyList<SyncCommand> Commands, bool Final, int FirstId)
    {
        /// <summary>Ends the session, whatever comes back.</summary>
        public bool Aborts { get; init; }

        /// <summary>Goes on where the message before was full; begins with the Status of the "next message" that came between.</summary>
        public bool Continues { get; init; }
    }
}

/// <summary>How and why a session ended.</summary>
internal sealed record SessionEnd(SyncOutcome Outcome, string? Reason = null);
