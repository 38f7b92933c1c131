using System.Linq.Expressions;
using Deskward.Devices;
using Deskward.Platform;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Deskward.DesiredState;

/// <summary>How many PCs are managed, and how many of them are in their desired state.</summary>
public sealed record FleetCount(int Total, int InState);

/// <summary>The counts of one assignment set.</summary>
/// <param name="AssignmentSetId">The set; null: PCs to which nothing was ever assigned.</param>
/// <param name="IsCompiled">Whether it is known what these PCs should look like; false for moments after assigning.</param>
/// <param name="ConflictCount">Paths that assignments of the set dispute.</param>
/// <param name="Count">Its PCs.</param>
public sealed record SetCount(Guid? AssignmentSetId, bool IsCompiled, int ConflictCount, FleetCount Count);

/// <summary>One day of a customer's fleet, as it stood when it was last counted that day (UTC).</summary>
public sealed class TrendDay : IStandingReadable
{
    public Guid TenantId { get; init; }

    public DateOnly Day { get; init; }

    public int Total { get; init; }

    public int InState { get; init; }
}

/// <summary>
/// Counts PCs in their desired state: enrolled, clean, and settled on the hash their set desires now. What a set desires is looked up, never
/// copied, so the counts are right at the moment an assignment commits.
/// </summary>
public sealed class FleetCounts(DeskwardContext db, FleetTally tally, TimeProvider time)
{
    /// <summary>How the managed PCs of these open organisations stand: the same rule as the counts, for pages; see <see cref="FleetTally"/>.</summary>
    public async Task<IReadOnlyList<StandingGroup>> StandingAsync(IReadOnlyList<Guid> tenants, CancellationToken cancellationToken)
    {
        var groups = await tally.GroupsAsync(tenants, cancellationToken);
        var wanted = await db.Set<AssignmentSet>().Where(row => row.DesiredHash != null).Select(row => new { row.Id, row.DesiredHash })
            .ToDictionaryAsync(row => row.Id, row => row.DesiredHash, cancellationToken);
        return [.. groups.Select(group => new StandingGroup(group, group is { IsClean: true, SettledHash: { } settled }
            && (group.AssignmentSetId is { } set ? wanted.GetValueOrDefault(set) : TargetDocument.Empty.Hash) is { } desired && settled.AsSpan().SequenceEqual(desired)))];
    }

    /// <summary>
    /// How many of the PCs in their desired state were last read in full before this instant, by organisation: what is known of them is old. Few, because a
    /// PC that comes is read each day.
    /// </summary>
    public async Task<IReadOnlyDictionary<Guid, long>> StaleAsync(IReadOnlyCollection<Guid> tenants, DateTimeOffset since, CancellationToken cancellationToken)
    {
        var due = since + DeviceProgress.ReadEvery;
        var stale = db.Set<DeviceProgress>().Where(row => tenants.Contains(row.TenantId) && row.ReadDueAt < due).Select(row => row.DeviceId);
        return await db.Set<Device>().Where(IsInState<Device>()).Where(row => stale.Contains(row.Id)).GroupBy(row => row.TenantId)
            .Select(group => new { group.Key, Count = group.LongCount() }).ToDictionaryAsync(row => row.Key, row => row.Count, cancellationToken);
    }

    /// <summary>How many managed PCs of these open organisations there are, in their desired state or not.</summary>
    public async Task<long> TotalAsync(IReadOnlyList<Guid> tenants, CancellationToken cancellationToken) =>
        (await tally.GroupsAsync(tenants, cancellationToken)).Sum(group => group.Count);

    /// <summary>The counts of an organisation.</summary>
    public async Task<FleetCount> CountAsync(Guid tenant, CancellationToken cancellationToken)
    {
        var sets = await BySetAsync(tenant, cancellationToken);
        return new FleetCount(sets.Sum(set => set.Count.Total), sets.Sum(set => set.Count.InState));
    }

    /// <summary>The counts of each set that has PCs.</summary>
    public async Task<IReadOnlyList<SetCount>> BySetAsync(Guid tenant, CancellationToken cancellationToken)
    {
        // Answered from the index alone: (tenant, state, set, settled hash, clean).
        var groups = await db.Set<Device>().Where(device => device.TenantId == tenant && device.State == DeviceState.Enrolled)
            .GroupBy(device => new { device.AssignmentSetId, device.SettledHash, device.IsClean })
            .Select(group => new { group.Key.AssignmentSetId, group.Key.SettledHash, group.Key.IsClean, Count = group.Count() }).ToListAsync(cancellationToken);
        var sets = await db.Set<AssignmentSet>().Where(row => row.TenantId == tenant)
            .Select(row => new { row.Id, row.DesiredHash, row.ConflictCount }).ToDictionaryAsync(row => row.Id, cancellationToken);
        return [.. groups.GroupBy(group => group.AssignmentSetId).Select(group =>
        {
            var set = group.Key is { } id ? sets.GetValueOrDefault(id) : null;
            var desired = group.Key is null ? TargetDocument.Empty.Hash : set?.DesiredHash;
            var settled = group.Where(row => row.IsClean && desired is not null && row.SettledHash is { } hash && hash.AsSpan().SequenceEqual(desired));
            return new SetCount(group.Key, desired is not null, set?.ConflictCount ?? 0, new FleetCount(group.Sum(row => row.Count), settled.Sum(row => row.Count)));
        })];
    }

    /// <summary>Whether a PC is in its desired state, for lists: the same rule as the counts, in the database's words.</summary>
    public Expression<Func<T, bool>> IsInState<T>()
        where T : class, IPcState
    {
        var empty = TargetDocument.Empty.Hash;
        return device => device.State == DeviceState.Enrolled && device.IsClean
            && ((device.AssignmentSetId == null && device.SettledHash == empty)
                || db.Set<AssignmentSet>().Any(set => set.Id == device.AssignmentSetId && set.DesiredHash != null && set.DesiredHash == device.SettledHash));
    }

    /// <summary>The days from <paramref name="from"/> on, oldest first; days on which nothing was counted are missing.</summary>
    public async Task<IReadOnlyList<TrendDay>> TrendAsync(Guid tenant, DateOnly from, CancellationToken cancellationToken) =>
        await db.Set<TrendDay>().AsNoTracking().Where(row => row.TenantId == tenant && row.Day >= from).OrderBy(row => row.Day).ToListAsync(cancellationToken);

    /// <summary>Counts now and keeps it as today's row.</summary>
    internal async Task RecordAsync(Guid tenant, CancellationToken cancellationToken)
    {
        var (total, inState) = await CountAsync(tenant, cancellationToken);
        var day = DateOnly.FromDateTime(time.GetUtcNow().UtcDateTime);
        await db.Database.ExecuteSqlAsync(
            $"""
            INSERT INTO desired_trend (tenant_id, day, total, in_state) VALUES ({tenant}, {day}, {total}, {inState})
            ON CONFLICT (tenant_id, day) DO UPDATE SET total = excluded.total, in_state = excluded.in_state
            """,
            cancellationToken);
    }
}

internal sealed class TrendMapping : IEntityTypeConfiguration<TrendDay>
{
    public void Configure(EntityTypeBuilder<TrendDay> builder) => builder.ToTable("desired_trend").HasKey(row => new { row.TenantId, row.Day });
}
