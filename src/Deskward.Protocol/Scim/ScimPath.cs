namespace Deskward.Protocol.Scim;

/// <summary>The way to an attribute, e.g. <c>name.familyName</c> or <c>urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department</c>.</summary>
public sealed class ScimPath : IEquatable<ScimPath>
{
    internal const int MaxLength = 300;

    private ScimPath(IReadOnlyList<ScimAttribute> steps) => Steps = steps;

    /// <summary>From the outermost: the extension if there is one, the attribute, its sub-attribute; at least one.</summary>
    public IReadOnlyList<ScimAttribute> Steps { get; }

    /// <summary>The attribute that is meant.</summary>
    public ScimAttribute Leaf => Steps[^1];

    /// <summary>Reads an attribute path (RFC 7644 section 3.10). Case does not count; attributes of the main schema may carry its URI, those of extensions must.</summary>
    /// <param name="root">What it starts from: <see cref="ScimResourceType.Root"/>, or a complex attribute.</param>
    /// <param name="text">Without blanks and brackets.</param>
    /// <returns>Null when there is no such attribute.</returns>
    public static ScimPath? Find(ScimAttribute root, string text)
    {
        if (text.Length is 0 or > MaxLength)
        {
            return null;
        }
        var steps = new List<ScimAttribute>();
        var rest = Below(text, root.Name) ?? text;
        if (root.SubAttributes.FirstOrDefault(one => one.IsExtension && (Below(rest, one.Name) is not null || rest.Equals(one.Name, StringComparison.OrdinalIgnoreCase))) is { } extension)
        {
            steps.Add(extension);
            root = extension;
            rest = Below(rest, extension.Name);
        }
        foreach (var name in rest?.Split('.') ?? [])
        {
            if (root.Find(name) is not { IsExtension: false } step)
            {
                return null;
            }
            steps.Add(step);
            root = step;
        }
        return new ScimPath(steps);
    }

    /// <summary>All simple or complex values that it leads to; values of lists one by one.</summary>
    public IEnumerable<ScimValue> Values(ScimComplex from) => Values(from, 0);

    internal ScimPath Then(ScimAttribute sub) => new([.. Steps, sub]);

    private IEnumerable<ScimValue> Values(ScimComplex from, int at)
    {
        var value = from.Get(Steps[at]);
        var found = value is ScimList list ? list.Items : value is null ? [] : [value];
        return at == Steps.Count - 1 ? found : found.OfType<ScimComplex>().SelectMany(inner => Values(inner, at + 1));
    }

    private static string? Below(string text, string uri) =>
        text.Length > uri.Length + 1 && text[uri.Length] == ':' && text.StartsWith(uri, StringComparison.OrdinalIgnoreCase) ? text[(uri.Length + 1)..] : null;

    public bool Equals(ScimPath? other) => other is not null && other.Steps.SequenceEqual(Steps);

    public override bool Equals(object? obj) => Equals(obj as ScimPath);

    public override int GetHashCode() => Steps.Aggregate(17, HashCode.Combine);

    /// <summary>As the schema spells it.</summary>
    public override string ToString() => Steps[0].IsExtension && Steps.Count > 1
        ? $"{Steps[0].Name}:{string.Join('.', Steps.Skip(1).Select(step => step.Name))}"
        : string.Join('.', Steps.Select(step => step.Name));
}
