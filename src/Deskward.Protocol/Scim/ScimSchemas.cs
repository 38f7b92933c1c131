using System.Text.Json;

namespace Deskward.Protocol.Scim;

/// <summary>A named set of attributes (RFC 7643 section 7).</summary>
/// <param name="Id">Its URI.</param>
/// <param name="Name">Its name.</param>
/// <param name="Description">What it describes.</param>
/// <param name="Attributes">Without the common ones (<c>id</c>, <c>meta</c> and so on).</param>
public sealed record ScimSchema(string Id, string Name, string Description, IReadOnlyList<ScimAttribute> Attributes);

/// <summary>A schema that adds to a resource type.</summary>
/// <param name="Schema">What it adds.</param>
/// <param name="IsRequired">Whether every resource must have it.</param>
public sealed record ScimExtension(ScimSchema Schema, bool IsRequired);

/// <summary>A kind of resource (RFC 7643 section 6).</summary>
public sealed class ScimResourceType
{
    internal ScimResourceType(JsonElement json, IReadOnlyList<ScimAttribute> common, IReadOnlyList<ScimSchema> schemas)
    {
        ScimSchema Named(JsonElement one) => schemas.Single(schema => schema.Id == one.GetProperty("schema").GetString());
        Id = json.GetProperty("id").GetString()!;
        Endpoint = json.GetProperty("endpoint").GetString()!;
        Description = json.GetProperty("description").GetString()!;
        Schema = Named(json);
        Extensions = [.. ScimSchemas.Items(json, "schemaExtensions").Select(one => new ScimExtension(Named(one), ScimAttribute.Flag(one, "required")))];
        Root = new ScimAttribute(Schema.Id,
            [.. common, .. Schema.Attributes, .. Extensions.Select(extension => new ScimAttribute(extension.Schema.Id, extension.Schema.Attributes))]);
        Schemas = Root.Find("schemas")!;
        Meta = Root.Find("meta")!;
    }

    /// <summary>Its name as well, e.g. <c>User</c>.</summary>
    public string Id { get; }

    /// <summary>Where its resources lie below the base address, e.g. <c>/Users</c>.</summary>
    public string Endpoint { get; }

    public string Description { get; }

    public ScimSchema Schema { get; }

    public IReadOnlyList<ScimExtension> Extensions { get; }

    /// <summary>The whole resource as one complex attribute: common attributes, those of the schema, and one for each extension.</summary>
    public ScimAttribute Root { get; }

    internal ScimAttribute Schemas { get; }

    internal ScimAttribute Meta { get; }

    public override string ToString() => Id;
}

/// <summary>The schemas and resource types of this service, read once from an embedded file.</summary>
public static class ScimSchemas
{
    private static readonly (IReadOnlyList<ScimSchema> Schemas, IReadOnlyList<ScimResourceType> Types) Loaded = Load();

    /// <summary>Everything that <c>/Schemas</c> tells.</summary>
    public static IReadOnlyList<ScimSchema> All => Loaded.Schemas;

    /// <summary>Everything that <c>/ResourceTypes</c> tells.</summary>
    public static IReadOnlyList<ScimResourceType> ResourceTypes => Loaded.Types;

    public static ScimResourceType User { get; } = ResourceTypes.Single(type => type.Id == "User");

    public static ScimResourceType Group { get; } = ResourceTypes.Single(type => type.Id == "Group");

    /// <summary>The elements of an array; none when there is no such property.</summary>
    internal static IEnumerable<JsonElement> Items(JsonElement json, string name) => json.TryGetProperty(name, out var items) ? items.EnumerateArray() : [];

    private static (IReadOnlyList<ScimSchema> Schemas, IReadOnlyList<ScimResourceType> Types) Load()
    {
        using var content = typeof(ScimSchemas).Assembly.GetManifestResourceStream("Deskward.Protocol.Scim.schemas.json")!;
        using var json = JsonDocument.Parse(content);
        IReadOnlyList<ScimSchema> schemas = [.. Items(json.RootElement, "schemas").Select(ReadSchema)];
        // Each resource type gets its own instances of the common attributes.
        return (schemas, [.. Items(json.RootElement, "resourceTypes").Select(type => new ScimResourceType(type, Attributes(json.RootElement, "common"), schemas))]);
    }

    private static ScimSchema ReadSchema(JsonElement json) => new(
        json.GetProperty("id").GetString()!, json.GetProperty("name").GetString()!, json.GetProperty("description").GetString()!, Attributes(json, "attributes"));

    private static List<ScimAttribute> Attributes(JsonElement json, string name) => [.. Items(json, name).Select(ScimAttribute.Read)];
}
