using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;

namespace Deskward.Platform.Plans;

/// <summary>What was decided.</summary>
public enum PlanCause
{
    /// <summary>A version was put on a group.</summary>
    Assigned,

    /// <summary>Another version took its place.</summary>
    VersionChanged,

    /// <summary>An assignment was taken away.</summary>
    Unassigned,

    /// <summary>PCs were put into a group, or taken out.</summary>
    MembersChanged,

    /// <summary>A group was given another rule, or what its rule comes to was confirmed.</summary>
    RuleChanged,

    /// <summary>PCs moved between rings.</summary>
    RingChanged,

    /// <summary>PCs were given another device profile.</summary>
    ProfileChanged,
}

/// <summary>Whether a PC must restart before a changed setting takes effect.</summary>
public enum RestartNeed
{
    No,
    Yes,

    /// <summary>Nothing is published of it.</summary>
    Unknown,
}

/// <summary>How a setting can leave a PC again.</summary>
public enum WayBack
{
    /// <summary>It is deleted.</summary>
    Delete,

    /// <summary>The node has no Delete: the value from before, or the default, is written in its place.</summary>
    Earlier,

    /// <summary>The node has no Delete, and nothing can be written in its place: it stays.</summary>
    None,
}

/// <summary>A setting of a document that becomes another one.</summary>
public sealed record PlannedFlip
{
    /// <summary>LocURI as the PCs get it.</summary>
    public required string Path { get; init; }

    /// <summary>The value before, with the places for a PC's own values open; null when there is none, or it is secret.</summary>
    public string? Before { get; init; }

    /// <summary>The value afterwards; null when there is none, or it is secret.</summary>
    public string? After { get; init; }

    /// <summary>Whether there was a value.</summary>
    public required bool WasSet { get; init; }

    /// <summary>Whether there is one afterwards.</summary>
    public required bool IsSet { get; init; }

    public bool WasSecret { get; init; }

    public bool IsSecret { get; init; }

    /// <summary>It is not sent any more because assignments dispute it, or something it must be written with.</summary>
    public bool IsWithheld { get; init; }

    /// <summary>Tells values apart without showing them: of what is wanted afterwards; 0 when nothing is.</summary>
    public ulong Mark { get; init; }

    public required RestartNeed Restart { get; init; }

    /// <summary>Where that is written; empty when it is not known.</summary>
    public string RestartSource { get; init; } = "";

    public required WayBack WayBack { get; init; }
}

/// <summary>A path for which somebody begins or ceases not to get the value they wanted.</summary>
/// <param name="Path">LocURI.</param>
/// <param name="Begins">True: the conflict is new; false: it ends.</param>
/// <param name="Between">The policy sets that want something there.</param>
public sealed record PlannedConflict(string Path, bool Begins, IReadOnlyList<string> Between);

/// <summary>What becomes of a document; shared by all assignment sets of which the same becomes.</summary>
public sealed record PlannedChange(IReadOnlyList<PlannedFlip> Flips, IReadOnlyList<PlannedConflict> Conflicts);

/// <summary>PCs that stand alike, and of which the same becomes.</summary>
/// <param name="Set">The assignment set in which they stand.</param>
/// <param name="Pcs">How many they are.</param>
/// <param name="Change">Which of the plan's changes.</param>
public sealed record PlannedSet(Guid Set, int Pcs, int Change)
{
    /// <summary>Hash of the groups of the set to which they move; null: they stay in theirs, and its document changes.</summary>
    public byte[]? Target { get; init; }
}

/// <summary>A flip with the number of PCs on which it happens.</summary>
public sealed record CountedFlip(PlannedFlip Flip, int Pcs);

/// <summary>
/// Exactly what a change would do to the documents of PCs, worked out per assignment set before anything is written. Holds no secret.
/// </summary>
/// <param name="Sets">The sets whose PCs get another document.</param>
/// <param name="Changes">What becomes of the documents.</param>
/// <param name="Digest">Differs whenever anything of it does.</param>
public sealed record DocumentPlan(IReadOnlyList<PlannedSet> Sets, IReadOnlyList<PlannedChange> Changes, string Digest)
{
    public static DocumentPlan Empty { get; } = new([], [], "");

    /// <summary>Several plans, of several customers, as one.</summary>
    public static DocumentPlan Together(IReadOnlyList<DocumentPlan> plans)
    {
        var (sets, changes) = (new List<PlannedSet>(), new List<PlannedChange>());
        foreach (var plan in plans)
        {
            var known = changes.Count;
            sets.AddRange(plan.Sets.Select(set => set with { Change = set.Change + known }));
            changes.AddRange(plan.Changes);
        }

        return new DocumentPlan(sets, changes, Convert.ToHexStringLower(SHA256.HashData(Encoding.ASCII.GetBytes(string.Join('|', plans.Select(plan => plan.Digest))))));
    }

    /// <summary>How many PCs get another document.</summary>
    public int Pcs => Sets.Sum(set => set.Pcs);

    /// <summary>Every flip once, with the number of PCs; by path.</summary>
    public IReadOnlyList<CountedFlip> Flips
    {
        get
        {
            var pcs = PcsByChange();
            var counted = new Dictionary<PlannedFlip, int>(ReferenceEqualityComparer.Instance); // Many changes share a flip.
            foreach (var (at, change) in Changes.Index())
            {
                foreach (var flip in change.Flips)
                {
                    CollectionsMarshal.GetValueRefOrAddDefault(counted, flip, out _) += pcs[at];
                }
            }

            return [.. counted.GroupBy(one => one.Key).Select(same => new CountedFlip(same.Key, same.Sum(one => one.Value))).OrderBy(one => one.Flip.Path, StringComparer.Ordinal).ThenBy(one => one.Flip.Before, StringComparer.Ordinal)];
        }
    }

    /// <summary>Every conflict that begins or ends once, with the number of PCs; by path.</summary>
    public IReadOnlyList<(PlannedConflict Conflict, int Pcs)> Conflicts
    {
        get
        {
            var pcs = PcsByChange();
            return [.. Changes.SelectMany((change, at) => change.Conflicts.Select(conflict => (Conflict: conflict, Pcs: pcs[at])))
                .GroupBy(one => (one.Conflict.Path, one.Conflict.Begins, Names: string.Join('\n', one.Conflict.Between)))
                .Select(same => (same.First().Conflict, same.Sum(one => one.Pcs))).OrderBy(one => one.Conflict.Path, StringComparer.Ordinal)];
        }
    }

    private int[] PcsByChange()
    {
        var pcs = new int[Changes.Count];
        foreach (var set in Sets)
        {
            pcs[set.Change] += set.Pcs;
        }

        return pcs;
    }
}
