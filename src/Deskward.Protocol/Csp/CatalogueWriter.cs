using System.IO.Compression;
using System.Text;

namespace Deskward.Protocol.Csp;

/// <summary>
/// Writes the catalogue: a head, tables of what repeats (strings, builds, editions, rules for values), then one column after the
/// other over all nodes in the order of the tree, the whole compressed. Columns, because equal neighbours compress best.
/// </summary>
internal static class CatalogueWriter
{
    /// <summary>Changes whenever the reader would misread an older file.</summary>
    public const int Version = 1;

    public static byte[] Write(TreeNode root)
    {
        var nodes = new List<TreeNode>();
        Collect(root, nodes);
        using var plain = new MemoryStream();
        using (var output = new BinaryWriter(plain, Encoding.UTF8, leaveOpen: true))
        {
            WriteTables(output, nodes);
        }
        using var packed = new MemoryStream();
        using (var brotli = new BrotliStream(packed, CompressionLevel.SmallestSize, leaveOpen: true))
        {
            plain.WriteTo(brotli);
        }
        return packed.ToArray();
    }

    private static void Collect(TreeNode node, List<TreeNode> nodes)
    {
        nodes.Add(node);
        foreach (var child in node.Children)
        {
            Collect(child, nodes);
        }
    }

    private static void WriteTables(BinaryWriter output, List<TreeNode> nodes)
    {
        var strings = new Table<string>();
        var builds = new Table<string>();
        var editions = new Table<string>();
        var rules = new RuleTable(strings);
        var at = nodes.Select((node, index) => (node, index)).ToDictionary(pair => pair.node, pair => pair.index);
        var columns = new List<IEnumerable<int>>
        {
            nodes.Select((node, index) => node.Parent is null ? 0 : index - at[node.Parent]),
            nodes.Select(node => strings.IdOf(node.Name)),
            nodes.Select(FlagsOf),
            nodes.Select(node => (int)node.Verbs),
            nodes.Select(node => strings.IdOf(node.Format)),
            nodes.Select(node => (int)node.Occurrence | (int)node.Naming << 3 | (int)node.Reboot << 5 | (int)node.Conflict << 7),
            nodes.Select(node => strings.IdOf(node.DefaultValue)),
            nodes.Select(node => rules.IdOf(node.Allowed)),
            nodes.Select(node => builds.IdOf(string.Join(',', node.Builds ?? []))),
            nodes.Select(node => editions.IdOf(string.Join(',', node.Editions ?? []))),
            nodes.Select(node => strings.IdOf(node.CspVersion)),
            nodes.Select(node => strings.IdOf(node.DeprecatedSince?.ToString())),
            nodes.SelectMany(node => node.Dependencies
                .SelectMany(dependency => new[] { strings.IdOf(dependency.Path), rules.IdOf(dependency.Allowed) })
                .Prepend(node.Dependencies.Count)),
        };
        // The columns fill the tables, so they are made before the tables are written.
        var numbers = columns.Select(column => column.ToArray()).ToArray();
        output.Write7BitEncodedInt(Version);
        strings.Write(output);
        builds.Write(output);
        editions.Write(output);
        rules.Write(output);
        output.Write7BitEncodedInt(nodes.Count);
        foreach (var number in numbers.SelectMany(column => column))
        {
            output.Write7BitEncodedInt(number);
        }
    }

    private static int FlagsOf(TreeNode node) =>
        (node.IsDescribed ? 1 : 0) | (node.IsShortRoot ? 2 : 0) | (node.IsReleased == false ? 4 : 0)
        | (node.RequiresAtomic ? 8 : 0) | (node.IsDeprecated ? 16 : 0);

    /// <summary>Numbers what repeats, in order of first use; 0 is null.</summary>
    private sealed class Table<T> where T : notnull
    {
        private readonly Dictionary<T, int> _ids = [];
        private readonly List<T> _all = [];

        public int IdOf(T? value)
        {
            if (value is null)
            {
                return 0;
            }
            if (!_ids.TryGetValue(value, out var id))
            {
                _all.Add(value);
                _ids.Add(value, id = _all.Count);
            }
            return id;
        }

        public void Write(BinaryWriter output)
        {
            output.Write7BitEncodedInt(_all.Count);
            foreach (var value in _all)
            {
                output.Write(value.ToString()!);
            }
        }
    }

    private sealed class RuleTable(Table<string> strings)
    {
        private readonly Dictionary<string, int> _ids = [];
        private readonly List<int[]> _all = [];

        public int IdOf(AllowedValues rule)
        {
            int[] numbers =
            [
                (int)rule.Kind,
                strings.IdOf(rule.Delimiter),
                strings.IdOf(rule.Admx?.Area), strings.IdOf(rule.Admx?.Name), strings.IdOf(rule.Admx?.File),
                rule.Values.Count,
                .. rule.Values.Select(strings.IdOf),
            ];
            var key = string.Join(',', numbers);
            if (!_ids.TryGetValue(key, out var id))
            {
                id = _all.Count;
                _ids.Add(key, id);
                _all.Add(numbers);
            }
            return id;
        }

        public void Write(BinaryWriter output)
        {
            output.Write7BitEncodedInt(_all.Count);
            foreach (var number in _all.SelectMany(numbers => numbers))
            {
                output.Write7BitEncodedInt(number);
            }
        }
    }
}
