using System.Text.RegularExpressions;

namespace Deskward.Protocol.Csp;

/// <summary>Checks one setting against the catalogue.</summary>
/// <param name="catalogue">The facts.</param>
/// <param name="verbs">The verbs of which the node must take one.</param>
internal sealed partial class SettingCheck(Catalogue catalogue, NodeVerbs verbs)
{
    /// <summary>The largest object that a session carries.</summary>
    private const int LongestValue = 16 * 1024 * 1024;

    // 1 the value can be sent at all; 2 the path names a node; 3 its names are filled in; 4 the node takes the verb; 5 the format is its own;
    // 6 the value obeys the rule, perhaps without surrounding quotes.
    public SettingVerdict Run(string path, string? format, string value)
    {
        // 1
        if (value.Length > LongestValue)
        {
            return Refuse(new(RefusalReason.TooLong, path, value[..200], ""), null);
        }
        if (ValueText.FirstBadCharacter(value) is >= 0 and var bad)
        {
            return Refuse(new(RefusalReason.BadCharacter, path, value, "") { Detail = $"U+{(int)value[bad]:X4}, character {bad + 1}" }, null);
        }
        // 2
        var resolved = path.Contains('?', StringComparison.Ordinal) ? null : catalogue.Resolve(path.Trim());
        if (resolved is null)
        {
            return RefusePath(path, format, value);
        }
        var node = resolved.Node;
        var rule = ValueRule.Of(node);
        // 3
        if (NameFault(resolved) is { } fault)
        {
            return Refuse(fault with { Path = path, Value = value }, node);
        }
        // 4
        if (VerbFault(node, rule) is { } reason)
        {
            return Refuse(new(reason, path, value, ""), node);
        }
        // 5
        if (!string.IsNullOrEmpty(format) && !IsFormat(format, rule.Format))
        {
            return Refuse(new(RefusalReason.WrongFormat, path, value, "") { Allowed = rule.Format, Detail = ValueText.Excerpt(format, 20) }, node);
        }
        // 6
        return CheckValue(resolved, rule, path, value);
    }

    private static SettingVerdict CheckValue(ResolvedPath resolved, ValueRule rule, string path, string value)
    {
        var verdict = rule.Check(value);
        var changes = SettingChanges.None;
        if (verdict.Canonical is null && Unquoted(value) is { } inner && rule.Check(inner) is { Canonical: not null } second)
        {
            (verdict, value, changes) = (second, inner, SettingChanges.Quotes);
        }
        var canonicalPath = resolved.Write();
        if (verdict.Canonical is { } canonical)
        {
            changes |= canonicalPath == path ? SettingChanges.None : SettingChanges.Path;
            changes |= canonical == value ? SettingChanges.None : rule.Format == "bool" ? SettingChanges.Boolean : SettingChanges.Spelling;
            return new CheckedSetting(resolved.Node, canonicalPath, rule.Format, canonical) { Changes = changes };
        }
        var repair = Guesses(value).Select(guess => rule.Check(guess).Canonical).FirstOrDefault(guess => guess is not null);
        return Refuse(new(verdict.Reason, path, value, "")
        {
            Allowed = RefusalText.AllowedBy(rule),
            Detail = verdict.Detail,
            Repair = repair is null ? null : new SettingRepair(canonicalPath, repair),
        }, resolved.Node);
    }

    private SettingRefusal RefusePath(string path, string? format, string value)
    {
        var guess = PathGuesses(path).FirstOrDefault(guess => catalogue.Resolve(guess) is not null) ?? catalogue.NearestTo(path);
        var nearest = catalogue.CanonicalPath(guess);
        var repair = (nearest is null ? null : Run(nearest, format, value)) switch
        {
            CheckedSetting setting => new SettingRepair(setting.Path, setting.Value),
            SettingRefusal refusal => refusal.Repair,
            _ => null,
        };
        return Refuse(new(RefusalReason.UnknownPath, path, value, "")
        {
            Nearest = nearest,
            Repair = repair,
        }, null);
    }

