namespace Deskward.Protocol.Csp;

/// <summary>Says in English why a setting is refused, and what would be right.</summary>
internal static class RefusalText
{
    private const int LongestAllowed = 300;

    public static string Of(SettingRefusal refusal)
    {
        var message = Reason(refusal);
        if (refusal.Repair is { } repair)
        {
            message += refusal.Nearest is not null ? $" Did you mean {ValueText.Excerpt(repair.Path, 300)}?" : $" Did you mean {ValueText.Excerpt(repair.Value, 200)}?";
        }
        else if (refusal.Nearest is { } nearest)
        {
            message += $" The nearest path is {ValueText.Excerpt(nearest, 300)}.";
        }
        return message;
    }

    /// <summary>What a rule allows, as values rather than words; null when anything goes.</summary>
    public static string? AllowedBy(ValueRule rule)
    {
        var values = rule.Allowed.Values;
        var allowed = rule.Allowed.Kind switch
        {
            AllowedKind.Enumeration => string.Join(", ", values),
            AllowedKind.Range => string.Join(", ", values),
            AllowedKind.Flags => string.Join(" + ", values),
            AllowedKind.Pattern => string.Join("  ", values),
            AllowedKind.AdmxPayload => "<enabled/>, <disabled/>, <enabled/><data id=\"...\" value=\"...\"/>",
            AllowedKind.Xml => values.Count == 0 ? "XML" : string.Join(", ", values.Select(root => $"<{root}>")),
            AllowedKind.Json => "JSON",
            AllowedKind.Sddl => "SDDL",
            _ => rule.Format switch
            {
                "bool" => "true, false",
                "int" => "[-2147483648-4294967295]",
                "xml" => "XML",
                "b64" or "bin" => "base64",
                "time" or "date" => "ISO 8601",
                _ => null,
            },
        };
        return allowed is null ? null : ValueText.Excerpt(allowed, LongestAllowed);
    }

    private static string Reason(SettingRefusal refusal)
    {
        var path = ValueText.Excerpt(refusal.Path, 300);
        var value = ValueText.Excerpt(refusal.Value);
        var detail = refusal.Detail is null ? "" : $": {refusal.Detail}";
        return refusal.Reason switch
        {
            RefusalReason.UnknownPath => $"No node has the path {path}.",
            RefusalReason.PlaceholderInPath => $"{path} still holds the placeholder {refusal.Detail}; put the real name there.",
            RefusalReason.NameNotAllowed => $"'{refusal.Detail}' is no allowed name in {path}{(refusal.Allowed is null ? "" : $"; allowed is {refusal.Allowed}")}.",
            RefusalReason.NotASetting => $"{path} is a folder of settings and takes no value.",
            RefusalReason.ReadOnly => $"{path} can be read and not written.",
            RefusalReason.Action => $"{path} is an action, not a setting.",
            RefusalReason.NotAnAction => $"{path} is no action.",
            RefusalReason.WrongFormat => $"{path} has the format {refusal.Allowed}, not {refusal.Detail}.",
            RefusalReason.NoValueExpected => $"{path} takes no value.",
            RefusalReason.BadCharacter => $"The value of {path} holds a character that cannot be sent{detail}.",
            RefusalReason.TooLong => $"The value of {path} is longer than an object may be.",
            RefusalReason.OutOfRange => $"'{value}' is out of range for {path}{detail}; allowed is {refusal.Allowed}.",
            RefusalReason.BadPayload => $"'{value}' is no payload for {path}{detail}. Allowed is {refusal.Allowed}.",
            RefusalReason.BadXml or RefusalReason.BadJson or RefusalReason.BadSddl => $"'{value}' is not allowed in {path}{detail}; it takes {refusal.Allowed}.",
            _ => $"'{value}' is not allowed in {path}{detail}{(refusal.Allowed is null ? "" : $"; allowed is {refusal.Allowed}")}.",
        };
    }
}
