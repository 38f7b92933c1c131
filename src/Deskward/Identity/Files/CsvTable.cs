using System.Text;
using Deskward.Platform;
using Deskward.Protocol;

namespace Deskward.Identity.Files;

/// <summary>A line of a file, with the number of the line on which it begins.</summary>
internal sealed record CsvRow(int Line, IReadOnlyList<string> Cells);

/// <summary>
/// A file of comma-separated values (RFC 4180) as spreadsheets write it: UTF-8 or UTF-16, with commas, semicolons or tabs. Every cell is text; the apostrophe
/// that keeps a spreadsheet from taking it for a formula is taken off again.
/// </summary>
internal sealed class CsvTable
{
    private static readonly char[] Separators = [',', ';', '\t'];
    private const string Starters = "=+-@＝＋－＠";
    private readonly string _text;
    private readonly char _separator;
    private int _at;
    private int _line = 1;

    private CsvTable(string text) => (_text, _separator) = (text, Separator(text));

    /// <summary>The rows, blank lines left out.</summary>
    /// <returns>Invalid when the bytes are no text, or a quote is not closed.</returns>
    internal static Outcome<IReadOnlyList<CsvRow>> Read(ReadOnlyMemory<byte> file)
    {
        try
        {
            return new CsvTable(TextBytes.Decode(file.Span)).Rows();
        }
        catch (ProtocolException)
        {
            return Refusal.Invalid("The file is neither UTF-8 nor UTF-16 with a byte order mark. Save it as CSV UTF-8.");
        }
    }

    /// <summary>What stands most often in the first line: spreadsheets write semicolons where a comma divides decimals.</summary>
    private static char Separator(string text)
    {
        var end = text.AsSpan().IndexOfAny('\r', '\n');
        var head = end < 0 ? text : text[..end];
        return Separators.MaxBy(separator => head.Count(letter => letter == separator));
    }

    private Outcome<IReadOnlyList<CsvRow>> Rows()
    {
        var rows = new List<CsvRow>();
        while (_at < _text.Length)
        {
            var (line, cells) = (_line, new List<string>());
            do
            {
                if (Cell() is not { } cell)
                {
                    return Refusal.Invalid($"Line {line}: a quotation mark is not closed.");
                }

                cells.Add(Plain(cell));
            }
            while (Take(_separator));

            EndLine();
            if (cells.Exists(cell => cell.Length > 0))
            {
                rows.Add(new CsvRow(line, cells));
            }
        }

        return rows;
    }

    /// <summary>Null when its quotation mark is not closed.</summary>
    private string? Cell()
    {
        var cell = new StringBuilder();
        if (!Take('"'))
        {
            while (_at < _text.Length && _text[_at] != _separator && _text[_at] is not ('\r' or '\n'))
            {
                cell.Append(_text[_at++]);
            }

            return cell.ToString();
        }

        while (_at < _text.Length)
        {
            var letter = _text[_at++];
            if (letter == '"' && !Take('"'))
            {
                // What stands between the quotation mark and the separator belongs to it, as spreadsheets take it.
                while (_at < _text.Length && _text[_at] != _separator && _text[_at] is not ('\r' or '\n'))
                {
                    cell.Append(_text[_at++]);
                }

                return cell.ToString();
            }

            _line += letter == '\n' ? 1 : 0;
            cell.Append(letter);
        }

        return null;
    }

    private static string Plain(string cell)
    {
        var text = cell.Trim();
        return text is ['\'', var second, ..] && Starters.Contains(second, StringComparison.Ordinal) ? text[1..] : text;
    }

    private bool Take(char letter)
    {
        if (_at >= _text.Length || _text[_at] != letter)
        {
            return false;
        }

        _at++;
        return true;
    }

    private void EndLine()
    {
        var ended = Take('\r') | Take('\n');
        _line += ended ? 1 : 0;
    }
}
