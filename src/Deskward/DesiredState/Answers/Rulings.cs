namespace Deskward.DesiredState.Answers;

/// <summary>What a set of assignments comes to path by path, and what it would come to without one of them; pure.</summary>
internal sealed class Rulings
{
    private readonly IReadOnlyList<AssignedSettings> _assigned;
    private readonly Dictionary<string, Ruling> _byPath;
    private readonly HashSet<string> _disputed;
    private readonly Dictionary<Guid, Course> _without = [];

    internal Rulings(IReadOnlyList<AssignedSettings> assigned)
    {
        _assigned = assigned;
        Document = DocumentCompiler.Compile(assigned).Document;
        _disputed = Document.Disputed.ToHashSet(StringComparer.OrdinalIgnoreCase);
        _byPath = assigned.SelectMany(from => Enumerable.Range(0, from.Settings.Length).Select(at => new Wish(from, at)))
            .GroupBy(wish => wish.Setting.Path, StringComparer.OrdinalIgnoreCase).ToDictionary(wishes => wishes.Key, Ruling.Of, StringComparer.OrdinalIgnoreCase);
    }

    /// <summary>What is sent.</summary>
    internal TargetDocument Document { get; }

    /// <summary>The ruling on a path, in any case; null when nobody wants anything there.</summary>
    internal Ruling? Find(string path) => _byPath.GetValueOrDefault(path);

    /// <summary>The wish whose value is sent; null when none is.</summary>
    internal Wish? Sent(string path) => _disputed.Contains(path) ? null : Find(path)?.Winner;

    /// <summary>The paths in dispute with which a path that somebody won is withheld; empty when it is sent, or itself in dispute.</summary>
    internal IReadOnlyList<string> WithheldBy(string path) => _disputed.Contains(path) && Find(path)?.Winner is { Setting.AtomicGroup: { } group }
        ? [.. Document.Disputed.Where(other => _byPath[other] is { Winner: null } ruling && ruling.Fates.Any(fate => string.Equals(fate.Wish.Setting.AtomicGroup, group, StringComparison.OrdinalIgnoreCase)))]
        : [];

    /// <summary>The course of things without an assignment.</summary>
    internal Course Without(Guid assignment)
    {
        if (!_without.TryGetValue(assignment, out var course))
        {
            _without[assignment] = course = new Course(DocumentCompiler.Compile([.. _assigned.Where(from => from.AssignmentId != assignment)]));
        }

        return course;
    }

    /// <summary>A document with whose wish each of its settings is.</summary>
    internal sealed class Course(CompiledDocument compiled)
    {
        private readonly Dictionary<string, Wish> _sent = compiled.Sources.ToDictionary(wish => wish.Setting.Path, StringComparer.OrdinalIgnoreCase);
        private readonly HashSet<string> _disputed = compiled.Document.Disputed.ToHashSet(StringComparer.OrdinalIgnoreCase);

        internal PlannerTarget Target { get; } = PlannerTarget.Of(compiled.Document);

        internal Wish? Sent(string path) => _sent.TryGetValue(path, out var wish) ? wish : null;

        internal bool Disputes(string path) => _disputed.Contains(path);
    }
}
