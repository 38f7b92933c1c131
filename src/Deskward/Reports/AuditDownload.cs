using System.Globalization;
using Deskward.Audit;
using Deskward.Platform;
using Deskward.Platform.Portal;
using Deskward.Tenants;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;

namespace Deskward.Reports;

/// <summary>The audit trail of one organisation as a file. It is a form, because an export is recorded and signed.</summary>
internal static class AuditDownload
{
    internal const string Path = "/audit/export";

    /// <summary>An organisation that is not open and one that does not exist are answered alike.</summary>
    internal static async Task<Results<PushStreamHttpResult, NotFound>> WriteAsync(
        HttpContext context, [FromForm] Guid organisation, DeskwardContext db, AuditExport export, CurrentPerson me, TimeProvider time)
    {
        var found = await db.Set<Organisation>().Where(row => row.Id == organisation).Select(row => new { row.Name, row.Domain }).SingleOrDefaultAsync(context.RequestAborted);
        if (found is null)
        {
            return TypedResults.NotFound();
        }

        var (named, actor) = (new NamedOrganisation(organisation, found.Name), new Actor(ActorKind.Person, me.Id, me.Address));
        var name = string.Create(CultureInfo.InvariantCulture, $"audit-{found.Domain}-{time.Now():yyyyMMdd-HHmmss}.jsonl");
        return TypedResults.Stream(stream => export.WriteAsync(named, actor, stream, context.RequestAborted), "application/jsonl", name);
    }
}
