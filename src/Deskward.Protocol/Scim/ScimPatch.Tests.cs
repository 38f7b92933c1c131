using Xunit;
using static Deskward.Protocol.Scim.ScimSamples;

namespace Deskward.Protocol.Scim;

/// <summary>PATCH as RFC 7644 section 3.5.2 has it.</summary>
public sealed class ScimPatchTests
{
    [Theory]
    [InlineData("title", """{"op":"add","path":"title","value":"Lead"}""", "\"Lead\"")]
    [InlineData("displayName", """{"op":"add","path":"displayName","value":"M. Okafor"}""", "\"M. Okafor\"")]
    [InlineData("name", """{"op":"add","path":"name","value":{"middleName":"K"}}""", """{"familyName":"Okafor","givenName":"Mia","middleName":"K"}""")]
    [InlineData("name", """{"op":"add","path":"name.middleName","value":"K"}""", """{"familyName":"Okafor","givenName":"Mia","middleName":"K"}""")]
    [InlineData("phoneNumbers", """{"op":"add","path":"phoneNumbers","value":[{"value":"1","type":"home"}]}""", """[{"value":"+44 20 7946 0001","type":"work"},{"value":"1","type":"home"}]""")]
    [InlineData("phoneNumbers", """{"op":"add","value":{"phoneNumbers":[{"value":"1"}],"title":"x"}}""", """[{"value":"+44 20 7946 0001","type":"work"},{"value":"1"}]""")]
    [InlineData("name", """{"op":"replace","path":"name","value":{"givenName":"Maria","familyName":null}}""", """{"givenName":"Maria"}""")]
    [InlineData("emails", """{"op":"replace","path":"emails","value":[{"value":"new@contoso.example"}]}""", """[{"value":"new@contoso.example"}]""")]
    [InlineData("emails", """{"op":"replace","path":"emails[type eq \"home\"]","value":{"value":"m@home.example","type":"other"}}""", """[{"value":"mia@contoso.example","type":"work","primary":true},{"value":"m@home.example","type":"other"}]""")]
    [InlineData("emails", """{"op":"replace","path":"emails[type eq \"home\"].value","value":"m@home.example"}""", """[{"value":"mia@contoso.example","type":"work","primary":true},{"value":"m@home.example","type":"home"}]""")]
    [InlineData("title", """{"op":"replace","path":"title","value":"Lead"}""", "\"Lead\"")]
    [InlineData("displayName", """{"op":"replace","path":"displayName","value":null}""", null)]
    [InlineData("displayName", """{"op":"remove","path":"displayName"}""", null)]
    [InlineData("name", """{"op":"remove","path":"name.givenName"}""", """{"familyName":"Okafor"}""")]
    [InlineData("emails", """{"op":"remove","path":"emails"}""", null)]
    [InlineData("emails", """{"op":"remove","path":"emails[type eq \"home\"]"}""", """[{"value":"mia@contoso.example","type":"work","primary":true}]""")]
    [InlineData("emails", """{"op":"remove","path":"emails[value ew \".example\"]"}""", null)]
    [InlineData("emails", """{"op":"remove","path":"emails[type eq \"work\"].primary"}""", """[{"value":"mia@contoso.example","type":"work"},{"value":"mia@home.example","type":"home"}]""")]
    [InlineData("emails", """{"op":"replace","path":"emails.type","value":"other"}""", """[{"value":"mia@contoso.example","type":"other","primary":true},{"value":"mia@home.example","type":"other"}]""")]
    [InlineData(Enterprise, """{"op":"remove","path":"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager"}""", """{"department":"Sales"}""")]
    [InlineData(Enterprise, """{"op":"remove","path":"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"}""", null)]
    [InlineData(Enterprise, """{"op":"add","path":"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User","value":{"division":"East"}}""", """{"division":"East","department":"Sales","manager":{"value":"m-1"}}""")]
    public void An_operation_changes_what_it_names(string attribute, string operation, string? expected) => Assert.Equal(expected, After(User(), attribute, operation));

