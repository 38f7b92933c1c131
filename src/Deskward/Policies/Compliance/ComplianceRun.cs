using Deskward.Devices;
using Deskward.Platform;
using Microsoft.EntityFrameworkCore;

namespace Deskward.Policies.Compliance;

/// <summary>
/// Holds the PCs of a customer against its rules, a thousand with a handful of queries, and writes what changed. Each thousand is a transaction; whoever comes
/// second finds nothing to change.
/// </summary>
internal sealed class ComplianceRun(DeskwardContext db, ComplianceSettings settings, ComplianceNotices notices, TimeProvider time)
{
    private const int AtOnce = 1000;
    private static readonly TimeSpan ToldAgainAfter = TimeSpan.FromDays(1);

    /// <param name="tenant">The customer, which is open.</param>
    /// <param name="changedSince">Only PCs whose facts were read since; null: all.</param>
    /// <param name="cancellationToken">Ends it between two thousands.</param>
    /// <returns>How many PCs stand otherwise than before.</returns>
    internal async Task<int> EvaluateAsync(Guid tenant, DateTimeOffset? changedSince, CancellationToken cancellationToken)
    {
        var (_, rules) = await ComplianceRules.OfAsync(db, tenant, cancellationToken);
        var managed = db.Set<Device>().Where(row => row.TenantId == tenant && row.State == DeviceState.Enrolled);
        var wanted = changedSince is { } since
            ? managed.Where(row => db.Set<DesiredState.DeviceProgress>().Any(progress => progress.DeviceId == row.Id && progress.InventoryAt >= since) || !db.Set<PcCompliance>().Any(standing => standing.DeviceId == row.Id))
            : managed;
        var changed = 0;
        foreach (var ids in (await wanted.OrderBy(row => row.Id).Select(row => row.Id).ToListAsync(cancellationToken)).Chunk(AtOnce))
        {
            changed += await EvaluateAsync(tenant, rules, ids, cancellationToken);
        }

        if (changedSince is null)
        {
            await ForgetAsync(tenant, cancellationToken);
        }

        await notices.TellContactsAsync(tenant, cancellationToken);
        return changed;
    }

    private async Task<int> EvaluateAsync(Guid tenant, IReadOnlyList<ComplianceRule> rules, Guid[] ids, CancellationToken cancellationToken)
    {
        var pcs = await db.Set<Device>().AsNoTracking().Where(row => ids.Contains(row.Id) && row.State == DeviceState.Enrolled)
            .Select(EvaluatedPc.Of).ToListAsync(cancellationToken);
        var evidence = await settings.OfAsync(tenant, pcs, rules, cancellationToken); // Not inside: a document that is not compiled yet is, in a transaction of its own.
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        await db.LockAsync($"policies.compliance:{tenant}", cancellationToken);
        var standings = await db.Set<PcCompliance>().Where(row => ids.Contains(row.DeviceId)).ToDictionaryAsync(row => row.DeviceId, cancellationToken);
        var faults = (await db.Set<ComplianceFault>().Where(row => ids.Contains(row.DeviceId)).ToListAsync(cancellationToken)).ToLookup(row => row.DeviceId);
        var (now, changed, fallen) = (time.Now(), 0, new List<FallenPc>());
        foreach (var pc in pcs)
        {
            var known = faults[pc.Id].Where(row => row.BrokenSince is not null).ToDictionary(row => row.Rule, row => row.BrokenSince!.Value);
            var verdicts = ComplianceRuling.Judge(rules, pc.Facts, evidence[pc.Id], known, now);
            WriteFaults(tenant, pc.Id, faults[pc.Id], verdicts);
            var (isNew, state) = (!standings.TryGetValue(pc.Id, out var standing), ComplianceRuling.StateOf(verdicts, now));
            if (standing is null)
            {
                standing = new PcCompliance { DeviceId = pc.Id, TenantId = tenant, State = ComplianceState.Unknown, Since = now };
                db.Add(standing);
            }

            if (standing.State == state && !isNew)
            {
                continue;
            }

            changed++;
            Move(standing, state, now);
            if (state is ComplianceState.NotCompliant or ComplianceState.InGrace && (standing.ToldAt is not { } told || told + ToldAgainAfter <= now))
            {
                standing.ToldAt = now;
                fallen.Add(new FallenPc(pc, verdicts));
            }
        }

        await notices.TellPeopleAsync(tenant, fallen, now, cancellationToken);
        await db.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        db.ChangeTracker.Clear();
        return changed;
    }

    private static void Move(PcCompliance standing, ComplianceState state, DateTimeOffset now)
    {
        standing.Since = standing.State == state ? standing.Since : now;
        (standing.State, standing.IsToBeTold) = (state, state == ComplianceState.NotCompliant);
    }

    private void WriteFaults(Guid tenant, Guid pc, IEnumerable<ComplianceFault> before, IReadOnlyList<RuleVerdict> verdicts)
    {
        var rows = before.ToDictionary(row => row.Rule);
        foreach (var verdict in verdicts.Where(verdict => verdict.IsFault))
        {
            if (!rows.Remove(verdict.Rule.Key, out var row))
            {
                row = new ComplianceFault { DeviceId = pc, Rule = verdict.Rule.Key, TenantId = tenant };
                db.Add(row);
            }

            (row.Result, row.BrokenSince) = (verdict.Result, verdict.BrokenSince);
        }

        db.RemoveRange(rows.Values);
    }

    /// <summary>What stands of PCs that are not managed any more.</summary>
    private async Task ForgetAsync(Guid tenant, CancellationToken cancellationToken)
    {
        await db.Set<PcCompliance>().Where(row => row.TenantId == tenant && !db.Set<Device>().Any(device => device.Id == row.DeviceId && device.State == DeviceState.Enrolled)).ExecuteDeleteAsync(cancellationToken);
        await db.Set<ComplianceFault>().Where(row => row.TenantId == tenant && !db.Set<Device>().Any(device => device.Id == row.DeviceId && device.State == DeviceState.Enrolled)).ExecuteDeleteAsync(cancellationToken);
    }
}
