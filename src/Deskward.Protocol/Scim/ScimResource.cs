using System.Text.Json;

namespace Deskward.Protocol.Scim;

/// <summary>What the service tells about a resource (RFC 7643 section 3.1).</summary>
/// <param name="Created">When it was made.</param>
/// <param name="LastModified">When it last changed.</param>
/// <param name="Location">Its absolute URI.</param>
/// <param name="Version">Its entity tag, e.g. <c>W/"3"</c>.</param>
public sealed record ScimMeta(DateTimeOffset Created, DateTimeOffset LastModified, string Location, string Version);

/// <summary>A resource: its type and its values. Never changes; what changes it hands back another one.</summary>
public sealed class ScimResource
{
    private ScimResource(ScimResourceType type, ScimComplex values)
    {
        Type = type;
        var schemas = type.Extensions.Select(extension => extension.Schema.Id).Where(id => values.Get(type.Root.Find(id)!) is not null).Prepend(type.Schema.Id);
        Values = values.With(type.Schemas, new ScimList([.. schemas.Select(ScimScalar.Of)]));
    }

    public ScimResourceType Type { get; }

    /// <summary>Everything, also <c>schemas</c>, which follows from what else there is.</summary>
    public ScimComplex Values { get; }

    public string? Id => Text("id");

    public string? ExternalId => Text("externalId");

    /// <summary>
    /// The resource that a client sends with POST or PUT: what is readOnly or unknown is ignored, nothing is checked but types. Follow it with
    /// <see cref="ScimValidation.Check(ScimResource)"/> or <see cref="ScimReplacement.Apply"/>.
    /// </summary>
    /// <param name="type">What it must be.</param>
    /// <param name="body">Read by <see cref="ScimJson.Parse"/>.</param>
    /// <param name="limits">Null means the default.</param>
    /// <exception cref="ScimException"><c>invalidSyntax</c> when <c>schemas</c> does not name the type's schema, <c>invalidValue</c> for a value of the wrong type.</exception>
    public static ScimResource FromRequest(ScimResourceType type, JsonElement body, ScimLimits? limits = null)
    {
        var schemas = ScimJson.Property(body, "schemas");
        if (schemas?.ValueKind != JsonValueKind.Array
            || !schemas.Value.EnumerateArray().Any(one => one.ValueKind == JsonValueKind.String && string.Equals(one.GetString(), type.Schema.Id, StringComparison.OrdinalIgnoreCase)))
        {
            throw ScimJson.Wrong($"'schemas' must hold {type.Schema.Id}.");
        }
        return Of(type, new ScimReader(ScimSource.Request, limits ?? ScimLimits.Default).Complex(type.Root, body, ""));
    }

    /// <summary>A resource as <see cref="ScimWriter.Store"/> kept it.</summary>
    public static ScimResource FromStored(ScimResourceType type, ReadOnlyMemory<byte> utf8)
    {
        using var json = JsonDocument.Parse(utf8);
        return Of(type, new ScimReader(ScimSource.Stored, ScimLimits.Default with { Values = int.MaxValue }).Complex(type.Root, json.RootElement, ""));
    }

    /// <summary>A resource of these values; an extension without values is left out.</summary>
    public static ScimResource Of(ScimResourceType type, ScimComplex values) => new(type, values);

    /// <summary>The text of a single-valued attribute; null when it has none.</summary>
    /// <param name="path">E.g. <c>name.familyName</c>; must be known.</param>
    public string? Text(string path) => Value(path) is ScimScalar { Value: string text } ? text : null;

    /// <summary>A single-valued boolean; null when it has no value.</summary>
    public bool? Flag(string path) => Value(path) is ScimScalar { Value: bool flag } ? flag : null;

    /// <summary>The complex values of an attribute, e.g. all of <c>members</c>.</summary>
    public IEnumerable<ScimComplex> Items(string path) => Known(path).Values(Values).OfType<ScimComplex>();

    /// <summary>The same with an attribute set; null unsets it.</summary>
    /// <param name="path">To an attribute below lists of values is not possible.</param>
    /// <param name="value">Of the type that the schema tells.</param>
    public ScimResource With(string path, ScimValue? value) => new(Type, Set(Values, Known(path).Steps, 0, value));

    /// <summary>The same with the identifier that the service gave it.</summary>
    public ScimResource WithId(string id) => With("id", ScimScalar.Of(id));

    /// <summary>The same with what the service tells about it.</summary>
    public ScimResource WithMeta(ScimMeta meta) => With("meta", ScimComplex.Of(
        Type.Meta,
        ("resourceType", ScimScalar.Of(Type.Id)),
        ("created", ScimScalar.Of(meta.Created)),
        ("lastModified", ScimScalar.Of(meta.LastModified)),
        ("location", ScimScalar.Of(meta.Location)),
        ("version", ScimScalar.Of(meta.Version))));

    private ScimValue? Value(string path) => Known(path).Values(Values).FirstOrDefault();

    private ScimPath Known(string path) => ScimPath.Find(Type.Root, path) ?? throw new ArgumentException($"{Type.Id} has no attribute {path}.", nameof(path));

    private static ScimComplex Set(ScimComplex from, IReadOnlyList<ScimAttribute> steps, int at, ScimValue? value)
    {
        if (at < steps.Count - 1)
        {
            var inner = Set(from.Get(steps[at]) as ScimComplex ?? ScimComplex.Empty, steps, at + 1, value);
            value = inner.IsEmpty ? null : inner;
        }
        return from.With(steps[at], value);
    }
}
