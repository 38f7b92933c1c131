using System.Text;
using System.Text.Unicode;
using System.Xml;

namespace Deskward.Protocol.Xml;

/// <summary>
/// The one place that makes an XmlReader over bytes from outside: no document type, nothing is ever fetched, limited size and depth.
/// <see cref="Utf8XmlReader"/> passes over the bytes first and enforces the limits, so that both readers must accept a document.
/// The encoding is decided by the bytes and never by the declaration, because Windows and its tools declare utf-16 in UTF-8 bodies.
/// </summary>
public static class SafeXml
{
    /// <summary>The longest message that is read, in bytes.</summary>
    public const int MaxBytes = 4 * 1024 * 1024;

    /// <summary>The longest document that a caller may ask for, in bytes: as long as an object in the management tree.</summary>
    public const int MaxObjectBytes = 16 * 1024 * 1024;

    /// <summary>How deep elements may nest; the root is at depth 1.</summary>
    public const int MaxDepth = 64;

    /// <summary>Reads a whole document.</summary>
    /// <param name="bytes">UTF-8 with or without byte order mark, or UTF-16 with one.</param>
    /// <param name="maxBytes">Another limit, where the caller knows how long honest documents are; at most <see cref="MaxObjectBytes"/>.</param>
    /// <returns>The root element.</returns>
    /// <exception cref="ProtocolException">Not well-formed, too long, too deep, with a DTD, or not in its encoding. Nothing else is thrown.</exception>
    public static Element Parse(ReadOnlyMemory<byte> bytes, int maxBytes = MaxBytes)
    {
        maxBytes = Math.Min(maxBytes, MaxObjectBytes);
        CheckLength(bytes.Length, maxBytes);
        var utf8 = ToUtf8(bytes.Span, maxBytes);
        CheckLimits(utf8);
        try
        {
            using var text = new StringReader(Encoding.UTF8.GetString(utf8));
            using var reader = XmlReader.Create(text, NewSettings(maxBytes));
            return Build(reader);
        }
        catch (XmlException error)
        {
            throw new ProtocolException($"The XML is not well-formed: {error.Message}");
        }
    }

    // XmlReader has no limits of its own, and takes more than its share of time for thousands of attributes.
    private static void CheckLimits(ReadOnlySpan<byte> utf8)
    {
        var reader = new Utf8XmlReader(utf8);
        reader.Skip();
        reader.ReadToEnd();
    }

    private static XmlReaderSettings NewSettings(int maxBytes) => new()
    {
        DtdProcessing = DtdProcessing.Prohibit,
        XmlResolver = null,
        ConformanceLevel = ConformanceLevel.Document,
        IgnoreComments = true,
        IgnoreProcessingInstructions = true,
        MaxCharactersInDocument = maxBytes,
    };

    private static Element Build(XmlReader reader)
    {
        Element? root = null;
        var open = new Stack<(Element Element, StringBuilder? Text)>();
        while (reader.Read())
        {
            switch (reader.NodeType)
            {
                case XmlNodeType.Element:
                    var element = Open(reader);
                    root ??= element;
                    if (open.TryPeek(out var parent))
                    {
                        parent.Element.Add(element);
                    }
                    if (!reader.IsEmptyElement)
                    {
                        open.Push((element, null));
                    }
                    break;
                case XmlNodeType.EndElement:
                    Close(open.Pop());
                    break;
                case XmlNodeType.Text or XmlNodeType.CDATA or XmlNodeType.SignificantWhitespace or XmlNodeType.Whitespace when open.Count > 0:
                    open.Push(WithText(open.Pop(), reader.Value));
                    break;
            }
        }
        return root!;
    }

    private static Element Open(XmlReader reader)
    {
        var element = new Element(reader.LocalName, reader.NamespaceURI);
        while (reader.MoveToNextAttribute())
        {
            if (reader.Prefix != "xmlns" && reader.Name != "xmlns")
            {
                element.Add(new NamedValue(reader.LocalName, reader.NamespaceURI, reader.Value));
            }
        }
        reader.MoveToElement();
        return element;
    }

    // A builder comes into play only when text is interrupted (comment, child, CDATA), so that thousands of pieces stay linear.
    private static (Element, StringBuilder?) WithText((Element Element, StringBuilder? Text) open, string piece)
    {
        if (open.Text is null && open.Element.Text.Length == 0)
        {
            open.Element.Text = piece;
            return open;
        }
        return (open.Element, (open.Text ?? new StringBuilder(open.Element.Text)).Append(piece));
    }

    private static void Close((Element Element, StringBuilder? Text) open)
    {
        if (open.Text is not null)
        {
            open.Element.Text = open.Text.ToString();
        }
    }

    /// <summary>The same document in UTF-8 without byte order mark; not copied when it is so already. Not yet checked to be valid.</summary>
    /// <exception cref="ProtocolException">Too long, or damaged UTF-16.</exception>
    internal static ReadOnlySpan<byte> ToUtf8(ReadOnlySpan<byte> bytes, int maxBytes = MaxBytes)
    {
        CheckLength(bytes.Length, maxBytes);
        return bytes switch
        {
            [0xFE, 0xFF, ..] or [0xFF, 0xFE, ..] => Encoding.UTF8.GetBytes(DecodeUtf16(bytes[2..], bigEndian: bytes[0] == 0xFE)),
            [0xEF, 0xBB, 0xBF, ..] => bytes[3..],
            _ => bytes,
        };
    }

    private static void CheckLength(int length, int maxBytes)
    {
        if (length > maxBytes)
        {
            throw new ProtocolException($"The message is {length} bytes long; at most {maxBytes} are read.");
        }
    }

    private static string DecodeUtf16(ReadOnlySpan<byte> bytes, bool bigEndian)
    {
        try
        {
            return new UnicodeEncoding(bigEndian, byteOrderMark: false, throwOnInvalidBytes: true).GetString(bytes);
        }
        catch (DecoderFallbackException)
        {
            throw new ProtocolException("The message starts like UTF-16 and holds bytes that are none.");
        }
    }

    /// <summary>Refuses bytes that are not UTF-8, and says where the first wrong one is.</summary>
    internal static void CheckUtf8(ReadOnlySpan<byte> bytes)
    {
        if (Utf8.IsValid(bytes))
        {
            return;
        }
        var at = 0;
        while (Rune.DecodeFromUtf8(bytes[at..], out _, out var length) == System.Buffers.OperationStatus.Done)
        {
            at += length;
        }
        throw new ProtocolException($"The message is not valid UTF-8: the byte at offset {at} is wrong.");
    }
}
