using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Text;
using System.Text.Unicode;

namespace Deskward.Protocol.SyncMl;

/// <summary>Whether a node belongs to the PC or to the person who is signed in.</summary>
public enum LocUriScope { Device, User }

/// <summary>
/// The address of a node in a PC's management tree, e.g. <c>./Device/Vendor/MSFT/Policy/Config/Update/ActiveHoursStart</c>: relative,
/// segments percent-encoded. Two addresses are equal when they mean the same node: case does not count, and <c>./Vendor</c> is <c>./Device/Vendor</c>.
/// </summary>
public sealed class LocUri : IEquatable<LocUri>
{
    // RFC 3986: unreserved, sub-delims, ':' and '@'. Braces, blanks, quotes and all beyond ASCII are encoded.
    private const string PlainPunctuation = "-._~!$&'()*+,;=:@";

    private static readonly SearchValues<byte> Plain = SearchValues.Create(
        [.. "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"u8, .. Encoding.ASCII.GetBytes(PlainPunctuation)]);

    private LocUri(string[] segments, string? query)
    {
        Segments = segments;
        Query = query;
        Text = "./" + string.Join('/', segments.Select(Encode)) + (query is null ? "" : "?" + query);
        var key = "./" + string.Join('/', segments.Select(segment => Encode(segment.ToLowerInvariant())));
        Key = (segments[0].Equals("Vendor", StringComparison.OrdinalIgnoreCase) ? "./device" + key[1..] : key) + (query is null ? "" : "?" + query.ToLowerInvariant());
        Scope = segments[0].Equals("User", StringComparison.OrdinalIgnoreCase) ? LocUriScope.User : LocUriScope.Device;
    }

    /// <summary>Names of the nodes from the root, decoded; the leading <c>.</c> is not among them.</summary>
    public IReadOnlyList<string> Segments { get; }

    /// <summary>What follows a question mark, e.g. <c>list=StructData</c>; null when there is none.</summary>
    public string? Query { get; }

    /// <summary>As it goes over the wire: root and case as they came, every segment encoded in the one canonical way.</summary>
    public string Text { get; }

    /// <summary>The same for all spellings of one node: lower case, rooted at <c>./device</c> or <c>./user</c> where that applies.</summary>
    public string Key { get; }

    public LocUriScope Scope { get; }

    /// <summary>Reads an address, tolerating characters in it that should have been encoded, as Windows' own messages have them.</summary>
    /// <param name="text">Without blanks around it.</param>
    /// <param name="uri">The address.</param>
    /// <param name="refusal">One sentence that says what is wrong and, where that can be guessed, how it would be right.</param>
    public static bool TryParse(string text, [NotNullWhen(true)] out LocUri? uri, [NotNullWhen(false)] out string? refusal)
    {
        uri = null;
        refusal = WrongStart(text);
        if (refusal is not null)
        {
            return false;
        }
        var question = text.IndexOf('?', StringComparison.Ordinal);
        var parts = (question < 0 ? text : text[..question])[2..].Split('/');
        for (var i = 0; i < parts.Length; i++)
        {
            refusal = TryDecode(parts[i], out var name) ? WrongName(name) : $"'{Quote(parts[i])}' is not percent-encoded UTF-8; a percent sign itself is %25.";
            if (refusal is not null)
            {
                return false;
            }
            parts[i] = name;
        }
        uri = new LocUri(parts, question < 0 ? null : text[(question + 1)..]);
        return true;
    }

    /// <summary>Reads an address.</summary>
    /// <exception cref="ProtocolException">What <see cref="TryParse"/> refuses.</exception>
    public static LocUri Parse(string text) => TryParse(text, out var uri, out var refusal) ? uri : throw new ProtocolException(refusal);

    /// <summary>The node below this one.</summary>
    /// <param name="name">Not encoded.</param>
    /// <exception cref="ProtocolException">No name of a node.</exception>
    public LocUri Child(string name) => WrongName(name) is { } refusal ? throw new ProtocolException(refusal) : new LocUri([.. Segments, name], null);

    /// <summary>One name as it stands in an address: <c>{</c> is %7B, a blank %20, a slash %2F.</summary>
    public static string Encode(string name)
    {
        var utf8 = Encoding.UTF8.GetBytes(name);
        if (!utf8.AsSpan().ContainsAnyExcept(Plain))
        {
            return name;
        }
        var encoded = new StringBuilder(utf8.Length * 2);
        foreach (var value in utf8)
        {
            _ = Plain.Contains(value) ? encoded.Append((char)value) : encoded.Append('%').Append(value.ToString("X2", null));
        }
        return encoded.ToString();
    }

    /// <summary>The name that an encoded segment stands for; false when a percent sign is not followed by two digits, or the bytes are not UTF-8.</summary>
    public static bool TryDecode(string segment, out string name)
    {
        name = segment;
        if (!segment.Contains('%', StringComparison.Ordinal))
        {
            return true;
        }
        var escaped = Encoding.UTF8.GetBytes(segment);
        var (utf8, length) = (new byte[escaped.Length], 0);
        for (var at = 0; at < escaped.Length; at++)
        {
            utf8[length] = escaped[at];
            if (escaped[at] == '%')
            {
                if (at + 2 >= escaped.Length || Convert.FromHexString(escaped.AsSpan(at + 1, 2), utf8.AsSpan(length, 1), out _, out _) != OperationStatus.Done)
                {
                    return false;
                }
                at += 2;
            }
            length++;
        }
        name = Encoding.UTF8.GetString(utf8, 0, length);
        return Utf8.IsValid(utf8.AsSpan(0, length));
    }

    private static string? WrongStart(string text) => text switch
    {
        "" => "The address is empty.",
        _ when char.IsWhiteSpace(text[0]) || char.IsWhiteSpace(text[^1]) => "White space around the address is not allowed.",
        ['.', '/', ..] => null,
        ['/', ..] => $"'{Quote(text)}' begins with a slash; an address is relative: './{Quote(text[1..])}'.",
        ['.', ..] => $"'{Quote(text)}' lacks the slash after the dot; meant may be './{Quote(text[1..])}'.",
        _ => $"'{Quote(text)}' does not begin with './'.",
    };

    private static string? WrongName(string name) => name switch
    {
        "" => "A node name is empty: two slashes in a row, or one at the end.",
        "*" or "." or ".." => $"'{name}' is no name of a node.",
        _ when name.Any(char.IsControl) => $"The node name '{Quote(name)}' holds a control character.",
        _ => null,
    };

    private static string Quote(string text) =>
        string.Concat((text.Length > 60 ? text[..60] + "..." : text).Select(character => char.IsControl(character) ? ' ' : character));

    public bool Equals(LocUri? other) => other is not null && other.Key == Key;

    public override bool Equals(object? obj) => Equals(obj as LocUri);

    public override int GetHashCode() => Key.GetHashCode(StringComparison.Ordinal);

    public override string ToString() => Text;
}
