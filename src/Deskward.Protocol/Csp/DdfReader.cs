using System.Globalization;
using Deskward.Protocol.Xml;

namespace Deskward.Protocol.Csp;

/// <summary>
/// Reads DDF v2 files into the tree. They are input of the build, published by Microsoft, and carry a document type; it is cut off, so that
/// the one safe reader does for them too. Elements are told apart by local name: the files have no default namespace although their schema says so.
/// </summary>
internal static class DdfReader
{
    // "99.9.99999" and the like stand in the files for a build that was not decided yet.
    private const int FirstSentinel = 88888;

    public static void Read(DdfFile file, TreeNode root)
    {
        try
        {
            var document = SafeXml.Parse(WithoutDocumentType(file.Content));
            if (!document.Is("MgmtTree"))
            {
                throw new ProtocolException("The root element is not MgmtTree.");
            }
            foreach (var node in document.ChildrenNamed("Node"))
            {
                var place = root.PlaceAt(Text(node.Child("Path")) ?? ".", out var isShort);
                ReadNode(node, place).IsShortRoot = isShort;
            }
        }
        catch (ProtocolException error)
        {
            throw new ProtocolException($"{file.Name} is no DDF file: {error.Message}");
        }
    }

    private static ReadOnlyMemory<byte> WithoutDocumentType(ReadOnlyMemory<byte> content)
    {
        var start = content.Span.IndexOf("<!DOCTYPE"u8);
        if (start < 0)
        {
            return content;
        }
        var rest = content.Span[start..];
        var subset = rest.IndexOf((byte)'[');
        var close = rest.IndexOf((byte)'>');
        if (subset >= 0 && subset < close)
        {
            close = rest.IndexOf("]>"u8) + 1;
        }
        return close <= 0 ? content : content[(start + close + 1)..];
    }

    private static TreeNode ReadNode(Element element, TreeNode parent)
    {
        var facts = element.Child("DFProperties") ?? throw new ProtocolException("A Node has no DFProperties.");
        var name = Text(element.Child("NodeName")) ?? "{" + (Text(facts.Child("DFTitle")) ?? throw new ProtocolException("A dynamic Node has no title.")) + "}";
        var node = parent.ChildNamed(name);
        ReadFacts(facts, node);
        ReadApplicability(facts.Child("Applicability"), node);
        foreach (var child in element.ChildrenNamed("Node"))
        {
            ReadNode(child, node);
        }
        return node;
    }

    private static void ReadFacts(Element facts, TreeNode node)
    {
        node.IsDescribed = true;
        node.Format = Choice(facts, "DFFormat") ?? "chr";
        foreach (var verb in facts.Child("AccessType")?.Children ?? [])
        {
            node.Verbs |= Enum.TryParse<NodeVerbs>(verb.Name, out var known) ? known : NodeVerbs.None;
        }
        node.Occurrence = Enum.TryParse<NodeOccurrence>(Choice(facts, "Occurrence"), out var occurrence) ? occurrence : NodeOccurrence.One;
        node.Naming = Choice(facts, "DynamicNodeNaming") switch
        {
            "ServerGeneratedUniqueIdentifier" => NodeNaming.ServerGenerated,
            "ClientInventory" => NodeNaming.ClientInventory,
            "UniqueName" => NodeNaming.UniqueName,
            _ => NodeNaming.None,
        };
        node.DefaultValue = Text(facts.Child("DefaultValue"));
        node.Allowed = facts.Child("AllowedValues") is { } allowed ? DdfValues.Read(allowed) : AllowedValues.Anything;
        node.RequiresAtomic = facts.Child("AtomicRequired") is not null;
        node.Reboot = Enum.TryParse<RebootRule>(Text(facts.Child("RebootBehavior")), out var reboot) ? reboot : RebootRule.None;
        node.Conflict = Enum.TryParse<ConflictRule>(Text(facts.Child("ConflictResolution")), out var conflict) ? conflict : ConflictRule.Unstated;
        if (facts.Child("Deprecated") is { } deprecated)
        {
            node.IsDeprecated = true;
            node.DeprecatedSince = OsBuild.TryParse(deprecated.Attribute("OsBuildDeprecated"), out var since) ? since : null;
        }
        node.Dependencies.AddRange(DdfValues.ReadDependencies(facts.Child("DependencyBehavior")));
    }

    private static void ReadApplicability(Element? applicability, TreeNode node)
    {
        if (Text(applicability?.Child("OsBuildVersion")) is { } builds)
        {
            var listed = builds.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
            node.Builds = [.. listed.Where(text => !IsSentinel(text)).Select(OsBuild.Parse)];
            node.IsReleased = node.Builds.Count > 0;
        }
        node.CspVersion = Text(applicability?.Child("CspVersion")) ?? node.CspVersion;
        if (applicability?.Child("EditionAllowList") is { } editions)
        {
            // "0x88*" stands beside "0x88" and means nothing more that a PC could report.
            node.Editions = [.. editions.Text.Split(';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
                .Select(text => int.Parse(text.TrimEnd('*').AsSpan(2), NumberStyles.HexNumber, CultureInfo.InvariantCulture)).Distinct().Order()];
        }
    }

    private static bool IsSentinel(string build) =>
        build.StartsWith("99.", StringComparison.Ordinal) || build.StartsWith("88.", StringComparison.Ordinal)
        || (OsBuild.TryParse(build, out var known) && known.Number >= FirstSentinel);

    private static string? Choice(Element facts, string name) => facts.Child(name) is { Children: [var first, ..] } ? first.Name : null;

    internal static string? Text(Element? element) => element?.Text.Trim() is { Length: > 0 } text ? text : null;
}