    [Theory]
    [InlineData("""{"op":"remove"}""", "noTarget", "'remove' needs a path.")]
    [InlineData("""{"op":"replace","path":"emails[type eq \"other\"].value","value":"x"}""", "noTarget", "No value of 'emails' passes the filter.")]
    [InlineData("""{"op":"add","path":"emails[type sw \"o\"].value","value":"x"}""", "noTarget", "No value of 'emails' passes the filter.")]
    [InlineData("""{"op":"add","path":"shoeSize","value":5}""", "invalidPath", "There is no attribute 'shoeSize'.")]
    [InlineData("""{"op":"add","path":"emails[","value":5}""", "invalidPath", "At character 8: an attribute, 'not' or '(' is expected.")]
    [InlineData("""{"op":"add","path":"emails[type eq \"work\"]value","value":5}""", "invalidPath", "After ']' only '.' and a sub-attribute can follow.")]
    [InlineData("""{"op":"add","path":"title[value pr]","value":5}""", "invalidPath", "'title' has no values to select among.")]
    [InlineData("""{"op":"replace","path":"","value":"x"}""", "invalidPath", "There is no attribute ''.")]
    [InlineData("""{"op":"replace","path":"id","value":"u-1"}""", "mutability", "'id' is readOnly.")]
    [InlineData("""{"op":"add","path":"groups","value":[{"value":"admins"}]}""", "mutability", "'groups' is readOnly.")]
    [InlineData("""{"op":"remove","path":"groups[value eq \"g\"]"}""", "mutability", "'groups' is readOnly.")]
    [InlineData("""{"op":"replace","value":{"id":"u-2"}}""", "mutability", "'id' is readOnly.")]
    [InlineData("""{"op":"replace","path":"meta.version","value":"x"}""", "mutability", "'meta.version' is readOnly.")]
    [InlineData("""{"op":"remove","path":"userName"}""", "mutability", "'userName' is required and cannot be removed.")]
    [InlineData("""{"op":"remove","path":"schemas"}""", "mutability", "'schemas' is required.")]
    [InlineData("""{"op":"replace","path":"userName","value":""}""", "invalidValue", "userName is required.")]
    [InlineData("""{"op":"replace","path":"active","value":"off"}""", "invalidValue", "active: true or false is expected.")]
    [InlineData("""{"op":"replace","value":"x"}""", "invalidValue", "Without a path the value must be an object of attributes.")]
    [InlineData("""{"op":"add","path":"title"}""", "invalidValue", "'add' needs a value.")]
    [InlineData("""{"op":"add","path":"emails","value":[{"value":"a","primary":true},{"value":"b","primary":true}]}""", "invalidValue", "emails: only one value can be primary.")]
    [InlineData("""{"op":"move","path":"title","value":"x"}""", "invalidSyntax", "'op' must be add, remove or replace.")]
    [InlineData("""{"path":"title","value":"x"}""", "invalidSyntax", "'op' must be add, remove or replace.")]
    [InlineData("""{"op":"add","path":5,"value":"x"}""", "invalidSyntax", "'path' must be a string.")]
    public void A_wrong_operation_is_refused(string operation, string keyword, string detail) => Assert.Equal((keyword, detail), Refusal(() => Patch(User(), operation)));

    [Theory]
    [InlineData("""{"Operations":[{"op":"remove","path":"title"}]}""")]
    [InlineData("""{"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"]}""")]
    [InlineData("""{"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":[]}""")]
    [InlineData("""{"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":["x"]}""")]
    public void A_body_that_is_no_patch_is_refused(string json) => Assert.Equal("invalidSyntax", Keyword(() => ScimPatch.Read(Json(json))));

