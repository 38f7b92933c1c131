using System.Buffers;
using System.Buffers.Text;
using System.Globalization;
using System.Text;

namespace Deskward.Protocol.SyncMl;

/// <summary>Collects the UTF-8 bytes of a message, or only counts them.</summary>
internal ref struct SyncMlOutput(byte[]? buffer)
{
    // Throws EncoderFallbackException, which is an ArgumentException, for half a surrogate pair.
    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    // A carriage return would come back as a line feed; the other control characters, U+FFFE and U+FFFF cannot be said in XML 1.0 at all.
    private static readonly SearchValues<char> Special =
        SearchValues.Create([.. Enumerable.Range(0, 32).Where(code => code is not (0x09 or 0x0A)).Select(code => (char)code), '&', '<', '>', '\uFFFE', '\uFFFF']);

    private byte[]? _buffer = buffer;

    /// <summary>Bytes so far.</summary>
    public int Length { get; private set; }

    public readonly ReadOnlySpan<byte> Written => _buffer.AsSpan(0, Length);

    /// <summary>The buffer that the output stands in now; it may have grown out of the first one.</summary>
    public readonly byte[]? Buffer => _buffer;

    public static SyncMlOutput Counting() => new(null);

    /// <summary>Writes markup as it is.</summary>
    public void Raw(scoped ReadOnlySpan<byte> utf8)
    {
        if (_buffer is not null)
        {
            utf8.CopyTo(Room(utf8.Length));
        }
        Length += utf8.Length;
    }

    /// <summary>Writes text with <c>&amp; &lt; &gt;</c> and carriage returns as references.</summary>
    /// <exception cref="ArgumentException">A character that XML 1.0 cannot hold.</exception>
    public void Text(ReadOnlySpan<char> text)
    {
        for (var at = text.IndexOfAny(Special); at >= 0; at = text.IndexOfAny(Special))
        {
            Plain(text[..at]);
            Raw(text[at] switch
            {
                '&' => "&amp;"u8,
                '<' => "&lt;"u8,
                '>' => "&gt;"u8,
                '\r' => "&#13;"u8,
                var wrong => throw new ArgumentException(string.Create(CultureInfo.InvariantCulture, $"XML cannot hold the character U+{(int)wrong:X4}.")),
            });
            text = text[(at + 1)..];
        }
        Plain(text);
    }

    public void Number(long number)
    {
        Span<byte> digits = stackalloc byte[20];
        Utf8Formatter.TryFormat(number, digits, out var length);
        Raw(digits[..length]);
    }

    private void Plain(ReadOnlySpan<char> text)
    {
        if (_buffer is null)
        {
            Length += Strict.GetByteCount(text);
            return;
        }
        Length += Strict.GetBytes(text, Room(text.Length < 1024 ? text.Length * 3 : Strict.GetByteCount(text)));
    }

    private Span<byte> Room(int length)
    {
        if (_buffer!.Length - Length < length)
        {
            var grown = ArrayPool<byte>.Shared.Rent(Math.Max(_buffer.Length * 2, Length + length));
            Written.CopyTo(grown);
            ArrayPool<byte>.Shared.Return(_buffer);
            _buffer = grown;
        }
        return _buffer.AsSpan(Length);
    }
}
