using System.Globalization;
using Deskward.Protocol.Admx;
using Deskward.Protocol.Csp;

namespace Deskward.Protocol.Intune;

/// <summary>What is known of a policy that takes an ADMX payload.</summary>
internal sealed record PolicyTarget
{
    /// <summary>Its address; null when only the template tells.</summary>
    public string? Path { get; init; }

    /// <summary>Its elements; null when only the template tells.</summary>
    public IReadOnlyList<AdmxElement>? Elements { get; init; }

    /// <summary>The template to ingest; null when Windows has it.</summary>
    public AdmxFile? Ingest { get; init; }

    /// <summary>The template that would tell.</summary>
    public string? Template { get; init; }

    /// <summary>What to say when the template is needed.</summary>
    public string Need { get; init; } = "";

    /// <summary>Why it cannot be set at all; null when it can.</summary>
    public string? Refusal { get; init; }
}

/// <summary>Makes a payload of a policy and its elements, which the settings catalogue writes as children.</summary>
internal sealed class PolicyFlattener(ImportSheet sheet, AdmxLibrary templates)
{
    /// <summary>A policy of Windows' own templates.</summary>
    public PolicyTarget TargetOf(CatalogueNode node, string path)
    {
        var origin = node.Allowed.Admx;
        var found = origin is null ? null : templates.FindIn(origin.File, origin.Name);
        var file = origin?.File ?? "the ADMX file";
        return new PolicyTarget { Path = path, Elements = found?.Policy.Elements ?? KnownElements.Of(path), Template = file, Need = Reasons.NeedsFile(file) };
    }

    /// <summary>A policy of a template that has to be ingested.</summary>
    public PolicyTarget TargetOf(bool ofUser, string app, string key)
    {
        if (templates.Find(app, key) is not { } found)
        {
            return new PolicyTarget { Template = app, Need = Reasons.NeedsTemplate(app) };
        }
        return found.Policy.Class.HasFlag(ofUser ? AdmxClass.User : AdmxClass.Machine)
            ? new PolicyTarget { Path = found.File.PathOf(found.Policy, ofUser), Elements = found.Policy.Elements, Ingest = found.File }
            : new PolicyTarget { Refusal = Reasons.NotFor(found.Policy.Name, ofUser) };
    }

    /// <summary>Flattens a policy and its elements; each gets a row.</summary>
    public void Flatten(SettingInstance policy, PolicyTarget target, int depth)
    {
        var row = sheet.Begin(policy.Id, depth);
        var parts = Parts.Of(sheet, policy, depth);
        var state = policy.Values is [var one] ? CatalogueFlattener.Suffix(policy.Id, one.Text) : "";
        if (target.Refusal is { } refusal)
        {
            End([row, .. parts.Rows], ImportState.NotSupported, refusal, target);
        }
        else if (state is not ("0" or "1"))
        {
            End([row, .. parts.Rows], ImportState.NotSupported, policy.Values is [] ? Reasons.Missing : Reasons.NoChoice(state), target);
        }
        else if (target.Path is not { } path || (state == "1" && parts.Rows.Count > 0 && target.Elements is null))
        {
            End([row, .. parts.Rows], ImportState.NeedsAdmx, target.Need, target);
        }
        else if (state == "0")
        {
            End(parts.Rows, ImportState.NotSupported, Reasons.Disabled, target);
            sheet.Write(row, path, new AdmxPayload(false, []).ToString());
            Ingest(row, target);
        }
        else
        {
            Compose(policy, row, parts, target with { Path = path });
        }
    }

    private void Compose(SettingInstance policy, ImportRow row, Parts parts, PolicyTarget target)
    {
        var data = new List<KeyValuePair<string, string>>();
        foreach (var child in policy.Children)
        {
            var own = parts.RowOf(child);
            var element = ElementOf(policy.Id, child.Id, target.Elements ?? []);
            var value = element is null ? new ElementValue(null, Reasons.NoElement(policy.Id), IsUnknown: target.Ingest is null) : ElementValue.Of(element, child);
            if (value.Text is null)
            {
                if (value.IsUnknown)
                {
                    End([row, .. parts.Rows], ImportState.NeedsAdmx, target.Need, target);
                    return;
                }
                End([row, .. parts.Rows], ImportState.NotSupported, Reasons.Without(child.Id), target);
                own.Refuse(value.Problem ?? Reasons.Missing);
                return;
            }
            data.Add(KeyValuePair.Create(element!.Id, value.Text));
        }
        sheet.Compose(row, parts.Rows, target.Path!, new AdmxPayload(true, data).ToString());
        Ingest(row, target);
    }

    private void Ingest(ImportRow row, PolicyTarget target)
    {
        if (row.IsTaken && target.Ingest is { } file)
        {
            sheet.Require(file.IngestionPath, file.Text, file.Name);
        }
    }

    private static void End(IEnumerable<ImportRow> rows, ImportState state, string reason, PolicyTarget target)
    {
        foreach (var row in rows)
        {
            (row.State, row.Reason, row.LocUri) = (state, reason, target.Path);
            row.Template = state == ImportState.NeedsAdmx ? target.Template : null;
        }
    }

