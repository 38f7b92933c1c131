using System.Globalization;

namespace Deskward.Protocol.Csp;

/// <summary>What <c>catalogue show PATH</c> prints: every fact of a node, one per line.</summary>
public static class CatalogueDescription
{
    public static void Write(CatalogueNode node, TextWriter output)
    {
        output.WriteLine(node.Path);
        foreach (var (name, fact) in Facts(node))
        {
            output.WriteLine($"  {name,-12} {fact}");
        }
    }

    /// <summary>Name and text of each fact that is stated, in the order of interest.</summary>
    public static IEnumerable<(string Name, string Fact)> Facts(CatalogueNode node)
    {
        yield return ("format", node.Format);
        yield return ("verbs", node.Verbs.ToString());
        yield return ("scope", node.Scope.ToString());
        yield return ("occurrence", node.IsDynamic ? $"{node.Occurrence}, named by {node.Naming}" : node.Occurrence.ToString());
        if (node.DefaultValue is { } initial)
        {
            yield return ("default", initial);
        }
        if (RefusalText.AllowedBy(ValueRule.Of(node)) is { } allowed)
        {
            yield return ("allowed", $"{node.Allowed.Kind}: {allowed}");
        }
        if (node.Allowed.Delimiter is { } delimiter)
        {
            yield return ("list", $"separated by {(delimiter == "\uF000" ? "U+F000" : delimiter)}");
        }
        if (node.Allowed.Admx is { } admx)
        {
            yield return ("template", $"{admx.File}: {admx.Name} in {admx.Area}");
        }
        yield return ("builds", node.IsReleased ? node.Builds.Count == 0 ? "not stated" : string.Join(", ", node.Builds) : "not released");
        if (node.Editions.Count > 0)
        {
            yield return ("editions", string.Join(", ", node.Editions.Select(sku => sku.ToString(CultureInfo.InvariantCulture))));
        }
        foreach (var fact in Rules(node))
        {
            yield return fact;
        }
    }

    private static IEnumerable<(string Name, string Fact)> Rules(CatalogueNode node)
    {
        if (node.AtomicRoot is { } atomic)
        {
            yield return ("atomic", $"with everything under {atomic}");
        }
        if (node.Reboot != RebootRule.None)
        {
            yield return ("restart", node.Reboot.ToString());
        }
        if (node.IsDeprecated)
        {
            yield return ("deprecated", node.DeprecatedSince is { } since ? $"since {since}" : "yes");
        }
        if (node.Conflict != ConflictRule.Unstated)
        {
            yield return ("conflict", node.Conflict.ToString());
        }
        foreach (var dependency in node.Dependencies)
        {
            yield return ("depends on", $"{dependency.Path} ({string.Join(", ", dependency.Allowed.Values)})");
        }
    }
}
