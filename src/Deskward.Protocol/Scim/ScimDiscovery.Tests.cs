using System.Text.Json;
using Xunit;

namespace Deskward.Protocol.Scim;

public sealed class ScimDiscoveryTests
{
    private static readonly ScimDiscovery Discovery = new("https://desk.example/scim/v2");

    private static readonly ScimServiceFacts Facts = new(
        1_000, 1_048_576, 200, CanChangePassword: false, "https://desk.example/docs", [new("oauthbearertoken", "Bearer token", "A token of the organisation.", null)]);

    [Fact]
    public void The_configuration_tells_what_is_supported_and_how_much()
    {
        var config = JsonSerializer.Deserialize<JsonElement>(Discovery.ServiceProviderConfig(Facts));
        Assert.Equal("""{"supported":true,"maxOperations":1000,"maxPayloadSize":1048576}""", config.GetProperty("bulk").GetRawText());
        Assert.Equal("""{"supported":true,"maxResults":200}""", config.GetProperty("filter").GetRawText());
        Assert.Equal("""{"supported":false}""", config.GetProperty("changePassword").GetRawText());
        Assert.Equal("oauthbearertoken", config.GetProperty("authenticationSchemes")[0].GetProperty("type").GetString());
        Assert.Equal("https://desk.example/scim/v2/ServiceProviderConfig", config.GetProperty("meta").GetProperty("location").GetString());
    }

    [Fact]
    public void The_configuration_has_no_attribute_that_its_schema_lacks()
    {
        var schema = ScimSchemas.All.Single(one => one.Id.EndsWith(":ServiceProviderConfig", StringComparison.Ordinal));
        var told = JsonSerializer.Deserialize<JsonElement>(Discovery.ServiceProviderConfig(Facts)).EnumerateObject().Select(one => one.Name).Except(["schemas", "meta"]);
        Assert.Equal(schema.Attributes.Select(one => one.Name), told);
    }

    [Fact]
    public void A_resource_type_names_its_extensions()
    {
        var type = JsonSerializer.Deserialize<JsonElement>(Discovery.ResourceType("User")!);
        Assert.Equal("/Users", type.GetProperty("endpoint").GetString());
        Assert.Equal($$"""[{"schema":"{{ScimSamples.Enterprise}}","required":false}]""", type.GetProperty("schemaExtensions").GetRawText());
        Assert.Equal("https://desk.example/scim/v2/ResourceTypes/User", type.GetProperty("meta").GetProperty("location").GetString());
        Assert.Null(Discovery.ResourceType("Device"));
    }

    [Fact]
    public void A_schema_is_found_by_its_uri()
    {
        Assert.Equal("Group", JsonSerializer.Deserialize<JsonElement>(Discovery.Schema(ScimSamples.GroupSchema)!).GetProperty("name").GetString());
        Assert.Null(Discovery.Schema("urn:example:none"));
        Assert.Equal(2, JsonSerializer.Deserialize<JsonElement>(Discovery.ResourceTypes()).GetProperty("Resources").GetArrayLength());
    }
}
