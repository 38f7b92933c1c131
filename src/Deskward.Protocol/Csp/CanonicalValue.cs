using System.Globalization;
using System.Text;
using System.Text.Json;
using Deskward.Protocol.Xml;

namespace Deskward.Protocol.Csp;

/// <summary>Compares values as Windows reports them.</summary>
public static class CanonicalValue
{
    /// <summary>
    /// Whether a reported value means what was wanted: booleans and enumerations without case, numbers numerically, ADMX payloads, XML and JSON by
    /// structure, lists without order, base64 without white space, other text to the letter (line ends aside, which XML does not keep). Never throws.
    /// </summary>
    /// <param name="node">Facts of the node; null when it is not in the catalogue (then only equal text is the same).</param>
    /// <param name="wanted">The canonical value that was sent; null when nothing was.</param>
    /// <param name="reported">What the PC answered; null when it has none.</param>
    public static bool Same(CatalogueNode? node, string? wanted, string? reported)
    {
        if (string.Equals(wanted ?? "", reported ?? "", StringComparison.Ordinal))
        {
            return true;
        }
        return node is not null && wanted is not null && reported is not null && SameByRule(ValueRule.Of(node), wanted, reported);
    }

    private static bool SameByRule(ValueRule rule, string wanted, string reported) => rule.Format switch
    {
        "null" => string.IsNullOrWhiteSpace(wanted) && string.IsNullOrWhiteSpace(reported),
        "bool" => ValueText.TryBool(wanted, out var want) && ValueText.TryBool(reported, out var have) ? want == have : SameWord(wanted, reported),
        "b64" or "bin" => ValueText.WithoutSpace(wanted) == ValueText.WithoutSpace(reported),
        "xml" => SameXml(wanted, reported),
        "time" or "date" => SameWord(wanted, reported),
        _ when rule.Allowed.Delimiter is { } delimiter => SameList(rule, delimiter, wanted, reported),
        _ => SameElement(rule, wanted, reported),
    };

    private static bool SameElement(ValueRule rule, string wanted, string reported) => rule.Allowed.Kind switch
    {
        _ when HoldsNumbers(rule) => AsNumber(wanted) is { } want && AsNumber(reported) is { } have ? want == have : SameWord(wanted, reported),
        AllowedKind.Sddl => SameWord(wanted, reported),
        AllowedKind.AdmxPayload => SameAdmx(wanted, reported),
        AllowedKind.Xml => SameXml(wanted, reported),
        AllowedKind.Json => SameJson(wanted, reported),
        _ => SameText(wanted, reported),
    };

    private static bool SameList(ValueRule rule, string delimiter, string wanted, string reported) =>
        Elements(rule, delimiter, wanted).SequenceEqual(Elements(rule, delimiter, reported), StringComparer.OrdinalIgnoreCase);

    private static string[] Elements(ValueRule rule, string delimiter, string text)
    {
        var elements = text.Split(delimiter, StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        if (HoldsNumbers(rule))
        {
            elements = Array.ConvertAll(elements, element => AsNumber(element)?.ToString(CultureInfo.InvariantCulture) ?? element);
        }

        Array.Sort(elements, StringComparer.OrdinalIgnoreCase);
        return elements;
    }

    /// <summary>Whether what looks like a number is one: words that are listed are numbers where numbers are listed.</summary>
    private static bool HoldsNumbers(ValueRule rule) => rule.Format == "int" || rule.Allowed.Kind is AllowedKind.Range or AllowedKind.Flags or AllowedKind.Enumeration;

    // A PC may write 4294967295 as -1.
    private static uint? AsNumber(string text) => ValueText.TryInt(text, out var number) ? unchecked((uint)number) : null;

    private static bool SameAdmx(string wanted, string reported) =>
        AdmxPayload.Parse(wanted, out _) is { } want && AdmxPayload.Parse(reported, out _) is { } have ? want.Means(have) : SameText(wanted, reported);

    private static bool SameWord(string wanted, string reported) => wanted.AsSpan().Trim().Equals(reported.AsSpan().Trim(), StringComparison.OrdinalIgnoreCase);

    // Many nodes of free text hold a document; it is one only when both sides can be read as one.
    private static bool SameText(string wanted, string reported) =>
        WithLineFeeds(wanted) == WithLineFeeds(reported)
        || (wanted.AsSpan().TrimStart() is ['<', ..] && reported.AsSpan().TrimStart() is ['<', ..] && SameXml(wanted, reported));

    private static bool SameJson(string wanted, string reported)
    {
        try
        {
            using var want = JsonDocument.Parse(wanted);
            using var have = JsonDocument.Parse(reported);
            return JsonElement.DeepEquals(want.RootElement, have.RootElement);
        }
        catch (Exception exception) when (exception is JsonException or ArgumentException)
        {
            return SameText(wanted, reported);
        }
    }

    private static string WithLineFeeds(string text) => text.ReplaceLineEndings("\n");

    private static bool SameXml(string wanted, string reported)
    {
        try
        {
            return SameElement(Read(wanted), Read(reported));
        }
        catch (ProtocolException)
        {
            return WithLineFeeds(wanted) == WithLineFeeds(reported);
        }
    }

    private static Element Read(string text) => SafeXml.Parse(Encoding.UTF8.GetBytes(text.Trim()));

    // As deep as SafeXml lets a document be.
    private static bool SameElement(Element wanted, Element reported)
    {
        if (!wanted.Name.Equals(reported.Name, StringComparison.OrdinalIgnoreCase) || wanted.Namespace != reported.Namespace
            || wanted.Children.Count != reported.Children.Count || wanted.Attributes.Count != reported.Attributes.Count
            || !SameWithoutSpace(wanted.Text, reported.Text) || !SameAttributes(wanted, reported))
        {
            return false;
        }
        for (var at = 0; at < wanted.Children.Count; at++)
        {
            if (!SameElement(wanted.Children[at], reported.Children[at]))
            {
                return false;
            }
        }
        return true;
    }

    private static bool SameAttributes(Element wanted, Element reported)
    {
        if (wanted.Attributes.Count == 0)
        {
            return true;
        }
        return Sorted(wanted).Zip(Sorted(reported)).All(pair =>
            pair.First.Name.Equals(pair.Second.Name, StringComparison.OrdinalIgnoreCase) && pair.First.Value == pair.Second.Value);
    }

    private static IEnumerable<NamedValue> Sorted(Element element) => element.Attributes
        .OrderBy(attribute => attribute.Name, StringComparer.OrdinalIgnoreCase).ThenBy(attribute => attribute.Namespace, StringComparer.Ordinal);

    private static bool SameWithoutSpace(string wanted, string reported)
    {
        if (wanted.AsSpan().Trim().SequenceEqual(reported.AsSpan().Trim()))
        {
            return true;
        }
        return Words(wanted).SequenceEqual(Words(reported), StringComparer.Ordinal);
    }

    private static string[] Words(string text) => text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
}
