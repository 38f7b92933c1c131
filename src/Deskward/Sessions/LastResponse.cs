using System.Buffers.Binary;
using Deskward.DesiredState;
using Deskward.Platform.Storage;

namespace Deskward.Sessions;

/// <summary>
/// The last answer to a PC, so that the same message gets the same bytes again: whose message it was (session row, MsgID, SHA-256 of the body; 52 bytes),
/// then the answer, packed, because it is some ten times as long as what it says. A PC has one session at a time, so one answer is enough.
/// </summary>
internal static class LastResponse
{
    private const int HeadLength = 16 + sizeof(int) + 32;

    /// <summary>Keeps it in the place of the one before.</summary>
    internal static void Keep(DeviceProgress progress, Session session, int messageId, byte[] bodyHash, byte[] answer, DateTimeOffset now) =>
        (progress.LastResponse, progress.LastResponseAt) = ([.. Head(session.Id, messageId, bodyHash), .. PackedRecord.Pack(answer)], now);

    /// <summary>The answer as it was sent; null when the last one was to another message.</summary>
    internal static byte[]? Find(DeviceProgress progress, Session session, int messageId, byte[] bodyHash) =>
        progress.LastResponse is { } kept && kept.AsSpan().StartsWith(Head(session.Id, messageId, bodyHash)) ? PackedRecord.Unpack(kept.AsSpan(HeadLength)) : null;

    private static byte[] Head(Guid session, int messageId, byte[] bodyHash)
    {
        var head = new byte[HeadLength];
        session.TryWriteBytes(head);
        BinaryPrimitives.WriteInt32LittleEndian(head.AsSpan(16), messageId);
        bodyHash.CopyTo(head, 16 + sizeof(int));
        return head;
    }
}
