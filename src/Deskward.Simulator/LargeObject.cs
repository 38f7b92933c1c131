using System.Globalization;
using System.Text;
using Deskward.Protocol.SyncMl;

namespace Deskward.Simulator;

/// <summary>An item that comes in pieces over several messages (OMA-DM 1.2.1, section 7): nothing is done before the last one is there.</summary>
internal sealed class LargeObject(SyncVerb verb, string target, SyncMeta? meta, long size)
{
    /// <summary>Longest object that is taken, in bytes.</summary>
    public const long MaxBytes = 16 * 1024 * 1024;

    private readonly StringBuilder _data = new();
    private long _bytes;

    /// <summary>Meta of the first piece.</summary>
    public SyncMeta? Meta => meta;

    public bool IsComplete => _bytes == size;

    public bool IsTooLong => _bytes > size;

    public string Data => _data.ToString();

    public bool Continues(SyncVerb otherVerb, string? otherTarget) => otherVerb == verb && otherTarget == target;

    public void Append(string piece)
    {
        _data.Append(piece);
        _bytes += Encoding.UTF8.GetByteCount(piece);
    }

    /// <summary>Cuts a text into pieces of at most so many UTF-8 bytes as they stand escaped in XML, never inside a character.</summary>
    public static IEnumerable<string> Cut(string text, int maxBytes)
    {
        var start = 0;
        var bytes = 0;
        for (var at = 0; at < text.Length;)
        {
            var width = char.IsHighSurrogate(text[at]) && at + 1 < text.Length ? 2 : 1;
            var cost = width == 2 ? 4 : Cost(text[at]);
            if (bytes + cost > maxBytes && at > start)
            {
                yield return text[start..at];
                (start, bytes) = (at, 0);
            }
            bytes += cost;
            at += width;
        }
        yield return text[start..];
    }

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{verb} {target}, {_bytes} of {size} bytes");

    private static int Cost(char character) => character switch
    {
        '<' or '>' => 4,
        '&' or '\r' or '\n' => 5,
        '"' or '\'' => 6,
        < '\x80' => 1,
        < '\u0800' => 2,
        _ => 3,
    };
}
