using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Deskward.Platform.Plans;

namespace Deskward.DesiredState.Plans;

/// <summary>PCs that stand in one assignment set, with what is assigned to them before and after a change.</summary>
/// <param name="Set">The set.</param>
/// <param name="Before">What its groups assign.</param>
/// <param name="After">What is assigned to them afterwards.</param>
/// <param name="Pcs">How many PCs.</param>
/// <param name="Target">Hash of the groups of the set to which they move; null: they stay.</param>
internal sealed record SetTransition(Guid Set, IReadOnlyList<AssignedSettings> Before, IReadOnlyList<AssignedSettings> After, int Pcs, byte[]? Target = null);

/// <summary>
/// Works out what a change does to documents; pure. Only what the change speaks of is decided again, and sets in which the same others speak of it share one
/// answer: the work grows with the sets and with the change, never with the PCs.
/// </summary>
internal static class DocumentPlanner
{
    /// <param name="about">What is changed: two plans of different changes never have one digest.</param>
    /// <param name="transitions">The PCs, by set.</param>
    /// <param name="nameOf">The policy set of an assignment, as people call it.</param>
    internal static DocumentPlan Plan(string about, IReadOnlyList<SetTransition> transitions, Func<Guid, string> nameOf)
    {
        var scopes = new Dictionary<string, PlanScope>(StringComparer.Ordinal);
        var changes = new List<PlannedChange>();
        var sets = new List<PlannedSet>();
        foreach (var transition in transitions.Where(transition => transition.Pcs > 0).OrderBy(transition => transition.Set).ThenBy(transition => transition.Target is { } target ? Convert.ToHexString(target) : "", StringComparer.Ordinal))
        {
            var (gone, come) = (Without(transition.Before, transition.After), Without(transition.After, transition.Before));
            if (gone.Count + come.Count == 0)
            {
                continue;
            }

            var key = PlanScope.KeyOf(gone) + '>' + PlanScope.KeyOf(come);
            if (!scopes.TryGetValue(key, out var scope))
            {
                scopes[key] = scope = new PlanScope([.. gone, .. come], changes, nameOf);
            }

            if (scope.ChangeOf(transition.Before, transition.After) is { } change)
            {
                sets.Add(new PlannedSet(transition.Set, transition.Pcs, change) { Target = transition.Target });
            }
        }

        return new DocumentPlan(sets, changes, DigestOf(about, sets, changes));
    }

    private static List<AssignedSettings> Without(IReadOnlyList<AssignedSettings> some, IReadOnlyList<AssignedSettings> others) =>
        [.. some.Where(one => !others.Any(other => other.AssignmentId == one.AssignmentId && other.VersionId == one.VersionId))];

    private static string DigestOf(string about, List<PlannedSet> sets, List<PlannedChange> changes)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        SettingList.Append(hash, about);
        foreach (var set in sets)
        {
            hash.AppendData(set.Set.ToByteArray());
            hash.AppendData(BitConverter.GetBytes(set.Pcs));
            hash.AppendData(BitConverter.GetBytes(set.Change));
        }

        var numbers = new Dictionary<PlannedFlip, int>(ReferenceEqualityComparer.Instance); // Many changes share a flip: it is hashed once.
        foreach (var change in changes)
        {
            hash.AppendData(MemoryMarshal.AsBytes<int>(change.Flips.Select(flip => NumberOf(flip, numbers, hash)).ToArray()));
            foreach (var conflict in change.Conflicts)
            {
                SettingList.Append(hash, conflict.Path);
                hash.AppendData([conflict.Begins ? (byte)3 : (byte)2]);
                conflict.Between.ToList().ForEach(name => SettingList.Append(hash, name));
            }
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    private static int NumberOf(PlannedFlip flip, Dictionary<PlannedFlip, int> numbers, IncrementalHash hash)
    {
        if (!numbers.TryGetValue(flip, out var number))
        {
            numbers[flip] = number = numbers.Count;
            SettingList.Append(hash, flip.Path);
            SettingList.Append(hash, flip.Before ?? "");
            SettingList.Append(hash, flip.After ?? "");
            hash.AppendData(BitConverter.GetBytes(flip.Mark));
            hash.AppendData([flip.WasSet ? (byte)1 : (byte)0, flip.IsSet ? (byte)1 : (byte)0]);
        }

        return number;
    }
}
