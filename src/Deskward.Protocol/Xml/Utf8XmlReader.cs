using System.Buffers;
using System.Runtime.CompilerServices;
using System.Text;

namespace Deskward.Protocol.Xml;

/// <summary>
/// Walks through an XML document in UTF-8 without copying it. SyncML is read with it alone, because a message must cost little more than its
/// transport; everything else is read by <see cref="SafeXml"/>, which lets it check the limits. It checks what makes a document well-formed; tests hold it against XmlReader.
/// Beyond that it has limits: depth, attributes of an element, prefixes in scope, length of names. Each step costs time in proportion
/// to the bytes it passes.
/// </summary>
/// <remarks>
/// The walker always stands in an open element. <see cref="NextChild"/> opens its next child, or closes it and returns false; the Read
/// methods and <see cref="Skip"/> pass to its end and close it.
/// </remarks>
internal ref partial struct Utf8XmlReader
{
    private static readonly SearchValues<byte> QuoteEnds = SearchValues.Create(" \t\r\n;>"u8);

    internal const int MaxAttributes = 64;
    internal const int MaxPrefixes = 64;
    internal const int MaxNameBytes = 1000;

    /// <summary>The answer to a thousand settings has a tenth as many; each costs memory many times its own length.</summary>
    internal const int MaxElements = 100_000;

    private readonly ReadOnlySpan<byte> _xml;
    private int _at;
    private int _depth;
    private int _elements;
    private bool _empty;
    private byte[] _scratch = [];
    private OpenElements _open;
    private AttributeNames _attributes;
    private Prefix[] _prefixes = [];
    private int _prefixCount;

    private struct OpenElement
    {
        public int At;
        public int Length;
        public int Colon;
        public bool DefaultIsForeign;
        public bool IsForeign;
    }

    [InlineArray(SafeXml.MaxDepth)]
    private struct OpenElements
    {
        private OpenElement _first;
    }

    /// <summary>Opens the document and its root element.</summary>
    /// <exception cref="ProtocolException">Not UTF-8, a forbidden character, or no root.</exception>
    public Utf8XmlReader(ReadOnlySpan<byte> utf8)
    {
        SafeXml.CheckUtf8(utf8);
        _xml = utf8;
        _at = XmlCharacters.IndexOfForbidden(utf8);
        if (_at >= 0)
        {
            throw Broken("a character that XML forbids");
        }
        _at = 0;
        if (utf8.StartsWith("<?xml"u8) && utf8.Length > 5 && XmlCharacters.IsSpace(utf8[5]))
        {
            SkipPast("?>"u8, "the XML declaration");
        }
        if (!SkipToTag(inElement: false))
        {
            throw Broken("there is no root element");
        }
        ReadStartTag();
    }

    /// <summary>Local name of the element that was opened last, as it was opened.</summary>
    public readonly ReadOnlySpan<byte> Name
    {
        get
        {
            ref readonly var element = ref _open[_depth - 1];
            return _xml.Slice(element.At + element.Colon, element.Length - element.Colon);
        }
    }

    /// <summary>Whether that element is in a namespace that is not SyncML's (no namespace counts as SyncML).</summary>
    public readonly bool IsForeign => _open[_depth - 1].IsForeign;

    /// <summary>Opens the next child of the open element and returns true, or closes the element and returns false. Text between is passed over.</summary>
    public bool NextChild()
    {
        if (_empty)
        {
            Close();
            return false;
        }
        if (!SkipToTag(inElement: true))
        {
            throw Broken("the document ends too early");
        }
        if (_xml[_at..].StartsWith("</"u8))
        {
            ReadEndTag();
            return false;
        }
        ReadStartTag();
        return true;
    }

    /// <summary>Passes over the rest of the open element and closes it.</summary>
    public void Skip()
    {
        for (var outside = _depth - 1; _depth > outside;)
        {
            NextChild();
        }
    }

    /// <summary>Checks that nothing but comments follows the root, which has been closed.</summary>
    public void ReadToEnd()
    {
        if (SkipToTag(inElement: false))
        {
            throw Broken("there is a second root element");
        }
    }

    /// <summary>A refusal that names the line.</summary>
    public readonly ProtocolException Wrong(string what) =>
        new($"Line {_xml[..Math.Min(_at, _xml.Length)].Count((byte)'\n') + 1}: {what}.");

    private readonly ProtocolException Broken(string what) => Wrong($"the XML is not well-formed: {what}");

    // Moves to the next '<' of a start or end tag; false at the end of the document. Between elements there may be text, outside only blanks.
    private bool SkipToTag(bool inElement)
    {
        while (true)
        {
            var rest = _xml[_at..];
            var length = rest.IndexOf((byte)'<');
            CheckText(length < 0 ? rest : rest[..length], inElement);
            if (length < 0)
            {
                _at = _xml.Length;
                return false;
            }
            _at += length;
            if (!TrySkipMarkup(inElement))
            {
                return true;
            }
        }
    }

    private void CheckText(ReadOnlySpan<byte> text, bool inElement)
    {
        if (!inElement)
        {
            if (text.ContainsAnyExcept(" \t\r\n"u8))
            {
                throw Broken("text outside the root element");
            }
            return;
        }
        if (text.IndexOfAny((byte)'&', (byte)']') < 0)
        {
            return;
        }
        for (var passed = _at; passed < _at + text.Length;)
        {
            passed += CheckPiece(_xml[passed..(_at + text.Length)]);
        }
    }

    // Bytes up to and with the next reference or bracket, which is checked.
    private readonly int CheckPiece(ReadOnlySpan<byte> text)
    {
        var at = text.IndexOfAny((byte)'&', (byte)']');
        if (at < 0)
        {
            return text.Length;
        }
        if (text[at] == '&')
        {
            return at + Resolve(text[at..], stackalloc byte[4], out _);
        }
        return text[at..].StartsWith("]]>"u8) ? throw Broken("]]> outside CDATA") : at + 1;
    }

    private readonly int Resolve(ReadOnlySpan<byte> text, Span<byte> resolved, out int written)
    {
        var length = XmlCharacters.Resolve(text, resolved, out written);
        return length > 0 ? length : throw Broken($"'{Quote(text)}' is no reference that is known without a DTD");
    }

    // Comment, processing instruction or CDATA at '<'; false when a tag stands there.
    private bool TrySkipMarkup(bool inElement)
    {
        var rest = _xml[_at..];
        if (rest is not [_, (byte)'!' or (byte)'?', ..])
        {
            return false;
        }
        if (rest.StartsWith("<!--"u8))
        {
            SkipComment();
        }
        else if (rest[1] == '?')
        {
            SkipInstruction();
        }
        else if (inElement && rest.StartsWith("<![CDATA["u8))
        {
            SkipPast("]]>"u8, "CDATA");
        }
        else
        {
            throw rest.StartsWith("<!DOCTYPE"u8) ? Wrong("a DTD is not allowed") : Broken($"'{Quote(rest)}' is no markup");
        }
        return true;
    }

    private void SkipComment()
    {
        _at += 4;
        SkipPast("--"u8, "a comment");
        if (_at == _xml.Length || _xml[_at] != '>')
        {
            throw Broken("-- within a comment");
        }
        _at++;
    }

    private void SkipInstruction()
    {
        var target = _xml.Slice(_at + 2, XmlCharacters.NameLength(_xml[(_at + 2)..]));
        var after = _xml[(_at + 2 + target.Length)..];
        var separated = after.StartsWith("?>"u8) || !after.IsEmpty && XmlCharacters.IsSpace(after[0]);
        if (target.IsEmpty || !separated || Ascii.EqualsIgnoreCase(target, "xml"u8))
        {
            throw Broken("a processing instruction without a proper name");
        }
        SkipPast("?>"u8, "a processing instruction");
    }

    private void SkipPast(ReadOnlySpan<byte> end, string what)
    {
        var length = _xml[_at..].IndexOf(end);
        if (length < 0)
        {
            throw Broken($"{what} does not end");
        }
        _at += length + end.Length;
    }

    private static string Quote(ReadOnlySpan<byte> text)
    {
        var end = text.IndexOfAny(QuoteEnds);
        return Encoding.UTF8.GetString(text[..Math.Min(end < 0 ? text.Length : end, 40)]);
    }
}
