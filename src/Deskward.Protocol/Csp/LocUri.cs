using System.Buffers;
using System.Globalization;
using System.Text;

namespace Deskward.Protocol.Csp;

/// <summary>Segments of a LocURI: percent-encoded UTF-8 (MS-MDM 2.2.4; RFC 3986, 3.3).</summary>
internal static class LocUri
{
    private static readonly SearchValues<char> Plain =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~!$&'()*+,;=:@");

    /// <summary>The name that a segment stands for; a percent sign that starts no escape stands for itself.</summary>
    public static string Decode(string segment)
    {
        if (!segment.Contains('%', StringComparison.Ordinal))
        {
            return segment;
        }
        var bytes = new List<byte>(segment.Length);
        for (var at = 0; at < segment.Length; at++)
        {
            if (segment[at] == '%' && at + 2 < segment.Length
                && byte.TryParse(segment.AsSpan(at + 1, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var escaped))
            {
                bytes.Add(escaped);
                at += 2;
            }
            else
            {
                var length = char.IsHighSurrogate(segment[at]) && at + 1 < segment.Length ? 2 : 1;
                bytes.AddRange(Encoding.UTF8.GetBytes(segment, at, length));
                at += length - 1;
            }
        }
        return Encoding.UTF8.GetString([.. bytes]);
    }

    /// <summary>A name as a segment; the one spelling that we write.</summary>
    public static string Encode(string name)
    {
        if (!name.AsSpan().ContainsAnyExcept(Plain))
        {
            return name;
        }
        var encoded = new StringBuilder(name.Length + 8);
        foreach (var one in Encoding.UTF8.GetBytes(name))
        {
            if (one < 0x80 && Plain.Contains((char)one))
            {
                encoded.Append((char)one);
            }
            else
            {
                encoded.Append(CultureInfo.InvariantCulture, $"%{one:X2}");
            }
        }
        return encoded.ToString();
    }
}
