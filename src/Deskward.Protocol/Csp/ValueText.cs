using System.Globalization;
using System.Text;
using Deskward.Protocol.Xml;

namespace Deskward.Protocol.Csp;

/// <summary>Reads the plain forms of a value: numbers, booleans, base64, times.</summary>
internal static class ValueText
{
    /// <summary>A 32-bit number, signed or unsigned, decimal or 0x; surrounding white space is passed over.</summary>
    public static bool TryInt(string? text, out long number)
    {
        var digits = (text ?? "").AsSpan().Trim();
        var isHex = digits.StartsWith("0x", StringComparison.OrdinalIgnoreCase);
        var isRead = isHex
            ? long.TryParse(digits[2..], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out number)
            : long.TryParse(digits, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out number);
        return isRead && number is >= int.MinValue and <= uint.MaxValue;
    }

    /// <summary>true, false, 1 and 0 without case.</summary>
    public static bool TryBool(string? text, out bool value)
    {
        var word = (text ?? "").AsSpan().Trim();
        value = word.Equals("true", StringComparison.OrdinalIgnoreCase) || word is "1";
        return value || word.Equals("false", StringComparison.OrdinalIgnoreCase) || word is "0";
    }

    /// <summary>The text without white space; null when it is no base64.</summary>
    public static string? Base64(string text)
    {
        var packed = WithoutSpace(text);
        return System.Buffers.Text.Base64.IsValid(packed) ? packed : null;
    }

    public static string WithoutSpace(string text) =>
        text.AsSpan().ContainsAny(" \t\r\n") ? string.Concat(text.Where(one => !char.IsWhiteSpace(one))) : text;

    /// <summary>ISO 8601, basic or extended: a time of day, a date, or both.</summary>
    public static bool IsTime(string text) => DateTimeOffset.TryParseExact(text.Trim(), TimeForms, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out _);

    /// <summary>ISO 8601 date, basic or extended.</summary>
    public static bool IsDate(string text) => DateOnly.TryParseExact(text.Trim(), ["yyyy-MM-dd", "yyyyMMdd"], CultureInfo.InvariantCulture, DateTimeStyles.None, out _);

    /// <summary>Position of the first character that no XML message can carry, lone surrogates included; -1 when there is none.</summary>
    public static int FirstBadCharacter(string text)
    {
        for (var at = 0; at < text.Length; at++)
        {
            if (char.IsHighSurrogate(text[at]) && at + 1 < text.Length && char.IsLowSurrogate(text[at + 1]))
            {
                at++;
            }
            else if (!XmlCharacters.IsAllowed(text[at]))
            {
                return at;
            }
        }
        return -1;
    }

    /// <summary>The beginning of a value, fit for a message: one line, no control characters.</summary>
    public static string Excerpt(string text, int longest = 80)
    {
        var excerpt = new StringBuilder(Math.Min(text.Length, longest) + 1);
        foreach (var rune in text.AsSpan(0, Math.Min(text.Length, longest)).EnumerateRunes())
        {
            excerpt.Append(Rune.IsControl(rune) ? " " : rune.ToString());
        }
        return text.Length > longest ? excerpt.Append('…').ToString() : excerpt.ToString();
    }

    private static readonly string[] TimeForms =
    [
        "HH:mm:ss", "HHmmss", "HH:mm:ssK", "HHmmssK", "yyyy-MM-dd", "yyyyMMdd",
        "yyyy-MM-dd'T'HH:mm:ss", "yyyy-MM-dd'T'HH:mm:ssK", "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFK", "yyyyMMdd'T'HHmmss", "yyyyMMdd'T'HHmmssK",
    ];
}
