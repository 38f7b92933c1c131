using System.Text;
using Deskward.Platform;
using Deskward.Platform.Portal;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;

namespace Deskward.Registration;

/// <summary>Registrations of one customer as files for spreadsheets: all of them, or those that failed with the place of what is wrong.</summary>
internal static class RegistrationCsv
{
    internal static Task<Results<FileContentHttpResult, NotFound>> AllAsync(HttpContext context, DeskwardContext db, CurrentPerson me, Texts texts) => WriteAsync(context, db, me, texts, failed: false);

    internal static Task<Results<FileContentHttpResult, NotFound>> ErrorsAsync(HttpContext context, DeskwardContext db, CurrentPerson me, Texts texts) => WriteAsync(context, db, me, texts, failed: true);

    private static async Task<Results<FileContentHttpResult, NotFound>> WriteAsync(HttpContext context, DeskwardContext db, CurrentPerson me, Texts texts, bool failed)
    {
        if (me.Choose(context.Request.Query["customer"].ToString()) is not { } customer)
        {
            return TypedResults.NotFound();
        }

        var csv = new StringBuilder("\uFEFF");
        Csv.Line(csv, texts["registrations.serial"], texts["registrations.maker"], texts["registrations.model"], texts["rings.profile"], texts["rings.ring"], texts["registrations.state"], texts["registrations.line"], texts["registrations.column"], texts["registrations.error"]);
        await foreach (var row in db.Set<RegisteredPc>().AsNoTracking().Where(row => row.TenantId == customer && (!failed || row.State == RegistrationState.Failed)).OrderBy(row => row.Id).AsAsyncEnumerable().WithCancellation(context.RequestAborted))
        {
            Csv.Line(
                csv, row.Serial, row.Manufacturer, row.Model, texts["profile." + row.Profile], row.Ring is { } ring ? texts["ring." + ring] : texts["rings.automatic"], texts["registrations.state." + row.State],
                texts.Number(row.Line), texts.Number(row.Column), row.Error is { } error ? texts.Said(error) : "");
        }

        return TypedResults.File(Encoding.UTF8.GetBytes(csv.ToString()), "text/csv; charset=utf-8", failed ? "registration-errors.csv" : "registrations.csv");
    }
}
