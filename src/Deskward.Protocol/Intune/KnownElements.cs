using Deskward.Protocol.Admx;
using Deskward.Protocol.SyncMl;

namespace Deskward.Protocol.Intune;

/// <summary>
/// Elements of policies that Windows brings along, as far as Microsoft's reference pages of the providers write them out; for all others the ADMX file
/// has to be supplied. known-elements.tsv: path, id, kind, and values where they are texts.
/// </summary>
internal static class KnownElements
{
    private static readonly Lazy<Dictionary<string, IReadOnlyList<AdmxElement>>> All = new(Read);

    /// <summary>The elements of a policy; null when they are not known.</summary>
    public static IReadOnlyList<AdmxElement>? Of(string path) => All.Value.GetValueOrDefault(LocUri.KeyOf(path));

    private static Dictionary<string, IReadOnlyList<AdmxElement>> Read()
    {
        using var stream = typeof(KnownElements).Assembly.GetManifestResourceStream("Deskward.Protocol.Intune.known-elements.tsv")!;
        using var reader = new StreamReader(stream);
        var elements = new List<(string Path, AdmxElement Element)>();
        while (reader.ReadLine() is { } line)
        {
            if (line.Length > 0 && line[0] != '#')
            {
                var fields = line.Split('\t');
                elements.Add((fields[0], new AdmxElement(fields[1], Enum.Parse<AdmxElementKind>(fields[2].Replace("Pairs", "List", StringComparison.Ordinal)))
                {
                    IsPairs = fields[2] == "Pairs",
                    Values = fields.Length > 3 ? fields[3].Split('|') : [],
                }));
            }
        }
        return elements.GroupBy(one => LocUri.KeyOf(one.Path)).ToDictionary(group => group.Key, IReadOnlyList<AdmxElement> (group) => [.. group.Select(one => one.Element)]);
    }
}
