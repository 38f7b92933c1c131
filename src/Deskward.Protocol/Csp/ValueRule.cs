using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Deskward.Protocol.Xml;

namespace Deskward.Protocol.Csp;

/// <summary>What the check of a value found: its canonical spelling, or why it is refused.</summary>
internal readonly record struct ValueVerdict(string? Canonical, RefusalReason Reason, string? Detail)
{
    public static ValueVerdict Ok(string canonical) => new(canonical, default, null);

    public static ValueVerdict No(RefusalReason reason, string? detail = null) => new(null, reason, detail);
}

/// <summary>The rule for the values of one node: its format and what is allowed in it.</summary>
internal sealed partial record ValueRule(string Format, AllowedValues Allowed, string? DefaultValue)
{
    private static readonly TimeSpan PatternTimeout = TimeSpan.FromMilliseconds(100);
    private static readonly ConcurrentDictionary<string, Regex?> Patterns = new();

    public static ValueRule Of(CatalogueNode node) => ResolvedPath.IsIngestedPolicy(node)
        ? new ValueRule("chr", new AllowedValues(AllowedKind.AdmxPayload, []), null)
        : new ValueRule(node.Format, node.Allowed, node.DefaultValue);

    public ValueVerdict Check(string value) => Format switch
    {
        "null" => string.IsNullOrWhiteSpace(value) ? ValueVerdict.Ok("") : ValueVerdict.No(RefusalReason.NoValueExpected),
        "bool" => CheckBool(value),
        "int" => CheckElements(value),
        "b64" => ValueText.Base64(value) is { } packed ? ValueVerdict.Ok(packed) : ValueVerdict.No(RefusalReason.WrongType, "no base64"),
        "bin" => ValueText.Base64(value) is { } packed ? ValueVerdict.Ok(packed) : ValueVerdict.No(RefusalReason.WrongType, "no base64"),
        "time" => ValueText.IsTime(value) ? ValueVerdict.Ok(value.Trim()) : ValueVerdict.No(RefusalReason.WrongType, "no ISO 8601 time"),
        "date" => ValueText.IsDate(value) ? ValueVerdict.Ok(value.Trim()) : ValueVerdict.No(RefusalReason.WrongType, "no ISO 8601 date"),
        "float" => double.TryParse(value, NumberStyles.Float, CultureInfo.InvariantCulture, out _)
            ? ValueVerdict.Ok(value.Trim()) : ValueVerdict.No(RefusalReason.WrongType, "no number"),
        "xml" => CheckXml(value),
        _ => CheckElements(value),
    };

    private ValueVerdict CheckBool(string value)
    {
        if (Allowed.Kind == AllowedKind.Enumeration && !Allowed.Values.Any(one => one.Equals("true", StringComparison.OrdinalIgnoreCase)))
        {
            // A few nodes are declared bool and list numbers; what they list is what they take.
            var number = ValueText.TryBool(value, out var flag) ? (flag ? "1" : "0") : value.Trim();
            return Allowed.Values.Contains(number) ? ValueVerdict.Ok(number) : ValueVerdict.No(RefusalReason.NotInList);
        }
        return ValueText.TryBool(value, out var boolean) ? ValueVerdict.Ok(boolean ? "true" : "false") : ValueVerdict.No(RefusalReason.WrongType, "no boolean");
    }

    private ValueVerdict CheckElements(string value)
    {
        if (Allowed.Delimiter is not { } delimiter)
        {
            return CheckOne(value);
        }
        // People write the separator of Windows' multi-texts as the entity that it is in XML.
        var text = delimiter == "\uF000" ? EscapedSeparator().Replace(value, delimiter) : value;
        if (text.Length == 0 || (Allowed.Kind == AllowedKind.Pattern && CheckOne(text).Canonical is not null))
        {
            return ValueVerdict.Ok(text);
        }
        var elements = text.Split(delimiter);
        for (var at = 0; at < elements.Length; at++)
        {
            if (elements[at].Length == 0 && at == elements.Length - 1 && at > 0)
            {
                continue;
            }
            var verdict = CheckOne(elements[at]);
            if (verdict.Canonical is null || elements[at].Trim().Length == 0)
            {
                var reason = verdict.Canonical is null ? verdict.Reason : RefusalReason.NotInList;
                return ValueVerdict.No(reason, string.Create(CultureInfo.InvariantCulture, $"element {at + 1} of the list, '{ValueText.Excerpt(elements[at], 40)}'"));
            }
            elements[at] = verdict.Canonical;
        }
        return ValueVerdict.Ok(string.Join(delimiter, elements));
    }

