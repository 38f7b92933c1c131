using System.Globalization;
using System.Text;

namespace Deskward.Devices;

/// <summary>Texts that PCs report about themselves: whoever has the PC can write anything into them.</summary>
public static class ReportedText
{
    /// <summary>
    /// One line without control and format characters (which could end a log line or turn the direction of a page's text), cut; null
    /// when nothing is left; runs of blanks become one. Angle brackets and formulas stay: whoever writes HTML or a table escapes them there.
    /// </summary>
    public static string? Clean(string? text, int longest)
    {
        var clean = new StringBuilder(Math.Min(text?.Length ?? 0, longest));
        foreach (var rune in (text ?? "").EnumerateRunes())
        {
            if (clean.Length + rune.Utf16SequenceLength > longest)
            {
                break;
            }

            if (!Rune.IsWhiteSpace(rune))
            {
                clean.Append(IsHidden(rune) ? "" : rune.ToString());
            }
            else if (clean.Length > 0 && clean[^1] != ' ')
            {
                clean.Append(' ');
            }
        }

        var line = clean.ToString().TrimEnd();
        return line.Length == 0 ? null : line;
    }

    private static bool IsHidden(Rune rune) => rune == Rune.ReplacementChar || Rune.GetUnicodeCategory(rune) is UnicodeCategory.Control or UnicodeCategory.Format
        or UnicodeCategory.Surrogate or UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned;
}
