using Deskward.Platform;
using Microsoft.EntityFrameworkCore;

namespace Deskward.Audit;

/// <summary>How far an organisation's trail is chained and signed.</summary>
/// <param name="Chained">How many rows have their place in the chain.</param>
/// <param name="UpTo">When the last of them was written; null when there is none.</param>
/// <param name="Unchained">How many rows wait for their place.</param>
/// <param name="CheckpointAt">When the chain was last signed; null when never.</param>
/// <param name="CheckpointRow">The row up to which it was signed; null when never.</param>
public sealed record AuditChainState(long Chained, DateTimeOffset? UpTo, long Unchained, DateTimeOffset? CheckpointAt, long? CheckpointRow);

/// <summary>Tells the state of chains.</summary>
public sealed class AuditChain(DeskwardContext db)
{
    /// <summary>The state of one organisation's chain; the organisation must be open.</summary>
    public async Task<AuditChainState> StateAsync(Guid tenant, CancellationToken cancellationToken)
    {
        var last = await db.Set<AuditLink>().Where(row => row.TenantId == tenant).OrderByDescending(row => row.Sequence)
            .Select(row => new { row.Sequence, At = db.Set<AuditEntry>().Where(entry => entry.Id == row.EntryId).Select(entry => (DateTimeOffset?)entry.At).FirstOrDefault() })
            .FirstOrDefaultAsync(cancellationToken);
        var signed = await db.Set<AuditCheckpoint>().Where(row => row.TenantId == tenant).OrderByDescending(row => row.Sequence).ThenByDescending(row => row.At)
            .Select(row => new { row.Sequence, row.At }).FirstOrDefaultAsync(cancellationToken);
        var waiting = await db.Set<UnchainedEntry>().LongCountAsync(row => row.TenantId == tenant, cancellationToken);
        return new AuditChainState(last?.Sequence ?? 0, last?.At, waiting, signed?.At, signed?.Sequence);
    }

    /// <summary>How many rows wait in all organisations that are open.</summary>
    public Task<long> UnchainedAsync(CancellationToken cancellationToken) => db.Set<UnchainedEntry>().LongCountAsync(cancellationToken);
}
