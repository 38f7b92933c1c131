using System.Text;
using Deskward.Platform;
using Deskward.Platform.Portal;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;

namespace Deskward.Organisations;

/// <summary>The proof of a deletion as a text file, which anybody can verify: <c>deskward tenant verify-proof FILE</c>.</summary>
internal static class ProofDownload
{
    internal const string Path = "/organisations/deleted/{Id:guid}/proof";

    internal static string PathOf(Guid id) => $"/organisations/deleted/{id}/proof";

    internal static async Task<Results<FileContentHttpResult, NotFound>> ReadAsync(Guid id, DeskwardContext db, CurrentPerson me, CancellationToken cancellationToken) =>
        await db.Set<DeletionProof>().AsNoTracking().SingleOrDefaultAsync(row => row.Id == id && row.TenantId == me.OrganisationId, cancellationToken) is { Document: { } document } row
            ? TypedResults.File(Encoding.UTF8.GetBytes(document), "text/plain; charset=utf-8", $"deletion-{row.Domain}.txt") : TypedResults.NotFound();
}