    [Fact]
    public void A_patch_is_done_as_a_whole_or_not_at_all()
    {
        var before = User();
        Assert.Throws<ScimException>(() => Patch(before, """{"op":"replace","path":"title","value":"Lead"}""", """{"op":"replace","path":"id","value":"u-2"}"""));
        Assert.Equal(User().Values, before.Values);
    }

    [Theory]
    [InlineData("""{"op":"add","path":"displayName","value":"Mia Okafor"}""")]
    [InlineData("""{"op":"add","path":"emails","value":[{"value":"MIA@home.example","type":"home"},{"value":"mia@contoso.example"}]}""", "mia@home.example")]
    [InlineData("""{"op":"remove","path":"title"}""")]
    [InlineData("""{"op":"remove","path":"emails[type eq \"other\"]"}""")]
    [InlineData("""{"op":"replace","value":{"id":"u-1","active":"True","unknown":{}}}""")]
    [InlineData("""{"op":"add","path":"schemas","value":["urn:example:x"]}""")]
    [InlineData("""{"op":"add","path":"title","value":null}""")]
    public void What_changes_nothing_makes_no_new_version(string operation, string spelled = "")
    {
        var before = User();
        var outcome = Patch(before, operation.Replace("MIA@home.example", spelled, StringComparison.Ordinal));
        Assert.False(outcome.Changed);
        Assert.Same(before, outcome.Resource);
    }

    [Fact]
    public void A_new_primary_value_takes_the_place_of_the_old_one() => Assert.Equal(
        """[{"value":"mia@contoso.example","type":"work","primary":false},{"value":"mia@home.example","type":"home","primary":true}]""",
        After(User(), "emails", """{"op":"replace","path":"emails[type eq \"home\"].primary","value":true}"""));

    [Fact]
    public void What_is_immutable_can_be_added_and_removed_but_not_changed()
    {
        Assert.Equal("""[{"value":"a"},{"value":"b","type":"User"},{"value":"c"}]""", After(Group(), "members", """{"op":"add","path":"members","value":{"value":"c"}}"""));
        Assert.Equal("""[{"value":"a"}]""", After(Group(), "members", """{"op":"remove","path":"members[value eq \"b\"]"}"""));
        Assert.Equal(("mutability", "'value' cannot be changed once it has a value."), Refusal(() => Patch(Group(), """{"op":"replace","path":"members[value eq \"a\"].value","value":"c"}""")));
    }

    [Fact]
    public void A_put_keeps_what_the_client_cannot_set()
    {
        var before = User().With("groups", new ScimList([ScimComplex.Of(ScimSchemas.User.Root.Find("groups")!, ("value", ScimScalar.Of("g-1")))]));
        var outcome = ScimReplacement.Apply(before, ScimResource.FromRequest(ScimSchemas.User, Json($$"""{"schemas":["{{UserSchema}}"],"id":"other","userName":"mia","groups":[]}""")));
        Assert.True(outcome.Changed);
        Assert.Equal($$"""{"schemas":["{{UserSchema}}"],"id":"u-1","userName":"mia","groups":[{"value":"g-1"}]}""", Text(ScimWriter.Store(outcome.Resource)));
    }

    [Fact]
    public void A_put_of_the_same_changes_nothing()
    {
        Assert.False(ScimReplacement.Apply(User(), ScimResource.FromRequest(ScimSchemas.User, Json(Mia))).Changed);
        var told = Group("""{"schemas":["urn:ietf:params:scim:schemas:core:2.0:Group"],"displayName":"Team","members":[{"value":"a","type":"User","$ref":"../Users/a"},{"value":"b","type":"User"}]}""");
        Assert.False(ScimReplacement.Apply(told, ScimResource.FromRequest(ScimSchemas.Group, Json(Team))).Changed);
        Assert.Equal("invalidValue", Keyword(() => ScimReplacement.Apply(User(), ScimResource.FromRequest(ScimSchemas.User, Json($$"""{"schemas":["{{UserSchema}}"]}""")))));
    }
}
