using Deskward.Groups;
using Deskward.Platform;
using Microsoft.EntityFrameworkCore;

namespace Deskward.DesiredState;

/// <summary>One assignment's wish for a path, in words a person knows.</summary>
/// <param name="AssignmentId">The assignment.</param>
/// <param name="PolicySet">Name of the policy set.</param>
/// <param name="PolicySetId">The policy set.</param>
/// <param name="VersionNumber">Which version of it.</param>
/// <param name="Group">Name of the group.</param>
/// <param name="Layer">In which layer.</param>
/// <param name="Value">What it wants; null when secret.</param>
public sealed record ExplainedWish(
    Guid AssignmentId, string PolicySet, Guid PolicySetId, int VersionNumber, string Group, Layer Layer, string? Value)
{
    public bool IsOverridable { get; init; }

    public WishFate Fate { get; init; }
}

/// <summary>Why a path has the value it has.</summary>
/// <param name="Path">LocURI.</param>
/// <param name="Wishes">Who wants what, lowest layer first, with what became of it; empty when nobody wants anything.</param>
/// <param name="IsConflict">Whether somebody did not get their value without a rule that lets it be so.</param>
/// <param name="IsWithheld">Not sent, although its own wishes agree, because it must be written whole with a path that is in dispute.</param>
public sealed record Explanation(string Path, IReadOnlyList<ExplainedWish> Wishes, bool IsConflict, bool IsWithheld)
{
    /// <summary>The wish whose value is sent; null when none is.</summary>
    public ExplainedWish? Holds => IsWithheld ? null : Wishes.FirstOrDefault(wish => wish.Fate == WishFate.Holds);
}

/// <summary>Answers "why this value?" by deciding again, from the assignments as they are now.</summary>
public sealed class Explanations
{
    private readonly DeskwardContext _db;
    private readonly SetCompiler _compiler;

    internal Explanations(DeskwardContext db, SetCompiler compiler) => (_db, _compiler) = (db, compiler);

    /// <summary>Who wants what for a path of a set, and why the value that holds does.</summary>
    /// <returns>Null when there is no such set.</returns>
    public async Task<Explanation?> ExplainAsync(Guid tenant, Guid set, string path, CancellationToken cancellationToken)
    {
        if (await AssignedAsync(tenant, set, cancellationToken) is not { } assigned)
        {
            return null;
        }

        var known = Protocol.Csp.Catalogue.Default.CanonicalPath(path) ?? path;
        return (await DescribeAsync([(known, DocumentCompiler.Rule(assigned, known))], assigned, cancellationToken))[0];
    }

    /// <summary>The paths of a set that are in conflict or withheld, in order.</summary>
    /// <returns>Null when there is no such set.</returns>
    public async Task<IReadOnlyList<Explanation>?> ConflictsAsync(Guid tenant, Guid set, CancellationToken cancellationToken)
    {
        if (await AssignedAsync(tenant, set, cancellationToken) is not { } assigned)
        {
            return null;
        }

        var disputed = DocumentCompiler.Compile(assigned).Document.Disputed;
        var several = assigned.SelectMany(from => from.Settings).GroupBy(setting => setting.Path, StringComparer.OrdinalIgnoreCase).Where(wishes => wishes.Skip(1).Any()).Select(wishes => wishes.Key);
        var rulings = several.Concat(disputed).Distinct(StringComparer.OrdinalIgnoreCase).Order(StringComparer.Ordinal).Select(path => (Path: path, Ruling: DocumentCompiler.Rule(assigned, path)));
        return await DescribeAsync([.. rulings.Where(entry => entry.Ruling.IsConflict || disputed.Contains(entry.Path, StringComparer.OrdinalIgnoreCase))], assigned, cancellationToken);
    }

    private async Task<List<AssignedSettings>?> AssignedAsync(Guid tenant, Guid set, CancellationToken cancellationToken)
    {
        var groups = await _db.Set<AssignmentSet>().Where(row => row.Id == set && row.TenantId == tenant).Select(row => row.GroupIds).SingleOrDefaultAsync(cancellationToken);
        return groups is null ? null : [.. (await _compiler.AssignedAsync(_db, [.. GroupKeys.Read(groups)], cancellationToken)).SelectMany(group => group)];
    }

    private async Task<IReadOnlyList<Explanation>> DescribeAsync(IReadOnlyList<(string Path, Ruling Ruling)> rulings, List<AssignedSettings> assigned, CancellationToken cancellationToken)
    {
        var ids = rulings.SelectMany(entry => entry.Ruling.Fates).Select(entry => entry.Wish.From.AssignmentId).Distinct().ToArray();
        var origins = await _db.Set<Assignment>().Where(row => ids.Contains(row.Id))
            .Join(_db.Set<PolicySetVersion>(), row => row.PolicySetVersionId, version => version.Id, (row, version) => new { row, version.Number })
            .Join(_db.Set<PolicySet>(), entry => entry.row.PolicySetId, set => set.Id, (entry, set) => new { entry.row, entry.Number, set.Name })
            .Join(_db.Set<Group>(), entry => entry.row.GroupId, group => group.Id, (entry, group) => new Origin(entry.row.Id, entry.row.PolicySetId, entry.Name, entry.Number, group.Name))
            .ToDictionaryAsync(origin => origin.AssignmentId, cancellationToken);
        var disputed = DocumentCompiler.Compile(assigned).Document.Disputed;
        return [.. rulings.Select(entry => new Explanation(
            entry.Path,
            [.. entry.Ruling.Fates.Where(fate => origins.ContainsKey(fate.Wish.From.AssignmentId)).Select(fate => Describe(fate.Wish, fate.Fate, origins[fate.Wish.From.AssignmentId]))],
            entry.Ruling.IsConflict,
            entry.Ruling.Winner is not null && disputed.Contains(entry.Path, StringComparer.OrdinalIgnoreCase)))];
    }

    private static ExplainedWish Describe(Wish wish, WishFate fate, Origin origin) =>
        new(origin.AssignmentId, origin.PolicySet, origin.PolicySetId, origin.Number, origin.Group, wish.From.Layer, wish.Setting.IsSecret ? null : wish.Setting.Value)
        {
            IsOverridable = wish.Setting.IsOverridable,
            Fate = fate,
        };

    private sealed record Origin(Guid AssignmentId, Guid PolicySetId, string PolicySet, int Number, string Group);
}
