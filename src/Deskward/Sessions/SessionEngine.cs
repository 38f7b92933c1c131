using Deskward.Protocol.SyncMl;

namespace Deskward.Sessions;

/// <summary>Answers one message of an OMA-DM session. Knows no database and no clock: everything it takes and changes is in the conversation.</summary>
internal static class SessionEngine
{
    /// <summary>More messages than any honest session needs; then it ends, and the next one goes on.</summary>
    internal const int MostRounds = 400;

    /// <summary>
    /// 1. Takes what the message answers (Status, Results). 2. Takes its alerts and the facts it reports. 3. Writes a Status for everything that
    /// needs one, the header's first. 4. Ends when the PC leaves, aborts, or talks for ever. 5. Asks for the rest of a package or object that is
    /// not complete. 6. Goes on with a large object of ours. 7. Fills the message with what is still to do; without a command, the session is over.
    /// </summary>
    internal static SyncMlMessage Answer(Conversation conversation)
    {
        var message = conversation.Message;
        conversation.State.Rounds++;
        var answers = new SessionAnswers(conversation);
        answers.Take(); // 1
        SessionAlerts.Take(conversation); // 2
        var outgoing = new OutgoingMessage(message.Header, conversation.SizeLimit);
        SessionStatuses.Write(message, answers, outgoing); // 3
        if (conversation.WasAborted || conversation.HasUnenrolled || conversation.State.Rounds > MostRounds)
        {
            return End(conversation, outgoing); // 4
        }

        if (!message.Final || answers.AwaitsChunk)
        {
            outgoing.TryAdd(id => new AlertCommand(AlertCode.NextMessage, []) { CommandId = OutgoingMessage.Text(id) }, force: true);
            return outgoing.Close(); // 5
        }

        if (conversation.State.Outgoing is not null && SessionWork.Continue(conversation, outgoing))
        {
            return outgoing.Close(); // 6
        }

        SessionWork.Fill(conversation, outgoing); // 7
        return outgoing.HasCommands ? outgoing.Close() : End(conversation, outgoing);
    }

    private static SyncMlMessage End(Conversation conversation, OutgoingMessage outgoing)
    {
        conversation.IsOver = true;
        return outgoing.Close();
    }
}
