using Deskward.Protocol.Csp;

namespace Deskward.DesiredState;

/// <summary>
/// Plans how settings leave a PC that are no longer wanted: Delete; where the node has none, the value read before we first changed it, else
/// the catalogue's default, else it is left behind and shown as such.
/// </summary>
internal static class PlannerLeaving
{
    /// <summary>Adds the steps and returns the Atomic groups that must first be deleted as a whole, before they are written anew.</summary>
    internal static HashSet<string> Plan(PlannerTarget target, Evidence evidence, PlannerFacts facts, List<PlannedStep> steps)
    {
        var rebuilt = new HashSet<string>(StringComparer.Ordinal);
        foreach (var entry in evidence.Entries.Where(entry => target.Find(entry.Path) is null).OrderBy(entry => entry.Path, StringComparer.Ordinal).ToArray())
        {
            if (!entry.MayHold)
            {
                evidence.Remove(entry.Path);
            }
            else if (IsDue(entry, facts))
            {
                PlanOne(target, entry, rebuilt, steps);
            }
        }

        return rebuilt;
    }

    private static bool IsDue(EvidenceEntry entry, PlannerFacts facts) =>
        entry.Standing != Standing.LeftBehind
        && entry.Tries < EvidenceEntry.MostTries
        && facts.Reaches(entry.Path)
        && (!entry.IsLeaving || entry.Standing != Standing.Failed || entry.RetryAt <= facts.Now);

    private static void PlanOne(PlannerTarget target, EvidenceEntry entry, HashSet<string> rebuilt, List<PlannedStep> steps)
    {
        if (WayOut(target, entry.Path, entry) is not { } way)
        {
            entry.Stand(Standing.LeftBehind, entry.At, 0, "The PC has no way to undo this setting, and no earlier value is known.");
        }
        else if (!way.IsWhole || rebuilt.Add(way.Work.Path))
        {
            steps.Add(Planner.Single(way.Work));
        }
    }

    /// <summary>How a setting leaves a PC.</summary>
    /// <param name="target">The document without it.</param>
    /// <param name="path">The setting.</param>
    /// <param name="entry">What is known of it; null: it was never touched.</param>
    /// <returns>What is to be done, and whether it takes more away than this setting; null when the PC cannot undo it.</returns>
    internal static (Work Work, bool IsWhole)? WayOut(PlannerTarget target, string path, EvidenceEntry? entry)
    {
        var canDelete = entry?.CannotDelete != true;

        // 1. With the thing that somebody named (a rule, a profile), when nothing below it is wanted any more.
        if (canDelete && NamedAbove(target, path) is { } named)
        {
            return (new Work(WorkKind.Delete, named), true);
        }

        // 2. With the whole of its group: one Delete of the group takes everything that hangs below.
        if (canDelete && Catalogue.Default.AtomicGroupOf(path) is { } group && Catalogue.Default.Find(group)?.CanDelete == true)
        {
            return (new Work(WorkKind.Delete, group), true);
        }

        // 3. Alone.
        var node = Catalogue.Default.Find(path);
        if (canDelete && node?.CanDelete == true)
        {
            return (new Work(WorkKind.Delete, path), false);
        }

        // 4. What stood there before us, else the default.
        return node?.Verbs.HasFlag(NodeVerbs.Replace) == true && (entry?.Original ?? node.DefaultValue) is { } value
            ? (new Work(WorkKind.Restore, path) { Format = node.Format, Value = value }, false) : null;
    }

    // The outermost dynamic node at or above the path that can be deleted and holds nothing of the target.
    private static string? NamedAbove(PlannerTarget target, string path)
    {
        string? found = null;
        for (var node = Catalogue.Default.Find(path); node?.Parent is not null && path.Length > 1; node = node.Parent)
        {
            if (node.IsDynamic && node.CanDelete && !target.HoldsBelow(path))
            {
                found = path;
            }

            path = path[..Math.Max(path.LastIndexOf('/'), 0)];
        }

        return found;
    }
}
