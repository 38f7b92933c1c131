using System.Text.Json;

namespace Deskward.Protocol.Scim;

/// <summary>One PATCH operation on one target: walks down the steps and builds the values anew on the way back.</summary>
internal sealed class ScimChange(ScimPatchTarget target, ScimPatchOperation operation, ScimLimits limits)
{
    private readonly ScimReader _reader = new(ScimSource.Patch, limits);

    private JsonElement? Given => operation.Value is { ValueKind: not JsonValueKind.Null } ? operation.Value : null;

    /// <summary>Whether what is asked for is readOnly and so already: telling it as it is, is no change.</summary>
    public bool IsAlready(ScimComplex values) =>
        target is { Filter: null, Steps: [{ Mutability: ScimMutability.ReadOnly } attribute] } && Given is { } json
        && new ScimReader(ScimSource.Stored, limits).Value(attribute, json, attribute.Name) is { } told
        && (told.Equals(values.Get(attribute)) || (told is ScimComplex part && values.Get(attribute) is ScimComplex all && all.Covers(part)));

    public ScimComplex Apply(ScimResourceType type, ScimComplex values)
    {
        if (target.Steps.Any(step => step.Mutability == ScimMutability.ReadOnly))
        {
            throw new ScimException(ScimErrorType.Mutability, $"'{target.Name}' is readOnly.");
        }
        if (ReferenceEquals(target.Steps[0], type.Schemas))
        {
            // Which schemas a resource has follows from its attributes.
            return operation.Verb != ScimPatchVerb.Remove ? values : throw new ScimException(ScimErrorType.Mutability, "'schemas' is required.");
        }
        return Walk(values, 0);
    }

    private ScimComplex Walk(ScimComplex container, int at)
    {
        var attribute = target.Steps[at];
        var current = container.Get(attribute);
        var changed = at == target.FilteredAt ? Selected(attribute, current as ScimList, at)
            : at == target.Steps.Count - 1 ? Whole(attribute, current)
            : attribute.IsMultiValued ? Each(current as ScimList, at)
            : Inner(current as ScimComplex ?? ScimComplex.Empty, at);
        if (changed is null && current is not null && attribute.IsRequired)
        {
            throw new ScimException(ScimErrorType.Mutability, $"'{target.Name}' is required and cannot be removed.");
        }
        return container.With(attribute, Settled(attribute, current, changed));
    }

    /// <summary>What is immutable is set once; of several primary values the new one stays.</summary>
    private static ScimValue? Settled(ScimAttribute attribute, ScimValue? current, ScimValue? changed)
    {
        if (attribute.Mutability == ScimMutability.Immutable && current is not null && !current.Equals(changed))
        {
            throw new ScimException(ScimErrorType.Mutability, $"'{attribute.Name}' cannot be changed once it has a value.");
        }
        return changed is ScimList list && attribute.Find("primary") is { } primary ? ScimPrimary.Settle(primary, current as ScimList, list) : changed;
    }

    private ScimComplex? Inner(ScimComplex current, int at) => Walk(current, at + 1) is { IsEmpty: false } inner ? inner : null;

    /// <summary><c>emails.value</c> without a filter: every value of the list; add and replace make one where there is none.</summary>
    private ScimList? Each(ScimList? current, int at)
    {
        IReadOnlyList<ScimValue> items = current?.Items ?? (operation.Verb == ScimPatchVerb.Remove ? [] : [ScimComplex.Empty]);
        return Distinct(items.Select(item => (ScimValue?)Inner((ScimComplex)item, at)));
    }

    private ScimValue? Whole(ScimAttribute attribute, ScimValue? current)
    {
        if (operation.Verb == ScimPatchVerb.Remove)
        {
            return Given is { } some && attribute.IsMultiValued ? Without(attribute, current as ScimList, _reader.Value(attribute, some, target.Name) as ScimList) : null;
        }
        if (Given is not { } json)
        {
            return operation.Verb == ScimPatchVerb.Add ? current : null;
        }
        if (attribute.IsComplex && !attribute.IsMultiValued)
        {
            return Merged(attribute, current as ScimComplex ?? ScimComplex.Empty, json);
        }
        var value = _reader.Value(attribute, json, target.Name);
        return operation.Verb == ScimPatchVerb.Add && attribute.IsMultiValued ? Joined(attribute, current as ScimList, value as ScimList) : value;
    }

