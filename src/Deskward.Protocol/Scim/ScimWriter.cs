using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Deskward.Protocol.Scim;

/// <summary>Resources to JSON, in one way: attributes in the order of the schema, instants in UTC.</summary>
public static class ScimWriter
{
    // Answers are application/scim+json and never stand in a page.
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The body of an answer.</summary>
    public static byte[] Answer(ScimResource resource, ScimProjection projection) => Write(json => Write(json, resource, projection));

    /// <summary>Everything but what is never returned (passwords) and what others keep: read it with <see cref="ScimResource.FromStored"/>.</summary>
    public static byte[] Store(ScimResource resource) => Answer(resource, ScimProjection.Default);

    internal static byte[] Write(Action<Utf8JsonWriter> write)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, Options))
        {
            write(json);
        }
        return buffer.WrittenSpan.ToArray();
    }

    internal static void Write(Utf8JsonWriter json, ScimResource resource, ScimProjection projection)
    {
        json.WriteStartObject();
        foreach (var attribute in resource.Type.Root.SubAttributes)
        {
            Property(json, attribute, resource.Values.Get(attribute), projection, isAsked: false);
        }
        json.WriteEndObject();
    }

    private static void Property(Utf8JsonWriter json, ScimAttribute attribute, ScimValue? value, ScimProjection projection, bool isAsked)
    {
        if (value is null || !projection.Holds(attribute, isAsked))
        {
            return;
        }
        isAsked |= projection.IsNamed(attribute);
        if (value is not ScimList list)
        {
            if (value is not ScimComplex complex || HasPart(complex, projection, isAsked))
            {
                json.WritePropertyName(attribute.Name);
                Single(json, attribute, value, projection, isAsked);
            }
            return;
        }
        var items = list.Items.Where(item => item is not ScimComplex part || HasPart(part, projection, isAsked)).ToList();
        if (items.Count > 0)
        {
            json.WriteStartArray(attribute.Name);
            items.ForEach(item => Single(json, attribute, item, projection, isAsked));
            json.WriteEndArray();
        }
    }

    private static void Single(Utf8JsonWriter json, ScimAttribute attribute, ScimValue value, ScimProjection projection, bool isAsked)
    {
        if (value is not ScimComplex complex)
        {
            ScimScalars.Write(json, (ScimScalar)value);
            return;
        }
        json.WriteStartObject();
        foreach (var sub in attribute.SubAttributes)
        {
            Property(json, sub, complex.Get(sub), projection, isAsked);
        }
        json.WriteEndObject();
    }

    private static bool HasPart(ScimComplex complex, ScimProjection projection, bool isAsked) => complex.Entries.Any(entry => projection.Holds(entry.Key, isAsked));
}
