using System.Globalization;
using System.Text;
using Deskward.Protocol.Xml;

namespace Deskward.Protocol.Admx;

/// <summary>Reads an administrative template (PolicyDefinitionFiles.xsd): the policies, their elements, and where their categories lie.</summary>
public static class AdmxReader
{
    private const int MostPolicies = 20_000;
    private const int MostElements = 200;

    /// <summary>Reads a template.</summary>
    /// <param name="name">Its file name.</param>
    /// <param name="bytes">UTF-8, or UTF-16 with a byte order mark.</param>
    /// <exception cref="ProtocolException">It is no template, or breaks a rule; the message names the policy.</exception>
    public static AdmxFile Read(string name, ReadOnlyMemory<byte> bytes)
    {
        var root = SafeXml.Parse(bytes, SafeXml.MaxObjectBytes);
        if (!root.Is("policyDefinitions"))
        {
            throw new ProtocolException($"An ADMX file has the root element <policyDefinitions>; this one has <{root.Name}>.");
        }
        var categories = new AdmxCategories(root);
        var policies = new List<AdmxPolicy>();
        var names = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        foreach (var policy in root.Child("policies")?.ChildrenNamed("policy") ?? [])
        {
            var read = ReadPolicy(policy, policies.Count + 1, categories);
            if (!names.Add(read.Name))
            {
                throw new ProtocolException($"The policy {read.Name} stands twice.");
            }
            policies.Add(read);
            if (policies.Count > MostPolicies)
            {
                throw new ProtocolException($"An ADMX file may hold {MostPolicies} policies.");
            }
        }
        return policies.Count > 0 ? new AdmxFile(name, TextOf(bytes.Span), policies)
            : throw new ProtocolException("The ADMX file holds no policy. Files that hold categories alone are not needed.");
    }

    private static AdmxPolicy ReadPolicy(Element policy, int place, AdmxCategories categories)
    {
        if (policy.Attribute("name") is not { Length: > 0 } name)
        {
            throw new ProtocolException(string.Create(CultureInfo.InvariantCulture, $"Policy {place} of the ADMX file has no name."));
        }
        var whose = policy.Attribute("class") switch
        {
            "Machine" => AdmxClass.Machine,
            "User" => AdmxClass.User,
            "Both" => AdmxClass.Both,
            var other => throw new ProtocolException($"The policy {name} has the class '{other}'; there are Machine, User and Both."),
        };
        var elements = new List<AdmxElement>();
        var ids = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        foreach (var element in policy.Child("elements")?.Children ?? [])
        {
            var read = ReadElement(element, name, elements.Count + 1);
            if (!ids.Add(read.Id))
            {
                throw new ProtocolException($"The policy {name} has two elements with the id {read.Id}.");
            }
            elements.Add(read);
            if (elements.Count > MostElements)
            {
                throw new ProtocolException($"The policy {name} has more than {MostElements} elements.");
            }
        }
        return new AdmxPolicy(name, whose, categories.PathTo(policy.Child("parentCategory")?.Attribute("ref"), name), elements);
    }

    private static AdmxElement ReadElement(Element element, string policy, int place)
    {
        if (element.Attribute("id") is not { Length: > 0 } id)
        {
            throw new ProtocolException(string.Create(CultureInfo.InvariantCulture, $"Element {place} (<{element.Name}>) of the policy {policy} has no id."));
        }
        return element.Name switch
        {
            "boolean" => new AdmxElement(id, AdmxElementKind.Boolean),
            "decimal" or "longDecimal" => new AdmxElement(id, AdmxElementKind.Number)
            {
                Least = NumberOf(element, "minValue"),
                Most = NumberOf(element, "maxValue"),
            },
            "text" => new AdmxElement(id, AdmxElementKind.Text) { LongestText = (int?)Math.Clamp(NumberOf(element, "maxLength") ?? 1023, 0, int.MaxValue) },
            "multiText" => new AdmxElement(id, AdmxElementKind.MultiText),
            "enum" => new AdmxElement(id, AdmxElementKind.Enum) { Values = [.. element.ChildrenNamed("item").Select(item => ItemValue(item, policy, id))] },
            "list" => new AdmxElement(id, AdmxElementKind.List) { IsPairs = element.Attribute("explicitValue") is "true" or "1" },
            var other => throw new ProtocolException($"The policy {policy} has an element <{other}>, which no ADMX file may have."),
        };
    }

    private static string ItemValue(Element item, string policy, string id)
    {
        var value = item.Child("value");
        if (value?.Child("string") is { } text)
        {
            return text.Text;
        }
        return value?.Child("decimal")?.Attribute("value") ?? value?.Child("longDecimal")?.Attribute("value") ?? (value?.Child("delete") is not null ? ""
            : throw new ProtocolException($"The element {id} of the policy {policy} has an item without a value."));
    }

    private static long? NumberOf(Element element, string attribute) =>
        long.TryParse(element.Attribute(attribute), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? number : null;

    /// <summary>The file as it is sent: what it says of its encoding is dropped, because it is sent in another.</summary>
    private static string TextOf(ReadOnlySpan<byte> bytes)
    {
        var text = Encoding.UTF8.GetString(SafeXml.ToUtf8(bytes, SafeXml.MaxObjectBytes)).Trim();
        var end = text.StartsWith("<?xml", StringComparison.Ordinal) ? text.IndexOf("?>", StringComparison.Ordinal) : -1;
        return end < 0 ? text : text[(end + 2)..].TrimStart();
    }
}

/// <summary>The categories of one template.</summary>
internal sealed class AdmxCategories
{
    private const int Deepest = 32;
    private readonly Dictionary<string, (string Name, string? Parent)> _known = new(StringComparer.OrdinalIgnoreCase);
    private readonly string? _ownPrefix;

    public AdmxCategories(Element root)
    {
        _ownPrefix = root.Child("policyNamespaces")?.Child("target")?.Attribute("prefix");
        foreach (var category in root.Child("categories")?.ChildrenNamed("category") ?? [])
        {
            if (category.Attribute("name") is not { Length: > 0 } name)
            {
                throw new ProtocolException("A category of the ADMX file has no name.");
            }
            _known[name] = (name, category.Child("parentCategory")?.Attribute("ref"));
        }
    }

    /// <summary>The names from the outermost category of this file to the one that is referred to; what lies in another file does not count.</summary>
    /// <exception cref="ProtocolException">A category that lies in itself.</exception>
    public string PathTo(string? reference, string policy)
    {
        var path = new List<string>();
        while (Own(reference) is { } own && _known.TryGetValue(own, out var category))
        {
            path.Add(category.Name);
            if (path.Count > Deepest)
            {
                throw new ProtocolException($"The category {own} of the policy {policy} lies in itself.");
            }
            reference = category.Parent;
        }
        path.Reverse();
        return string.Join('~', path);
    }

    /// <summary>The name of a category of this file; a reference without prefix that this file does not know means one of a file that it is used with.</summary>
    private string? Own(string? reference) => reference?.Split(':') switch
    {
        [var name] => name,
        [var prefix, var name] when string.Equals(prefix, _ownPrefix, StringComparison.OrdinalIgnoreCase) => name,
        _ => null,
    };
}
