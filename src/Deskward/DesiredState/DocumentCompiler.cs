using System.Security.Cryptography;

namespace Deskward.DesiredState;

/// <summary>The settings of an assigned version, made once and shared by every document that holds them.</summary>
internal sealed class AssignedSettings(Guid assignmentId, Guid versionId, Layer layer, PolicySetting[] settings)
{
    internal Guid AssignmentId => assignmentId;

    internal Guid VersionId => versionId;

    internal Layer Layer => layer;

    internal PolicySetting[] Settings => settings;

    internal TargetSetting[] Targets { get; } = Array.ConvertAll(settings, setting => setting.ToTarget(assignmentId));
}

/// <summary>What a set of assignments comes to.</summary>
/// <param name="Document">What is sent.</param>
/// <param name="Sources">For each setting of the document, in its order, the wish that holds.</param>
/// <param name="ConflictCount">Paths for which somebody wanted a value and did not get it.</param>
internal sealed record CompiledDocument(TargetDocument Document, IReadOnlyList<Wish> Sources, int ConflictCount);

/// <summary>Assignments in, document out; pure, and indifferent to the order in which the assignments come.</summary>
internal static class DocumentCompiler
{
    internal static CompiledDocument Compile(IReadOnlyList<AssignedSettings> assigned)
    {
        var (single, several) = ByPath(assigned);
        var disputed = new List<string>();
        var conflicts = 0;
        foreach (var (path, wishes) in several)
        {
            var ruling = Ruling.Of(wishes);
            conflicts += ruling.IsConflict ? 1 : 0;
            if (ruling.Winner is { } winner)
            {
                single[path] = winner;
            }
            else
            {
                single.Remove(path);
                disputed.Add(SpellingOf(wishes));
            }
        }

        WithholdPartOf(single, several, disputed);
        Wish[] sources = [.. single.Values];
        Array.Sort(sources, (one, other) => string.CompareOrdinal(one.Setting.Path, other.Setting.Path));
        disputed.Sort(StringComparer.Ordinal);
        var settings = Array.ConvertAll(sources, wish => wish.From.Targets[wish.Index]);
        return new CompiledDocument(new TargetDocument(Hash(sources, disputed), settings, disputed), sources, conflicts);
    }

    /// <summary>The ruling on one path; without a wish for it there is no winner and no conflict.</summary>
    internal static Ruling Rule(IEnumerable<AssignedSettings> assigned, string path) => Ruling.Of(assigned.SelectMany(from => from.Settings
        .Index().Where(entry => string.Equals(entry.Item.Path, path, StringComparison.OrdinalIgnoreCase)).Select(entry => new Wish(from, entry.Index))));

    private static (Dictionary<string, Wish> Single, Dictionary<string, List<Wish>> Several) ByPath(IReadOnlyList<AssignedSettings> assigned)
    {
        var single = new Dictionary<string, Wish>(assigned.Sum(from => from.Settings.Length), StringComparer.OrdinalIgnoreCase);
        var several = new Dictionary<string, List<Wish>>(StringComparer.OrdinalIgnoreCase);
        foreach (var from in assigned)
        {
            for (var at = 0; at < from.Settings.Length; at++)
            {
                var path = from.Settings[at].Path;
                var wish = new Wish(from, at);
                if (single.TryAdd(path, wish))
                {
                    continue;
                }

                if (!several.TryGetValue(path, out var wishes))
                {
                    several[path] = wishes = [single[path]];
                }

                wishes.Add(wish);
            }
        }

        return (single, several);
    }

    /// <summary>What must be written whole is not sent in part: half a firewall rule would match more than anybody wanted.</summary>
    private static void WithholdPartOf(Dictionary<string, Wish> single, Dictionary<string, List<Wish>> several, List<string> disputed)
    {
        var broken = disputed.SelectMany(path => several[path]).Select(wish => wish.Setting.AtomicGroup).OfType<string>().ToHashSet(StringComparer.OrdinalIgnoreCase);
        if (broken.Count == 0)
        {
            return;
        }

        foreach (var (path, wish) in single.Where(entry => entry.Value.Setting.AtomicGroup is { } group && broken.Contains(group)).ToArray())
        {
            single.Remove(path);
            disputed.Add(several.TryGetValue(path, out var wishes) ? SpellingOf(wishes) : wish.Setting.Path);
        }
    }

    /// <summary>Dynamic names may differ in case between wishes; the document must not depend on who came first.</summary>
    private static string SpellingOf(List<Wish> wishes) => wishes.Select(wish => wish.Setting.Path).Min(StringComparer.Ordinal)!;

    private static byte[] Hash(Wish[] sources, List<string> disputed)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var setting in sources.Select(wish => wish.Setting))
        {
            SettingList.Append(hash, setting.Path);
            SettingList.Append(hash, setting.Format);
            SettingList.Append(hash, setting.Value);
            hash.AppendData([setting.IsSecret ? (byte)1 : (byte)0]);
        }

        foreach (var path in disputed)
        {
            SettingList.Append(hash, path);
            hash.AppendData([2]);
        }

        return hash.GetHashAndReset();
    }
}
