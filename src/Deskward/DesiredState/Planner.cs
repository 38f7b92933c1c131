namespace Deskward.DesiredState;

/// <summary>
/// Decides what a session still has to do: pure, and taken anew after each message from what is known by then, so that a session may break
/// off anywhere. The difference is taken against the evidence, which holds everything that may have been written, whichever document it came from.
/// </summary>
public static class Planner
{
    /// <summary>
    /// 1. After a restore: read before anything is written. 2. Values that must be kept before our first change. 3. What left the document.
    /// 4. What is not there yet, Atomics whole. 5. What was acknowledged and can be shown, and of what stands already whether it is in force.
    /// </summary>
    internal static List<PlannedStep> Plan(PlannerTarget target, Evidence evidence, PlannerFacts facts)
    {
        var steps = new List<PlannedStep>();
        if (evidence.ReadsFirst && ReadFirst(target, evidence, facts, steps))
        {
            return steps;
        }

        var rebuilt = PlannerLeaving.Plan(target, evidence, facts, steps);
        steps.AddRange(Writes(target, evidence, facts, rebuilt));
        foreach (var setting in target.Settings)
        {
            if (IsToBeRead(setting, evidence, facts))
            {
                steps.Add(Single(new Work(WorkKind.Read, setting.Path)));
            }

            if (IsResultToBeRead(setting, evidence, facts))
            {
                steps.Add(Single(new Work(WorkKind.ReadResult, setting.Path)));
            }
        }

        return steps;
    }

    /// <summary>Whether nothing is left to do now: all that can be reached was answered.</summary>
    internal static bool IsSettled(PlannerTarget target, Evidence evidence, PlannerFacts facts) =>
        Plan(target, evidence, facts).Count == 0
        && !evidence.Entries.Any(entry => (entry.Standing == Standing.Sent || (entry.Standing == Standing.Differs && entry.RetryAt is null)) && facts.Reaches(entry.Path));

    /// <summary>Whether the value must be written now.</summary>
    internal static bool IsToBeWritten(PlannerSetting setting, EvidenceEntry? entry, PlannerFacts facts)
    {
        if (!facts.Applies(setting) || !facts.Reaches(setting.Path))
        {
            return false;
        }

        if (entry?.Tries >= EvidenceEntry.MostTries)
        {
            return false;
        }

        if (entry is null || entry.IsLeaving || entry.Standing is Standing.Untouched or Standing.LeftBehind)
        {
            return true;
        }

        // A new value is tried at once, unless the PC does not know the node at all.
        return entry.Standing != Standing.NotApplicable
            && (entry.Value != setting.ValueHash
                || entry.Standing == Standing.Sent
                || (entry.Standing == Standing.Differs && (entry.RetryAt is not { } repair || repair <= facts.Now))
                || (entry.Standing == Standing.Pending && !setting.CanRead && entry.RetryAt <= facts.Now)
                || (entry.Standing == Standing.Failed && entry.RetryAt <= facts.Now));
    }

    internal static bool IsToBeRead(PlannerSetting setting, Evidence evidence, PlannerFacts facts)
    {
        if (!setting.CanRead || !facts.Applies(setting) || !facts.Reaches(setting.Path) || evidence.Find(setting.Path) is not { } entry || entry.Value != setting.ValueHash)
        {
            return false;
        }

        return entry.Standing switch
        {
            Standing.Acknowledged or Standing.Verified => entry.ReadAt is null || entry.ReadAt < evidence.ReadingFrom,
            Standing.Pending => entry.RetryAt <= facts.Now,
            Standing.Untouched or Standing.Sent or Standing.NotApplicable or Standing.Failed or Standing.Differs or Standing.LeftBehind => false,
        };
    }

    private static bool IsResultToBeRead(PlannerSetting setting, Evidence evidence, PlannerFacts facts) =>
        setting.HasResult && facts.Applies(setting) && facts.Reaches(setting.Path)
        && evidence.Find(setting.Path) is { ResultDue: true, Standing: Standing.Acknowledged or Standing.Verified } entry && entry.Value == setting.ValueHash;

