using Deskward.Platform;
using Deskward.Platform.Plans;
using Microsoft.EntityFrameworkCore;

namespace Deskward.DesiredState.Provided;

/// <summary>
/// Takes out of a plan what is a customer's own: values and names that are not the provider's. Publishing is at the standing level of access, reading what a customer wants is not.
/// </summary>
internal sealed class PlanMask
{
    private readonly HashSet<(string Path, string Value)> _open;
    private readonly HashSet<string> _names;

    private PlanMask(IEnumerable<PolicySetting> settings, IEnumerable<string> names) =>
        (_open, _names) = ([.. settings.Where(setting => !setting.IsSecret).Select(setting => (setting.Path.ToUpperInvariant(), setting.Value))], [.. names]);

    /// <summary>What the provider released, and the version that is about to be.</summary>
    internal static async Task<PlanMask> OfAsync(DeskwardContext db, Guid provider, Guid version, CancellationToken cancellationToken)
    {
        var versions = await db.Set<PolicySetVersion>().AsNoTracking().Where(row => row.TenantId == provider && (row.IsPublished || row.Id == version)).ToListAsync(cancellationToken);
        var names = await db.Set<PolicySet>().Where(row => row.TenantId == provider).Select(row => row.Name).ToListAsync(cancellationToken);
        return new PlanMask(versions.SelectMany(PolicySets.SettingsOf), names);
    }

    internal DocumentPlan Of(DocumentPlan plan)
    {
        var masked = new Dictionary<PlannedFlip, PlannedFlip>(ReferenceEqualityComparer.Instance); // Many changes share a flip, and go on sharing it.
        foreach (var flip in plan.Changes.SelectMany(change => change.Flips))
        {
            if (!masked.ContainsKey(flip))
            {
                masked[flip] = flip with { Before = Open(flip.Path, flip.Before), After = Open(flip.Path, flip.After), Mark = 0 };
            }
        }

        return plan with
        {
            Changes = [.. plan.Changes.Select(change => new PlannedChange([.. change.Flips.Select(flip => masked[flip])], [.. change.Conflicts.Select(conflict => conflict with { Between = [.. conflict.Between.Where(_names.Contains)] })]))],
        };
    }

    private string? Open(string path, string? value) => value is not null && _open.Contains((path.ToUpperInvariant(), value)) ? value : null;
}
