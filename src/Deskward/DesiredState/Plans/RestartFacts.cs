using System.Reflection;
using Deskward.Platform.Plans;
using Deskward.Protocol.Csp;

namespace Deskward.DesiredState.Plans;

/// <summary>
/// Which settings take effect only when the PC restarts: a reviewed list, each line with where it is written, and what the catalogue says of a node. Of
/// everything else it is not known.
/// </summary>
internal static class RestartFacts
{
    private const string Resource = "DesiredState.restarts.tsv";
    private const string OfCatalogue = "RebootBehavior of the node's DDF";

    internal static IReadOnlyList<(string Prefix, RestartNeed Need, string Source)> All { get; } = Load();

    /// <summary>The longest line that the path begins with, segment by segment, counts.</summary>
    internal static (RestartNeed Need, string Source) Of(string path)
    {
        var place = Place(path);
        foreach (var (prefix, need, source) in All)
        {
            if (place.StartsWith(prefix, StringComparison.OrdinalIgnoreCase) && (place.Length == prefix.Length || place[prefix.Length] == '/'))
            {
                return (need, source);
            }
        }

        return Catalogue.Default.Find(path)?.Reboot is RebootRule.Automatic or RebootRule.ServerInitiated ? (RestartNeed.Yes, OfCatalogue) : (RestartNeed.Unknown, "");
    }

    /// <summary>The path without whom it is for.</summary>
    private static string Place(string path) =>
        path.StartsWith("./Device/", StringComparison.OrdinalIgnoreCase) ? "./" + path[9..] : path.StartsWith("./User/", StringComparison.OrdinalIgnoreCase) ? "./" + path[7..] : path;

    private static IReadOnlyList<(string, RestartNeed, string)> Load()
    {
        using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream(Resource)!;
        using var reader = new StreamReader(stream);
        return [.. reader.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Skip(1).Select(line => line.Split('\t'))
            .Select(cells => (cells[0], Enum.Parse<RestartNeed>(cells[1], ignoreCase: true), cells[2])).OrderByDescending(line => line.Item1.Length)];
    }
}
