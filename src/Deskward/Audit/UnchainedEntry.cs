using Deskward.Platform;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Deskward.Audit;

/// <summary>An entry that waits for its link. It is written with the entry and goes in the transaction that writes the link, so the table stays small.</summary>
internal sealed class UnchainedEntry : ITenantOwned
{
    /// <summary>What the change feed calls it; told on the node that wrote the entry only, because every node seals what it writes.</summary>
    internal const string ChangeKind = "audit";

    public Guid TenantId { get; init; }

    /// <summary>From <see cref="WritingOrder"/>: the order of entries that are found waiting at the same time.</summary>
    public long Position { get; init; }

    public Guid EntryId { get; init; }
}

/// <summary>Numbers entries in the order in which this process writes them: microseconds since 1970, moved on where two would be the same.</summary>
internal static class WritingOrder
{
    private static long _last;

    internal static long Next(DateTimeOffset now)
    {
        while (true)
        {
            var last = Interlocked.Read(ref _last);
            var next = Math.Max(last + 1, (now.UtcTicks - DateTimeOffset.UnixEpoch.UtcTicks) / TimeSpan.TicksPerMicrosecond);
            if (Interlocked.CompareExchange(ref _last, next, last) == last)
            {
                return next;
            }
        }
    }
}

internal sealed class UnchainedEntryMapping : IEntityTypeConfiguration<UnchainedEntry>
{
    public void Configure(EntityTypeBuilder<UnchainedEntry> builder) =>
        builder.ToTable("audit_unchained").HasKey(row => new { row.TenantId, row.Position, row.EntryId });
}
