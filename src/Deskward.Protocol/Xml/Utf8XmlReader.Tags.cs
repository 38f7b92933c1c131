using System.Runtime.CompilerServices;
using System.Text;

namespace Deskward.Protocol.Xml;

/// <summary>Start and end tags, attributes and namespaces.</summary>
internal ref partial struct Utf8XmlReader
{
    private readonly record struct Span(int At, int Length, int Colon);

    private readonly record struct Prefix(int At, int Length, bool IsForeign, int Depth);

    [InlineArray(MaxAttributes)]
    private struct AttributeNames
    {
        private Span _first;
    }

    private void ReadStartTag()
    {
        _at++;
        if (_depth == SafeXml.MaxDepth)
        {
            throw Wrong($"elements are nested deeper than {SafeXml.MaxDepth}");
        }
        if (_elements++ == MaxElements)
        {
            throw Wrong($"there are more than {MaxElements} elements");
        }
        var name = ReadName();
        ref var element = ref _open[_depth];
        element.At = name.At;
        element.Length = name.Length;
        element.Colon = name.Colon;
        element.DefaultIsForeign = _depth > 0 && _open[_depth - 1].DefaultIsForeign;
        _depth++;
        var count = ReadAttributes();
        element.IsForeign = name.Colon == 0 ? element.DefaultIsForeign : IsForeignPrefix(name);
        for (var i = 0; i < count; i++)
        {
            CheckAttribute(i);
        }
    }

    private int ReadAttributes()
    {
        for (var count = 0; ; count++)
        {
            var spaced = SkipSpace();
            if (_at < _xml.Length && _xml[_at] == '>')
            {
                _at++;
                _empty = false;
                return count;
            }
            if (_xml[_at..].StartsWith("/>"u8))
            {
                _at += 2;
                _empty = true;
                return count;
            }
            if (!spaced || _at == _xml.Length)
            {
                throw Broken("a start tag is damaged");
            }
            if (count == MaxAttributes)
            {
                throw Wrong($"an element has more than {MaxAttributes} attributes");
            }
            ReadAttribute(count);
        }
    }

    private void ReadAttribute(int index)
    {
        var name = ReadName();
        _attributes[index] = name;
        SkipSpace();
        Expect((byte)'=');
        SkipSpace();
        if (_at == _xml.Length || _xml[_at] is not ((byte)'"' or (byte)'\''))
        {
            throw Broken("an attribute value is not in quotes");
        }
        var length = _xml[(_at + 1)..].IndexOf(_xml[_at]);
        if (length < 0)
        {
            throw Broken("an attribute value does not end");
        }
        var value = _xml.Slice(_at + 1, length);
        CheckValue(value);
        if (_xml.Slice(name.At, name.Length).StartsWith("xmlns"u8) && (name.Colon == 6 || name.Length == 5))
        {
            Declare(name, value);
        }
        _at += length + 2;
    }

    private readonly void CheckValue(ReadOnlySpan<byte> value)
    {
        if (value.Contains((byte)'<'))
        {
            throw Broken("'<' in an attribute value");
        }
        Span<byte> resolved = stackalloc byte[4];
        for (var at = value.IndexOf((byte)'&'); at >= 0; at = value.IndexOf((byte)'&'))
        {
            value = value[(at + Resolve(value[at..], resolved, out _))..];
        }
    }

    private void Declare(Span name, ReadOnlySpan<byte> uri)
    {
        // metinf and metinfo, 1.1 and 1.2: whatever calls itself SyncML is read as such.
        var foreign = !uri.IsEmpty && !(uri.Length > 7 && Ascii.EqualsIgnoreCase(uri[..7], "syncml:"u8));
        if (name.Colon == 0)
        {
            _open[_depth - 1].DefaultIsForeign = foreign;
            return;
        }
        var prefix = _xml.Slice(name.At + 6, name.Length - 6);
        var isXml = prefix.SequenceEqual("xml"u8);
        if (uri.IsEmpty || isXml != uri.SequenceEqual("http://www.w3.org/XML/1998/namespace"u8) || prefix.SequenceEqual("xmlns"u8))
        {
            throw Broken($"the prefix '{Quote(prefix)}' cannot be declared so");
        }
        if (_prefixCount == MaxPrefixes)
        {
            throw Wrong($"more than {MaxPrefixes} namespace prefixes are in scope");
        }
        _prefixes = _prefixes.Length == 0 ? new Prefix[MaxPrefixes] : _prefixes;
        _prefixes[_prefixCount++] = new Prefix(name.At + 6, prefix.Length, foreign, _depth);
    }

    private readonly bool IsForeignPrefix(Span name)
    {
        var wanted = _xml.Slice(name.At, name.Colon - 1);
        for (var i = _prefixCount - 1; i >= 0; i--)
        {
            if (_xml.Slice(_prefixes[i].At, _prefixes[i].Length).SequenceEqual(wanted))
            {
                return _prefixes[i].IsForeign;
            }
        }
        return wanted.SequenceEqual("xml"u8) ? true : throw Broken($"the prefix '{Quote(wanted)}' is not declared");
    }

    private readonly void CheckAttribute(int index)
    {
        var name = _attributes[index];
        var text = _xml.Slice(name.At, name.Length);
        for (var i = 0; i < index; i++)
        {
            if (_attributes[i].Length == name.Length && _xml.Slice(_attributes[i].At, name.Length).SequenceEqual(text))
            {
                throw Broken($"the attribute '{Quote(text)}' stands there twice");
            }
        }
        if (name.Colon > 0 && !text.StartsWith("xmlns:"u8))
        {
            IsForeignPrefix(name);
        }
    }

    private void ReadEndTag()
    {
        var name = _xml.Slice(_open[_depth - 1].At, _open[_depth - 1].Length);
        if (!_xml[(_at + 2)..].StartsWith(name))
        {
            throw Broken($"the end of '{Quote(name)}' is expected, not '{Quote(_xml[_at..])}'");
        }
        _at += 2 + name.Length;
        SkipSpace();
        Expect((byte)'>');
        Close();
    }

    private void Close()
    {
        _empty = false;
        _depth--;
        while (_prefixCount > 0 && _prefixes[_prefixCount - 1].Depth > _depth)
        {
            _prefixCount--;
        }
    }

    // A name with at most one colon; Colon is where the local part begins, 0 without a prefix.
    private Span ReadName()
    {
        var start = _at;
        var length = XmlCharacters.NameLength(_xml[_at..]);
        var colon = 0;
        if (length > 0 && _at + length < _xml.Length && _xml[_at + length] == ':')
        {
            colon = length + 1;
            length = XmlCharacters.NameLength(_xml[(_at + colon)..]);
            length = length == 0 ? 0 : length + colon;
        }
        if (length is 0 or > MaxNameBytes)
        {
            throw length == 0 ? Broken("a name is expected") : Wrong($"a name is longer than {MaxNameBytes} bytes");
        }
        _at += length;
        return new Span(start, length, colon);
    }

    private bool SkipSpace()
    {
        var start = _at;
        while (_at < _xml.Length && XmlCharacters.IsSpace(_xml[_at]))
        {
            _at++;
        }
        return _at > start;
    }

    private void Expect(byte wanted)
    {
        if (_at == _xml.Length || _xml[_at] != wanted)
        {
            throw Broken($"'{(char)wanted}' is expected");
        }
        _at++;
    }
}
