using System.Globalization;
using System.Linq.Expressions;
using System.Text;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Query.SqlExpressions;
using Microsoft.EntityFrameworkCore.Storage;

namespace Deskward.Platform;

/// <summary>
/// Texts as the search compares them, because the engines' LIKE differ: compatibility forms made equal (NFKC), accents and case folded, blanks
/// single. The same for what is stored and for what is typed.
/// </summary>
public static class SearchText
{
    /// <summary>The longest text that is stored, in UTF-16 units: at three bytes each it fits into a row of a PostgreSQL index (2,704 bytes), with <see cref="LongestBrief"/>.</summary>
    public const int Longest = 600;

    /// <summary>The longest text of <see cref="Brief"/>.</summary>
    public const int LongestBrief = 200;

    /// <summary>The folded text; empty when nothing is left.</summary>
    public static string Fold(string? text)
    {
        var folded = new StringBuilder(text?.Length ?? 0);
        foreach (var rune in Decompose(text ?? "").EnumerateRunes())
        {
            if (Rune.IsWhiteSpace(rune) || Rune.IsControl(rune))
            {
                Blank(folded);
            }
            else if (Rune.GetUnicodeCategory(rune) is not (UnicodeCategory.NonSpacingMark or UnicodeCategory.Format))
            {
                folded.Append(Letter(rune));
            }
        }

        return folded.ToString().TrimEnd().Normalize(NormalizationForm.FormKC);
    }

    /// <summary>The folded texts, one after the other, cut to what is stored.</summary>
    public static string Join(params ReadOnlySpan<string?> texts)
    {
        var parts = new List<string>();
        foreach (var text in texts)
        {
            if (Fold(text) is { Length: > 0 } folded)
            {
                parts.Add(folded);
            }
        }

        return Cut(string.Join('\n', parts), Longest);
    }

    /// <summary>
    /// Whether a stored text has the words somewhere in it, in a query. By the engines' own search of a text in a text and not by LIKE: PostgreSQL takes six
    /// times as long for that, and under row-level security asks no index for either.
    /// </summary>
    public static bool Holds(string? text, string words) => throw new InvalidOperationException($"Is for queries: '{words}' in '{text}'.");

    internal static void Map(ModelBuilder model, bool sqlite) => model.HasDbFunction(((Func<string?, string, bool>)Holds).Method).HasTranslation(arguments =>
        new SqlBinaryExpression(
            ExpressionType.GreaterThan,
            new SqlFunctionExpression(sqlite ? "instr" : "strpos", arguments, nullable: true, argumentsPropagateNullability: [true, true], typeof(int), new IntTypeMapping(sqlite ? "INTEGER" : "integer")),
            new SqlConstantExpression(0, new IntTypeMapping(sqlite ? "INTEGER" : "integer")),
            typeof(bool),
            new BoolTypeMapping(sqlite ? "INTEGER" : "boolean")));

    /// <summary>The folded text, cut so that it fits into an index beside another.</summary>
    public static string Brief(string? text) => Cut(Fold(text), LongestBrief);

    private static string Cut(string text, int longest) => text.Length <= longest ? text : text[..(char.IsHighSurrogate(text[longest - 1]) ? longest - 1 : longest)];

    /// <summary>A lone half of a surrogate pair, which cannot be decomposed, becomes U+FFFD first.</summary>
    private static string Decompose(string text) => Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text)).Normalize(NormalizationForm.FormKD);

    private static void Blank(StringBuilder folded)
    {
        if (folded.Length > 0 && folded[^1] != ' ')
        {
            folded.Append(' ');
        }
    }

    /// <summary>Letters that people leave the stroke of away, and that Unicode does not decompose, by hand.</summary>
    private static string Letter(Rune rune) => rune.Value switch
    {
        'ß' or 'ẞ' => "ss",
        'ø' or 'Ø' => "o",
        'ł' or 'Ł' => "l",
        'đ' or 'Đ' => "d",
        'ı' => "i",
        'æ' or 'Æ' => "ae",
        'œ' or 'Œ' => "oe",
        _ => Rune.ToLowerInvariant(rune).ToString(),
    };
}
