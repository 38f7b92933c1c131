using System.Globalization;
using System.Text;

namespace Deskward.Platform;

/// <summary>Makes what a stranger wrote fit to store, log and show: one line, no control or format characters, cut to a length.</summary>
internal static class CleanText
{
    /// <summary>The text on one line, trimmed; what is left out becomes a blank.</summary>
    internal static string OneLine(string text, int most)
    {
        var clean = new StringBuilder(Math.Min(text.Length, most));
        foreach (var rune in text.EnumerateRunes())
        {
            if (clean.Length + rune.Utf16SequenceLength > most)
            {
                break;
            }

            clean.Append(IsPlain(rune) ? rune.ToString() : " ");
        }

        return clean.ToString().Trim();
    }

    /// <summary>As <see cref="OneLine"/>; null for null and for nothing but blanks.</summary>
    internal static string? OrNull(string? text, int most) => text is null || OneLine(text, most) is not { Length: > 0 } clean ? null : clean;

    private static bool IsPlain(Rune rune) => rune != Rune.ReplacementChar && Rune.GetUnicodeCategory(rune) is not (UnicodeCategory.Control or UnicodeCategory.Format
        or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator or UnicodeCategory.PrivateUse or UnicodeCategory.Surrogate or UnicodeCategory.OtherNotAssigned);
}
