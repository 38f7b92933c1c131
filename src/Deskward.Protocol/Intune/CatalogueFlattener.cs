using Deskward.Protocol.Admx;
using Deskward.Protocol.Csp;
using Deskward.Protocol.SyncMl;

namespace Deskward.Protocol.Intune;

/// <summary>Makes settings for PCs of the settings of a settings-catalogue policy, as Intune does: choices, collections and groups end as one value per node.</summary>
/// <param name="sheet">What comes of it.</param>
/// <param name="templates">The templates that were supplied.</param>
/// <param name="entraTenant">What stands in paths for {TenantId}; null when it is not known.</param>
internal sealed class CatalogueFlattener(ImportSheet sheet, AdmxLibrary templates, string? entraTenant)
{
    private readonly PolicyFlattener _policies = new(sheet, templates);
    private readonly Dictionary<string, string> _names = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Flattens a setting and all below it; each gets a row.</summary>
    public void Flatten(SettingInstance instance, int depth = 0)
    {
        if (CatalogueIds.Default.Find(instance.Id) is not { } node)
        {
            FlattenUnlisted(instance, depth);
        }
        else if (PathOf(node) is not { } path)
        {
            RefuseAll(instance, depth, node.Path.Contains("{TenantId}", StringComparison.OrdinalIgnoreCase) && entraTenant is null ? Reasons.EntraTenant : Reasons.NoName(node.Path));
        }
        else if (ComposedValues.For(path) is { } compose)
        {
            compose(sheet, instance, path, depth);
        }
        else if (node.Format == "node")
        {
            FlattenFolder(instance, node, depth);
        }
        else if (ValueRule.Of(node) is { Allowed.Kind: AllowedKind.AdmxPayload })
        {
            _policies.Flatten(instance, _policies.TargetOf(node, path), depth);
        }
        else
        {
            FlattenValue(instance, ValueRule.Of(node), path, depth);
        }
    }

    private void FlattenUnlisted(SettingInstance instance, int depth)
    {
        if (CatalogueIds.IsOfTemplate(instance.Id, out var ofUser, out var app, out var key))
        {
            _policies.Flatten(instance, _policies.TargetOf(ofUser, app, key), depth);
            return;
        }
        sheet.Begin(instance.Id, depth).Refuse(instance.Id.EndsWith("_tamperprotection_options", StringComparison.Ordinal) ? Reasons.Signed : Reasons.NoNode(instance.Id));
        FlattenChildren(instance, depth);
    }

    /// <summary>A group: each of its values is one thing below a node that somebody names, or it only holds settings together.</summary>
    private void FlattenFolder(SettingInstance instance, CatalogueNode node, int depth)
    {
        var row = sheet.Begin(instance.Id, depth);
        var mark = sheet.Count;
        row.LocUri = PathOf(node.IsDynamic ? node.Parent! : node);
        var taken = new Dictionary<string, int>(StringComparer.OrdinalIgnoreCase);
        foreach (var value in instance.Values)
        {
            var isNamedHere = node.IsDynamic && !IsTenant(node.Name);
            if (isNamedHere)
            {
                _names[node.Name] = NameOf(instance.Id, node.Name, value, taken);
            }
            foreach (var child in value.Children)
            {
                if (isNamedHere && child.Id.Equals($"{instance.Id}_{node.Name.Trim('{', '}')}", StringComparison.OrdinalIgnoreCase))
                {
                    var name = sheet.Begin(child.Id, depth + 1);
                    (name.State, name.LocUri, name.Value, name.Reason) = (ImportState.Accepted, PathOf(node), _names[node.Name], Reasons.Part);
                    continue;
                }
                Flatten(child, depth + 1);
            }
            if (isNamedHere)
            {
                _names.Remove(node.Name);
            }
        }
        if (sheet.IsTakenSince(mark))
        {
            (row.State, row.Reason) = (ImportState.Accepted, Reasons.Holds);
        }
        else
        {
            row.Refuse(Reasons.Holds);
        }
    }

    /// <summary>The name of one thing of a group: what it calls itself, made fit for a path, and used once.</summary>
    private static string NameOf(string id, string placeholder, InstanceValue value, Dictionary<string, int> taken)
    {
        string[] holders = [$"{id}_{placeholder.Trim('{', '}')}".ToLowerInvariant(), $"{id}_name", $"{id}_displayname"];
        var given = holders.Select(holder => value.Children.FirstOrDefault(child => child.Id == holder)?.Values is [{ Kind: InstanceValueKind.Plain } one] ? one.Text : null).FirstOrDefault(text => !string.IsNullOrWhiteSpace(text));
        var name = string.Concat((given ?? $"Rule {taken.Count + 1}").Trim().Select(letter => letter is '/' or '\\' or '|' || char.IsControl(letter) ? '-' : letter));
        var (stem, number) = (name, taken.GetValueOrDefault(name, 1));
        while (!taken.TryAdd(name, 1))
        {
            name = $"{stem} {++number}";
        }
        taken[stem] = number;
        return name;
    }

