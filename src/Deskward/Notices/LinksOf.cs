using Deskward.Platform;
using Microsoft.EntityFrameworkCore;

namespace Deskward.Notices;

/// <summary>Links in mails lie outside tenancy: they go with the organisation.</summary>
internal static class LinksOf
{
    internal static async Task<IReadOnlyDictionary<string, long>> DeleteAsync(DeskwardContext db, Guid organisation, CancellationToken cancellationToken) =>
        new Dictionary<string, long> { ["notices_links"] = await db.Set<MailLink>().Where(row => row.OrganisationId == organisation).ExecuteDeleteAsync(cancellationToken) };
}
