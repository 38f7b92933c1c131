using Deskward.Protocol.SyncMl;

namespace Deskward.Sessions;

/// <summary>Answers one message of an OMA-DM session. Knows no database and no clock: everything it takes and changes is in the conversation.</summary>
internal static class SessionEngine
{
    /// <summary>More messages than any honest session needs; then it ends, and the next one goes on.</summary>
    internal const int MostRounds = 400;

    /// <summary>
    /// 1. Takes what the message answers (Status, Results). 2. Takes its alerts and the facts it reports. 3. Writes a Status for everything that
    /// needs one, the header's first. 4. Ends when the PC leaves, aborts, or talks for ever. 5. Goes on with a large object of ours: until its last part,
    /// our package is open, and the PC may not close its own. 6. Asks for the rest of a package or object of the PC that is not complete, or for the answer of a PC that is still at work, and for nothing else.
    /// 7. Fills the message with what is still to do; without a command, the session is over.
    /// Every message of ours is Final but those two: a part that others follow, and the request for more (OMA DM 1.2.1, 6 and 7).
    /// </summary>
    internal static SyncMlMessage Answer(Conversation conversation)
    {
        var message = conversation.Message;
        conversation.State.Rounds++;
        var isOurPackageOpen = conversation.State.Outgoing is not null;
        var answers = new SessionAnswers(conversation);
        answers.Take(); // 1
        SessionAlerts.Take(conversation); // 2
        var outgoing = new OutgoingMessage(message.Header, conversation.SizeLimit);
        SessionStatuses.Write(message, answers, outgoing); // 3
        if (conversation.WasAborted || conversation.HasUnenrolled || conversation.State.Rounds > MostRounds)
        {
            return End(conversation, outgoing); // 4
        }

        if (!conversation.IsAtWork && conversation.State.Outgoing is not null && SessionWork.Continue(conversation, outgoing))
        {
            return outgoing.Close(isFinal: conversation.State.Outgoing is null); // 5
        }

        if (conversation.IsAtWork || (!message.Final && !isOurPackageOpen) || answers.AwaitsChunk)
        {
            outgoing.TryAdd(id => new AlertCommand(AlertCode.NextMessage, []) { CommandId = OutgoingMessage.Text(id) }, force: true);
            return outgoing.Close(isFinal: false); // 6
        }

        SessionWork.Fill(conversation, outgoing); // 7
        return outgoing.HasCommands ? outgoing.Close(isFinal: conversation.State.Outgoing is null) : End(conversation, outgoing);
    }

    private static SyncMlMessage End(Conversation conversation, OutgoingMessage outgoing)
    {
        conversation.IsOver = true;
        return outgoing.Close(isFinal: true);
    }
}
