using Deskward.Devices;
using Deskward.Platform;
using Microsoft.EntityFrameworkCore;

namespace Deskward.Policies.Compliance;

/// <summary>One PC held against its rules as people look: with the evidence, and as of this moment.</summary>
public sealed class ComplianceOfPc(DeskwardContext db, ComplianceSettings settings, TimeProvider time)
{
    internal async Task<(ComplianceState State, IReadOnlyList<RuleVerdict> Verdicts)> JudgeAsync(Device pc, CancellationToken cancellationToken)
    {
        var (_, rules) = await ComplianceRules.OfAsync(db, pc.TenantId, cancellationToken);
        var read = await db.Set<Device>().Where(row => row.Id == pc.Id).Select(EvaluatedPc.Of).SingleAsync(cancellationToken);
        var evidence = await settings.OfAsync(pc.TenantId, [read], rules, cancellationToken);
        var since = await db.Set<ComplianceFault>().Where(row => row.DeviceId == pc.Id && row.BrokenSince != null).ToDictionaryAsync(row => row.Rule, row => row.BrokenSince!.Value, cancellationToken);
        var verdicts = ComplianceRuling.Judge(rules, read.Facts, evidence[pc.Id], since, time.Now());
        return (ComplianceRuling.StateOf(verdicts, time.Now()), verdicts);
    }
}
