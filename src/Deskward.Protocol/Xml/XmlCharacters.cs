using System.Buffers;
using System.Text;
using System.Xml;

namespace Deskward.Protocol.Xml;

/// <summary>Which characters XML 1.0 allows where, over UTF-8 bytes.</summary>
internal static class XmlCharacters
{
    /// <summary>Control characters that no XML 1.0 document may hold, not even as a reference.</summary>
    private static readonly SearchValues<byte> ForbiddenControls =
        SearchValues.Create([.. Enumerable.Range(0, 32).Where(code => code is not (0x09 or 0x0A or 0x0D)).Select(code => (byte)code)]);

    // How U+FFC0 to U+FFFF begin.
    private static ReadOnlySpan<byte> LastBlock => [0xEF, 0xBF];

    /// <summary>The first byte of a character that XML 1.0 forbids; -1 when all are allowed. The bytes are valid UTF-8.</summary>
    public static int IndexOfForbidden(ReadOnlySpan<byte> utf8)
    {
        var control = utf8.IndexOfAny(ForbiddenControls);
        for (var at = utf8.IndexOf(LastBlock); at >= 0;)
        {
            // U+FFFE and U+FFFF.
            if (utf8[at + 2] >= 0xBE)
            {
                return control >= 0 && control < at ? control : at;
            }
            var next = utf8[(at + 3)..].IndexOf(LastBlock);
            at = next < 0 ? -1 : at + 3 + next;
        }
        return control;
    }

    public static bool IsAllowed(int codePoint) =>
        codePoint is 0x09 or 0x0A or 0x0D or (>= 0x20 and <= 0xD7FF) or (>= 0xE000 and <= 0xFFFD) or (>= 0x10000 and <= 0x10FFFF);

    public static bool IsSpace(byte value) => value is 0x20 or 0x09 or 0x0A or 0x0D;

    /// <summary>How many bytes at the start of the text are a name without colon (an NCName); 0 when there is none.</summary>
    public static int NameLength(ReadOnlySpan<byte> text)
    {
        if (text.IsEmpty || !IsNameByte(text[0], start: true) && text[0] < 0x80)
        {
            return 0;
        }
        var at = 0;
        while (at < text.Length)
        {
            if (IsNameByte(text[at], start: false))
            {
                at++;
                continue;
            }
            var length = text[at] < 0x80 ? 0 : WideNameCharacter(text[at..], start: at == 0);
            if (length == 0)
            {
                break;
            }
            at += length;
        }
        return at;
    }

    // Characters above U+FFFF are no name characters in XML 1.0 up to its fourth edition, which is what XmlReader follows too.
    private static int WideNameCharacter(ReadOnlySpan<byte> text, bool start)
    {
        Rune.DecodeFromUtf8(text, out var rune, out var length);
        return rune.IsBmp && (start ? XmlConvert.IsStartNCNameChar((char)rune.Value) : XmlConvert.IsNCNameChar((char)rune.Value)) ? length : 0;
    }

    private static bool IsNameByte(byte value, bool start) =>
        (uint)((value | 0x20) - 'a') <= 'z' - 'a' || value == '_' || !start && ((uint)(value - '0') <= 9 || value is (byte)'-' or (byte)'.');

    /// <summary>
    /// Resolves the reference at the start of the text (<c>&amp;lt;</c>, <c>&amp;#10;</c>, <c>&amp;#xA;</c>) into UTF-8.
    /// </summary>
    /// <param name="text">Begins with the ampersand.</param>
    /// <param name="resolved">Takes up to four bytes.</param>
    /// <param name="written">Bytes written.</param>
    /// <returns>Bytes read; 0 when it is no reference that is known without a DTD.</returns>
    public static int Resolve(ReadOnlySpan<byte> text, Span<byte> resolved, out int written)
    {
        written = 0;
        if (text is [_, (byte)'#', ..])
        {
            return ResolveNumber(text, resolved, out written);
        }
        var (length, value) = text switch
        {
            _ when text.StartsWith("&lt;"u8) => (4, (byte)'<'),
            _ when text.StartsWith("&gt;"u8) => (4, (byte)'>'),
            _ when text.StartsWith("&amp;"u8) => (5, (byte)'&'),
            _ when text.StartsWith("&quot;"u8) => (6, (byte)'"'),
            _ when text.StartsWith("&apos;"u8) => (6, (byte)'\''),
            _ => (0, (byte)0),
        };
        resolved[0] = value;
        written = length == 0 ? 0 : 1;
        return length;
    }

    private static int ResolveNumber(ReadOnlySpan<byte> text, Span<byte> resolved, out int written)
    {
        written = 0;
        var hex = text is [_, _, (byte)'x', ..];
        var first = hex ? 3 : 2;
        var (at, code) = (first, 0);
        for (; at < text.Length && text[at] != ';'; at++)
        {
            var digit = Digit(text[at], hex);
            code = digit < 0 || code > 0x10FFFF ? int.MaxValue / 32 : code * (hex ? 16 : 10) + digit;
        }
        if (at == first || at == text.Length || !IsAllowed(code))
        {
            return 0;
        }
        written = new Rune(code).EncodeToUtf8(resolved);
        return at + 1;
    }

    private static int Digit(byte value, bool hex) => value switch
    {
        >= (byte)'0' and <= (byte)'9' => value - '0',
        >= (byte)'a' and <= (byte)'f' when hex => value - 'a' + 10,
        >= (byte)'A' and <= (byte)'F' when hex => value - 'A' + 10,
        _ => -1,
    };
}
