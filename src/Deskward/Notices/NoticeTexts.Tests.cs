using Deskward.Fixture;
using Deskward.Platform.Portal;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Deskward.Notices;

public sealed class NoticeTextsTests(Services services)
{
    [Fact]
    public void Both_languages_say_the_same_kinds_with_the_same_places() => Guards.Nothing.In(Differences(NoticeTexts.All(Language.English), NoticeTexts.All(Language.Chinese)));

    [Fact]
    public async Task Every_kind_has_a_text_and_every_text_a_kind()
    {
        var service = await services.SharedAsync(Engine.Sqlite);
        Assert.Equal(NoticeTexts.All(Language.English).Keys.Order(StringComparer.Ordinal), service.Provider.GetServices<NoticeKind>().Select(kind => kind.Key).Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("a", "{name}", null)]
    [InlineData("b", "{name}", "Open")]
    [InlineData("a", "{other}", "Open")]
    [InlineData("a", " ", "Open")]
    public void A_text_that_differs_is_found(string key, string text, string? action) =>
        Assert.NotEmpty(Differences(new Dictionary<string, NoticeText> { ["a"] = new("A", "S", ["{name}"], "Open") }, new Dictionary<string, NoticeText> { [key] = new("A", "S", [text], action) }));

    [Fact]
    public void A_place_without_a_value_is_a_mistake_of_the_sender() =>
        Assert.Throws<InvalidOperationException>(() => NoticeTexts.Say(Language.English, NoticesModule.Test.Key, new Dictionary<string, NoticeValue>()));

    [Fact]
    public void A_value_that_looks_like_a_place_stays_as_it_is()
    {
        var said = NoticeTexts.Say(Language.English, NoticesModule.Test.Key, new Dictionary<string, NoticeValue> { ["name"] = "{at}", ["at"] = "{name}" })!;
        Assert.StartsWith("{at} asked for this mail on {name},", said.Paragraphs[0], StringComparison.Ordinal);
    }

    [Fact]
    public void A_word_of_the_portal_is_said_in_the_readers_language()
    {
        var values = new Dictionary<string, NoticeValue> { ["name"] = NoticeValue.OfText("role.ServiceReader"), ["at"] = "" };
        Assert.StartsWith(new Texts(Language.Chinese)["role.ServiceReader"], NoticeTexts.Say(Language.Chinese, NoticesModule.Test.Key, values)!.Paragraphs[0], StringComparison.Ordinal);
    }

    private static IEnumerable<string> Differences(IReadOnlyDictionary<string, NoticeText> one, IReadOnlyDictionary<string, NoticeText> other) =>
        one.Keys.Except(other.Keys).Concat(other.Keys.Except(one.Keys)).Concat(one.Keys.Intersect(other.Keys).Where(key => !IsSame(one[key], other[key])));

    private static bool IsSame(NoticeText one, NoticeText other) => NoticeTexts.Places(one).ToHashSet().SetEquals(NoticeTexts.Places(other)) && one.Action is null == other.Action is null
        && one.Text.Concat(other.Text).Append(other.Subject).Append(other.Name).All(line => !string.IsNullOrWhiteSpace(line));
}
