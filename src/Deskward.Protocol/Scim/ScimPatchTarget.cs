namespace Deskward.Protocol.Scim;

/// <summary>
/// What a PATCH path points at: <c>displayName</c>, <c>name.familyName</c>, <c>emails[type eq "work"]</c>, <c>emails[type eq "work"].value</c>.
/// </summary>
/// <param name="Steps">From the outermost attribute to the one that is changed.</param>
/// <param name="Filter">Selects among the values of one step; null when there is none.</param>
/// <param name="FilteredAt">Which step; -1 when there is no filter.</param>
internal sealed record ScimPatchTarget(IReadOnlyList<ScimAttribute> Steps, ScimFilter? Filter, int FilteredAt)
{
    /// <summary>Reads a path.</summary>
    /// <exception cref="ScimException"><c>invalidPath</c>.</exception>
    public static ScimPatchTarget Parse(ScimResourceType type, string path)
    {
        var bracket = path.IndexOf('[', StringComparison.Ordinal);
        if (path.Length > ScimFilterParser.MaxLength)
        {
            throw new ScimException(ScimErrorType.InvalidPath, "The path is too long.");
        }
        if (bracket < 0)
        {
            return new ScimPatchTarget(Known(type.Root, path).Steps, null, -1);
        }
        var list = Known(type.Root, path[..bracket]);
        if (list.Leaf is not { IsMultiValued: true, IsComplex: true })
        {
            throw new ScimException(ScimErrorType.InvalidPath, $"'{list}' has no values to select among.");
        }
        var (filter, end) = ScimFilterParser.ParseItem(list.Leaf, path, bracket + 1);
        return path[end..] switch
        {
            "" => new ScimPatchTarget(list.Steps, filter, list.Steps.Count - 1),
            ['.', .. var sub] => new ScimPatchTarget([.. list.Steps, .. Known(list.Leaf, sub).Steps], filter, list.Steps.Count - 1),
            _ => throw new ScimException(ScimErrorType.InvalidPath, "After ']' only '.' and a sub-attribute can follow."),
        };
    }

    public string Name => string.Join('.', Steps.Select(step => step.Name));

    private static ScimPath Known(ScimAttribute root, string name) =>
        ScimPath.Find(root, name) ?? throw new ScimException(ScimErrorType.InvalidPath, $"There is no attribute '{ScimJson.Excerpt(name)}'.");
}
