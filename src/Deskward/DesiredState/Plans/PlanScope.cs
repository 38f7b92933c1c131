using System.Runtime.InteropServices;
using Deskward.Platform.Plans;
using Deskward.Protocol.Csp;

namespace Deskward.DesiredState.Plans;

/// <summary>
/// What a change speaks of: the paths of the assignments that come and go, and whatever must be written together with them. Nothing else of a document can
/// change by it, so documents are compiled of that alone, and each path (or what must be written together) by itself: who speaks of it is much the same in most sets.
/// </summary>
internal sealed class PlanScope
{
    private readonly HashSet<string> _paths;
    private readonly HashSet<string> _groups;
    private readonly List<PlannedChange> _changes;
    private readonly Func<Guid, string> _nameOf;
    private readonly Dictionary<(Guid, Guid), AssignedSettings?> _parts = [];
    private readonly Dictionary<string, PlannerTarget> _targets = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> _units = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<(Guid, Guid), Piece[]> _pieces = [];
    private readonly Dictionary<(int Speaking, int Piece), int> _speakings = [];
    private readonly List<AssignedSettings[]> _speaking = [[]];
    private readonly Dictionary<(int Before, int After), UnitChange> _outcomes = [];
    private readonly Dictionary<string, int> _known = new(StringComparer.Ordinal);
    private int _pieceCount;

    /// <param name="moving">The assignments that come and go.</param>
    /// <param name="changes">Where what becomes of documents is kept, for all scopes together.</param>
    /// <param name="nameOf">The policy set of an assignment.</param>
    internal PlanScope(IReadOnlyList<AssignedSettings> moving, List<PlannedChange> changes, Func<Guid, string> nameOf)
    {
        (_changes, _nameOf) = (changes, nameOf);
        _paths = moving.SelectMany(from => from.Settings).Select(setting => setting.Path).ToHashSet(StringComparer.OrdinalIgnoreCase);
        _groups = moving.SelectMany(from => from.Settings).Select(setting => setting.AtomicGroup).OfType<string>().ToHashSet(StringComparer.OrdinalIgnoreCase);
        foreach (var setting in moving.SelectMany(from => from.Settings).OrderBy(setting => setting.Path, StringComparer.Ordinal))
        {
            _units.TryAdd(setting.AtomicGroup ?? setting.Path, _units.Count);
        }
    }

    /// <summary>A scope of these paths, to look at documents as they are.</summary>
    internal PlanScope(IEnumerable<string> paths)
    {
        (_changes, _nameOf) = ([], _ => "");
        _paths = paths.ToHashSet(StringComparer.OrdinalIgnoreCase);
        _groups = _paths.Select(Catalogue.Default.AtomicGroupOf).OfType<string>().ToHashSet(StringComparer.OrdinalIgnoreCase);
    }

    /// <summary>What is wanted at the paths of the scope.</summary>
    internal PlannerTarget TargetOf(IReadOnlyList<AssignedSettings> assigned)
    {
        var parts = Parts(assigned);
        var key = KeyOf(parts);
        if (!_targets.TryGetValue(key, out var target))
        {
            _targets[key] = target = PlannerTarget.Of(DocumentCompiler.Compile(parts).Document);
        }

        return target;
    }

    /// <summary>Names assignments, whatever their order.</summary>
    internal static string KeyOf(IEnumerable<AssignedSettings> assigned) =>
        string.Join('+', assigned.Select(one => one.AssignmentId.ToString("n") + one.VersionId.ToString("n")).Order(StringComparer.Ordinal));

