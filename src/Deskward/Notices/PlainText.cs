using System.Globalization;
using System.Text;

namespace Deskward.Notices;

/// <summary>
/// Makes a stranger's text fit for one line of a mail or a page: no control character (so no header can be added), nothing that turns the direction of
/// what stands around it, no half of a character, not too long.
/// </summary>
internal static class PlainText
{
    internal const int LongestValue = 300;
    private const char FirstIsolate = '\u2066';
    private const char FirstStrongIsolate = '\u2068';
    private const char EndOfIsolate = '\u2069';

    internal static string Clean(string text, int longest)
    {
        var clean = new StringBuilder(Math.Min(text.Length, longest + 1));
        foreach (var rune in text.EnumerateRunes())
        {
            if (clean.Length + rune.Utf16SequenceLength > longest)
            {
                clean.Length -= clean.Length < longest ? 0 : char.IsLowSurrogate(clean[^1]) ? 2 : 1;
                return clean.Append('…').ToString();
            }

            if (!TurnsDirection(rune.Value))
            {
                clean.Append(IsBreak(rune) ? " " : rune.ToString());
            }
        }

        return clean.ToString().Trim();
    }

    /// <summary>Keeps a name that is written from right to left from reordering the sentence around it.</summary>
    internal static string Isolate(string clean) => clean.Any(IsRightToLeft) ? FirstStrongIsolate + clean + EndOfIsolate : clean;

    private static bool IsBreak(Rune rune) => Rune.GetUnicodeCategory(rune) is UnicodeCategory.Control or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator;

    private static bool TurnsDirection(int value) => value is 0x061C or 0x200E or 0x200F or (>= 0x202A and <= 0x202E) or (>= FirstIsolate and <= EndOfIsolate) or 0xFEFF;

    private static bool IsRightToLeft(char value) => value is (>= '\u0590' and <= '\u08FF') or (>= '\uFB1D' and <= '\uFDFF') or (>= '\uFE70' and <= '\uFEFC');
}
