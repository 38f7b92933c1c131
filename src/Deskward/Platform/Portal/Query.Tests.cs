using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;
using Xunit;

namespace Deskward.Platform.Portal;

public sealed class QueryTests
{
    [Theory]
    [InlineData("-1")]
    [InlineData("0")]
    [InlineData("99999999999999999999")]
    [InlineData("1e3")]
    [InlineData("' OR 1=1")]
    public void A_page_number_that_is_none_is_named_and_counts_as_absent(string text)
    {
        var query = Of("page", text);
        Assert.Equal(1, query.Number("page", 1, 1, 1000));
        Assert.Equal(["page"], query.Ignored);
    }

    [Theory]
    [InlineData("a\0b")]
    [InlineData("line\nbreak")]
    public void Control_characters_are_refused_in_a_search(string text) => Assert.Null(Of("q", text).Text("q"));

    [Fact]
    public void A_search_longer_than_the_field_is_refused() => Assert.Null(Of("q", new string('x', 101)).Text("q"));

    [Fact]
    public void A_changed_filter_goes_back_to_the_first_page() =>
        Assert.Equal("/devices?q=a%26b&sort=user", new Query(Values(("q", "a&b"), ("page", "7")), "/devices").With(("sort", "user")));

    [Theory]
    [InlineData("https://evil.example/")]
    [InlineData("//evil.example")]
    [InlineData("/\\evil.example")]
    [InlineData("devices")]
    [InlineData("")]
    public void A_way_back_that_leads_elsewhere_leads_home(string path) => Assert.Equal("/", PortalShell.LocalPath(path));

    private static Query Of(string name, string value) => new(Values((name, value)));

    private static QueryCollection Values(params (string Name, string Value)[] values) => new(values.ToDictionary(value => value.Name, value => new StringValues(value.Value)));
}