    /// <summary>The values that the filter selects.</summary>
    private ScimList? Selected(ScimAttribute attribute, ScimList? current, int at)
    {
        var isLast = at == target.Steps.Count - 1;
        var selected = (current?.Items ?? []).Select(item => ScimMatch.Is(target.Filter!, (ScimComplex)item)).ToList();
        if (!selected.Contains(true))
        {
            return operation.Verb switch
            {
                ScimPatchVerb.Remove => current,
                ScimPatchVerb.Add when ScimPrimary.Wanted(target.Filter!) is { } seed =>
                    Joined(attribute, current, ScimList.OrNull(New(attribute, seed, isLast, at) is { } made ? [made] : [])),
                _ => throw new ScimException(ScimErrorType.NoTarget, $"No value of '{attribute.Name}' passes the filter."),
            };
        }
        return isLast && operation.Verb == ScimPatchVerb.Remove ? ScimList.OrNull([.. current!.Items.Where((_, index) => !selected[index])])
            : Distinct(current!.Items.Select((item, index) => selected[index] ? Picked(attribute, (ScimComplex)item, isLast, at) : item));
    }

    private ScimComplex? Picked(ScimAttribute attribute, ScimComplex item, bool isLast, int at) => (isLast, operation.Verb) switch
    {
        (false, _) => Inner(item, at),
        (true, ScimPatchVerb.Add) => Given is { } json ? Merged(attribute, item, json) : item,
        (true, ScimPatchVerb.Replace or ScimPatchVerb.Remove) => Given is { } json ? (_reader.Value(attribute, json, target.Name) as ScimList)?.Items[0] as ScimComplex : null,
    };

    private ScimComplex? New(ScimAttribute attribute, ScimComplex seed, bool isLast, int at) =>
        isLast ? Given is { } json ? Merged(attribute, seed, json) : null : Inner(seed, at);

    /// <summary>Sub-attributes that are sent replace those that are there; null unsets; the others stay.</summary>
    private ScimComplex? Merged(ScimAttribute attribute, ScimComplex current, JsonElement json)
    {
        json = json.ValueKind == JsonValueKind.Array && json.GetArrayLength() == 1 ? json[0] : json;
        if (json.ValueKind != JsonValueKind.Object)
        {
            return _reader.Value(attribute, json, target.Name) switch
            {
                ScimList list => Over(current, (ScimComplex)list.Items[0]),
                ScimComplex complex => Over(current, complex),
                _ => current,
            };
        }
        foreach (var property in json.EnumerateObject())
        {
            if (attribute.Find(property.Name) is { Mutability: not ScimMutability.ReadOnly } sub)
            {
                current = current.With(sub, Settled(sub, current.Get(sub), _reader.Value(sub, property.Value, $"{target.Name}.{sub.Name}")));
            }
        }
        return current.IsEmpty ? null : current;
    }

    private static ScimComplex Over(ScimComplex current, ScimComplex sent) =>
        sent.Entries.Aggregate(current, (value, entry) => value.With(entry.Key, Settled(entry.Key, value.Get(entry.Key), entry.Value)));

    /// <summary>Values that are there already take what else is told of them, as far as it may change; the others come at the end.</summary>
    private ScimList? Joined(ScimAttribute attribute, ScimList? current, ScimList? added)
    {
        var items = new ScimItems(attribute, current?.Items ?? []);
        var isMerged = false;
        foreach (var item in added?.Items ?? [])
        {
            var at = items.Find(item);
            if (at < 0)
            {
                items.Add(item);
            }
            else if (item is ScimComplex sent && items[at] is ScimComplex known)
            {
                isMerged = true;
                items[at] = sent.Entries.Where(entry => entry.Key.Mutability != ScimMutability.Immutable).Aggregate(known, (value, entry) => value.With(entry.Key, entry.Value));
            }
        }
        return items.Items.Count <= limits.Values ? isMerged ? Distinct(items.Items) : ScimList.OrNull(items.Items)
            : throw new ScimException(ScimErrorType.InvalidValue, $"'{attribute.Name}' has too many values.");
    }

    private static ScimList? Without(ScimAttribute attribute, ScimList? current, ScimList? removed)
    {
        var gone = new ScimItems(attribute, removed?.Items ?? []);
        return ScimList.OrNull([.. (current?.Items ?? []).Where(item => gone.Find(item) < 0)]);
    }

    private static ScimList? Distinct(IEnumerable<ScimValue?> items)
    {
        HashSet<ScimValue> seen = [];
        return ScimList.OrNull([.. items.OfType<ScimValue>().Where(seen.Add)]);
    }
}
