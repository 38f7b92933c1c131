using System.Text;

namespace Deskward.Platform.Portal;

/// <summary>Lines of a file for spreadsheets (RFC 4180), in which no text becomes a formula.</summary>
public static class Csv
{
    /// <summary>Adds a line; null is an empty cell.</summary>
    public static void Line(StringBuilder csv, params ReadOnlySpan<string?> cells)
    {
        for (var at = 0; at < cells.Length; at++)
        {
            csv.Append(at == 0 ? "" : ",").Append(Cell(cells[at]));
        }

        csv.Append("\r\n");
    }

    /// <summary>A cell that a spreadsheet takes for text: one that would begin a formula gets an apostrophe in front.</summary>
    public static string Cell(string? text)
    {
        var shown = string.Concat((text ?? "").Select(letter => char.IsControl(letter) ? ' ' : letter)).Trim();
        var safe = shown is ['=' or '+' or '-' or '@' or '＝' or '＋' or '－' or '＠', ..] ? "'" + shown : shown;
        return '"' + safe.Replace("\"", "\"\"", StringComparison.Ordinal) + '"';
    }
}
