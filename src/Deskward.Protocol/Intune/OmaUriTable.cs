using System.Globalization;
using System.Buffers;
using System.Text;

namespace Deskward.Protocol.Intune;

/// <summary>
/// Tables of OMA-URIs as people keep them: commas, semicolons or tabs; with a line of titles, or the path as the first field that begins with <c>./</c> and
/// the value as the last one behind it. A field in quotes may hold anything, a quote doubled.
/// </summary>
public static class OmaUriTable
{
    private static readonly Dictionary<string, string> Titles = new(StringComparer.OrdinalIgnoreCase)
    {
        ["omauri"] = "path", ["locuri"] = "path", ["path"] = "path", ["csppath"] = "path", ["uri"] = "path",
        ["value"] = "value", ["data"] = "value",
        ["name"] = "name", ["displayname"] = "name", ["setting"] = "name",
        ["format"] = "format", ["datatype"] = "format", ["type"] = "format",
        ["secret"] = "secret", ["overridable"] = "overridable",
    };

    private static readonly Dictionary<string, string> Formats = new(StringComparer.OrdinalIgnoreCase)
    {
        ["string"] = "chr", ["stringxml"] = "xml", ["stringxmlfile"] = "xml", ["integer"] = "int", ["boolean"] = "bool", ["base64"] = "b64", ["base64file"] = "b64",
        ["floatingpoint"] = "float", ["dateandtime"] = "time", ["datetime"] = "time",
    };

    private static readonly char[] Separators = ['\t', ',', ';'];
    private static readonly SearchValues<char> NeedsQuotes = SearchValues.Create(",;\"\t\r\n");

    /// <summary>What spreadsheets would take for a formula; an apostrophe before it is taken off again.</summary>
    private const string Starters = "=+-@";

    internal static void Read(string text, ImportSheet sheet)
    {
        Dictionary<string, int>? columns = null;
        var isFirst = true;
        var separator = SeparatorOf(text);
        foreach (var (line, fields) in Lines(text, separator))
        {
            if (isFirst)
            {
                isFirst = false;
                if (HeadingOf(fields) is { } heading)
                {
                    columns = heading;
                    continue;
                }
            }
            Read(line, fields, columns, sheet);
        }
    }

    /// <summary>Writes a table that <see cref="ImportReader"/> reads as the same settings; secrets have no value in it.</summary>
    public static string Write(IEnumerable<ImportedLine> lines)
    {
        var table = new StringBuilder("\uFEFFname,path,format,value,secret,overridable\r\n");
        foreach (var line in lines)
        {
            table.AppendJoin(',', Field(line.Name), Field(line.Path), line.Format, line.IsSecret ? "" : Field(line.Value), line.IsSecret ? "yes" : "", line.IsOverridable ? "yes" : "").Append("\r\n");
        }
        return table.ToString();
    }

    private static void Read(int number, IReadOnlyList<string> fields, Dictionary<string, int>? columns, ImportSheet sheet)
    {
        var guessed = columns ?? Guess(fields);
        string? Of(string column) => guessed.TryGetValue(column, out var at) && at < fields.Count ? fields[at] : null;
        var path = Of("path")?.Trim();
        var row = sheet.Begin(Of("name")?.Trim() is { Length: > 0 } name ? name : string.Create(CultureInfo.InvariantCulture, $"line {number}"));
        row.LocUri = path;
        if (string.IsNullOrEmpty(path) || Of("value") is not { } value)
        {
            row.Refuse(Reasons.NoPathAndValue);
            return;
        }
        var isSecret = IsYes(Of("secret"));
        if (isSecret && value.Length == 0)
        {
            row.Refuse(Reasons.Masked);
            return;
        }
        var format = Of("format")?.Trim() is { Length: > 0 } given ? Formats.GetValueOrDefault(Letters(given)) ?? given : null;
        sheet.Write(row, path, value, format, isSecret: isSecret, isOverridable: IsYes(Of("overridable")));
    }

    private static Dictionary<string, int>? HeadingOf(IReadOnlyList<string> fields)
    {
        var columns = new Dictionary<string, int>(StringComparer.Ordinal);
        for (var at = 0; at < fields.Count; at++)
        {
            if (Titles.TryGetValue(Letters(fields[at]), out var column))
            {
                columns.TryAdd(column, at);
            }
        }
        return columns.ContainsKey("path") && columns.ContainsKey("value") ? columns : null;
    }

