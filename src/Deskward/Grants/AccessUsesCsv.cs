using System.Globalization;
using System.Text;
using Deskward.Platform.Portal;

namespace Deskward.Grants;

/// <summary>The report of uses as a file for spreadsheets, with the filter of the page.</summary>
internal static class AccessUsesCsv
{
    private const int Most = 50_000;

    internal static async Task WriteAsync(HttpContext context, AccessUses uses, CurrentPerson me, Texts texts)
    {
        var (found, _) = await uses.FindAsync(Read(new Query(context.Request.Query)), 0, Most, context.RequestAborted);
        context.Response.ContentType = "text/csv; charset=utf-8";
        context.Response.Headers.ContentDisposition = "attachment; filename=\"access.csv\"";
        var csv = new StringBuilder("\uFEFF");
        Csv.Line(csv, [texts["access.use.at"], texts["list.customer"], texts["access.who"], texts["access.use.duty"], texts["access.use.action"], texts["access.use.level"], texts["access.use.path"], texts["access.use.times"]]);
        foreach (var use in found)
        {
            Csv.Line(csv, [use.LastAt.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture), me.CustomerName(use.TenantId), use.PersonAddress, use.Duty,
                texts["access.action." + use.Action], texts["access.level." + use.Level], use.Path, use.Times.ToString(CultureInfo.InvariantCulture)]);
        }

        await context.Response.WriteAsync(csv.ToString(), Encoding.UTF8, context.RequestAborted);
    }

    internal static UseFilter Read(Query query) => new() { Customer = query.Id("customer"), Who = query.Text("who"), From = query.Day("from"), To = query.Day("to") };
}
