using System.Collections.Concurrent;

namespace Deskward.Simulator;

/// <summary>
/// The nodes that somebody has written, by canonical path. Flat, and with every string shared among all PCs of the process, because a thousand
/// PCs hold the same few hundred paths and values.
/// </summary>
internal sealed class SettingStore
{
    /// <summary>Stands for an interior node that was added by name.</summary>
    public const string Interior = "\uE000node";

    private const int LongestShared = 4096;
    private const int MostShared = 50_000;

    private static readonly ConcurrentDictionary<string, string> s_shared = new(StringComparer.Ordinal);

    private readonly Dictionary<string, string> _values = new(StringComparer.OrdinalIgnoreCase);
    private List<(string Key, string? Before)>? _journal;

    public IReadOnlyDictionary<string, string> Values => _values;

    public bool Has(string key) => _values.ContainsKey(key);

    /// <summary>The value; null when the node is not there or is an interior one.</summary>
    public string? Read(string key) => _values.TryGetValue(key, out var value) && !ReferenceEquals(value, Interior) ? value : null;

    public void Write(string key, string value)
    {
        _journal?.Add((key, _values.GetValueOrDefault(key)));
        _values[Share(key)] = value == Interior ? Interior : Share(value);
    }

    /// <summary>Removes a node and everything below it.</summary>
    /// <returns>Whether there was anything.</returns>
    public bool Remove(string key)
    {
        var doomed = _values.Keys.Where(each => IsAtOrBelow(each, key)).ToList();
        foreach (var each in doomed)
        {
            _journal?.Add((each, _values[each]));
            _values.Remove(each);
        }
        return doomed.Count > 0;
    }

    /// <summary>The names directly below a node.</summary>
    public IEnumerable<string> ChildrenOf(string key) => NamesBelow(_values.Keys, key);

    /// <summary>From here on every change is remembered, until <see cref="Commit"/> or <see cref="RollBack"/>.</summary>
    public void Begin() => _journal = [];

    public void Commit() => _journal = null;

    public void RollBack()
    {
        var journal = _journal ?? [];
        _journal = null;
        for (var i = journal.Count - 1; i >= 0; i--)
        {
            if (journal[i].Before is { } before)
            {
                _values[journal[i].Key] = before;
            }
            else
            {
                _values.Remove(journal[i].Key);
            }
        }
    }

    public void Clear() => _values.Clear();

    internal static IEnumerable<string> NamesBelow(IEnumerable<string> paths, string key) => paths
        .Where(path => path.Length > key.Length + 1 && IsAtOrBelow(path, key))
        .Select(path => path[(key.Length + 1)..])
        .Select(rest => rest.IndexOf('/', StringComparison.Ordinal) is var slash && slash < 0 ? rest : rest[..slash]);

    private static bool IsAtOrBelow(string path, string key) => path.StartsWith(key, StringComparison.OrdinalIgnoreCase)
        && (path.Length == key.Length || path[key.Length] == '/');

    private static string Share(string text) =>
        text.Length > LongestShared ? text
        : s_shared.TryGetValue(text, out var shared) ? shared
        : s_shared.Count < MostShared ? s_shared.GetOrAdd(text, text)
        : text;
}
