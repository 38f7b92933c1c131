using System.Linq.Expressions;
using Deskward.DesiredState;
using Deskward.Devices;
using Deskward.Platform;
using Microsoft.EntityFrameworkCore;

namespace Deskward.Policies.Compliance;

/// <summary>A PC as the evaluation reads it.</summary>
internal sealed record EvaluatedPc
{
    /// <summary>What is read of the row: nothing else of it is.</summary>
    internal static readonly Expression<Func<Device, EvaluatedPc>> Of = row => new EvaluatedPc
    {
        Id = row.Id, Name = row.Name, PersonId = row.PersonId, Inventory = row.Inventory, Model = row.Model, Manufacturer = row.Manufacturer, AssignmentSetId = row.AssignmentSetId,
        HasSettled = row.SettledHash != null, LastSeenAt = row.LastSeenAt,
    };

    internal Guid Id { get; init; }

    internal string Name { get; init; } = "";

    internal Guid? PersonId { get; init; }

    internal string? Inventory { get; init; }

    internal string? Model { get; init; }

    internal string? Manufacturer { get; init; }

    internal Guid? AssignmentSetId { get; init; }

    internal bool HasSettled { get; init; }

    internal DateTimeOffset? LastSeenAt { get; init; }

    internal PcFactsKnown Facts => new(Inventory, PcFactsKnown.IsVirtualMachine(Model, Manufacturer));
}

/// <summary>How settings that are rules stand on many PCs: one query for all of them, and the documents of their sets, which are kept anyway.</summary>
public sealed class ComplianceSettings(DeskwardContext db, DocumentStore documents)
{
    private static readonly IReadOnlyDictionary<string, SettingEvidence> None = new Dictionary<string, SettingEvidence>();

    /// <summary>By PC and path. A setting that a PC is not to have is left out.</summary>
    internal async Task<IReadOnlyDictionary<Guid, IReadOnlyDictionary<string, SettingEvidence>>> OfAsync(
        Guid tenant, IReadOnlyList<EvaluatedPc> pcs, IReadOnlyList<ComplianceRule> rules, CancellationToken cancellationToken)
    {
        string[] paths = [.. rules.Where(rule => rule.IsSetting).Select(rule => rule.Key)];
        if (paths.Length == 0)
        {
            return pcs.ToDictionary(pc => pc.Id, _ => None);
        }

        Guid[] ids = [.. pcs.Select(pc => pc.Id)];
        var open = (await db.Set<OpenSetting>().AsNoTracking().Where(row => row.TenantId == tenant && ids.Contains(row.DeviceId) && paths.Contains(row.Path))
            .Select(row => new { row.DeviceId, row.Path, row.Outcome }).ToListAsync(cancellationToken)).ToDictionary(row => (row.DeviceId, row.Path), row => row.Outcome);
        var read = await db.Set<DeviceProgress>().Where(row => row.TenantId == tenant && ids.Contains(row.DeviceId)).Select(row => new { row.DeviceId, row.ReadDueAt }).ToDictionaryAsync(row => row.DeviceId, row => row.ReadDueAt, cancellationToken);
        var wanted = new Dictionary<Guid, HashSet<string>>();
        foreach (var set in pcs.Select(pc => pc.AssignmentSetId).OfType<Guid>().Distinct())
        {
            var target = PlannerTarget.Of(await documents.CurrentAsync(tenant, set, cancellationToken));
            wanted[set] = [.. paths.Where(path => target.Find(path) is not null)];
        }

        return pcs.ToDictionary(pc => pc.Id, pc => (IReadOnlyDictionary<string, SettingEvidence>)(pc.AssignmentSetId is { } set ? wanted[set] : [])
            .ToDictionary(path => path, path => new SettingEvidence(Result(pc, open.TryGetValue((pc.Id, path), out var outcome) ? outcome : null), ReadAt(pc, read))));
    }

    private static RuleResult Result(EvaluatedPc pc, SettingOutcome? open) => open switch
    {
        SettingOutcome.Failed or SettingOutcome.Conflict or SettingOutcome.LeftBehind => RuleResult.Broken,
        SettingOutcome.NotApplicable => RuleResult.NotApplicable,
        SettingOutcome.Waiting => RuleResult.Unknown,
        SettingOutcome.Verified or SettingOutcome.Acknowledged or null => pc.HasSettled ? RuleResult.Kept : RuleResult.Unknown,
    };

    // The last full reading, as far as the schedule tells; nothing is known later than when it was seen.
    private static DateTimeOffset? ReadAt(EvaluatedPc pc, Dictionary<Guid, DateTimeOffset> readDue) =>
        pc.LastSeenAt is not { } seen || !readDue.TryGetValue(pc.Id, out var due) ? null : due - DeviceProgress.ReadEvery < seen ? due - DeviceProgress.ReadEvery : seen;
}
