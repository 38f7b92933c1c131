using System.Globalization;
using Xunit;

namespace Deskward.Guards;

/// <summary>Files, methods, parameter lists and folders stay small. What is larger stands in <c>sizes.allowed.txt</c>, which only shrinks.</summary>
public sealed class SizeTests
{
    [Fact]
    public void Nothing_is_larger_than_the_house_style_allows()
    {
        var found = Sizes.Of([.. Sources.Code]).ToList();
        Nothing.In(TooLarge(found, AllowList.Read("sizes.allowed.txt")));
    }

    [Fact]
    public void The_allow_list_holds_nothing_that_has_become_small()
    {
        var found = Sizes.Of([.. Sources.Code]).Select(item => item.Key).ToHashSet();
        Nothing.In(AllowList.Read("sizes.allowed.txt").Where(entry => !found.Contains(entry[..entry.LastIndexOf(' ')])));
    }

    [Theory]
    [InlineData(355, false)]
    [InlineData(356, true)]
    public void What_the_allow_list_names_may_not_grow(int lines, bool found) =>
        Assert.Equal(found, TooLarge([new Oversize("a.cs", "file-lines", lines)], ["file-lines a.cs 355"]).Any());

    [Theory]
    [InlineData(350, false)]
    [InlineData(351, true)]
    public void A_file_of_more_than_350_lines_is_found(int lines, bool found) =>
        Assert.Equal(found, Sizes.Of([new SourceFile("src/A.cs", string.Concat(Enumerable.Repeat("\n", lines)))]).Any());

    [Theory]
    [InlineData("", 46, null)]
    [InlineData("", 48, "method-lines")]
    [InlineData("[Fact]", 15, null)]
    [InlineData("[Fact]", 16, "test-lines")]
    public void A_long_method_is_found(string attribute, int bodyLines, string? kind)
    {
        var body = string.Concat(Enumerable.Repeat("M();\n", bodyLines));
        var file = new SourceFile("src/A.cs", $"class A\n{{\n{attribute}\nvoid M()\n{{\n{body}}}\n}}");
        Assert.Equal(kind, Sizes.Of([file]).Select(item => item.Kind).SingleOrDefault());
    }

    [Theory]
    [InlineData("class A { void M(int a, int b, int c, int d, int e, int f, int g) { } }", false)]
    [InlineData("class A { void M(int a, int b, int c, int d, int e, int f, int g, int h) { } }", true)]
    [InlineData("class A(int a, int b, int c, int d, int e, int f, int g, int h);", true)]
    [InlineData("class A { void M() { void L(int a, int b, int c, int d, int e, int f, int g, int h) { } } }", true)]
    public void More_than_seven_parameters_are_found(string code, bool found) => Assert.Equal(found, Sizes.Of([new SourceFile("src/A.cs", code)]).Any());

    [Fact]
    public void Code_in_a_page_is_measured()
    {
        var page = new SourceFile("src/A.razor", "<p>@x</p>\n@code {\n  void M(int a, int b, int c, int d, int e, int f, int g, int h) { }\n}\n");
        Assert.Equal("parameters src/A.razor:M 8", Assert.Single(Sizes.Of([page])).ToString());
    }

    [Theory]
    [InlineData(40, false)]
    [InlineData(41, true)]
    public void A_folder_of_more_than_40_files_is_found(int files, bool found) =>
        Assert.Equal(found, Sizes.Of([.. Enumerable.Range(0, files).Select(number => new SourceFile($"src/Deskward/Updates/A{number}.cs", ""))]).Any());

    private static IEnumerable<string> TooLarge(IEnumerable<Oversize> found, IReadOnlyCollection<string> allowed) => found
        .Where(item => !allowed.Any(entry => entry.StartsWith(item.Key + " ", StringComparison.Ordinal) && item.Size <= int.Parse(entry[(item.Key.Length + 1)..], CultureInfo.InvariantCulture)))
        .Select(item => item.ToString());
}
