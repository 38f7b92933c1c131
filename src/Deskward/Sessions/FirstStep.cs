using Deskward.Protocol.SyncMl;

namespace Deskward.Sessions;

/// <summary>
/// The session of a PC that has shown nothing but its digest where messages are to be signed: it is told to sign, and nothing else. Nothing that it
/// says is taken over, no fact, no alert, no answer: what it has to say, it says again signed.
/// </summary>
internal static class FirstStep
{
    internal const string SigningPath = "./Device/Vendor/MSFT/DMClient/Provider/Deskward/RequireMessageSigning";

    /// <summary>Statuses, and in the session's first message the demand.</summary>
    internal static SyncMlMessage Answer(SyncMlMessage message, bool isFirst)
    {
        var outgoing = new OutgoingMessage(message.Header, Conversation.DefaultSizeLimit);
        outgoing.AddStatus(SessionStatuses.Header(message.Header, SyncStatus.Ok));
        foreach (var command in message.Commands)
        {
            if (SessionStatuses.Of(message.Header, command) is { } status)
            {
                outgoing.AddStatus(status);
            }
        }

        if (isFirst)
        {
            var item = new SyncItem { Target = SigningPath, Meta = new SyncMeta("bool", "text/plain"), Data = "true" };
            outgoing.TryAdd(id => new ItemCommand(SyncVerb.Replace, [item]) { CommandId = OutgoingMessage.Text(id) }, force: true);
        }

        return outgoing.Close(isFinal: true);
    }
}
