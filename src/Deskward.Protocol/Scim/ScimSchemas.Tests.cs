using System.Text.Json;
using Xunit;

namespace Deskward.Protocol.Scim;

public sealed class ScimSchemasTests
{
    /// <summary>RFC 7643 section 8.7: what is not of the default (readWrite, default, none, not required, case-insensitive, single) is written out.</summary>
    [Theory]
    [InlineData("User", "userName", "String required server")]
    [InlineData("User", "name", "Complex")]
    [InlineData("User", "name.familyName", "String")]
    [InlineData("User", "profileUrl", "Reference external")]
    [InlineData("User", "active", "Boolean")]
    [InlineData("User", "password", "String WriteOnly Never")]
    [InlineData("User", "emails", "Complex multi")]
    [InlineData("User", "emails.type", "String work|home|other")]
    [InlineData("User", "emails.primary", "Boolean")]
    [InlineData("User", "phoneNumbers.type", "String work|home|mobile|fax|pager|other")]
    [InlineData("User", "ims.type", "String aim|gtalk|icq|xmpp|msn|skype|qq|yahoo")]
    [InlineData("User", "photos.value", "Reference exact external")]
    [InlineData("User", "photos.type", "String photo|thumbnail")]
    [InlineData("User", "addresses.country", "String")]
    [InlineData("User", "groups", "Complex multi ReadOnly")]
    [InlineData("User", "groups.$ref", "Reference ReadOnly User|Group")]
    [InlineData("User", "groups.type", "String ReadOnly direct|indirect")]
    [InlineData("User", "roles", "Complex multi")]
    [InlineData("User", "x509Certificates.value", "Binary exact")]
    [InlineData("User", "id", "String exact ReadOnly Always server")]
    [InlineData("User", "externalId", "String exact")]
    [InlineData("User", "meta", "Complex ReadOnly")]
    [InlineData("User", "meta.lastModified", "DateTime ReadOnly")]
    [InlineData("User", "meta.version", "String exact ReadOnly")]
    [InlineData("User", ScimSamples.Enterprise + ":employeeNumber", "String")]
    [InlineData("User", ScimSamples.Enterprise + ":manager.$ref", "Reference User")]
    [InlineData("User", ScimSamples.Enterprise + ":manager.displayName", "String ReadOnly")]
    [InlineData("Group", "displayName", "String required server")]
    [InlineData("Group", "members", "Complex multi")]
    [InlineData("Group", "members.value", "String Immutable")]
    [InlineData("Group", "members.$ref", "Reference Immutable User|Group")]
    [InlineData("Group", "members.type", "String Immutable User|Group")]
    public void An_attribute_has_the_characteristics_of_the_specification(string type, string path, string expected)
    {
        var one = ScimPath.Find(ScimSchemas.ResourceTypes.Single(candidate => candidate.Id == type).Root, path)!.Leaf;
        Assert.Equal(expected, string.Join(' ', new[]
        {
            one.Type.ToString(), one.IsRequired ? "required" : "", one.IsMultiValued ? "multi" : "", one.IsCaseExact ? "exact" : "",
            one.Mutability == ScimMutability.ReadWrite ? "" : one.Mutability.ToString(), one.Returned == ScimReturned.Default ? "" : one.Returned.ToString(),
            one.Uniqueness == ScimUniqueness.None ? "" : "server", string.Join('|', one.CanonicalValues), string.Join('|', one.ReferenceTypes),
        }.Where(part => part.Length > 0)));
    }

    [Theory]
    [InlineData("User", "userName name displayName nickName profileUrl title userType preferredLanguage locale timezone active password emails phoneNumbers ims photos addresses groups entitlements roles x509Certificates")]
    [InlineData("Group", "displayName members")]
    [InlineData("EnterpriseUser", "employeeNumber costCenter organization division department manager")]
    [InlineData("Service Provider Configuration", "documentationUri patch bulk filter changePassword sort etag authenticationSchemes")]
    [InlineData("ResourceType", "id name description endpoint schema schemaExtensions")]
    [InlineData("Schema", "id name description attributes")]
    public void A_schema_has_the_attributes_of_the_specification(string name, string attributes) =>
        Assert.Equal(attributes, string.Join(' ', ScimSchemas.All.Single(schema => schema.Name == name).Attributes.Select(one => one.Name)));

    [Theory]
    [InlineData("USERNAME", "userName")]
    [InlineData("Name.FAMILYNAME", "name.familyName")]
    [InlineData("urn:ietf:params:scim:schemas:core:2.0:user:emails.value", "emails.value")]
    [InlineData("URN:IETF:params:scim:schemas:extension:enterprise:2.0:User:Manager.value", ScimSamples.Enterprise + ":manager.value")]
    [InlineData(ScimSamples.Enterprise, ScimSamples.Enterprise)]
    public void A_path_is_found_in_any_case(string text, string expected) => Assert.Equal(expected, ScimPath.Find(ScimSchemas.User.Root, text)?.ToString());

    [Theory]
    [InlineData("")]
    [InlineData("nothing")]
    [InlineData("name.")]
    [InlineData("userName.value")]
    [InlineData("department")]
    [InlineData("urn:example:other:department")]
    [InlineData(ScimSamples.UserSchema)]
    [InlineData(ScimSamples.Enterprise + ":" + ScimSamples.Enterprise)]
    public void What_the_schema_does_not_know_is_not_found(string text) => Assert.Null(ScimPath.Find(ScimSchemas.User.Root, text));

    [Fact]
    public void Each_published_schema_is_read_back_as_it_is()
    {
        var published = JsonSerializer.Deserialize<JsonElement>(new ScimDiscovery("https://desk.example/scim/v2").Schemas());
        Assert.Equal(ScimSchemas.All.Count, published.GetProperty("totalResults").GetInt32());
        Assert.All(ScimSchemas.All.Zip(published.GetProperty("Resources").EnumerateArray()), pair =>
            Assert.Equal(Describe(pair.First.Attributes), Describe([.. pair.Second.GetProperty("attributes").EnumerateArray().Select(ScimAttribute.Read)])));
    }

    private static string Describe(IReadOnlyList<ScimAttribute> attributes) => string.Join(';', attributes.Select(one =>
        $"{one.Name},{one.Type},{one.IsMultiValued},{one.IsRequired},{one.IsCaseExact},{one.Mutability},{one.Returned},{one.Uniqueness},{one.Description},{string.Join('|', one.CanonicalValues)},{string.Join('|', one.ReferenceTypes)}({Describe(one.SubAttributes)})"));
}
