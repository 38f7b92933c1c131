using CsCheck;
using Deskward.Protocol.Tests;
using Xunit;
using static Deskward.Protocol.Scim.ScimSamples;

namespace Deskward.Protocol.Scim;

/// <summary>What holds for any filter, resource and change.</summary>
public sealed class ScimPropertyTests
{
    private static readonly Gen<string> Text = Gen.OneOf(Gen.OneOf("a", "B", "work", "mia@contoso.example", "é\"\\\n", ""), Gen.String[Gen.Char["ab \"\\é漢/"], 0, 6]);

    private static readonly Gen<ScimAttribute> TextAttribute = Gen.OneOf("userName", "displayName", "title", "externalId", "nickName").Select(name => ScimSchemas.User.Root.Find(name)!);

    private static readonly Gen<ScimFilter> Leaf = Gen.OneOf(
        Gen.Select(TextAttribute, Gen.Enum<ScimOperator>(), Text, (attribute, comparison, text) => (ScimFilter)new ScimCompare(Path(attribute.Name), comparison, text)),
        Gen.Bool.Select(flag => (ScimFilter)new ScimCompare(Path("active"), ScimOperator.Eq, flag)),
        Gen.Long[0, 3_000_000_000].Select(at => (ScimFilter)new ScimCompare(Path("meta.created"), ScimOperator.Ge, DateTimeOffset.FromUnixTimeMilliseconds(at))),
        Gen.OneOf("emails", "name.givenName", Enterprise + ":manager.value").Select(name => (ScimFilter)new ScimPresent(Path(name))),
        Gen.Select(Text, Gen.Bool, (text, flag) => (ScimFilter)new ScimItemFilter(Path("emails"), ScimFilter.AllOf([Item("value", text), new ScimNot(Item("type", text)), .. flag ? [Item("display", "x")] : Array.Empty<ScimFilter>()]))));

    private static readonly Gen<ScimFilter> Filter = Gen.Recursive<ScimFilter>((depth, inner) => depth > 3 ? Leaf : Gen.OneOf(
        Leaf, inner.Array[2, 3].Select(ScimFilter.AllOf), inner.Array[2, 3].Select(ScimFilter.AnyOf), inner.Select(one => (ScimFilter)new ScimNot(one))));

    private static readonly Gen<string> Emails = Gen.Select(Gen.OneOf("a@x", "b@x", "c@x", "A@X"), Gen.OneOf("work", "home", "other"), (value, type) => $$"""{"value":"{{value}}","type":"{{type}}"}""")
        .Array[1, 4].Select(items => $"[{string.Join(',', items)}]");

    private static readonly Gen<ScimResource> Person = Gen.Select(Emails, Gen.OneOf("x", "Y", ""), Gen.Bool, (emails, title, active) =>
        UserWith($$""" "emails":{{emails}},"title":"{{title}}","active":{{(active ? "true" : "false")}},"{{Enterprise}}":{"department":"d"} """));

    private static readonly Gen<string> Change = Gen.OneOf(
        Emails.Select(emails => $$"""{"op":"add","path":"emails","value":{{emails}}}"""),
        Emails.Select(emails => $$"""{"op":"replace","path":"emails","value":{{emails}}}"""),
        Emails.Select(emails => $$"""{"op":"remove","path":"emails","value":{{emails}}}"""),
        Gen.OneOf("work", "home", "none").Select(type => $$"""{"op":"add","path":"emails[type eq \"{{type}}\"].value","value":"d@x"}"""),
        Gen.OneOf("work", "home", "none").Select(type => $$"""{"op":"remove","path":"emails[type eq \"{{type}}\"]"}"""),
        Gen.OneOf("work", "none").Select(type => $$"""{"op":"add","path":"emails[type eq \"{{type}}\"].primary","value":true}"""),
        Gen.OneOf("title", "active", "emails.type", Enterprise).Select(path => $$"""{"op":"remove","path":"{{path}}"}"""),
        Gen.Bool.Select(flag => $$$"""{"op":"replace","value":{"active":"{{{flag}}}","title":"z","{{{Enterprise}}}:division":"q"}}"""));

    [Fact]
    public void A_filter_that_is_written_is_read_back() =>
        Filter.Where(filter => filter.ToString().Length < 5_000).Sample(filter => Assert.Equal(filter, ScimFilter.Parse(ScimSchemas.User, filter.ToString())), iter: Effort.Cases(1_000, 100_000), threads: 1);

    [Fact]
    public void Not_turns_every_answer_round() => Gen.Select(Filter, Person).Sample(
        (filter, person) => Assert.NotEqual(filter.Matches(person), new ScimNot(filter).Matches(person)), iter: Effort.Cases(1_000, 100_000), threads: 1);

    [Fact]
    public void A_change_that_is_done_twice_is_done_once() => Gen.Select(Person, Change).Sample(
        (person, change) =>
        {
            if (Record.Exception(() => Patch(person, change)) is ScimException)
            {
                return;
            }
            var once = Patch(person, change);
            Assert.Equal(once.Changed, !once.Resource.Values.Equals(person.Values));
            Assert.False(Patch(once.Resource, change).Changed);
        },
        iter: Effort.Cases(1_000, 100_000), threads: 1);

    [Fact]
    public void After_any_changes_a_resource_is_sound_and_stored_as_it_is() => Gen.Select(Person, Change.Array[1, 4]).Sample(
        (person, changes) =>
        {
            if (Record.Exception(() => Patch(person, changes)) is ScimException { Error.Keyword: "noTarget" or "invalidValue" })
            {
                return;
            }
            var after = Patch(person, changes).Resource;
            ScimValidation.Check(after);
            Assert.Equal(after.Values, ScimResource.FromStored(ScimSchemas.User, ScimWriter.Store(after)).Values);
        },
        iter: Effort.Cases(1_000, 100_000), threads: 1);

    [Fact]
    public void What_is_asked_for_and_what_is_left_out_make_the_whole() => Gen.Select(Person, Gen.OneOf("title", "emails", "active", Enterprise)).Sample(
        (person, name) =>
        {
            var only = ScimWriter.Answer(person, ScimProjection.Of(ScimSchemas.User, [name], []));
            var others = ScimWriter.Answer(person, ScimProjection.Of(ScimSchemas.User, [], [name]));
            var both = ScimResource.FromStored(ScimSchemas.User, others).With(name, ScimResource.FromStored(ScimSchemas.User, only).Values.Get(ScimSchemas.User.Root.Find(name)!));
            Assert.Equal(person.Values, both.Values);
        },
        iter: Effort.Cases(500, 50_000), threads: 1);

    [Fact]
    public void Noise_is_read_or_refused_and_nothing_else() => Gen.String[Gen.Char["()[]\" \\.:$andortepquserNamemailsv0\ud800"], 0, 60].Sample(
        noise =>
        {
            Assert.True(Record.Exception(() => ScimFilter.Parse(ScimSchemas.User, noise)) is null or ScimException { Error.Keyword: "invalidFilter" });
            Assert.True(Record.Exception(() => ScimPatchTarget.Parse(ScimSchemas.User, noise)) is null or ScimException { Error.Keyword: "invalidPath" });
        },
        iter: Effort.Cases(5_000, 1_000_000), threads: 1);

    private static ScimPath Path(string name) => ScimPath.Find(ScimSchemas.User.Root, name)!;

    private static ScimCompare Item(string name, string text) => new(ScimPath.Find(ScimSchemas.User.Root.Find("emails")!, name)!, ScimOperator.Eq, text);
}
