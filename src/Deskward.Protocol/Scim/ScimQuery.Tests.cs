using System.Text.Json;
using Xunit;
using static Deskward.Protocol.Scim.ScimSamples;

namespace Deskward.Protocol.Scim;

public sealed class ScimQueryTests
{
    [Theory]
    [InlineData("", "", 1, 100)]
    [InlineData("0", "0", 1, 0)]
    [InlineData("-5", "-1", 1, 0)]
    [InlineData("7", "20", 7, 20)]
    [InlineData("3000000000", "9999999999", int.MaxValue, 100)]
    public void Paging_follows_the_specification(string startIndex, string count, int start, int take)
    {
        var query = Query(("startIndex", startIndex), ("count", count));
        Assert.Equal((start, take), (query.StartIndex, query.Take(100)));
    }

    [Theory]
    [InlineData("startIndex", "one")]
    [InlineData("count", "1.5")]
    [InlineData("sortOrder", "upwards")]
    public void A_parameter_that_is_none_is_refused(string name, string value) => Assert.Equal("invalidValue", Keyword(() => Query((name, value))));

    [Fact]
    public void A_search_asks_the_same_as_the_parameters_do()
    {
        var search = ScimQuery.Of(Json("""
            {"schemas":["urn:ietf:params:scim:api:messages:2.0:SearchRequest"],"attributes":["userName","emails.value"],"filter":"title pr",
            "sortBy":"userName","sortOrder":"descending","startIndex":0,"count":-3}
            """));
        var query = Query(("attributes", "userName, emails.value"), ("filter", "title pr"), ("sortBy", "userName"), ("sortOrder", "DESCENDING"), ("startIndex", "0"), ("count", "-3"));
        Assert.Equal(query with { Attributes = [], ExcludedAttributes = [] }, search with { Attributes = [], ExcludedAttributes = [] });
        Assert.Equal(query.Attributes, search.Attributes);
    }

    [Theory]
    [InlineData("{\"filter\":\"title pr\"}")]
    [InlineData("{\"schemas\":[\"urn:ietf:params:scim:api:messages:2.0:SearchRequest\"],\"count\":\"5\"}")]
    [InlineData("{\"schemas\":[\"urn:ietf:params:scim:api:messages:2.0:SearchRequest\"],\"attributes\":[5]}")]
    public void A_search_of_the_wrong_shape_is_refused(string json) => Assert.Equal("invalidSyntax", Keyword(() => ScimQuery.Of(Json(json))));

    [Theory]
    [InlineData("userName", "", "schemas id userName")]
    [InlineData("name.familyName,urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department", "", "schemas id name.familyName ext.department")]
    [InlineData("emails,nothing", "", "schemas id emails.value,type,primary emails.value,type")]
    [InlineData("emails.type", "", "schemas id emails.type emails.type")]
    [InlineData(Enterprise, "", "schemas id ext.department,manager")]
    [InlineData("", "id,schemas,name,emails,phoneNumbers,active,externalId," + Enterprise, "schemas id userName displayName")]
    [InlineData("", "emails.value,emails.primary,name.givenName,phoneNumbers.value,phoneNumbers.type," + Enterprise + ":manager", "schemas id externalId userName name.familyName displayName active emails.type emails.type ext.department")]
    public void An_answer_holds_what_was_asked_for(string attributes, string excluded, string expected)
    {
        var query = Query(("attributes", attributes), ("excludedAttributes", excluded));
        Assert.Equal(expected, Shape(JsonSerializer.Deserialize<JsonElement>(ScimWriter.Answer(User(), query.ProjectionOf(ScimSchemas.User)))));
    }

    [Fact]
    public void Attributes_and_excluded_attributes_exclude_each_other() =>
        Assert.Equal("invalidValue", Keyword(() => Query(("attributes", "title"), ("excludedAttributes", "name")).ProjectionOf(ScimSchemas.User)));

    [Theory]
    [InlineData("displayName", false, "b a c")]
    [InlineData("displayName", true, "c a b")]
    [InlineData("title", false, "a b c")]
    [InlineData("title", true, "b c a")]
    [InlineData("emails", false, "c a b")]
    [InlineData("emails.value", true, "b a c")]
    [InlineData("active", false, "b a c")]
    public void A_list_is_sorted_by_value_and_what_has_none_stands_last(string sortBy, bool isDescending, string expected)
    {
        ScimResource[] people =
        [
            UserWith(""" "nickName":"a","displayName":"Beta","title":"T","active":true,"emails":[{"value":"z@x"},{"value":"b@x","primary":true}] """),
            UserWith(""" "nickName":"b","displayName":"alpha","active":false """),
            UserWith(""" "nickName":"c","displayName":"gamma","emails":[{"value":"A@x"},{"value":"y@x"}] """),
        ];
        Assert.Equal(expected, string.Join(' ', ScimSort.Of(ScimSchemas.User, sortBy, isDescending).Order(people).Select(one => one.Text("nickName"))));
    }

    [Theory]
    [InlineData("shoeSize")]
    [InlineData("name")]
    public void What_cannot_be_sorted_by_is_refused(string sortBy) => Assert.Equal("invalidValue", Keyword(() => ScimSort.Of(ScimSchemas.User, sortBy, false)));

    [Fact]
    public void A_page_tells_where_it_stands()
    {
        var page = ScimListResponse.Write(12, 11, [User(), Group()], type => ScimProjection.Of(type, ["displayName"], []));
        Assert.Equal(
            $$"""{"schemas":["urn:ietf:params:scim:api:messages:2.0:ListResponse"],"totalResults":12,"startIndex":11,"itemsPerPage":2,"Resources":[{"schemas":["{{UserSchema}}","{{Enterprise}}"],"id":"u-1","displayName":"Mia Okafor"},{"schemas":["{{GroupSchema}}"],"id":"g-1","displayName":"Team"}]}""",
            Text(page));
    }

    [Theory]
    [InlineData("W/\"3\"", true)]
    [InlineData("\"3\"", true)]
    [InlineData("*", true)]
    [InlineData("\"1\", W/\"3\"", true)]
    [InlineData("W/\"33\"", false)]
    [InlineData("3", false)]
    [InlineData("", false)]
    public void A_condition_names_a_version(string condition, bool expected) => Assert.Equal(expected, ScimVersion.Names(condition, ScimVersion.Of(3)));

    private static ScimQuery Query(params (string Name, string Value)[] parameters) => ScimQuery.Of(name => parameters.Where(one => one.Name == name).Select(one => one.Value).FirstOrDefault());

    /// <summary>Names of attributes; of complex ones with those of their parts, of lists for each value.</summary>
    private static string Shape(JsonElement resource) => string.Join(' ', resource.EnumerateObject().SelectMany(one => (one.Name.Contains(':', StringComparison.Ordinal) ? "ext" : one.Name) is var name && one.Value.ValueKind switch
    {
        JsonValueKind.Object => [$"{name}.{Parts(one.Value)}"],
        JsonValueKind.Array when one.Value.GetArrayLength() > 0 && one.Value[0].ValueKind == JsonValueKind.Object => one.Value.EnumerateArray().Select(item => $"{name}.{Parts(item)}"),
        _ => (IEnumerable<string>)[name],
    } is var lines ? lines : []));

    private static string Parts(JsonElement value) => string.Join(',', value.EnumerateObject().Select(part => part.Name));
}
