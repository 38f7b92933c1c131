using System.Globalization;
using System.Text;
using Deskward.Platform;
using Deskward.Platform.Portal;

namespace Deskward.Reports;

/// <summary>The list of PCs as a file for spreadsheets, with the filter of the page; at most <see cref="Most"/> lines.</summary>
internal static class DeviceCsv
{
    private const int Most = 10_000;

    internal static async Task WriteAsync(HttpContext context, DeviceList devices, Texts texts, TimeProvider time)
    {
        var filter = DeviceQuery.Read(new Query(context.Request.Query), time.Now()) with { Take = Most };
        var page = await devices.FindAsync(filter, context.RequestAborted);
        context.Response.ContentType = "text/csv; charset=utf-8";
        context.Response.Headers.ContentDisposition = "attachment; filename=\"devices.csv\"";
        var csv = new StringBuilder("\uFEFF");
        Line(csv, [texts["devices.name"], texts["devices.user"], texts["device.model"], texts["device.serial"], texts["devices.build"], texts["devices.seen"], texts["devices.desired"]]);
        foreach (var line in page.Lines)
        {
            var seen = line.LastSeenAt?.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture);
            Line(csv, [line.Name, line.User, line.Model, line.Serial, line.Build, seen, texts[line.IsInDesiredState ? "devices.desired.Reached" : "devices.desired.NotReached"]]);
        }

        await context.Response.WriteAsync(csv.ToString(), Encoding.UTF8, context.RequestAborted);
    }

    private static void Line(StringBuilder csv, ReadOnlySpan<string?> cells)
    {
        for (var at = 0; at < cells.Length; at++)
        {
            csv.Append(at == 0 ? "" : ",").Append(Cell(cells[at]));
        }

        csv.Append("\r\n");
    }

    /// <summary>A cell that a spreadsheet takes for text: one that would begin a formula gets an apostrophe in front.</summary>
    internal static string Cell(string? text)
    {
        var shown = Shown.Cut(text, 1000).Replace('\n', ' ').Replace('\t', ' ');
        var safe = shown is ['=' or '+' or '-' or '@' or '＝' or '＋' or '－' or '＠', ..] ? "'" + shown : shown;
        return '"' + safe.Replace("\"", "\"\"", StringComparison.Ordinal) + '"';
    }
}
