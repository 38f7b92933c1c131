using System.Buffers;
using System.Text;
using System.Text.Unicode;

namespace Deskward.Protocol.SyncMl;

/// <summary>
/// Addresses of nodes in a PC's management tree, e.g. <c>./Device/Vendor/MSFT/Policy/Config/Update/ActiveHoursStart</c>: relative, segments
/// percent-encoded. The one place that knows how a name is encoded and when two spellings mean the same node.
/// </summary>
public static class LocUri
{
    // RFC 3986: unreserved, sub-delims, ':' and '@'. Braces, blanks, quotes and all beyond ASCII are encoded.
    private const string PlainCharacters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~!$&'()*+,;=:@";
    private const string Device = "./DEVICE/VENDOR/";

    private static readonly SearchValues<byte> Plain = SearchValues.Create(Encoding.ASCII.GetBytes(PlainCharacters));
    private static readonly SearchValues<char> PlainPath = SearchValues.Create(PlainCharacters + "/");

    /// <summary>
    /// The same for all spellings of one node, as PCs echo them: case, percent-encoding, <c>./Vendor</c> for <c>./Device/Vendor</c>, blanks around and a slash at
    /// the end do not count. For comparing alone; what follows a question mark belongs to it. Never throws.
    /// </summary>
    public static string KeyOf(string path)
    {
        var text = path.Trim().TrimEnd('/');
        var key = (text.AsSpan().ContainsAnyExcept(PlainPath) ? Recoded(text) : text).ToUpperInvariant();
        return key.StartsWith(Device, StringComparison.Ordinal) ? string.Concat("./VENDOR/", key.AsSpan(Device.Length)) : key;
    }

    /// <summary>Whether the one node is the other or lies below it; both as <see cref="KeyOf"/> gives them.</summary>
    public static bool IsAtOrBelow(string key, string above) =>
        key.StartsWith(above, StringComparison.Ordinal) && (key.Length == above.Length || key[above.Length] == '/');

    /// <summary>Whether the node belongs to the person who is signed in, not to the PC.</summary>
    public static bool IsOfUser(string path) => path.StartsWith("./User/", StringComparison.OrdinalIgnoreCase);

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

    private static string Recoded(string text)
    {
        var question = text.IndexOf('?', StringComparison.Ordinal);
        var (path, query) = question < 0 ? (text, "") : (text[..question], text[question..]);
        return string.Join('/', path.Split('/').Select(segment => TryDecode(segment, out var name) ? Encode(name.ToUpperInvariant()) : segment)) + query;
    }
}
