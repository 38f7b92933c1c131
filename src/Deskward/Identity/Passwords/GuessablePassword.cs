using System.Collections.Frozen;
using System.Reflection;

namespace Deskward.Identity.Passwords;

/// <summary>
/// Tells passwords that are guessed early: those that consist of very few common words, names, runs of digits and rows of the keyboard, however
/// they are spelled. Knows the words, names and places that passwords are made of most; asks nobody.
/// </summary>
internal static class GuessablePassword
{
    /// <summary>A password of so few pieces is among the first that are tried.</summary>
    internal const int FewPieces = 3;

    private const int ShortestWord = 3;
    private const int LongestWord = 24;
    private const int DigitsPerPiece = 4;
    private static readonly string[] Rows = ["abcdefghijklmnopqrstuvwxyz", "01234567890", "qwertyuiop", "asdfghjkl", "zxcvbnm", "qwertzuiop", "yxcvbnm", "azertyuiop", "1qaz2wsx3edc4rfv5tgb"];
    private static readonly FrozenSet<string> Common = Read();
    private static readonly FrozenSet<string>.AlternateLookup<ReadOnlySpan<char>> CommonSpans = Common.GetAlternateLookup<ReadOnlySpan<char>>();

    /// <summary>Whether the password is easy to guess, for somebody who also knows these names of the person and the organisation.</summary>
    internal static bool Is(string password, IEnumerable<string> names) => Pieces(password, names) <= FewPieces;

    /// <summary>How few pieces it takes to write the password: a word, up to four digits, a repetition or row, or one letter each count as one; signs between them as none.</summary>
    internal static int Pieces(string password, IEnumerable<string> names)
    {
        var raw = password.ToLowerInvariant();
        var plain = string.Create(raw.Length, raw, static (letters, source) =>
        {
            for (var place = 0; place < source.Length; place++)
            {
                letters[place] = Plain(source[place]);
            }
        });
        HashSet<string> known = [.. names.SelectMany(Words)];
        var spans = known.GetAlternateLookup<ReadOnlySpan<char>>();
        var fewest = new int[raw.Length + 1];
        for (var end = 1; end <= raw.Length; end++)
        {
            fewest[end] = fewest[end - 1] + (char.IsLetterOrDigit(raw[end - 1]) ? 1 : 0);
            for (var start = Math.Max(0, end - LongestWord); start <= end - 2; start++)
            {
                var pieces = PiecesOf(raw.AsSpan(start, end - start), plain.AsSpan(start, end - start), spans);
                fewest[end] = Math.Min(fewest[end], fewest[start] + pieces);
            }
        }

        return fewest[^1];
    }

    /// <summary>What the part counts as a whole; very much when it is nothing known.</summary>
    private static int PiecesOf(ReadOnlySpan<char> raw, ReadOnlySpan<char> plain, HashSet<string>.AlternateLookup<ReadOnlySpan<char>> names) =>
        raw.Length >= ShortestWord && (CommonSpans.Contains(plain) || CommonSpans.Contains(raw) || names.Contains(plain) || names.Contains(raw) || IsRow(raw) || IsRepetition(raw)) ? 1
        : raw.ContainsAnyExceptInRange('0', '9') ? int.MaxValue / 2
        : (raw.Length + DigitsPerPiece - 1) / DigitsPerPiece;

    private static bool IsRepetition(ReadOnlySpan<char> part)
    {
        for (var period = 1; period <= part.Length / 3; period++)
        {
            if (part.Length % period == 0 && part[period..].SequenceEqual(part[..^period]))
            {
                return true;
            }
        }

        return false;
    }

    private static bool IsRow(ReadOnlySpan<char> part)
    {
        Span<char> backwards = stackalloc char[part.Length];
        part.CopyTo(backwards);
        backwards.Reverse();
        foreach (var row in Rows)
        {
            if (row.AsSpan().Contains(part, StringComparison.Ordinal) || row.AsSpan().Contains(backwards, StringComparison.Ordinal))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>The letter that a digit or sign often stands for.</summary>
    private static char Plain(char letter) => letter switch
    {
        '0' => 'o', '1' or '|' => 'l', '3' => 'e', '4' or '@' => 'a', '5' or '$' => 's', '7' => 't', '!' => 'i', _ => letter,
    };

    private static IEnumerable<string> Words(string name) => name.ToLowerInvariant()
        .Split([.. name.ToLowerInvariant().Where(letter => !char.IsLetterOrDigit(letter)).Distinct()], StringSplitOptions.RemoveEmptyEntries).Where(word => word.Length >= ShortestWord);

    private static FrozenSet<string> Read()
    {
        using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream("Identity.common-words.txt")!;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries).ToFrozenSet(StringComparer.Ordinal);
    }
}
