namespace Deskward.Protocol.Scim;

/// <summary>The order of a list (RFC 7644 section 3.4.2.3).</summary>
/// <param name="Path">To a simple attribute; of a list the primary value counts, else the first.</param>
/// <param name="IsDescending">Resources without a value come last ascending and first descending.</param>
public sealed record ScimSort(ScimPath Path, bool IsDescending) : IComparer<ScimResource>
{
    /// <summary>Reads <c>sortBy</c>; <c>emails</c> means <c>emails.value</c>.</summary>
    /// <exception cref="ScimException"><c>invalidValue</c> when there is no such attribute, or it has parts and names none.</exception>
    public static ScimSort Of(ScimResourceType type, string sortBy, bool isDescending)
    {
        var path = ScimPath.Find(type.Root, sortBy) ?? throw new ScimException(ScimErrorType.InvalidValue, $"sortBy: there is no attribute '{ScimJson.Excerpt(sortBy)}'.");
        if (path.Leaf.IsComplex)
        {
            path = path.Leaf.Find("value") is { } value ? path.Then(value) : throw new ScimException(ScimErrorType.InvalidValue, $"sortBy: '{path}' has parts; name one.");
        }
        return new ScimSort(path, isDescending);
    }

    /// <summary>The resources in this order; those that are equal stay as they are.</summary>
    public IReadOnlyList<ScimResource> Order(IEnumerable<ScimResource> resources) => [.. resources.Order(this)];

    public int Compare(ScimResource? x, ScimResource? y)
    {
        var order = (Key(x), Key(y)) switch
        {
            (null, null) => 0,
            (null, _) => 1,
            (_, null) => -1,
            ({ } one, { } other) => ScimMatch.Order(Path.Leaf, one, other),
        };
        return IsDescending ? -order : order;
    }

    private object? Key(ScimResource? resource)
    {
        ScimValue? value = resource?.Values;
        foreach (var step in Path.Steps)
        {
            value = (value as ScimComplex)?.Get(step) is { } found ? found is ScimList list ? Chosen(step, list) : found : null;
        }
        return (value as ScimScalar)?.Value;
    }

    private static ScimValue Chosen(ScimAttribute attribute, ScimList list) =>
        attribute.Find("primary") is { } primary ? list.Items.FirstOrDefault(item => item is ScimComplex complex && ScimValidation.IsTrue(complex.Get(primary))) ?? list.Items[0] : list.Items[0];
}
