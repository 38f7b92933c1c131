using System.Text;

namespace Deskward.Protocol.SyncMl;

/// <summary>Large objects: an item whose data goes over several messages (OMA-TS-DM_Protocol 1.2.1, 7).</summary>
public static class LargeObject
{
    /// <summary>The longest object, in bytes of its UTF-8 data.</summary>
    public const int MaxBytes = 16 * 1024 * 1024;

    /// <summary>Room that any character needs when it is written.</summary>
    private const int LongestCharacter = 5;

    /// <summary>
    /// Cuts an item into chunks of which each fits into the room; an item that fits comes back as it is. The first chunk says the whole Size in its
    /// Meta, the others repeat Meta without it, all but the last carry MoreData, and no character is cut.
    /// </summary>
    /// <param name="item">An item with data that XML can hold.</param>
    /// <param name="roomBytes">Bytes that the escaped data may take in one message; at least 16.</param>
    /// <exception cref="ArgumentException">More than 16 MB, or too little room.</exception>
    public static IReadOnlyList<SyncItem> Split(SyncItem item, int roomBytes)
    {
        var chunks = new List<SyncItem>();
        var sent = 0;
        do
        {
            chunks.Add(Part(item, sent, roomBytes));
            sent += chunks[^1].Data?.Length ?? 0;
        }
        while (chunks[^1].MoreData);
        return chunks;
    }

    /// <summary>One chunk of an item, as <see cref="Split"/> cuts it; costs no more than the chunk is long, the first one aside, which counts the whole.</summary>
    /// <param name="item">The whole item.</param>
    /// <param name="start">Characters of its data that went before.</param>
    /// <param name="roomBytes">Bytes that the escaped data may take; at least 16.</param>
    /// <exception cref="ArgumentException">More than 16 MB, or too little room.</exception>
    public static SyncItem Part(SyncItem item, int start, int roomBytes)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(roomBytes, 16);
        var data = item.Data ?? "";
        var size = start == 0 ? Encoding.UTF8.GetByteCount(data) : 0;
        if (size > MaxBytes)
        {
            throw new ArgumentException($"An object of {size} bytes is longer than {MaxBytes}.", nameof(item));
        }
        var end = EndOfChunk(data, start, roomBytes);
        var chunk = item with { Data = data[start..end], MoreData = end < data.Length };
        return start > 0 ? chunk with { Meta = item.Meta is null ? null : item.Meta with { Size = null } }
            : chunk.MoreData ? chunk with { Meta = (item.Meta ?? new()) with { Size = size } }
            : item;
    }

    private static int EndOfChunk(string data, int start, int room)
    {
        var end = start;
        while (end < data.Length && room >= LongestCharacter)
        {
            var pair = char.IsHighSurrogate(data[end]) && end + 1 < data.Length;
            room -= data[end] switch
            {
                '<' or '>' => 4,
                '&' or '\r' => 5,
                < '\u0080' => 1,
                < '\u0800' => 2,
                _ => pair ? 4 : 3,
            };
            end += pair ? 2 : 1;
        }
        return end;
    }
}

/// <summary>What became of one item that was offered to <see cref="LargeObjectAssembler"/>.</summary>
/// <param name="Status">
/// 200: <paramref name="Item"/> is whole. 213: a chunk was taken, ask for the next. 411: a first chunk without Size. 413: longer than 16 MB.
/// 424: not as long as its Size said. After 411, 413 and 424 the chunks that still follow get the same answer and nothing of the object is used.
/// </param>
/// <param name="Item">The item with all of its data and the Meta of its first chunk; null unless the status is 200.</param>
/// <param name="Abandoned">
/// The object whose end did not come before this item began; to be answered with Alert 1225. Null when there was none.
/// </param>
public sealed record LargeObjectStep(int Status, SyncItem? Item, SyncItem? Abandoned);

/// <summary>
/// Puts chunks together, for one direction of one session. Holds as much as came and no more. Not for use by several threads.
/// </summary>
/// <param name="pending">The state of an earlier assembler, from <see cref="Pending"/>; null at the beginning.</param>
public sealed class LargeObjectAssembler(PendingObject? pending = null)
{
    private SyncItem? _first = pending?.First;
    private int? _refusal = pending?.Refusal;
    private long _bytes = Encoding.UTF8.GetByteCount(pending?.Text ?? "");
    private readonly StringBuilder _text = new(pending?.Text);

    /// <summary>What must be kept until the next message, because a session's messages may reach different processes; null when nothing is open.</summary>
    public PendingObject? Pending => _first is null ? null : new(_first, _text.ToString(), _refusal);

    /// <summary>Takes the next item in the order of its arrival.</summary>
    public LargeObjectStep Offer(SyncItem item)
    {
        SyncItem? abandoned = null;
        if (_first is not null && !Continues(_first, item))
        {
            abandoned = _refusal is null ? _first : null;
            Clear();
        }
        if (_first is null)
        {
            if (!item.MoreData)
            {
                return new(SyncStatus.Ok, item, abandoned);
            }
            _first = item with { Data = null };
            _refusal = item.Meta?.Size switch
            {
                null => SyncStatus.SizeRequired,
                > LargeObject.MaxBytes => SyncStatus.TooLarge,
                _ => null,
            };
        }
        return Take(item, abandoned);
    }

    private LargeObjectStep Take(SyncItem item, SyncItem? abandoned)
    {
        var first = _first!;
        _bytes += Encoding.UTF8.GetByteCount(item.Data ?? "");
        _refusal ??= _bytes > first.Meta!.Size || (!item.MoreData && _bytes < first.Meta.Size) ? SyncStatus.SizeMismatch : null;
        if (_refusal is not null)
        {
            _text.Clear();
        }
        else
        {
            _text.Append(item.Data);
        }
        var step = new LargeObjectStep(
            _refusal ?? (item.MoreData ? SyncStatus.ChunkAccepted : SyncStatus.Ok),
            item.MoreData || _refusal is not null ? null : first with { Data = _text.ToString(), MoreData = false },
            abandoned);
        if (!item.MoreData)
        {
            Clear();
        }
        return step;
    }

    // A chunk after the first has the same address and says no size; an item that says one begins anew.
    private static bool Continues(SyncItem first, SyncItem item) =>
        item.Meta?.Size is null
        && string.Equals(first.Target, item.Target, StringComparison.OrdinalIgnoreCase)
        && string.Equals(first.Source, item.Source, StringComparison.OrdinalIgnoreCase);

    private void Clear()
    {
        (_first, _refusal, _bytes) = (null, null, 0);
        _text.Clear();
    }
}

/// <summary>An object of which chunks are still to come.</summary>
/// <param name="First">The first chunk without its data.</param>
/// <param name="Text">The data so far; empty once the object was refused.</param>
/// <param name="Refusal">The status with which it was refused; null while it is good.</param>
public sealed record PendingObject(SyncItem First, string Text, int? Refusal);
