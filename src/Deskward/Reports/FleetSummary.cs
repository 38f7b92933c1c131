using Deskward.Certificates;
using Deskward.DesiredState;
using Deskward.Platform;
using Deskward.Policies.Compliance;
using Deskward.Policies.Exceptions;
using Deskward.Policies.Repairs;
using Deskward.Sessions;
using Microsoft.EntityFrameworkCore;

namespace Deskward.Reports;

/// <summary>What of a customer's fleet needs somebody now.</summary>
public sealed record FleetNeeds
{
    public required Guid Tenant { get; init; }

    public long Total { get; init; }

    public long Desired { get; init; }

    /// <summary>PCs in desired state of which nothing was read back for longer than agreed.</summary>
    public long Stale { get; init; }

    /// <summary>PCs with a setting that failed.</summary>
    public long Failed { get; init; }

    /// <summary>PCs with a setting that has waited for more than a day.</summary>
    public long Waiting { get; init; }

    /// <summary>PCs whose assignments dispute a setting.</summary>
    public long Conflicts { get; init; }

    /// <summary>PCs not seen for more than three days.</summary>
    public long Silent { get; init; }

    /// <summary>Certificates in use that end within 30 days.</summary>
    public long Expiring { get; init; }

    /// <summary>Commands whose answer was lost: only a person repeats them.</summary>
    public long Unknown { get; init; }

    /// <summary>Exceptions and appeals that the provider has not decided yet.</summary>
    public long Requests { get; init; }

    /// <summary>Exceptions that stand outside the service level.</summary>
    public long Unserved { get; init; }

    /// <summary>PCs that break a rule of compliance whose grace is over.</summary>
    public long NotCompliant { get; init; }

    /// <summary>Settings that something else sets to another value again and again.</summary>
    public long Contested { get; init; }

    /// <summary>Values that were changed behind the service and put back within 30 days.</summary>
    public long Repaired { get; init; }

    /// <summary>PCs in desired state by evidence that is young enough.</summary>
    public long Proven => Desired - Stale;
}

/// <summary>Counts the open fleets: how their PCs stand, as the node has tallied it, and what is out of order, which is little.</summary>
public sealed class FleetSummary(DeskwardContext db, TenantScope scope, FleetCounts counts, FleetTally tally, TimeProvider time)
{
    internal const int SilentDays = 3;
    private const int ExpiringDays = 30;
    private const int RepairedDays = 30;
    private const int TrendDays = 30;
    private static readonly TimeSpan LongWait = TimeSpan.FromDays(1);

