using Xunit;
using static Deskward.Protocol.Scim.ScimSamples;

namespace Deskward.Protocol.Scim;

/// <summary>PATCH in the forms that Entra ID and Okta send.</summary>
public sealed class ScimClientsTests
{
    [Theory]
    [InlineData("active", """{"op":"Replace","path":"active","value":"False"}""", "false")]
    [InlineData("active", """{"op":"Replace","value":{"active":"False"}}""", "false")]
    [InlineData("active", """{"op":"Replace","path":"active","value":[{"$ref":null,"value":"False"}]}""", "false")]
    [InlineData("displayName", """{"op":"Replace","path":"displayName","value":[{"$ref":null,"value":"Mia O."}]}""", "\"Mia O.\"")]
    [InlineData("displayName", """{"op":"REPLACE","path":"displayName","value":["Mia O."]}""", "\"Mia O.\"")]
    [InlineData("name", """{"op":"Replace","value":{"name.familyName":"Adeyemi","urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department":"IT"}}""", """{"familyName":"Adeyemi","givenName":"Mia"}""")]
    [InlineData(Enterprise, """{"op":"Replace","value":{"name.familyName":"Adeyemi","urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department":"IT"}}""", """{"department":"IT","manager":{"value":"m-1"}}""")]
    [InlineData(Enterprise, """{"op":"Add","value":{"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User":{"division":"East","manager":{"value":"m-2"}}}}""", """{"division":"East","department":"Sales","manager":{"value":"m-2"}}""")]
    [InlineData(Enterprise, """{"op":"Add","path":"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager","value":"m-2"}""", """{"department":"Sales","manager":{"value":"m-2"}}""")]
    [InlineData(Enterprise, """{"op":"Add","path":"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager","value":[{"$ref":"../Users/m-2","value":"m-2"}]}""", """{"department":"Sales","manager":{"value":"m-2","$ref":"../Users/m-2"}}""")]
    [InlineData(Enterprise, """{"op":"Remove","path":"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager","value":"m-1"}""", """{"department":"Sales"}""")]
    [InlineData("phoneNumbers", """{"op":"Add","path":"phoneNumbers[type eq \"mobile\"].value","value":"7"}""", """[{"value":"+44 20 7946 0001","type":"work"},{"value":"7","type":"mobile"}]""")]
    [InlineData("addresses", """{"op":"Add","path":"addresses[type eq \"work\"].locality","value":"Leeds"}""", """[{"locality":"Leeds","type":"work"}]""")]
    [InlineData("roles", """{"op":"Add","path":"roles[primary eq \"True\"].value","value":"dev"}""", """[{"value":"dev","primary":true}]""")]
    [InlineData("roles", """{"op":"Add","path":"roles[type eq \"x\" and primary eq false]","value":{"value":"dev"}}""", """[{"value":"dev","type":"x","primary":false}]""")]
    [InlineData("emails", """{"op":"Replace","value":{"emails[type eq \"work\"].value":"m@contoso.example"}}""", """[{"value":"m@contoso.example","type":"work","primary":true},{"value":"mia@home.example","type":"home"}]""")]
    [InlineData("emails", """{"op":"Add","path":"emails","value":[{"value":"mia@home.example","type":"home","primary":"True"}]}""", """[{"value":"mia@contoso.example","type":"work","primary":false},{"value":"mia@home.example","type":"home","primary":true}]""")]
    public void Entra_changes_a_person(string attribute, string operation, string expected) => Assert.Equal(expected, After(User(), attribute, operation));

    [Theory]
    [InlineData("""{"op":"Add","path":"members","value":[{"$ref":null,"value":"c"}]}""", "a b c")]
    [InlineData("""{"op":"Add","path":"members","value":[{"value":"B"},{"value":"c"},{"value":"c","display":"Cy"}]}""", "a b c")]
    [InlineData("""{"op":"Remove","path":"members","value":[{"$ref":null,"value":"a"}]}""", "b")]
    [InlineData("""{"op":"Remove","path":"members","value":[{"value":"b"},{"value":"none"}]}""", "a")]
    [InlineData("""{"op":"Remove","path":"members","value":[]}""", "a b")]
    [InlineData("""{"op":"Remove","path":"members[value eq \"a\"]"}""", "b")]
    [InlineData("""{"op":"Remove","path":"members[value eq \"none\"]"}""", "a b")]
    [InlineData("""{"op":"remove","path":"members"}""", "")]
    [InlineData("""{"op":"remove","path":"members","value":null}""", "")]
    [InlineData("""{"op":"replace","path":"members","value":[{"value":"c","display":"Cy"}]}""", "c")]
    [InlineData("""{"op":"replace","path":"members","value":[]}""", "")]
    [InlineData("""{"op":"replace","value":{"members":[{"value":"d"}]}}""", "d")]
    public void Entra_and_Okta_change_who_belongs_to_a_group(string operation, string expected) =>
        Assert.Equal(expected, string.Join(' ', Patch(Group(), operation).Resource.Items("members").Select(member => member.Text("value"))));

    [Fact]
    public void Okta_renames_a_group_and_tells_its_id()
    {
        var outcome = Patch(Group(), """{"op":"replace","value":{"id":"g-1","displayName":"Crew"}}""");
        Assert.Equal(("Crew", "g-1", true), (outcome.Resource.Text("displayName"), outcome.Resource.Id, outcome.Changed));
    }

    [Fact]
    public void Okta_puts_a_person_with_what_it_was_given()
    {
        var before = User().WithMeta(new ScimMeta(DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch, "https://desk.example/Users/u-1", "W/\"1\""));
        var sent = Text(ScimWriter.Answer(before, ScimProjection.Default)).Replace("\"active\":true", "\"active\":false", StringComparison.Ordinal);
        var outcome = ScimReplacement.Apply(before, ScimResource.FromRequest(ScimSchemas.User, Json(sent)));
        Assert.Equal((false, true), (outcome.Resource.Flag("active"), outcome.Changed));
        Assert.Equal(Attribute(before, "meta"), Attribute(outcome.Resource, "meta"));
    }

    [Theory]
    [InlineData("externalId eq \"E-17\"")]
    [InlineData("userName eq \"mia@contoso.example\"")]
    [InlineData("emails[type eq \"work\"].value eq \"mia@contoso.example\"")]
    [InlineData("(userName eq \"mia@contoso.example\")")]
    public void Both_look_people_up(string filter) => Assert.True(ScimFilter.Parse(ScimSchemas.User, filter).Matches(User()));
}
