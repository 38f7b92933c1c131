using Xunit;
using static Deskward.Protocol.Scim.ScimSamples;

namespace Deskward.Protocol.Scim;

public sealed class ScimFilterTests
{
    private static readonly ScimResource Mixed = User().WithMeta(
        new ScimMeta(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero), new DateTimeOffset(2026, 5, 1, 12, 0, 0, TimeSpan.Zero), "https://desk.example/Users/u-1", "W/\"5\""));

    [Theory]
    [InlineData("userName eq \"MIA@contoso.example\"", true)]
    [InlineData("USERNAME Eq \"mia@contoso.example\"", true)]
    [InlineData("externalId eq \"E-17\"", true)]
    [InlineData("externalId eq \"e-17\"", false)]
    [InlineData("name.familyName co \"KAF\"", true)]
    [InlineData("userName sw \"mia\"", true)]
    [InlineData("userName ew \"example\"", true)]
    [InlineData("userName sw \"example\"", false)]
    [InlineData("title pr", false)]
    [InlineData("not (title pr)", true)]
    [InlineData("name pr", true)]
    [InlineData("title eq null", true)]
    [InlineData("title ne null", false)]
    [InlineData("displayName ne \"Mia Okafor\"", false)]
    [InlineData("title ne \"Boss\"", true)]
    [InlineData("title eq \"Boss\"", false)]
    [InlineData("active eq true", true)]
    [InlineData("active eq \"False\"", false)]
    [InlineData("active ne false", true)]
    [InlineData("displayName gt \"lena\"", true)]
    [InlineData("displayName le \"MIA OKAFOR\"", true)]
    [InlineData("meta.lastModified gt \"2026-05-01T11:00:00Z\"", true)]
    [InlineData("meta.lastModified ge \"2026-05-01T14:00:00+02:00\"", true)]
    [InlineData("meta.lastModified lt \"2026-05-01T12:00:00.000Z\"", false)]
    [InlineData("meta.resourceType eq \"User\"", true)]
    [InlineData("schemas eq \"" + Enterprise + "\"", true)]
    [InlineData("urn:ietf:params:scim:schemas:core:2.0:User:userName sw \"m\"", true)]
    [InlineData(Enterprise + ":department eq \"sales\"", true)]
    [InlineData(Enterprise + ":manager eq \"m-1\"", true)]
    [InlineData("emails co \"home.example\"", true)]
    [InlineData("emails.value eq \"mia@home.example\"", true)]
    [InlineData("emails.type eq \"other\"", false)]
    [InlineData("emails ne \"mia@home.example\"", true)]
    [InlineData("emails[type eq \"work\" and value co \"@contoso\"]", true)]
    [InlineData("emails[type eq \"home\" and value co \"@contoso\"]", false)]
    [InlineData("emails.type eq \"home\" and emails.value co \"@contoso\"", true)]
    [InlineData("emails[not (type eq \"home\") and (primary eq true or value pr)]", true)]
    [InlineData("emails[type eq \"work\"].value eq \"mia@contoso.example\"", true)]
    [InlineData("emails[type eq \"home\"].value eq \"mia@contoso.example\"", false)]
    [InlineData("emails[primary eq \"True\"].value pr", true)]
    [InlineData("title pr and active eq true or userName pr", true)]
    [InlineData("title pr and (active eq true or userName pr)", false)]
    [InlineData("userName pr or active eq true and title pr", true)]
    [InlineData("not (title pr) and userName pr", true)]
    [InlineData("displayName eq \"M\\u0069a Okafor\"", true)]
    public void A_filter_answers_as_the_specification_says(string filter, bool expected) => Assert.Equal(expected, ScimFilter.Parse(ScimSchemas.User, filter).Matches(Mixed));

    [Theory]
    [InlineData("", "At character 1: an attribute, 'not' or '(' is expected.")]
    [InlineData("userName", "At character 9: one of eq, ne, co, sw, ew, pr, gt, ge, lt and le is expected.")]
    [InlineData("userName is \"x\"", "At character 10: one of eq, ne, co, sw, ew, pr, gt, ge, lt and le is expected, not 'is'.")]
    [InlineData("userName 0 \"x\"", "At character 10: one of eq, ne, co, sw, ew, pr, gt, ge, lt and le is expected, not '0'.")]
    [InlineData("userName eq", "At character 12: a value is expected.")]
    [InlineData("userName eq kim", "At character 13: 'userName' is compared with a string.")]
    [InlineData("userName eq \"kim", "At character 13: the string does not end.")]
    [InlineData("userName eq \"\\x\"", "At character 13: the string is not as JSON writes it.")]
    [InlineData("userName eq \"\\ud800\"", "At character 13: the string is not as JSON writes it.")]
    [InlineData("userName eq \"\\u0000\"", "At character 13: the string holds U+0000.")]
    [InlineData("(userName pr", "At character 13: ')' is expected.")]
    [InlineData("userName pr)", "At character 12: 'and', 'or' or the end is expected, not ')'.")]
    [InlineData("userName pr title pr", "At character 13: 'and', 'or' or the end is expected, not 'title'.")]
    [InlineData("userName pr and", "At character 16: an attribute, 'not' or '(' is expected.")]
    [InlineData("not userName pr", "At character 1: there is no attribute 'not'.")]
    [InlineData("shoeSize eq 5", "At character 1: there is no attribute 'shoeSize'.")]
    [InlineData("active gt true", "At character 11: 'active' cannot be compared by 'gt'.")]
    [InlineData("active eq \"maybe\"", "At character 11: 'active' is compared with true or false.")]
    [InlineData("x509Certificates.value co \"AA\"", "At character 27: 'x509Certificates.value' cannot be compared by 'co'.")]
    [InlineData("meta.created sw \"2026\"", "At character 17: 'meta.created' cannot be compared by 'sw'.")]
    [InlineData("meta.created gt \"soon\"", "At character 17: 'meta.created' is compared with a date with time such as 2026-01-31T08:00:00Z.")]
    [InlineData("name eq \"Mia\"", "At character 9: 'name' has parts; name the one to compare.")]
    [InlineData("title gt null", "At character 10: null can be compared by eq and ne only.")]
    [InlineData("userName[value pr]", "At character 1: 'userName' has no parts to select by.")]
    [InlineData("emails[type eq \"work\"", "At character 22: ']' is expected.")]
    public void A_wrong_filter_is_refused_and_the_place_told(string filter, string detail) =>
        Assert.Equal(("invalidFilter", detail), Refusal(() => ScimFilter.Parse(ScimSchemas.User, filter)));

    [Fact]
    public void Half_of_a_surrogate_pair_is_no_string()
    {
        var half = new string((char)0xD800, 1);
        Assert.Equal(("invalidFilter", "At character 13: the string is not as JSON writes it."), Refusal(() => ScimFilter.Parse(ScimSchemas.User, $"userName eq \"{half}\"")));
        Assert.Equal("invalidFilter", Keyword(() => ScimFilter.Parse(ScimSchemas.User, $"user{half}Name pr")));
    }

    [Fact]
    public void In_a_search_over_all_types_what_one_lacks_has_no_value_there()
    {
        Assert.False(ScimFilter.Parse(ScimSchemas.Group, "userName sw \"t\" or emails[type eq \"work\"].value pr", passUnknown: true).Matches(Group()));
        Assert.True(ScimFilter.Parse(ScimSchemas.Group, "userName pr or displayName eq \"team\"", passUnknown: true).Matches(Group()));
    }

    [Theory]
    [InlineData(200, null)]
    [InlineData(201, "the filter has more than 200 terms.")]
    [InlineData(10_000, "The filter is longer than 32768 characters.")]
    public void A_filter_has_a_bounded_number_of_terms(int terms, string? detail)
    {
        var filter = string.Join(" or ", Enumerable.Repeat("title eq \"x\"", terms));
        var refusal = Record.Exception(() => ScimFilter.Parse(ScimSchemas.User, filter).Matches(Mixed)) as ScimException;
        Assert.Equal(detail, refusal?.Error.Detail.Split(": ")[^1]);
    }

    [Theory]
    [InlineData("(")]
    [InlineData("not (")]
    [InlineData("emails[")]
    public void Brackets_inside_each_other_are_bounded(string open)
    {
        var filter = string.Concat(Enumerable.Repeat(open, 2_000));
        Assert.Equal("invalidFilter", Keyword(() => ScimFilter.Parse(ScimSchemas.User, filter)));
    }

    [Fact]
    public void A_chain_is_one_list_so_that_no_stack_grows()
    {
        var all = Assert.IsType<ScimAllOf>(ScimFilter.Parse(ScimSchemas.User, "title pr and (active eq true and (userName pr and not (nickName pr)))"));
        Assert.Equal(4, all.Parts.Count);
    }
}
