using System.Text.Json;

namespace Deskward.Protocol.Scim;

/// <summary>What a PUT or PATCH made.</summary>
/// <param name="Resource">The resource afterwards.</param>
/// <param name="Changed">False when it is what it was: then there is no new version and <c>lastModified</c> stays.</param>
public sealed record ScimOutcome(ScimResource Resource, bool Changed);

/// <summary>
/// PATCH, for any resource type (RFC 7644 section 3.5.2). All or nothing: the resource given is never touched. Where the RFC leaves a choice or clients need more:
/// <list type="bullet">
/// <item>add with a filter that selects nothing makes a value of what the filter compares by <c>eq</c>; replace answers <c>noTarget</c>; remove does nothing;</item>
/// <item>remove with a value removes these values of the list only;</item>
/// <item>without a path, names may be paths (<c>name.familyName</c>, URIs of extensions, filters), unknown ones are ignored as in POST, and what is readOnly may be told
/// as it is (Okta sends <c>id</c>);</item>
/// <item>a value that becomes primary makes the others of its list not primary.</item>
/// </list>
/// </summary>
public static class ScimPatcher
{
    /// <summary>Applies all operations in their order and checks what results.</summary>
    /// <exception cref="ScimException"><c>invalidPath</c>, <c>noTarget</c>, <c>mutability</c> (readOnly, immutable, or something required removed), <c>invalidValue</c>.</exception>
    public static ScimOutcome Apply(ScimResource resource, ScimPatch patch, ScimLimits? limits = null)
    {
        var values = patch.Operations.Aggregate(resource.Values, (before, operation) => Apply(resource.Type, before, operation, limits ?? ScimLimits.Default));
        var after = ScimResource.Of(resource.Type, values);
        ScimValidation.Check(after);
        return after.Values.Equals(resource.Values) ? new ScimOutcome(resource, Changed: false) : new ScimOutcome(after, Changed: true);
    }

    private static ScimComplex Apply(ScimResourceType type, ScimComplex values, ScimPatchOperation operation, ScimLimits limits)
    {
        if (operation.Path is { } path)
        {
            var target = ScimPatchTarget.Parse(type, path);
            return target is { Steps: [{ IsExtension: true } extension], Filter: null } && operation.Value is { ValueKind: JsonValueKind.Object } parts
                ? ApplyAll(type, values, operation, Below(extension, parts), limits) : new ScimChange(target, operation, limits).Apply(type, values);
        }
        return operation.Verb == ScimPatchVerb.Remove ? throw new ScimException(ScimErrorType.NoTarget, "'remove' needs a path.")
            : operation.Value is { ValueKind: JsonValueKind.Object } attributes ? ApplyAll(type, values, operation, Flat(type, attributes), limits)
            : throw new ScimException(ScimErrorType.InvalidValue, "Without a path the value must be an object of attributes.");
    }

    private static ScimComplex ApplyAll(
        ScimResourceType type, ScimComplex values, ScimPatchOperation operation, IEnumerable<(string Path, JsonElement Value)> parts, ScimLimits limits)
    {
        foreach (var (path, value) in parts)
        {
            if (!path.Contains('[', StringComparison.Ordinal) && ScimPath.Find(type.Root, path) is null)
            {
                continue;
            }
            var change = new ScimChange(ScimPatchTarget.Parse(type, path), operation with { Path = path, Value = value }, limits);
            values = change.IsAlready(values) ? values : change.Apply(type, values);
        }
        return values;
    }

    /// <summary>The attributes of a value without path; those of an extension with its URI before their names.</summary>
    private static IEnumerable<(string Path, JsonElement Value)> Flat(ScimResourceType type, JsonElement attributes) => attributes.EnumerateObject().SelectMany(property =>
        property.Value.ValueKind == JsonValueKind.Object && ScimPath.Find(type.Root, property.Name) is { Steps: [{ IsExtension: true } extension] }
            ? Below(extension, property.Value) : [(property.Name, property.Value)]);

    private static IEnumerable<(string Path, JsonElement Value)> Below(ScimAttribute extension, JsonElement parts) =>
        parts.EnumerateObject().Select(part => ($"{extension.Name}:{part.Name}", part.Value));
}
