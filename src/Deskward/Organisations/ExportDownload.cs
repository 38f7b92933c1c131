using System.Globalization;
using Deskward.Audit;
using Deskward.Platform;
using Deskward.Platform.Portal;
using Deskward.Tenants;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Deskward.Organisations;

/// <summary>All data of one's own organisation as a file. It is a form, because it is recorded.</summary>
internal static class ExportDownload
{
    internal const string Path = "/organisations/export";

    /// <summary>It is always the person's own organisation: no other can be named.</summary>
    internal static async Task<Results<PushStreamHttpResult, NotFound, BadRequest>> WriteAsync(
        HttpContext context, IAntiforgery antiforgery, CustomerExport export, CurrentPerson me, OrganisationList organisations, TimeProvider time)
    {
        if (!await antiforgery.IsRequestValidAsync(context))
        {
            return TypedResults.BadRequest();
        }

        if (me.IsProvider || (await organisations.AllAsync(context.RequestAborted)).FirstOrDefault(row => row.Id == me.OrganisationId) is not { } own)
        {
            return TypedResults.NotFound();
        }

        var name = string.Create(CultureInfo.InvariantCulture, $"deskward-{own.Domain}-{time.Now():yyyyMMdd-HHmmss}.zip");
        return TypedResults.Stream(stream => export.WriteAsync(new NamedOrganisation(own.Id, own.Name), stream, context.RequestAborted), "application/zip", name);
    }
}
