using System.IO.Compression;

namespace Deskward.Protocol.Csp;

/// <summary>Reads what <see cref="CatalogueWriter"/> writes.</summary>
internal static class CatalogueReader
{
    /// <summary>Every node in the order of the tree, the root first; also the undescribed places such as <c>./Device/Vendor</c>.</summary>
    /// <exception cref="ProtocolException">The bytes are no catalogue, or one of another version.</exception>
    public static CatalogueNode[] Read(Stream packed)
    {
        try
        {
            return ReadNodes(Unpack(packed));
        }
        catch (Exception error) when (error is InvalidDataException or EndOfStreamException or FormatException
            or IndexOutOfRangeException or OverflowException or ArgumentException)
        {
            throw new ProtocolException($"This is no catalogue: {error.Message}");
        }
    }

    private static BinaryReader Unpack(Stream packed)
    {
        using var brotli = new BrotliStream(packed, CompressionMode.Decompress);
        var plain = new MemoryStream();
        brotli.CopyTo(plain);
        plain.Position = 0;
        return new BinaryReader(plain);
    }

    private static CatalogueNode[] ReadNodes(BinaryReader input)
    {
        if (input.Read7BitEncodedInt() != CatalogueWriter.Version)
        {
            throw new ProtocolException("This catalogue is of another version.");
        }
        var strings = ReadStrings(input);
        var builds = ReadStrings(input).Select(text => Listed(text, OsBuild.Parse)).ToArray();
        var editions = ReadStrings(input).Select(text => Listed(text, int.Parse)).ToArray();
        var rules = ReadRules(input, strings);
        var columns = ReadColumns(input);
        return MakeNodes(input, strings, builds, editions, rules, columns);
    }

    private static IReadOnlyList<T> Listed<T>(string? text, Func<string, T> parse) => string.IsNullOrEmpty(text) ? [] : [.. text.Split(',').Select(parse)];

    private static int[][] ReadColumns(BinaryReader input)
    {
        var count = input.Read7BitEncodedInt();
        var columns = new int[12][];
        for (var column = 0; column < columns.Length; column++)
        {
            columns[column] = new int[count];
            for (var row = 0; row < count; row++)
            {
                columns[column][row] = input.Read7BitEncodedInt();
            }
        }
        return columns;
    }

    // The dependencies follow the columns, node by node, because most have none.
    private static CatalogueNode[] MakeNodes(BinaryReader input, string?[] strings, IReadOnlyList<OsBuild>[] builds,
        IReadOnlyList<int>[] editions, AllowedValues[] rules, int[][] columns)
    {
        var count = columns[0].Length;
        var nodes = new CatalogueNode[count];
        for (var row = 0; row < count; row++)
        {
            var parent = columns[0][row] == 0 ? null : nodes[row - columns[0][row]];
            var name = strings[columns[1][row]]!;
            var flags = columns[2][row];
            var choices = columns[5][row];
            nodes[row] = new CatalogueNode(parent, name)
            {
                Index = row,
                IsDescribed = (flags & 1) != 0,
                IsShortRoot = (flags & 2) != 0,
                IsReleased = (flags & 4) == 0,
                RequiresAtomic = (flags & 8) != 0,
                IsDeprecated = (flags & 16) != 0,
                Scope = ScopeOf(parent, name),
                Verbs = (NodeVerbs)columns[3][row],
                Format = strings[columns[4][row]]!,
                Occurrence = (NodeOccurrence)(choices & 7),
                Naming = (NodeNaming)(choices >> 3 & 3),
                Reboot = (RebootRule)(choices >> 5 & 3),
                Conflict = (ConflictRule)(choices >> 7),
                DefaultValue = strings[columns[6][row]],
                Allowed = rules[columns[7][row]],
                Builds = builds[columns[8][row]],
                Editions = editions[columns[9][row]],
                CspVersion = strings[columns[10][row]],
                DeprecatedSince = strings[columns[11][row]] is { } since ? OsBuild.Parse(since) : null,
                Dependencies = ReadDependencies(input, strings, rules),
            };
        }
        return nodes;
    }

    private static NodeScope ScopeOf(CatalogueNode? parent, string name) =>
        parent is null ? NodeScope.Device : parent.Parent is null && name == "User" ? NodeScope.User : parent.Scope;

    private static NodeDependency[] ReadDependencies(BinaryReader input, string?[] strings, AllowedValues[] rules)
    {
        var count = input.Read7BitEncodedInt();
        if (count == 0)
        {
            return [];
        }
        var all = new NodeDependency[count];
        for (var at = 0; at < count; at++)
        {
            all[at] = new NodeDependency(strings[input.Read7BitEncodedInt()]!, rules[input.Read7BitEncodedInt()]);
        }
        return all;
    }

    // Entry 0 is null: nothing stated.
    private static string?[] ReadStrings(BinaryReader input)
    {
        var strings = new string?[input.Read7BitEncodedInt() + 1];
        for (var at = 1; at < strings.Length; at++)
        {
            strings[at] = input.ReadString();
        }
        return strings;
    }

    private static AllowedValues[] ReadRules(BinaryReader input, string?[] strings)
    {
        var rules = new AllowedValues[input.Read7BitEncodedInt()];
        for (var at = 0; at < rules.Length; at++)
        {
            var kind = (AllowedKind)input.Read7BitEncodedInt();
            var delimiter = strings[input.Read7BitEncodedInt()];
            var (area, name, file) = (strings[input.Read7BitEncodedInt()], strings[input.Read7BitEncodedInt()], strings[input.Read7BitEncodedInt()]);
            var values = new string[input.Read7BitEncodedInt()];
            for (var value = 0; value < values.Length; value++)
            {
                values[value] = strings[input.Read7BitEncodedInt()]!;
            }
            rules[at] = new AllowedValues(kind, values) { Delimiter = delimiter, Admx = name is null ? null : new AdmxOrigin(area ?? "", name, file ?? "") };
        }
        return rules;
    }
}