    private ValueVerdict CheckOne(string value)
    {
        var isNumber = ValueText.TryInt(value, out var number);
        if (Format == "int" && !isNumber)
        {
            return ValueVerdict.No(RefusalReason.WrongType, "no 32-bit number");
        }
        var plain = Format == "int" ? number.ToString(CultureInfo.InvariantCulture) : value;
        var verdict = Allowed.Kind switch
        {
            AllowedKind.Any => ValueVerdict.Ok(plain),
            AllowedKind.Enumeration => Enumerated(value, isNumber, number),
            AllowedKind.Range => isNumber && InRange(number) ? ValueVerdict.Ok(plain.Trim())
                : ValueVerdict.No(isNumber ? RefusalReason.OutOfRange : RefusalReason.WrongType),
            AllowedKind.Flags => isNumber && IsSumOfFlags(number) ? ValueVerdict.Ok(plain.Trim())
                : ValueVerdict.No(isNumber ? RefusalReason.NotInList : RefusalReason.WrongType),
            AllowedKind.Pattern => Allowed.Values.Any(pattern => Matches(pattern, value)) ? ValueVerdict.Ok(value) : ValueVerdict.No(RefusalReason.NoMatch),
            AllowedKind.AdmxPayload => AdmxPayload.Parse(value, out var error) is { } payload
                ? ValueVerdict.Ok(payload.ToString()) : ValueVerdict.No(RefusalReason.BadPayload, error),
            AllowedKind.Xml => CheckXml(value),
            AllowedKind.Json => CheckJson(value),
            _ => Sddl().IsMatch(value.Trim()) && value.Trim().Length > 0 ? ValueVerdict.Ok(value.Trim()) : ValueVerdict.No(RefusalReason.BadSddl),
        };
        // Some defaults lie outside their own range ("0: not configured"); writing the default back must stay possible.
        return verdict.Canonical is null && DefaultValue is { } initial && initial.Equals(plain.Trim(), StringComparison.OrdinalIgnoreCase)
            ? ValueVerdict.Ok(initial) : verdict;
    }

    private ValueVerdict Enumerated(string value, bool isNumber, long number)
    {
        var word = value.Trim();
        foreach (var one in Allowed.Values)
        {
            if (one.Equals(word, StringComparison.OrdinalIgnoreCase) || (isNumber && ValueText.TryInt(one, out var listed) && listed == number))
            {
                return ValueVerdict.Ok(Format == "int" ? number.ToString(CultureInfo.InvariantCulture) : one);
            }
        }
        return ValueVerdict.No(RefusalReason.NotInList);
    }

    private bool InRange(long number) => Allowed.Values.Any(range =>
        RangeForm().Match(range) is { Success: true } bounds
        && number >= long.Parse(bounds.Groups[1].ValueSpan, CultureInfo.InvariantCulture)
        && number <= long.Parse(bounds.Groups[2].Success ? bounds.Groups[2].ValueSpan : bounds.Groups[1].ValueSpan, CultureInfo.InvariantCulture));

    private bool IsSumOfFlags(long number)
    {
        uint all = 0;
        foreach (var flag in Allowed.Values)
        {
            if (ValueText.TryInt(flag, out var bits))
            {
                all |= unchecked((uint)bits);
                if (bits == number)
                {
                    return true;
                }
            }
        }
        var asked = unchecked((uint)number);
        return asked != 0 && (asked & ~all) == 0;
    }

    /// <summary>Whether the whole value matches; a pattern that this engine cannot read, or that takes too long, refuses nothing.</summary>
    internal static bool Matches(string pattern, string value)
    {
        try
        {
            return Patterns.GetOrAdd(pattern, Compile) is not { } regex || regex.IsMatch(value);
        }
        catch (RegexMatchTimeoutException)
        {
            return true;
        }
    }

    private static Regex? Compile(string pattern)
    {
        // Some are written as JavaScript writes them, between slashes.
        var body = pattern is ['/', .., '/'] ? pattern[1..^1] : pattern;
        try
        {
            return new Regex($"^(?:{body})$", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking, PatternTimeout);
        }
        catch (Exception error) when (error is ArgumentException or NotSupportedException)
        {
            return null;
        }
    }

    private ValueVerdict CheckXml(string value)
    {
        try
        {
            var root = SafeXml.Parse(Encoding.UTF8.GetBytes(value.Trim()));
            return Allowed.Kind != AllowedKind.Xml || Allowed.Values.Count == 0 || Allowed.Values.Contains(root.Name)
                ? ValueVerdict.Ok(value.Trim())
                : ValueVerdict.No(RefusalReason.BadXml, $"the root element is <{ValueText.Excerpt(root.Name, 40)}>");
        }
        catch (ProtocolException error)
        {
            return ValueVerdict.No(RefusalReason.BadXml, error.Message);
        }
    }

    private static ValueVerdict CheckJson(string value)
    {
        try
        {
            using var document = JsonDocument.Parse(value, new JsonDocumentOptions { MaxDepth = 64 });
            return ValueVerdict.Ok(value.Trim());
        }
        catch (JsonException error)
        {
            return ValueVerdict.No(RefusalReason.BadJson, ValueText.Excerpt(error.Message, 160));
        }
    }

    [GeneratedRegex(@"&#x[Ff]000;|\\x[Ff]000")]
    private static partial Regex EscapedSeparator();

    [GeneratedRegex(@"^\[\(?(-?\d{1,10})\)?(?:-\(?(-?\d{1,10})\)?)?\]$")]
    private static partial Regex RangeForm();

    // Owner, group, discretionary and system list; an entry has at least five semicolons and may end in a condition in parentheses.
    [GeneratedRegex(@"^(?:O:(?:[A-Z]{2}|S-[0-9A-Fx-]+))?(?:G:(?:[A-Z]{2}|S-[0-9A-Fx-]+))?(?:D:[A-Z_]*(?:\((?:[^();]*;){5}(?:[^()]|\((?:[^()]|\([^()]*\))*\))*\))*)?(?:S:[A-Z_]*(?:\((?:[^();]*;){5}(?:[^()]|\((?:[^()]|\([^()]*\))*\))*\))*)?$",
        RegexOptions.NonBacktracking)]
    private static partial Regex Sddl();
}