    /// <summary>Which change a document undergoes; null when it stays as it is.</summary>
    internal int? ChangeOf(IReadOnlyList<AssignedSettings> before, IReadOnlyList<AssignedSettings> after)
    {
        var (old, wanted) = (SpeakingOf(before), SpeakingOf(after));
        List<UnitChange> parts = [];
        for (var unit = 0; unit < old.Length; unit++)
        {
            if (old[unit] != wanted[unit] && OutcomeOf(old[unit], wanted[unit]) is { IsNone: false } outcome)
            {
                parts.Add(outcome);
            }
        }

        if (parts.Count == 0)
        {
            return null;
        }

        var key = new string(MemoryMarshal.Cast<int, char>(parts.ConvertAll(part => part.Number).ToArray()));
        if (!_known.TryGetValue(key, out var change))
        {
            _changes.Add(Join(parts));
            _known[key] = change = _changes.Count - 1;
        }

        return change;
    }

    private static PlannedChange Join(List<UnitChange> parts)
    {
        PlannedFlip[] flips = [.. parts.SelectMany(part => part.Flips)];
        if (parts.Exists(part => part.Flips.Length > 1))
        {
            Array.Sort(flips, (one, other) => string.CompareOrdinal(one.Path, other.Path));
        }

        return new PlannedChange(flips, [.. parts.SelectMany(part => part.Conflicts).OrderBy(conflict => conflict.Path, StringComparer.OrdinalIgnoreCase)]);
    }

    /// <summary>For each path, or what is written together, a number for who speaks of it; 0: nobody does.</summary>
    private int[] SpeakingOf(IReadOnlyList<AssignedSettings> assigned)
    {
        var speaking = new int[_units.Count];
        foreach (var piece in assigned.SelectMany(PiecesOf))
        {
            var key = (speaking[piece.Unit], piece.Number);
            if (!_speakings.TryGetValue(key, out var next))
            {
                _speakings[key] = next = _speaking.Count;
                _speaking.Add([.. _speaking[key.Item1], piece.Settings]);
            }

            speaking[piece.Unit] = next;
        }

        return speaking;
    }

    private Piece[] PiecesOf(AssignedSettings from)
    {
        if (!_pieces.TryGetValue((from.AssignmentId, from.VersionId), out var pieces))
        {
            _pieces[(from.AssignmentId, from.VersionId)] = pieces = [.. from.Settings.Where(setting => _units.ContainsKey(setting.AtomicGroup ?? setting.Path)).GroupBy(setting => _units[setting.AtomicGroup ?? setting.Path])
                .Select(unit => new Piece(unit.Key, _pieceCount++, new AssignedSettings(from.AssignmentId, from.VersionId, from.Layer, [.. unit])))];
        }

        return pieces;
    }

    private UnitChange OutcomeOf(int before, int after)
    {
        if (!_outcomes.TryGetValue((before, after), out var outcome))
        {
            _outcomes[(before, after)] = outcome = Compare(_outcomes.Count, _speaking[before], _speaking[after]);
        }

        return outcome;
    }

    private List<AssignedSettings> Parts(IReadOnlyList<AssignedSettings> assigned) => [.. assigned.Select(PartOf).OfType<AssignedSettings>()];

    private AssignedSettings? PartOf(AssignedSettings from)
    {
        if (!_parts.TryGetValue((from.AssignmentId, from.VersionId), out var part))
        {
            PolicySetting[] settings = [.. from.Settings.Where(setting => _paths.Contains(setting.Path) || (setting.AtomicGroup is { } group && _groups.Contains(group)))];
            _parts[(from.AssignmentId, from.VersionId)] = part = settings.Length == 0 ? null : new AssignedSettings(from.AssignmentId, from.VersionId, from.Layer, settings);
        }

        return part;
    }

    private UnitChange Compare(int number, AssignedSettings[] before, AssignedSettings[] after)
    {
        var (old, wanted) = (DocumentCompiler.Compile(before).Document, DocumentCompiler.Compile(after).Document);
        var was = old.Settings.ToDictionary(setting => setting.Path, StringComparer.OrdinalIgnoreCase);
        var now = wanted.Settings.ToDictionary(setting => setting.Path, StringComparer.OrdinalIgnoreCase);
        var withheld = wanted.Disputed.ToHashSet(StringComparer.OrdinalIgnoreCase);
        PlannedFlip[] flips = [.. was.Keys.Union(now.Keys, StringComparer.OrdinalIgnoreCase).Order(StringComparer.Ordinal)
            .Select(path => (Path: path, Was: was.GetValueOrDefault(path), Is: now.GetValueOrDefault(path))).Where(one => !IsSame(one.Was, one.Is))
            .Select(one => Flip(one.Was, one.Is, withheld.Contains(one.Path)))];
        return new UnitChange(number, flips, Conflicts(before, after));
    }

