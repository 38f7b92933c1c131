using System.Text;
using System.Text.RegularExpressions;
using Deskward.Protocol.Xml;

namespace Deskward.Protocol.Csp;

/// <summary>The rules for values in a DDF file: AllowedValues and DependencyBehavior. Descriptions are passed over.</summary>
internal static partial class DdfValues
{
    public static AllowedValues Read(Element allowed)
    {
        var delimiter = allowed.Child("List") is { } list ? Delimiter(list.Attribute("Delimiter")) : null;
        var rule = allowed.Attribute("ValueType") switch
        {
            "ENUM" => new AllowedValues(AllowedKind.Enumeration, EnumerationOf(allowed)),
            "Flag" => new AllowedValues(AllowedKind.Flags, EnumerationOf(allowed)),
            "Range" => new AllowedValues(AllowedKind.Range, [.. Ranges().Matches(ValueOf(allowed)).Select(range => range.Value)]),
            "RegEx" => ValueOf(allowed) is { Length: > 0 } pattern ? new AllowedValues(AllowedKind.Pattern, [pattern]) : AllowedValues.Anything,
            "ADMX" => ReadAdmx(allowed.Child("AdmxBacked")),
            "XSD" => new AllowedValues(AllowedKind.Xml, RootsOf(ValueOf(allowed))),
            "JSON" => new AllowedValues(AllowedKind.Json, []),
            "SDDL" => new AllowedValues(AllowedKind.Sddl, []),
            _ => AllowedValues.Anything,
        };
        return delimiter is null ? rule : rule with { Delimiter = delimiter };
    }

    public static IEnumerable<NodeDependency> ReadDependencies(Element? behavior)
    {
        foreach (var group in behavior?.ChildrenNamed("DependencyGroup") ?? [])
        {
            // "Not" inverts its one dependency; a rule we do not hold is left out rather than told wrong.
            foreach (var dependency in group.ChildrenNamed("Dependency").Where(one => one.Attribute("Type") == "DependsOn"))
            {
                if (DdfReader.Text(dependency.Child("DependencyUri")) is { } uri && dependency.Child("DependencyAllowedValue") is { } allowed)
                {
                    var path = "./" + uri.TrimStart('.', '/').Replace('[', '{').Replace(']', '}');
                    yield return new NodeDependency(path, Read(allowed));
                }
            }
        }
    }

    private static AllowedValues ReadAdmx(Element? admx) => new(AllowedKind.AdmxPayload, [])
    {
        Admx = admx is null ? null : new AdmxOrigin(admx.Attribute("Area") ?? "", admx.Attribute("Name") ?? "", admx.Attribute("File") ?? ""),
    };

    private static string[] EnumerationOf(Element allowed) =>
        [.. allowed.ChildrenNamed("Enum").Select(one => one.Child("Value")?.Text.Trim() ?? "").Distinct(StringComparer.Ordinal)];

    private static string ValueOf(Element allowed) => allowed.Child("Value")?.Text.Trim() ?? "";

    // A schema is somebody's text; the fact that we keep of it is which root elements it has.
    private static string[] RootsOf(string schema)
    {
        try
        {
            var root = SafeXml.Parse(Encoding.UTF8.GetBytes(schema));
            return [.. root.ChildrenNamed("element").Select(element => element.Attribute("name")).OfType<string>().Distinct(StringComparer.Ordinal)];
        }
        catch (ProtocolException)
        {
            return [];
        }
    }

    private static string? Delimiter(string? text) => text switch
    {
        null or "" => null,
        "0xF000" or @"\xF000" => "\uF000",
        _ => text,
    };

    [GeneratedRegex(@"\[[^\[\]]*\]")]
    private static partial Regex Ranges();
}
