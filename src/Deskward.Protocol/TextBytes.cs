using System.Text;

namespace Deskward.Protocol;

/// <summary>Turns a file's bytes into text: UTF-8 with or without byte order mark, or UTF-16 with one.</summary>
public static class TextBytes
{
    /// <summary>The text without its mark.</summary>
    /// <exception cref="ProtocolException">The bytes are in no such encoding.</exception>
    public static string Decode(ReadOnlySpan<byte> bytes)
    {
        try
        {
            return bytes switch
            {
                [0xFF, 0xFE, ..] => new UnicodeEncoding(bigEndian: false, byteOrderMark: false, throwOnInvalidBytes: true).GetString(bytes[2..]),
                [0xFE, 0xFF, ..] => new UnicodeEncoding(bigEndian: true, byteOrderMark: false, throwOnInvalidBytes: true).GetString(bytes[2..]),
                [0xEF, 0xBB, 0xBF, ..] => new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(bytes[3..]),
                _ => new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(bytes),
            };
        }
        catch (DecoderFallbackException)
        {
            throw new ProtocolException("The file is neither UTF-8 nor UTF-16 with a byte order mark.");
        }
    }
}
