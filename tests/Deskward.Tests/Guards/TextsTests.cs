using System.Net;
using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Rendering;
using Xunit;

namespace Deskward.Guards;

/// <summary>A page as it must not be: with words of its own.</summary>
public sealed class PageWithWords : ComponentBase
{
    protected override void BuildRenderTree(RenderTreeBuilder builder)
    {
        builder.AddMarkupContent(0, "<p class=\"wide\">Some words</p>");
        builder.AddMarkupContent(1, "<i title=\"A hint\"></i>");
        builder.OpenElement(2, "b");
        builder.AddAttribute(3, "aria-label", "A label");
        builder.AddContent(4, "More words");
        builder.CloseElement();
    }
}

/// <summary>The portal's texts: the same keys in both languages, every key that pages use, and no words on a page itself.</summary>
public sealed partial class TextsTests
{
    /// <summary>Read the same in every language.</summary>
    private static readonly HashSet<string> SameInAll = ["northwind.example", "contoso.example", "Deskward", "UTC"];

    private static readonly string[] ForPagesToCome = ["form.save", "form.cancel"];

    /// <summary>The forms of a text with a number.</summary>
    private static readonly string[] Numbers = [".one", ".other"];

    private static readonly IReadOnlyDictionary<string, string> English = Read("en");

    private static readonly IReadOnlyDictionary<string, string> Chinese = Read("zh-Hans");

    private static string Code => string.Join('\n', Sources.Product.Where(file => file.Path.StartsWith("src/Deskward/", StringComparison.Ordinal)).Select(file => file.Text));

    [Fact]
    public void Both_languages_have_the_same_keys_and_places() => Nothing.In(Differences(English, Chinese));

    [Theory]
    [InlineData("a", "b", "x", "x")]
    [InlineData("a", "a", "{0} of {1}", "{0}")]
    [InlineData("a", "a", "x", " ")]
    public void A_text_that_differs_is_found(string key, string otherKey, string text, string otherText) =>
        Assert.NotEmpty(Differences(new Dictionary<string, string> { [key] = text }, new Dictionary<string, string> { [otherKey] = otherText }));

    [Fact]
    public void Every_key_that_is_used_has_a_text() => Nothing.In(Missing(Code, [.. English.Keys]));

    [Theory]
    [InlineData("""@T["gone.title"]""")]
    [InlineData("""@T[x ? "known.title" : "gone.title"]""")]
    [InlineData("""@T["gone." + kind]""")]
    [InlineData("""@T.Count("known.title", 2)""")]
    [InlineData("""Done("gone")""")]
    public void A_key_without_a_text_is_found(string code) => Assert.NotEmpty(Missing(code, ["known.title"]));

    [Fact]
    public void Every_text_is_used()
    {
        var literals = Quoted().Matches(Code).Select(match => match.Value).ToHashSet();
        Nothing.In(English.Keys.Except(ForPagesToCome).Where(key => !Uses(key).Any(literals.Contains)));
        Assert.DoesNotContain("nobody.says.this", Uses("nobody.says.that"));
    }

    [Fact]
    public void No_page_has_words_of_its_own() => Nothing.In(Words(typeof(Modules).Assembly.Location));

    [Fact]
    public void Words_on_a_page_are_found() => Assert.Equal(
        ["Some words", "A hint", "A label", "More words"], Words(typeof(PageWithWords).Assembly.Location).Where(found => found.Contains(nameof(PageWithWords), StringComparison.Ordinal)).Select(found => found.Split(": ")[1]));

    private static IEnumerable<string> Differences(IReadOnlyDictionary<string, string> one, IReadOnlyDictionary<string, string> other) =>
        one.Keys.Except(other.Keys).Concat(other.Keys.Except(one.Keys)).Select(key => $"{key}: in one language only")
            .Concat(one.Keys.Intersect(other.Keys).Where(key => !Places(one[key]).SetEquals(Places(other[key]))).Select(key => $"{key}: other places"))
            .Concat(one.Concat(other).Where(text => string.IsNullOrWhiteSpace(text.Value)).Select(text => $"{text.Key}: empty"));

