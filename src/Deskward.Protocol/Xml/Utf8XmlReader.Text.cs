using System.Buffers;
using System.Buffers.Text;
using System.Text;

namespace Deskward.Protocol.Xml;

/// <summary>The content of an element as text.</summary>
internal ref partial struct Utf8XmlReader
{
    private static readonly SearchValues<byte> TextStops = SearchValues.Create("<&\r]"u8);

    /// <summary>The text of the open element, which is closed: references and CDATA resolved, line ends normalised, blanks kept.</summary>
    /// <remarks>When there are child elements: the XML text of the whole content as it stands in the document, without blanks around it.</remarks>
    public string ReadContent() => Encoding.UTF8.GetString(ReadBytes(elementsToo: true));

    /// <summary>The text of the open element without blanks around it; the element is closed. Child elements are refused.</summary>
    public string ReadToken() => Encoding.UTF8.GetString(Trim(ReadBytes(elementsToo: false)));

    /// <summary>The open element's whole number, not negative, closed; null when it holds something else. Too large a number is cut.</summary>
    public long? ReadNumber()
    {
        var text = Trim(ReadBytes(elementsToo: false));
        if (text.IsEmpty || text.ContainsAnyExceptInRange((byte)'0', (byte)'9'))
        {
            return null;
        }
        return Utf8Parser.TryParse(text, out long number, out _) ? number : long.MaxValue;
    }

    private static ReadOnlySpan<byte> Trim(ReadOnlySpan<byte> text)
    {
        var (start, end) = (0, text.Length);
        for (; start < end && XmlCharacters.IsSpace(text[start]); start++)
        {
        }
        for (; end > start && XmlCharacters.IsSpace(text[end - 1]); end--)
        {
        }
        return text[start..end];
    }

    private ReadOnlySpan<byte> ReadBytes(bool elementsToo)
    {
        if (_empty)
        {
            Close();
            return [];
        }
        var rest = _xml[_at..];
        var length = rest.IndexOfAny(TextStops);
        if (length >= 0 && rest[length..].StartsWith("</"u8))
        {
            _at += length;
            ReadEndTag();
            return rest[..length];
        }
        return ReadPieces(elementsToo);
    }

    // Text with references, CDATA or comments is put together piece by piece; it never grows, so the scratch is bounded by what came.
    private ReadOnlySpan<byte> ReadPieces(bool elementsToo)
    {
        var (start, written) = (_at, 0);
        while (true)
        {
            var rest = _xml[_at..];
            var length = rest.IndexOfAny(TextStops);
            if (length < 0)
            {
                throw Broken("the document ends too early");
            }
            written = Append(rest[..length], written);
            _at += length;
            if (_xml[_at] != '<')
            {
                written = AppendStop(written);
            }
            else if (_xml[_at..].StartsWith("</"u8))
            {
                ReadEndTag();
                return _scratch.AsSpan(0, written);
            }
            else if (_xml[_at..].StartsWith("<![CDATA["u8))
            {
                written = AppendCData(written);
            }
            else if (!TrySkipMarkup(inElement: true))
            {
                return elementsToo ? ReadRaw(start) : throw Wrong($"'{Quote(Name)}' holds elements where only text may stand");
            }
        }
    }

    private int AppendStop(int written)
    {
        if (_xml[_at] == '&')
        {
            Span<byte> resolved = stackalloc byte[4];
            _at += Resolve(_xml[_at..], resolved, out var length);
            return Append(resolved[..length], written);
        }
        if (_xml[_at] == ']')
        {
            return Append("]"u8, written, CheckPiece(_xml[_at..]));
        }
        return Append("\n"u8, written, _xml[_at..].StartsWith("\r\n"u8) ? 2 : 1);
    }

    private int AppendCData(int written)
    {
        var start = _at + 9;
        SkipPast("]]>"u8, "CDATA");
        return AppendLines(_xml[start..(_at - 3)], written);
    }

    private ReadOnlySpan<byte> ReadRaw(int start)
    {
        var outside = _depth - 1;
        var end = _at;
        while (_depth > outside)
        {
            // Where the last step began; after it, the closing tag stands somewhere behind.
            end = _at;
            NextChild();
        }
        end += _xml[end.._at].LastIndexOf((byte)'<');
        var written = AppendLines(_xml[start..end], 0);
        return Trim(_scratch.AsSpan(0, written));
    }

    private int AppendLines(scoped ReadOnlySpan<byte> text, int written)
    {
        for (var at = text.IndexOf((byte)'\r'); at >= 0; at = text.IndexOf((byte)'\r'))
        {
            written = Append("\n"u8, Append(text[..at], written));
            text = text[(at + (text[at..].StartsWith("\r\n"u8) ? 2 : 1))..];
        }
        return Append(text, written);
    }

    private int Append(scoped ReadOnlySpan<byte> piece, int written, int passed = 0)
    {
        if (_scratch.Length < written + piece.Length)
        {
            Array.Resize(ref _scratch, Math.Max(256, Math.Max(_scratch.Length * 2, written + piece.Length)));
        }
        piece.CopyTo(_scratch.AsSpan(written));
        _at += passed;
        return written + piece.Length;
    }
}
