using Deskward.Platform.Portal;

namespace Deskward.Reports;

/// <summary>Texts that PCs report, as people see them: never markup (Razor encodes), never longer than a line, never changing direction.</summary>
internal static class Shown
{
    private const int LongestName = 80;

    /// <summary>The PC's name, or a word for it when it has none that can be seen.</summary>
    internal static string Name(string name, Texts texts) => Cut(name, LongestName) is { Length: > 0 } clean ? clean : texts["device.unnamed"];

    /// <summary>At most so many characters, with an ellipsis when something was cut; direction marks and controls become visible as a box.</summary>
    internal static string Cut(string? text, int most)
    {
        if (string.IsNullOrEmpty(text))
        {
            return "";
        }

        var clean = string.Concat(text.Select(character => IsHidden(character) ? '\uFFFD' : character)).Trim();
        return clean.Length <= most ? clean : clean[..(char.IsHighSurrogate(clean[most - 1]) ? most - 1 : most)] + "…";
    }

    private static bool IsHidden(char character) =>
        (char.IsControl(character) && character is not ('\n' or '\t')) || character is (>= '\u202A' and <= '\u202E') or (>= '\u2066' and <= '\u2069') or '\u200E' or '\u200F' or '\u061C' or '\uFEFF';
}