    private static HashSet<string> Places(string text) => [.. Place().Matches(text).Select(match => match.Value)];

    private static IEnumerable<string> Missing(string code, HashSet<string> keys) =>
        Indexed().Matches(code).SelectMany(match => Literal().Matches(match.Value)).Select(match => match.Groups[1].Value).Where(text => Key().IsMatch(text))
            .Where(text => text.EndsWith('.') ? !keys.Any(key => key.StartsWith(text, StringComparison.Ordinal)) : !keys.Contains(text))
            .Concat(Counted().Matches(code).SelectMany(match => Numbers.Select(number => match.Groups[1].Value + number)).Where(key => !keys.Contains(key)))
            .Concat(Told().Matches(code).Select(match => "done." + match.Groups[1].Value).Where(key => !keys.Contains(key))).Distinct();

    /// <summary>The literals of which one must stand in the code when the key is used: itself, without its number, told as done, or as the beginning of a made-up key.</summary>
    private static IEnumerable<string> Uses(string key)
    {
        string[] whole = [key, key.EndsWith(".one", StringComparison.Ordinal) ? key[..^4] : key, key.EndsWith(".other", StringComparison.Ordinal) ? key[..^6] : key, key.StartsWith("done.", StringComparison.Ordinal) ? key[5..] : key];
        return whole.Concat(Enumerable.Range(1, key.Length - 1).Where(place => key[place] == '.').SelectMany(place => new[] { key[..place], key[..(place + 1)] }));
    }

    private static IEnumerable<string> Words(string assembly)
    {
        using var pages = new AssemblyReader(assembly);
        return [.. pages.RenderedLiterals().SelectMany(literal => Readable(literal.Attribute, literal.Text).Select(text => (literal.Type, Text: WebUtility.HtmlDecode(text).Trim())))
            .Where(found => Letters().IsMatch(found.Text) && !SameInAll.Contains(found.Text)).Select(found => $"{found.Type}: {found.Text}")];
    }

    private static IEnumerable<string> Readable(string? attribute, string text) => attribute switch
    {
        null => Spoken().Matches(text).Select(match => match.Groups[2].Value).Concat(Tag().Split(text)),
        "title" or "alt" or "placeholder" or "aria-label" or "aria-description" => [text],
        _ => [],
    };

    private static Dictionary<string, string> Read(string language) =>
        Sources.All.Where(file => file.Path.StartsWith("src/Deskward/", StringComparison.Ordinal) && file.Path.EndsWith($"/Texts.{language}.json", StringComparison.Ordinal))
            .SelectMany(file => JsonSerializer.Deserialize<Dictionary<string, string>>(file.Text)!).ToDictionary();

    [GeneratedRegex(@"\{\d+")]
    private static partial Regex Place();

    [GeneratedRegex(@"\bT\[(?:[^\[\]""]|""[^""\n]*"")*\]")]
    private static partial Regex Indexed();

    [GeneratedRegex(@"""([^""\n]*)""")]
    private static partial Regex Literal();

    [GeneratedRegex(@"(?<="")[\w.\-]+(?="")")]
    private static partial Regex Quoted();

    [GeneratedRegex(@"\bT\.Count\(""([^""]*[^"".])""")]
    private static partial Regex Counted();

    [GeneratedRegex(@"\bDone\(""([^""]+)""")]
    private static partial Regex Told();

    [GeneratedRegex(@"^[a-z][a-z0-9-]*\.([A-Za-z0-9-]+\.?)*$")]
    private static partial Regex Key();

    [GeneratedRegex(@"\s(title|alt|placeholder|aria-label|aria-description)=""([^""]*)""")]
    private static partial Regex Spoken();

    [GeneratedRegex("<[^>]*>")]
    private static partial Regex Tag();

    [GeneratedRegex(@"\p{L}{2}")]
    private static partial Regex Letters();
}