    private static SettingRefusal? NameFault(ResolvedPath resolved)
    {
        var name = resolved.Names.Count;
        for (var node = resolved.Node; node is not null; node = node.Parent)
        {
            if (!node.IsDynamic)
            {
                continue;
            }
            var given = resolved.Names[--name];
            if (given == node.Name)
            {
                return new(RefusalReason.PlaceholderInPath, "", "", "") { Detail = node.Name };
            }
            var isAllowed = given.Trim().Length > 0 && given is not ("*" or "." or "..") && ValueText.FirstBadCharacter(given) < 0
                && (node.Allowed.Kind != AllowedKind.Pattern || node.Format != "node" || node.Allowed.Values.All(one => ValueRule.Matches(one, given)));
            if (!isAllowed)
            {
                return new(RefusalReason.NameNotAllowed, "", "", "") { Detail = ValueText.Excerpt(given, 60), Allowed = node.Allowed.Values is [var pattern, ..] ? pattern : null };
            }
        }
        return null;
    }

    private RefusalReason? VerbFault(CatalogueNode node, ValueRule rule)
    {
        if ((node.Verbs & verbs) != 0)
        {
            return rule.Format == "node" ? RefusalReason.NotASetting : null;
        }
        return verbs == NodeVerbs.Exec ? RefusalReason.NotAnAction
            : rule.Format == "node" ? RefusalReason.NotASetting
            : node.Verbs.HasFlag(NodeVerbs.Exec) ? RefusalReason.Action
            : RefusalReason.ReadOnly;
    }

    // Tools call an XML document in a chr node xml, and the other way round; Windows takes the node's own format.
    private static bool IsFormat(string given, string own) =>
        given.Trim().Equals(own, StringComparison.OrdinalIgnoreCase)
        || (own is "chr" or "xml" && given.Trim().ToLowerInvariant() is "chr" or "xml" or "string");

    private static string? Unquoted(string value) => value.Trim() is ['"', .. var inner, '"']
        ? inner.Contains("\"\"", StringComparison.Ordinal) && !inner.Replace("\"\"", "", StringComparison.Ordinal).Contains('"', StringComparison.Ordinal)
            ? inner.Replace("\"\"", "\"", StringComparison.Ordinal) : inner
        : null;

    /// <summary>What a wrong value may have been meant to be; each is used only when the rule accepts it.</summary>
    private static IEnumerable<string> Guesses(string value)
    {
        var text = Unquoted(value) ?? value.Trim();
        if (text.Length > 64 * 1024)
        {
            yield break;
        }
        if (Labelled().Match(text) is { Success: true } labelled)
        {
            yield return labelled.Groups[1].Value;
        }
        yield return DoubledQuote().Replace(text, "=\"$1\"");
        yield return $"<{text.Trim('<', '>', '/', ' ')}/>";
        if (ValueText.TryBool(text, out var flag))
        {
            yield return flag ? "1" : "0";
        }
    }

    private static IEnumerable<string> PathGuesses(string path)
    {
        var text = path.Trim().Trim('"').Replace('\\', '/').TrimEnd('/');
        var query = text.IndexOf('?', StringComparison.Ordinal);
        text = query < 0 ? text : text[..query];
        yield return text;
        yield return "./" + text.TrimStart('.', '/');
        yield return "./Device/" + text.TrimStart('.', '/');
        yield return "./Vendor/" + text.TrimStart('.', '/');
        yield return "./Vendor/MSFT/" + text.TrimStart('.', '/');
        // An area of policies exists for one of the two scopes only.
        if (text.StartsWith("./User/", StringComparison.OrdinalIgnoreCase))
        {
            yield return "./Device/" + text["./User/".Length..];
        }
        else if (text.StartsWith("./Device/", StringComparison.OrdinalIgnoreCase))
        {
            yield return "./User/" + text["./Device/".Length..];
        }
    }

    private static SettingRefusal Refuse(SettingRefusal refusal, CatalogueNode? node)
    {
        var complete = refusal with { Node = node };
        return complete with { Message = RefusalText.Of(complete) };
    }

    /// <summary>A label that a copied table row left before the value, such as "Setting: ".</summary>
    [GeneratedRegex(@"^[^<>:\r\n]{1,100}:\s*(\S.*)$", RegexOptions.Singleline)]
    private static partial Regex Labelled();

    [GeneratedRegex("""="([^"<>]+)"{2,}""")]
    private static partial Regex DoubledQuote();
}
