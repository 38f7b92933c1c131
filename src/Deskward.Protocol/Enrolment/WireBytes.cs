using System.Text;
using System.Xml;

namespace Deskward.Protocol.Enrolment;

/// <summary>Base64 and text as they travel.</summary>
internal static class WireBytes
{
    /// <summary>White space anywhere is tolerated: clients wrap lines and end in one.</summary>
    public static bool TryFromBase64(string text, out byte[] value)
    {
        var buffer = new byte[text.Length / 4 * 3 + 3];
        var done = Convert.TryFromBase64String(text, buffer, out var written);
        value = done ? buffer[..written] : [];
        return done;
    }

    /// <summary>
    /// The DER inside a BinarySecurityToken. A manual renewal encodes it twice (MS-MDE2, certificate renewal), so a second layer is undone when
    /// what comes out of the first is no SEQUENCE.
    /// </summary>
    public static byte[] DerFromBase64(string text, bool maybeTwice)
    {
        if (TryFromBase64(text, out var der) && der.Length > 0)
        {
            if (der[0] != 0x30 && maybeTwice && Ascii.IsValid(der) && TryFromBase64(Encoding.ASCII.GetString(der), out var inner))
            {
                der = inner;
            }
            if (der is [0x30, ..])
            {
                return der;
            }
            throw new ProtocolException("The BinarySecurityToken of the request is base64 of something that is not DER.");
        }
        throw new ProtocolException("The BinarySecurityToken of the request is empty or not base64.");
    }

    /// <summary>Text that XML cannot hold becomes U+FFFD, because an answer must leave even when a stranger's name is part of it.</summary>
    public static string Clean(string text)
    {
        if (text.AsSpan().IndexOfAnyExceptInRange(' ', '~') < 0)
        {
            return text;
        }
        var clean = new StringBuilder(text.Length);
        foreach (var rune in text.EnumerateRunes())
        {
            clean.Append(rune.IsBmp && !XmlConvert.IsXmlChar((char)rune.Value) ? "\uFFFD" : rune.ToString());
        }
        return clean.ToString();
    }
}