    private static bool IsSame(TargetSetting? one, TargetSetting? other) =>
        one is not null && other is not null && one.Format == other.Format && one.Value == other.Value && one.IsSecret == other.IsSecret && one.Path == other.Path;

    private static PlannedFlip Flip(TargetSetting? was, TargetSetting? now, bool isWithheld)
    {
        var path = (now ?? was)!.Path;
        var (restart, source) = RestartFacts.Of(path);
        return new PlannedFlip
        {
            Path = path, WasSet = was is not null, IsSet = now is not null, WasSecret = was?.IsSecret == true, IsSecret = now?.IsSecret == true, IsWithheld = isWithheld,
            Before = was is { IsSecret: false } ? was.Value : null, After = now is { IsSecret: false } ? now.Value : null,
            Mark = now is null ? 0 : PlannerSetting.HashOf(now.Format, now.Value), Restart = restart, RestartSource = source, WayBack = WayBackOf(path),
        };
    }

    /// <summary>As a setting leaves a PC: with the thing that somebody named, with its group, alone; else another value in its place.</summary>
    private static WayBack WayBackOf(string path)
    {
        var node = Catalogue.Default.Find(path);
        for (var above = node; above is not null; above = above.Parent)
        {
            if (above.CanDelete && (above == node || above.IsDynamic))
            {
                return WayBack.Delete;
            }
        }

        return Catalogue.Default.AtomicGroupOf(path) is { } group && Catalogue.Default.Find(group)?.CanDelete == true ? WayBack.Delete
            : node?.Verbs.HasFlag(NodeVerbs.Replace) == true && (node.DefaultValue is not null || node.CanRead) ? WayBack.Earlier : WayBack.None;
    }

    private List<PlannedConflict> Conflicts(AssignedSettings[] before, AssignedSettings[] after)
    {
        var (old, wanted) = (Disputes(before), Disputes(after));
        return [.. old.Keys.Union(wanted.Keys, StringComparer.OrdinalIgnoreCase).Order(StringComparer.OrdinalIgnoreCase).Where(path => old.ContainsKey(path) != wanted.ContainsKey(path))
            .Select(path => wanted.TryGetValue(path, out var ruling) ? Told(path, true, ruling) : Told(path, false, old[path]))];
    }

    private PlannedConflict Told(string path, bool begins, Ruling ruling) =>
        new(path, begins, [.. ruling.Fates.Select(fate => _nameOf(fate.Wish.From.AssignmentId)).Distinct().Order(StringComparer.Ordinal)]);

    private static Dictionary<string, Ruling> Disputes(AssignedSettings[] assigned) =>
        assigned.SelectMany(from => Enumerable.Range(0, from.Settings.Length).Select(at => new Wish(from, at))).GroupBy(wish => wish.Setting.Path, StringComparer.OrdinalIgnoreCase)
            .Where(wishes => wishes.Skip(1).Any()).Select(wishes => (wishes.Key, Ruling: Ruling.Of(wishes))).Where(one => one.Ruling.IsConflict)
            .ToDictionary(one => one.Key, one => one.Ruling, StringComparer.OrdinalIgnoreCase);

    /// <summary>What an assignment says of a path, or of what is written together.</summary>
    private sealed record Piece(int Unit, int Number, AssignedSettings Settings);

    /// <summary>What becomes of a path, or of what is written together.</summary>
    private sealed record UnitChange(int Number, PlannedFlip[] Flips, List<PlannedConflict> Conflicts)
    {
        public bool IsNone => Flips.Length + Conflicts.Count == 0;
    }
}
