using System.Globalization;
using System.Text;
using Deskward.Platform;
using Deskward.Platform.Portal;

namespace Deskward.Reports;

/// <summary>The list of PCs as a file for spreadsheets, with the filter of the page; at most <see cref="Most"/> lines.</summary>
internal static class DeviceCsv
{
    private const int Most = 10_000;

    internal static async Task WriteAsync(HttpContext context, DeviceList devices, CurrentPerson me, Texts texts, TimeProvider time)
    {
        var filter = DeviceQuery.Read(new Query(context.Request.Query), time.Now()) with { Take = Most };
        me.Only(filter.Customer);
        var page = await devices.FindAsync(filter, context.RequestAborted);
        context.Response.ContentType = "text/csv; charset=utf-8";
        context.Response.Headers.ContentDisposition = "attachment; filename=\"devices.csv\"";
        var csv = new StringBuilder("\uFEFF");
        Csv.Line(csv, [texts["devices.name"], texts["devices.user"], texts["device.model"], texts["device.serial"], texts["devices.build"], texts["devices.seen"], texts["devices.desired"]]);
        foreach (var line in page.Lines)
        {
            var seen = line.LastSeenAt?.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture);
            csv.AppendJoin(',', new[] { line.Name, line.User, line.Model, line.Serial, line.Build, seen, texts[line.IsInDesiredState ? "devices.desired.Reached" : "devices.desired.NotReached"] }.Select(Cell)).Append("\r\n");
        }

        await context.Response.WriteAsync(csv.ToString(), Encoding.UTF8, context.RequestAborted);
    }

    /// <summary>A cell of at most 1000 characters, with what hides in a PC's text made visible.</summary>
    internal static string Cell(string? text) => Csv.Cell(Shown.Cut(text, 1000));
}