    private void FlattenValue(SettingInstance instance, ValueRule rule, string path, int depth)
    {
        var row = sheet.Begin(instance.Id, depth);
        row.LocUri = path;
        if (instance.Values.FirstOrDefault(value => value.Kind is not (InstanceValueKind.Plain or InstanceValueKind.Secret)) is { } unusable)
        {
            row.Refuse(unusable.Kind switch { InstanceValueKind.Hidden => Reasons.Hidden, InstanceValueKind.Reference => Reasons.Reference, _ => Reasons.Missing });
        }
        else if (instance.Kind is InstanceKind.Empty or InstanceKind.Group)
        {
            row.Refuse(Reasons.Missing);
        }
        else if (Joined(instance, rule, path) is { } value)
        {
            sheet.Write(row, path, value, isSecret: instance.Values.Any(one => one.Kind == InstanceValueKind.Secret));
        }
        else
        {
            row.Refuse(Reasons.NoDelimiter(instance.Values.Count));
        }
        FlattenChildren(instance, depth);
    }

    /// <summary>The one value of a node; null when there are several and the node has no form for that.</summary>
    private static string? Joined(SettingInstance instance, ValueRule rule, string path)
    {
        var isChoice = instance.Kind is InstanceKind.Choice or InstanceKind.ChoiceCollection;
        var texts = instance.Values.Select(value => isChoice ? Chosen(instance.Id, value.Text, rule, path) : value.Text).ToList();
        return texts switch
        {
            [var one] => one,
            [] => "",
            _ when rule.Allowed.Kind == AllowedKind.Flags && texts.TrueForAll(text => ValueText.TryInt(text, out _)) =>
                texts.Aggregate(0L, (sum, text) => ValueText.TryInt(text, out var bits) ? sum | bits : sum).ToString(System.Globalization.CultureInfo.InvariantCulture),
            _ => rule.Allowed.Delimiter is { } delimiter ? string.Join(delimiter, texts) : null,
        };
    }

    /// <summary>The value that a choice means: what stands behind the identifier, in the spelling of the catalogue.</summary>
    private static string Chosen(string id, string choice, ValueRule rule, string path)
    {
        var text = Suffix(id, choice);
        return rule.Check(text).Canonical ?? rule.Allowed.Values.FirstOrDefault(value => Plain(value) == Plain(text)) ?? text;

        static string Plain(string text) => string.Concat(text.Where(char.IsAsciiLetterOrDigit)).ToLowerInvariant();
    }

    /// <summary>What stands behind the identifier in a choice; the whole choice when it does not begin with it.</summary>
    internal static string Suffix(string id, string choice) => choice.StartsWith(id + "_", StringComparison.OrdinalIgnoreCase) ? choice[(id.Length + 1)..] : choice;

    private void FlattenChildren(SettingInstance instance, int depth)
    {
        foreach (var child in instance.Children)
        {
            Flatten(child, depth + 1);
        }
    }

    private void RefuseAll(SettingInstance instance, int depth, string reason)
    {
        sheet.Begin(instance.Id, depth).Refuse(reason);
        foreach (var child in instance.Children)
        {
            RefuseAll(child, depth + 1, reason);
        }
    }

    private static bool IsTenant(string placeholder) => placeholder.Equals("{TenantId}", StringComparison.OrdinalIgnoreCase);

    /// <summary>The concrete path of a node; null when it holds a name that is not known.</summary>
    private string? PathOf(CatalogueNode node)
    {
        var segments = node.Path.Split('/');
        for (var at = 0; at < segments.Length; at++)
        {
            if (!segments[at].StartsWith('{'))
            {
                continue;
            }
            var name = IsTenant(segments[at]) ? entraTenant : _names.GetValueOrDefault(segments[at]);
            if (name is null)
            {
                // The folder itself may be asked for before its things are named.
                return node.IsDynamic && at == segments.Length - 1 && !IsTenant(segments[at]) ? node.Path : null;
            }
            segments[at] = LocUri.Encode(name);
        }
        return string.Join('/', segments);
    }
}