    private static AdmxElement? ElementOf(string policy, string child, IReadOnlyList<AdmxElement> elements)
    {
        var key = child.StartsWith(policy + "_", StringComparison.Ordinal) ? child[(policy.Length + 1)..] : child;
        return elements.FirstOrDefault(element => element.Id.Equals(key, StringComparison.OrdinalIgnoreCase));
    }
}

/// <summary>The rows below a setting that becomes one value.</summary>
internal sealed class Parts
{
    private readonly Dictionary<SettingInstance, ImportRow> _rows = new(ReferenceEqualityComparer.Instance);

    private Parts()
    {
    }

    public List<ImportRow> Rows { get; } = [];

    public static Parts Of(ImportSheet sheet, SettingInstance whole, int depth)
    {
        var parts = new Parts();
        parts.Add(sheet, whole, depth + 1);
        return parts;
    }

    public ImportRow RowOf(SettingInstance part) => _rows[part];

    private void Add(ImportSheet sheet, SettingInstance above, int depth)
    {
        foreach (var part in above.Children)
        {
            var row = sheet.Begin(part.Id, depth);
            row.Value = string.Join("; ", part.Values.Where(value => value.Kind == InstanceValueKind.Plain && value.Text.Length > 0).Select(value => CatalogueFlattener.Suffix(part.Id, value.Text)));
            row.Value = row.Value.Length == 0 ? null : row.Value;
            Rows.Add(row);
            _rows[part] = row;
            Add(sheet, part, depth + 1);
        }
    }
}

/// <summary>The text of an element in a payload, or why there is none.</summary>
/// <param name="Text">What stands in the payload.</param>
/// <param name="Problem">Why there is none.</param>
/// <param name="IsUnknown">Whether only the template tells.</param>
internal readonly record struct ElementValue(string? Text, string? Problem = null, bool IsUnknown = false)
{
    private const char Separator = '\uF000';

    public static ElementValue Of(AdmxElement element, SettingInstance child)
    {
        if (child.Values.Any(value => value.Kind != InstanceValueKind.Plain) || child.Kind == InstanceKind.Empty)
        {
            return new ElementValue(null, Reasons.Missing);
        }
        var texts = child.Values.Select(value => CatalogueFlattener.Suffix(child.Id, value.Text)).ToList();
        return element.Kind switch
        {
            AdmxElementKind.List => List(element, child, texts),
            AdmxElementKind.MultiText => new ElementValue(string.Join(Separator, texts)),
            _ when texts is not [_] => new ElementValue(null, Reasons.NoDelimiter(texts.Count)),
            AdmxElementKind.Boolean => Boolean(element, texts[0]),
            AdmxElementKind.Enum => Enumerated(element, texts[0]),
            AdmxElementKind.Number => Number(element, texts[0]),
            _ => texts[0].Length <= (element.LongestText ?? int.MaxValue) ? new ElementValue(texts[0])
                : new ElementValue(null, Reasons.BadElement(element.Id, string.Create(CultureInfo.InvariantCulture, $"at most {element.LongestText} characters"))),
        };
    }

    private static ElementValue Boolean(AdmxElement element, string text) => ValueText.TryBool(text, out var value)
        ? new ElementValue(value ? "true" : "false") : new ElementValue(null, Reasons.BadElement(element.Id, "true or false"));

    private static ElementValue Enumerated(AdmxElement element, string text)
    {
        if (element.Values.Count == 0)
        {
            return ValueText.TryInt(text, out _) ? new ElementValue(text) : new ElementValue(null, null, IsUnknown: true);
        }
        return element.Values.FirstOrDefault(value => value.Equals(text, StringComparison.OrdinalIgnoreCase)) is { } listed
            ? new ElementValue(listed) : new ElementValue(null, Reasons.BadElement(element.Id, ValueText.Excerpt(string.Join(", ", element.Values), 120)));
    }

    private static ElementValue Number(AdmxElement element, string text) =>
        long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) && number >= (element.Least ?? 0) && number <= (element.Most ?? long.MaxValue)
            ? new ElementValue(text)
            : new ElementValue(null, Reasons.BadElement(element.Id, string.Create(CultureInfo.InvariantCulture, $"a number from {element.Least ?? 0} to {element.Most ?? uint.MaxValue}")));

    /// <summary>A list is names and values in turn; where the names do not matter they are numbers.</summary>
    private static ElementValue List(AdmxElement element, SettingInstance child, List<string> texts)
    {
        if (child.Kind != InstanceKind.Group)
        {
            return element.IsPairs ? new ElementValue(null, Reasons.BadElement(element.Id, "names with values"))
                : new ElementValue(string.Join(Separator, texts.Select((text, at) => string.Create(CultureInfo.InvariantCulture, $"{at + 1}{Separator}{text}"))));
        }
        var pairs = new List<string>();
        foreach (var group in child.Values)
        {
            var (name, value) = (PartOf(group, "_key"), PartOf(group, "_value"));
            if (name is null || value is null)
            {
                return new ElementValue(null, Reasons.BadElement(element.Id, "names with values"));
            }
            pairs.Add(name + Separator + value);
        }
        return new ElementValue(string.Join(Separator, pairs));
    }

    private static string? PartOf(InstanceValue group, string ending) =>
        group.Children.FirstOrDefault(part => part.Id.EndsWith(ending, StringComparison.Ordinal)) is { Values: [{ Kind: InstanceValueKind.Plain } one] } ? one.Text : null;
}
