using System.Globalization;
using System.Text;

namespace Deskward.Protocol;

/// <summary>
/// Input that cannot be read, with one sentence saying what is wrong and, where known, at which line. The only exception that the readers
/// of this assembly throw for hostile or damaged input (but for SCIM's, which throw a <see cref="Scim.ScimException"/> that holds the answer); its message
/// is safe to show and to log: the constructor turns line ends, control and format characters into blanks and cuts after 300 characters, because messages
/// may quote what a stranger sent.
/// </summary>
public sealed class ProtocolException(string message) : Exception(OneLine(message))
{
    internal const int MaxLength = 300;

    internal static string OneLine(string message)
    {
        var line = new StringBuilder(Math.Min(message.Length, MaxLength));
        foreach (var rune in message.EnumerateRunes())
        {
            if (line.Length + rune.Utf16SequenceLength > MaxLength)
            {
                break;
            }
            line.Append(IsPlain(rune) ? rune.ToString() : " ");
        }
        return line.ToString();
    }

    private static bool IsPlain(Rune rune) => Rune.GetUnicodeCategory(rune) is not (UnicodeCategory.Control or UnicodeCategory.Format
        or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator or UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned);
}