    /// <summary>Each customer of <paramref name="customers"/>, which are open.</summary>
    /// <param name="customers">The customers.</param>
    /// <param name="longest">How old evidence may be, by customer.</param>
    /// <param name="cancellationToken">Ends the counting.</param>
    internal async Task<List<FleetNeeds>> NeedsAsync(IReadOnlyList<Guid> customers, Func<Guid, TimeSpan> longest, CancellationToken cancellationToken)
    {
        var now = time.Now();
        var (silent, waited, soon) = (now.AddDays(-SilentDays), now - LongWait, now.AddDays(ExpiringDays));
        var standing = (await counts.StandingAsync(scope.Readable, cancellationToken)).ToLookup(group => group.Of.Tenant);
        var disputed = await db.Set<AssignmentSet>().Where(row => row.ConflictCount > 0).Select(row => row.Id).ToHashSetAsync(cancellationToken);
        var open = db.Set<OpenState>().Where(row => row.Outcome == SettingOutcome.Failed || (row.Outcome == SettingOutcome.Waiting && row.Since < waited));
        var failures = await open.GroupBy(row => new { row.TenantId, row.Outcome })
            .Select(group => new { group.Key.TenantId, group.Key.Outcome, Count = group.Select(row => row.DeviceId).Distinct().LongCount() }).ToListAsync(cancellationToken);
        var unseen = await tally.SilentAsync(scope.Readable, silent, cancellationToken);
        var ending = await CountAsync(db.Set<CertificateTerm>().Where(row => row.RevokedAt == null && row.NotAfter > now && row.NotAfter < soon).Select(row => row.TenantId), cancellationToken);
        var lost = await CountAsync(db.Set<CommandStanding>().Where(row => row.State == CommandState.Unknown).Select(row => row.TenantId), cancellationToken);
        var stale = await StaleAsync(customers, longest, now, cancellationToken);
        var approved = db.Set<ExceptionRequest>().Where(row => row.State == ExceptionState.Approved);
        var requests = await CountAsync(db.Set<ExceptionRequest>().Where(row => row.State == ExceptionState.Submitted).Select(row => row.TenantId)
            .Concat(approved.Where(row => row.RevokedOn != null && row.AppealedAt != null && row.AppealAnsweredAt == null).Select(row => row.TenantId)), cancellationToken);
        var unserved = await CountAsync(approved.Where(row => row.ServiceLevelLostOn != null).Select(row => row.TenantId), cancellationToken);
        var broken = await CountAsync(db.Set<PcCompliance>().Where(row => row.State == ComplianceState.NotCompliant).Select(row => row.TenantId), cancellationToken);
        var contested = await CountAsync(db.Set<DriftConflict>().Where(row => row.EndedAt == null).Select(row => row.TenantId), cancellationToken);
        var month = now.AddDays(-RepairedDays);
        var repaired = await CountAsync(db.Set<Drift>().Where(row => row.RepairedAt > month).Select(row => row.TenantId), cancellationToken);
        long Failures(Guid tenant, SettingOutcome outcome) => failures.FirstOrDefault(row => row.TenantId == tenant && row.Outcome == outcome)?.Count ?? 0;
        return [.. customers.Select(tenant => new FleetNeeds
        {
            Tenant = tenant,
            Total = standing[tenant].Sum(group => group.Of.Count),
            Desired = standing[tenant].Where(group => group.IsInState).Sum(group => group.Of.Count),
            Stale = stale.GetValueOrDefault(tenant),
            Failed = Failures(tenant, SettingOutcome.Failed),
            Waiting = Failures(tenant, SettingOutcome.Waiting),
            Conflicts = standing[tenant].Where(group => group.Of.AssignmentSetId is { } set && disputed.Contains(set)).Sum(group => group.Of.Count),
            Silent = unseen.GetValueOrDefault(tenant),
            Expiring = ending.GetValueOrDefault(tenant),
            Unknown = lost.GetValueOrDefault(tenant),
            Requests = requests.GetValueOrDefault(tenant),
            Unserved = unserved.GetValueOrDefault(tenant),
            NotCompliant = broken.GetValueOrDefault(tenant),
            Contested = contested.GetValueOrDefault(tenant),
            Repaired = repaired.GetValueOrDefault(tenant),
        })];
    }

    /// <summary>Most customers have the same figure: one question for all of them.</summary>
    private async Task<Dictionary<Guid, long>> StaleAsync(IReadOnlyList<Guid> customers, Func<Guid, TimeSpan> longest, DateTimeOffset now, CancellationToken cancellationToken)
    {
        Dictionary<Guid, long> stale = [];
        foreach (var alike in customers.GroupBy(longest))
        {
            foreach (var (tenant, count) in await counts.StaleAsync([.. alike], now - alike.Key, cancellationToken))
            {
                stale[tenant] = count;
            }
        }

        return stale;
    }

    /// <summary>A fleet, or all that are open together (null): a row per day of the last 30 days that was counted, oldest first.</summary>
    internal Task<IReadOnlyList<TrendDay>> TrendAsync(Guid? tenant, CancellationToken cancellationToken) =>
        tally.TrendAsync(tenant is { } one ? [.. scope.Readable.Where(open => open == one)] : scope.Readable, DateOnly.FromDateTime(time.GetUtcNow().UtcDateTime).AddDays(-TrendDays), cancellationToken);

    private static Task<Dictionary<Guid, long>> CountAsync(IQueryable<Guid> tenants, CancellationToken cancellationToken) =>
        tenants.GroupBy(tenant => tenant).Select(group => new { group.Key, Count = group.LongCount() }).ToDictionaryAsync(row => row.Key, row => row.Count, cancellationToken);
}
