using System.Text;
using System.Text.Json;
using Xunit;

namespace Deskward.Protocol.Scim;

/// <summary>Resources and requests for the tests of this folder.</summary>
internal static class ScimSamples
{
    public const string UserSchema = "urn:ietf:params:scim:schemas:core:2.0:User";
    public const string Enterprise = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";
    public const string GroupSchema = "urn:ietf:params:scim:schemas:core:2.0:Group";

    public const string Mia =
        """
        {"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"userName":"mia@contoso.example","externalId":"E-17","active":true,
        "name":{"givenName":"Mia","familyName":"Okafor"},"displayName":"Mia Okafor",
        "emails":[{"type":"work","value":"mia@contoso.example","primary":true},{"type":"home","value":"mia@home.example"}],
        "phoneNumbers":[{"type":"work","value":"+44 20 7946 0001"}],
        "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User":{"department":"Sales","manager":{"value":"m-1"}}}
        """;

    public const string Team =
        """{"schemas":["urn:ietf:params:scim:schemas:core:2.0:Group"],"displayName":"Team","members":[{"value":"a"},{"value":"b","type":"User"}]}""";

    public static JsonElement Json(string text) => ScimJson.Parse(Encoding.UTF8.GetBytes(text));

    public static ScimResource User(string json = Mia) => ScimResource.FromRequest(ScimSchemas.User, Json(json)).WithId("u-1");

    public static ScimResource Group(string json = Team) => ScimResource.FromRequest(ScimSchemas.Group, Json(json)).WithId("g-1");

    /// <summary>A user of these attributes beside the schema and a name.</summary>
    public static ScimResource UserWith(string attributes) => User($$"""{"schemas":["{{UserSchema}}"],"userName":"kim",{{attributes}}}""");

    public static ScimOutcome Patch(ScimResource resource, params string[] operations) => ScimPatcher.Apply(resource, Read(operations));

    public static ScimPatch Read(params string[] operations) =>
        ScimPatch.Read(Json($$"""{"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":[{{string.Join(',', operations)}}]}"""));

    /// <summary>The value of one attribute after a PATCH, as JSON; null when it has none.</summary>
    public static string? After(ScimResource resource, string attribute, params string[] operations) => Attribute(Patch(resource, operations).Resource, attribute);

    /// <summary>One attribute as JSON.</summary>
    public static string? Attribute(ScimResource resource, string attribute) =>
        JsonSerializer.Deserialize<JsonElement>(ScimWriter.Store(resource)).TryGetProperty(attribute, out var value) ? value.GetRawText() : null;

    public static string Text(byte[] utf8) => Encoding.UTF8.GetString(utf8);

    /// <summary>The keyword and detail with which something is refused.</summary>
    public static (string? Keyword, string Detail) Refusal(Action act) => Assert.Throws<ScimException>(act).Error is var error ? (error.Keyword, error.Detail) : default;

    public static string? Keyword(Action act) => Refusal(act).Keyword;
}