    private static Dictionary<string, int> Guess(IReadOnlyList<string> fields)
    {
        var columns = new Dictionary<string, int>(StringComparer.Ordinal);
        var path = fields.ToList().FindIndex(field => field.TrimStart().StartsWith("./", StringComparison.Ordinal));
        if (path < 0)
        {
            return columns;
        }
        columns["path"] = path;
        var after = fields.Count - path - 1;
        if (after > 0)
        {
            columns["value"] = path + Math.Min(after, 2);
        }
        if (after > 1)
        {
            columns["format"] = path + 1;
        }
        if (path > 0)
        {
            columns["name"] = path - 1;
        }
        return columns;
    }

    private static char SeparatorOf(string text)
    {
        var end = text.AsSpan().TrimStart().IndexOfAny('\r', '\n');
        var head = end < 0 ? text : text.TrimStart()[..end];
        return Separators.MaxBy(one => head.Count(letter => letter == one));
    }

    /// <summary>The fields of each line, blank lines and lines that begin with # left out; numbered from 1 by where a line begins.</summary>
    private static IEnumerable<(int Line, IReadOnlyList<string> Fields)> Lines(string text, char separator)
    {
        var (at, line) = (0, 1);
        while (at < text.Length)
        {
            var (begun, fields) = (line, new List<string>());
            var isComment = text[at] == '#';
            do
            {
                fields.Add(NextField(text, separator, ref at, ref line));
            }
            while (at < text.Length && text[at] == separator && ++at <= text.Length);
            at += at < text.Length && text[at] == '\r' ? 1 : 0;
            if (at < text.Length && text[at] == '\n')
            {
                at++;
            }
            line++;
            if (!isComment && fields.Exists(field => field.Trim().Length > 0))
            {
                yield return (begun, fields);
            }
        }
    }

    private static string NextField(string text, char separator, ref int at, ref int line)
    {
        if (at < text.Length && text[at] == '"' && Quoted(text, separator, at, line) is { } quoted)
        {
            line += quoted.Text.Count(letter => letter == '\n');
            at = quoted.End;
            return quoted.Text;
        }
        var end = text.AsSpan(at).IndexOfAny(separator, '\r', '\n');
        var field = end < 0 ? text[at..] : text.Substring(at, end);
        at += field.Length;
        return Plain(field);
    }

    /// <summary>A field in quotes; null when what begins with a quote is no such field, as in a table of tabs whose values hold quotes.</summary>
    private static (string Text, int End)? Quoted(string text, char separator, int start, int line)
    {
        var field = new StringBuilder();
        for (var at = start + 1; at < text.Length; at++)
        {
            if (text[at] != '"')
            {
                field.Append(text[at]);
            }
            else if (at + 1 < text.Length && text[at + 1] == '"')
            {
                field.Append('"');
                at++;
            }
            else
            {
                var isWhole = at + 1 == text.Length || text[at + 1] == separator || text[at + 1] is '\r' or '\n';
                var inner = field.ToString();
                return isWhole ? (Plain(inner), at + 1) : null;
            }
        }
        throw new ProtocolException(string.Create(CultureInfo.InvariantCulture, $"Line {line}: a quotation mark is not closed."));
    }

    private static string Plain(string field) => field.StartsWith('\'') && IsFormula(field) ? field[1..] : field;

    /// <summary>Whether a spreadsheet would take it for a formula, if not for apostrophes before it.</summary>
    private static bool IsFormula(string text) => text.AsSpan().TrimStart('\'') is [var first, ..] && Starters.Contains(first, StringComparison.Ordinal);

    private static string Field(string text)
    {
        var plain = IsFormula(text) ? "'" + text : text;
        return plain.AsSpan().ContainsAny(NeedsQuotes) || plain.Trim().Length != plain.Length ? $"\"{plain.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : plain;
    }

    private static string Letters(string text) => string.Concat(text.Where(char.IsAsciiLetterOrDigit)).ToLowerInvariant();

    private static bool IsYes(string? text) => text?.Trim().ToUpperInvariant() is "YES" or "TRUE" or "1" or "SECRET" or "OVERRIDABLE";
}
