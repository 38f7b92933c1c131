using Deskward.Platform;
using Microsoft.EntityFrameworkCore;

namespace Deskward.Audit;

/// <summary>
/// Erases the content of entries, where somebody has a right to it: names, ids of who acted and on what, before and after, and the salt. Id, time, action and the
/// digest in the chain stay, so that nobody can guess the content, and an <c>audit.erase</c> row tells of it.
/// </summary>
public sealed class AuditErasure(DeskwardContext db, AuditTrail trail)
{
    /// <summary>How many entries one erasure row names.</summary>
    internal const int Most = 500;
    private const int LongestReason = 500;

    /// <summary>
    /// Blanks the entries and writes the erasure row, in one transaction: the caller's when it has one. Entries that were erased before are left as they are.
    /// </summary>
    /// <param name="tenant">The organisation, which must be open.</param>
    /// <param name="entries">Ids of its entries; 1 to 500.</param>
    /// <param name="reason">Why; it must not hold what is erased. 1 to 500 characters.</param>
    /// <param name="cancellationToken">Ends the work.</param>
    /// <returns>How many were erased; NotFound when an id names no entry; Conflict when one is not chained yet; Invalid for erasure and restore rows, and for the limits.</returns>
    public async Task<Outcome<int>> EraseAsync(Guid tenant, IReadOnlyCollection<Guid> entries, string reason, CancellationToken cancellationToken)
    {
        Guid[] ids = [.. entries.Distinct()];
        if (ids.Length is 0 or > Most || reason.Trim().Length is 0 or > LongestReason)
        {
            return Refusal.Invalid($"Name 1 to {Most} entries, and a reason of 1 to {LongestReason} characters.");
        }

        var found = await db.Set<AuditEntry>().AsNoTracking().Where(row => row.TenantId == tenant && ids.Contains(row.Id))
            .Select(row => new { row.Id, row.Action, IsErased = row.Salt == null }).ToListAsync(cancellationToken);
        if (found.Count < ids.Length)
        {
            return Refusal.NotFound("audit entry");
        }

        if (found.Exists(row => row.Action is ChainFormat.EraseAction or ChainFormat.RestoreAction))
        {
            return Refusal.Invalid("Rows that tell of an erasure or a restore cannot be erased: verification stands on them.");
        }

        Guid[] left = [.. found.Where(row => !row.IsErased).Select(row => row.Id)];
        return left.Length == 0 ? 0 : await BlankAsync(tenant, left, reason.Trim(), cancellationToken);
    }

    private async Task<Outcome<int>> BlankAsync(Guid tenant, Guid[] ids, string reason, CancellationToken cancellationToken)
    {
        var links = await db.Set<AuditLink>().AsNoTracking().Where(link => link.TenantId == tenant && ids.Contains(link.EntryId)).OrderBy(link => link.Sequence).ToListAsync(cancellationToken);
        if (links.Count < ids.Length)
        {
            return Refusal.Conflict("An entry is not chained yet; it is within a second. Try again.");
        }

        var own = db.Database.CurrentTransaction is null ? await db.Database.BeginTransactionAsync(cancellationToken) : null;
        await using (own)
        {
            var content = new ErasureContent(reason, [.. links.Select(link => new ErasedEntry(link.EntryId, Convert.ToHexStringLower(link.Digest)))]);
            var row = trail.Add(tenant, ChainFormat.EraseAction, null, "", null, content);
            await db.SaveChangesAsync(cancellationToken);
            await BlankAsync(ids, row.Id, cancellationToken);
            await (own?.CommitAsync(cancellationToken) ?? Task.CompletedTask);
        }

        return ids.Length;
    }

    /// <summary>On PostgreSQL the service role may not update entries: a function of the owner does it, and only for what a waiting erasure row names.</summary>
    private async Task BlankAsync(Guid[] ids, Guid erasure, CancellationToken cancellationToken)
    {
        var blanked = db.IsSqlite
            ? await db.Set<AuditEntry>().Where(row => ids.Contains(row.Id)).ExecuteUpdateAsync(
                row => row.SetProperty(entry => entry.ActorId, (Guid?)null).SetProperty(entry => entry.ActorName, "").SetProperty(entry => entry.ObjectId, (Guid?)null)
                    .SetProperty(entry => entry.ObjectName, "").SetProperty(entry => entry.Before, (string?)null).SetProperty(entry => entry.After, (string?)null).SetProperty(entry => entry.Salt, (byte[]?)null),
                cancellationToken)
            : await db.Database.SqlQuery<int>($"SELECT deskward_erase_audit({erasure}) AS \"Value\"").SingleAsync(cancellationToken);
        if (blanked != ids.Length)
        {
            throw new InvalidOperationException($"{blanked} of {ids.Length} audit entries were blanked; nothing is committed.");
        }
    }
}
