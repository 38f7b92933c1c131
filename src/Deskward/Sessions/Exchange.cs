using Deskward.DesiredState;
using Deskward.Devices;
using Deskward.Platform;
using Deskward.Protocol.SyncMl;
using Microsoft.EntityFrameworkCore;

namespace Deskward.Sessions;

/// <summary>What an exchange ended in: the bytes to send, or the HTTP status of a refusal.</summary>
internal readonly record struct ExchangeResult(int HttpStatus, byte[] Body)
{
    /// <summary>The bytes are a challenge: the digest proved nothing.</summary>
    internal bool IsChallenge { get; init; }

    /// <summary>The session waits for the PC's next message.</summary>
    internal bool GoesOn { get; init; }

    /// <summary>The PC's row says already that it was seen now.</summary>
    internal bool IsSeen { get; init; }

    internal static ExchangeResult Refused(int status) => new(status, []);
}

/// <summary>
/// Answers one message that is more than quiet: in one transaction, with the messages of one PC one after the other on all nodes, and
/// committed before the first byte leaves.
/// </summary>
internal sealed class Exchange(
    DeskwardContext db, ExchangeTurn turn, ProgressStore store, CommandQueue commands, IdentityProof proofs, TimeProvider time,
    ILogger<Exchange> log)
{
    private static readonly TimeSpan RepeatedStart = TimeSpan.FromMinutes(5);

    /// <summary>
    /// 1. Opens the PC's organisation, and waits for its turn. 2. Loads the PC; what was retired or revoked meanwhile is refused. 3. A wrong digest is
    /// challenged; a message that was answered before gets the same bytes; one out of turn is refused. 4. Begins the session, or goes on with
    /// it, and lets the engine answer. 5. Saves the answer and commits: from here on nothing is cancelled.
    /// </summary>
    internal async Task<ExchangeResult> AnswerAsync(Identified identified, SyncMlMessage message, byte[] bodyHash, CancellationToken cancellationToken)
    {
        var sender = identified.Device!;
        turn.Open(sender.TenantId);
        var wanted = await store.AheadAsync(sender.TenantId, sender.AssignmentSetId, cancellationToken);
        await turn.BeginAsync(sender.DeviceId, cancellationToken); // 1
        var rows = await ExchangeRows.LoadAsync(db, sender, IdOf(message), time.Now(), cancellationToken); // 2
        if (rows is null || rows.Device.State == DeviceState.Retired || rows.Certificate?.RevokedAt is not null)
        {
            return ExchangeResult.Refused(StatusCodes.Status403Forbidden);
        }

        var (device, progress, session) = (rows.Device, rows.Progress, rows.Session);
        var (starts, result) = await JudgeAsync(identified, progress, session, message, bodyHash, cancellationToken); // 3
        if (result is { } judged)
        {
            return judged;
        }

        await proofs.NoteAsync(identified, rows, cancellationToken);
        wanted = device.AssignmentSetId == sender.AssignmentSetId ? wanted : await store.WantedAsync(device.TenantId, device.AssignmentSetId, cancellationToken);
        var isFirstStep = identified.IsDigest ? proofs.IsFirstStep : !starts && session!.IsFirstStep;
        session = starts ? await BeginAsync(rows, message, identified, cancellationToken) : session!; // 4
        var answer = SyncMlWriter.Write(isFirstStep
            ? AnswerFirstStep(session, message, starts)
            : await AnswerAsync(rows, session, message, PlannerTarget.Of(wanted), starts, cancellationToken));
        LastResponse.Keep(progress, session, message.Header.MessageId, bodyHash, answer, time.Now());
        progress.Version++;
        var isSeen = session.EndedAt is not null && NoteSeen(device);
        await turn.CommitAsync(cancellationToken); // 5
        return new ExchangeResult(StatusCodes.Status200OK, answer) { GoesOn = session.EndedAt is null, IsSeen = isSeen };
    }

    private async Task<SyncMlMessage> AnswerAsync(
        ExchangeRows rows, Session session, SyncMlMessage message, PlannerTarget target, bool starts, CancellationToken cancellationToken)
    {
        var now = time.Now();
        var evidence = await store.LoadAsync(rows.Progress, target.Hash, ProgressStore.FactsOf(rows.Device, now), starts, cancellationToken);
        var isDue = starts && ProgressStore.IsInventoryDue(rows.Progress, now);
        var conversation = Converse(rows, session, message, target, evidence, isDue);
        conversation.IsHeld = await commands.IsHeldAsync(rows.Device.TenantId, cancellationToken);
        conversation.Commands = await commands.OfAsync(rows.Device, session.Id, rows.HasCommands, cancellationToken);
        var answer = SessionEngine.Answer(conversation);
        await SaveAsync(rows, session, conversation, cancellationToken);
        return answer;
    }

    private SyncMlMessage AnswerFirstStep(Session session, SyncMlMessage message, bool starts)
    {
        (session.LastMessageAt, session.LastMessageId, session.Version) = (time.Now(), message.Header.MessageId, session.Version + 1);
        (session.EndedAt, session.Ending) = starts ? ((DateTimeOffset?)null, (string?)null) : (time.Now(), "signing");
        session.CommandsSent += starts ? 1 : 0;
        return FirstStep.Answer(message, starts);
    }

    /// <summary>With a row that is written anyway it costs nothing; otherwise the row is not written for it.</summary>
    private bool NoteSeen(Device device)
    {
        var isWritten = db.Entry(device).State == EntityState.Modified;
        device.LastSeenAt = isWritten ? time.Now() : device.LastSeenAt;
        return isWritten;
    }

    // A stranger's text as well; what differs in hidden characters alone is the same.
    private static string IdOf(SyncMlMessage message) => ReportedText.Clean(message.Header.SessionId, 32) ?? "";

    private (ExchangeResult? Repeated, string? Refusal) Repeated(DeviceProgress progress, Session? session, SyncHeader header, byte[] bodyHash)
    {
        if (session is null)
        {
            return (null, header.MessageId == 1 ? null : "the session is not known");
        }

        if (session.LastMessageId == header.MessageId && LastResponse.Find(progress, session, header.MessageId, bodyHash) is { } answer
            && (header.MessageId > 1 || session.EndedAt is null || session.EndedAt > time.Now() - RepeatedStart))
        {
            return (new ExchangeResult(StatusCodes.Status200OK, answer), null);
        }

        return (null, header.MessageId == 1 ? null
            : header.MessageId <= session.LastMessageId ? "it was answered, with another body"
            : header.MessageId > session.LastMessageId + 1 ? "messages before it are missing"
            : session.EndedAt is not null ? "the session is over"
            : null);
    }

    /// <summary>Whether the message begins a session; or what it is answered instead of being carried out.</summary>
    private async Task<(bool Starts, ExchangeResult? Result)> JudgeAsync(
        Identified identified, DeviceProgress progress, Session? session, SyncMlMessage message, byte[] bodyHash, CancellationToken cancellationToken)
    {
        var verdict = identified.IsDigest ? await proofs.JudgeAsync(progress, session, message.Header, cancellationToken) : DigestVerdict.GoesOn;
        if (verdict == DigestVerdict.Begins)
        {
            // After a challenge the package comes again under a later MsgID: the nonce, not the number, tells that a session begins.
            return (true, null);
        }

        if (verdict is DigestVerdict.Outgrown or DigestVerdict.Wrong)
        {
            return (false, verdict == DigestVerdict.Wrong ? Challenge(message) : ExchangeResult.Refused(StatusCodes.Status401Unauthorized));
        }

        var (repeated, refusal) = Repeated(progress, session, message.Header, bodyHash);
        if (repeated is not null || refusal is not null)
        {
            return (false, repeated ?? Refuse(progress.DeviceId, message, refusal!));
        }

        var starts = session is null || message.Header.MessageId == 1 || session.EndedAt is not null;
        return starts && identified.IsDigest ? (false, Challenge(message)) : (starts, null);
    }

    private ExchangeResult Challenge(SyncMlMessage message) =>
        new(StatusCodes.Status200OK, DigestAuthentication.Challenge(message.Header, SyncStatus.InvalidCredentials, proofs.Nonce)) { IsChallenge = true };

    private ExchangeResult Refuse(Guid device, SyncMlMessage message, string cause)
    {
        SessionsLog.MessageOutOfTurn(log, device, IdOf(message), message.Header.MessageId, cause);
        return ExchangeResult.Refused(StatusCodes.Status400BadRequest);
    }

    private async Task<Session> BeginAsync(ExchangeRows rows, SyncMlMessage message, Identified identified, CancellationToken cancellationToken)
    {
        var (device, progress, now) = (rows.Device, rows.Progress, time.Now());
        var session = new Session { TenantId = device.TenantId, DeviceId = device.Id, SessionId = IdOf(message), StartedAt = now };
        db.Add(session);
        if (identified.IsDigest)
        {
            proofs.Begin(session);
        }

        if (session.IsFirstStep)
        {
            // What goes on with the PC is none of its business.
            return session;
        }

        if (progress.OpenSessionId is { } before && await db.Set<Session>().SingleOrDefaultAsync(row => row.Id == before, cancellationToken) is { } lost)
        {
            (lost.EndedAt, lost.Ending, lost.InFlight) = (now, "lost", null);
            lost.Version++;
        }

        await commands.BeginSessionAsync(device, rows.HasCommands, cancellationToken);
        progress.OpenSessionId = session.Id;
        return session;
    }

    private Conversation Converse(ExchangeRows rows, Session session, SyncMlMessage message, PlannerTarget target, Evidence evidence, bool isDue)
    {
        var (device, now, state) = (rows.Device, time.Now(), SessionState.Read(session.InFlight));
        return new Conversation
        {
            Message = message,
            Now = now,
            State = state,
            Evidence = evidence,
            Client = isDue || state.Sent.Exists(sent => sent.Kind == SentKind.Client) ? store.ClientOf(device, target) : [],
            IsClientDue = isDue,
            InventoryDue = isDue ? DeviceInventory.Paths : [],
            Target = Overlay.Apply(target, new OverlayFacts(device.Id, device.HardwareId, device.Name, device.Serial, device.UserAddress)),
            Facts = ProgressStore.FactsOf(device, now) with { IsUserSignedIn = SessionAlerts.IsUser(session.LoginStatus) },
            SessionRow = session.Id,
            IsRetiring = device.State == DeviceState.Retiring,
            SizeLimit = Math.Clamp(message.Header.MaxMessageSize ?? Conversation.DefaultSizeLimit, 4096, Conversation.DefaultSizeLimit * 4),
            LoginStatus = session.LoginStatus,
            Reveal = setting => store.Reveal(device.TenantId, setting),
        };
    }

    private async Task SaveAsync(ExchangeRows rows, Session session, Conversation conversation, CancellationToken cancellationToken)
    {
        var (device, progress) = (rows.Device, rows.Progress);
        session.LastMessageAt = conversation.Now;
        session.LastMessageId = conversation.Message.Header.MessageId;
        session.LoginStatus = conversation.LoginStatus is { } login ? (ReportedText.Clean(login, 20) ?? "") : null;
        session.CommandsSent += conversation.CommandsSent;
        session.CommandsFailed += conversation.CommandsFailed;
        session.Version++;
        if (conversation.IsOver || !conversation.State.AwaitsFacts)
        {
            TakeFacts(device, progress, conversation);
        }

        if (conversation.Events.Count > 0)
        {
            await TakeEventsAsync(device, session, conversation, cancellationToken);
        }

        await store.SaveAsync(rows, conversation, cancellationToken);
        if (conversation.IsOver)
        {
            (session.EndedAt, session.InFlight, progress.OpenSessionId) = (conversation.Now, null, null);
            session.Ending = conversation.HasUnenrolled ? "unenrolled" : conversation.WasAborted ? "aborted" : conversation.State.Rounds > SessionEngine.MostRounds ? "endless" : "done";
        }
        else
        {
            session.InFlight = conversation.State.Write();
        }

        if (conversation.HasUnenrolled)
        {
            await commands.EndAsync(device, cancellationToken);
        }

        device.Version += db.Entry(device).State == EntityState.Modified ? 1 : 0;
    }

    // Written once: what package 1 says waits for what was asked for.
    private static void TakeFacts(Device device, DeviceProgress progress, Conversation conversation)
    {
        if (conversation.State.Reported.Count > 0)
        {
            progress.InventoryAt = DeviceInventory.Take(device, conversation.State.Reported, conversation.Now) ? conversation.Now : progress.InventoryAt;
            conversation.State.ForgetReported();
        }
    }

    private async Task TakeEventsAsync(Device device, Session session, Conversation conversation, CancellationToken cancellationToken)
    {
        foreach (var told in conversation.Events)
        {
            SessionsLog.DeviceEvent(log, device.Id, ReportedText.Clean(told.Type, 120) ?? "");
            var lines = session.Events is { } before ? before + "\n" + told.Line : told.Line;
            session.Events = lines.Length <= SessionsMapping.LongestEvents ? lines : session.Events;
        }

        await commands.EndedAsync(device, conversation.Events, cancellationToken);
    }
}