    // What must be read first comes first, so that its write can follow with the next message; then what is added: a leaf that can only be
    // replaced is there once its named node is.
    private static IEnumerable<PlannedStep> Writes(PlannerTarget target, Evidence evidence, PlannerFacts facts, HashSet<string> rebuilt)
    {
        var writes = new List<PlannedStep>();
        var groups = new HashSet<string>(StringComparer.Ordinal);
        foreach (var setting in target.Settings)
        {
            if (setting.Setting.AtomicGroup is not { } group)
            {
                PlanOne(setting, evidence, facts, writes);
            }
            else if (groups.Add(group) && !rebuilt.Contains(group))
            {
                PlanGroup(group, target.Groups[group], evidence, facts, writes);
            }
        }

        return writes.OrderBy(step => step.Works[0].Kind switch { WorkKind.ReadOriginal => 0, WorkKind.Add => 1, _ => 2 });
    }

    internal static PlannedStep Single(Work work) => new(null, [work]);

    private static void PlanOne(PlannerSetting setting, Evidence evidence, PlannerFacts facts, List<PlannedStep> steps)
    {
        var entry = evidence.Find(setting.Path);
        if (!IsToBeWritten(setting, entry, facts))
        {
            return;
        }

        steps.Add(Single(NeedsOriginal(setting, entry) ? new Work(WorkKind.ReadOriginal, setting.Path) : Write(setting, entry)));
    }

    private static void PlanGroup(string group, IReadOnlyList<PlannerSetting> settings, Evidence evidence, PlannerFacts facts, List<PlannedStep> steps)
    {
        if (!settings.Any(setting => IsToBeWritten(setting, evidence.Find(setting.Path), facts)))
        {
            return;
        }

        // The group goes as a whole: a change of one member writes all that this PC can have.
        var members = settings.Where(setting => facts.Applies(setting) && evidence.Find(setting.Path)?.Standing != Standing.NotApplicable).ToArray();
        var originals = members.Where(setting => NeedsOriginal(setting, evidence.Find(setting.Path))).Select(setting => new Work(WorkKind.ReadOriginal, setting.Path)).ToArray();
        if (originals.Length > 0)
        {
            steps.AddRange(originals.Select(Single));
            return;
        }

        var writes = members.Select(setting => Write(setting, evidence.Find(setting.Path))).OrderBy(work => work.Kind == WorkKind.Add ? 0 : 1).ToList();
        if (members.Any(setting => setting.IsDynamic && evidence.Find(setting.Path)?.Exists != true) && writes[0].Kind != WorkKind.Add)
        {
            writes.Insert(0, Work.NewNode(group));
        }

        steps.Add(new PlannedStep(group, writes));
    }

    private static Work Write(PlannerSetting setting, EvidenceEntry? entry)
    {
        var adds = setting.CanAdd && (!setting.CanReplace || (setting.IsDynamic && entry?.Exists != true) || setting.Setting.Format == "node");
        return new Work(adds ? WorkKind.Add : WorkKind.Replace, setting.Path)
        {
            Format = setting.Setting.Format,
            Value = setting.Setting.Value,
            Setting = setting.Setting,
            ValueHash = setting.ValueHash,
        };
    }

    // Once something of ours may be there, the PC would show our own value.
    private static bool NeedsOriginal(PlannerSetting setting, EvidenceEntry? entry) =>
        setting is { CanRead: true, CanDelete: false } && !setting.IsDynamic && entry is null;

    private static bool ReadFirst(PlannerTarget target, Evidence evidence, PlannerFacts facts, List<PlannedStep> steps)
    {
        foreach (var setting in target.Settings)
        {
            var entry = evidence.Find(setting.Path);
            if (setting.CanRead && facts.Applies(setting) && facts.Reaches(setting.Path) && (entry?.ReadAt is null || entry.ReadAt < evidence.ReadingFrom))
            {
                steps.Add(Single(new Work(WorkKind.Read, setting.Path)));
            }
        }

        evidence.ReadsFirst = steps.Count > 0;
        return evidence.ReadsFirst;
    }
}
