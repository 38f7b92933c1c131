using System.Text;
using Deskward.Protocol.Tests;
using Xunit;
using static Deskward.Protocol.Scim.ScimSamples;

namespace Deskward.Protocol.Scim;

/// <summary>Requests made to cost more than they should, or to break what comes after.</summary>
[Collection(nameof(Measured))]
public sealed class ScimHostileTests
{
    private const string UserStart = "{\"schemas\":[\"" + UserSchema + "\"],\"userName\":\"k\",";
    private const string PatchStart = "{\"schemas\":[\"urn:ietf:params:scim:api:messages:2.0:PatchOp\"],\"Operations\":[{\"op\":\"add\",\"path\":";

    private static readonly ScimLimits Wide = ScimLimits.Default with { Values = 1_000_000 };

    /// <summary>Name, what comes before, the part that is repeated (with # for its number), what comes after.</summary>
    public static TheoryData<string, string, string, string> Bodies => new()
    {
        { "a list of values", UserStart + "\"emails\":[", "{\"value\":\"a#\"},", "{}]}" },
        { "one value many times", UserStart + "\"emails\":[", "{\"value\":\"a\"},", "{}]}" },
        { "values without value", UserStart + "\"addresses\":[", "{\"formatted\":\"#\"},", "{}]}" },
        { "unknown names", UserStart, "\"x#\":#,", "\"title\":\"t\"}" },
        { "names in a value", UserStart + "\"name\":{", "\"x#\":[#],", "\"givenName\":\"t\"}}" },
        { "a long text", UserStart + "\"title\":\"", "aé", "\"}" },
        { "escapes", UserStart + "\"title\":\"", "\\u0041\\n", "\"}" },
        { "blanks", UserStart, "  ", "\"title\":\"t\"}" },
        { "objects inside each other", UserStart, "\"x\":{", "" },
    };

    [Theory]
    [MemberData(nameof(Bodies))]
    public void Twice_the_body_costs_at_most_two_and_a_half_times_the_time(string name, string before, string part, string after)
    {
        void Read(byte[] body) => Quietly(() => ScimValidation.Check(ScimResource.FromRequest(ScimSchemas.User, ScimJson.Parse(body), Wide)));
        Assert.True(Growth.IsLinear(times =>
        {
            var body = Body(before, part, after, 8_000 * times);
            return () => Read(body);
        }), name);
    }

    [Theory]
    [InlineData("\"members\",\"value\":[", "{\"value\":\"m#\"},", "{}]}]}")]
    [InlineData("\"members\",\"value\":[", "{\"value\":\"m\",\"type\":\"#\"},", "{}]}]}")]
    [InlineData("\"members\",\"value\":[", "{\"type\":\"#\"},", "{}]}]}")]
    public void Twice_the_members_cost_at_most_two_and_a_half_times_the_time(string before, string part, string after)
    {
        Assert.True(Growth.IsLinear(times =>
        {
            var body = Body(PatchStart + before, part, after, 7_500 * times);
            return () => ScimPatcher.Apply(Group(), ScimPatch.Read(ScimJson.Parse(body)), Wide);
        }));
    }

    [Theory]
    [InlineData("""{"op":"remove","path":"members[value eq \"m#\"]"}""")]
    [InlineData("""{"op":"add","path":"members","value":[{"value":"n#"}]}""")]
    [InlineData("""{"op":"remove","path":"members","value":[{"value":"m#"}]}""")]
    public void Many_changes_of_a_large_group_take_seconds_at_most(string operation)
    {
        var members = new ScimList([.. Enumerable.Range(0, 40_000).Select(number => ScimComplex.Of(ScimSchemas.Group.Root.Find("members")!, ("value", ScimScalar.Of($"m{number}"))))]);
        var patch = Read([.. Enumerable.Range(0, 300).Select(number => operation.Replace("#", number.ToString(null, null), StringComparison.Ordinal))]);
        var watch = System.Diagnostics.Stopwatch.StartNew();
        Assert.True(ScimPatcher.Apply(Group().With("members", members), patch).Changed);
        Assert.InRange(watch.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(10));
    }

    [Theory]
    [InlineData("title eq \"", "x", "\"")]
    [InlineData("title eq \"", "\\u0041", "\"")]
    [InlineData("", "x", " pr")]
    [InlineData("", "x.", " pr")]
    [InlineData("urn:", "a:", "b pr")]
    [InlineData("", " ", "title pr")]
    public void Twice_the_filter_costs_at_most_two_and_a_half_times_the_time(string before, string part, string after)
    {
        string Filter(int length) => before + string.Concat(Enumerable.Repeat(part, (length - before.Length - after.Length) / part.Length)) + after;
        Assert.True(Growth.IsLinear(times =>
        {
            var filter = Filter(500 * times);
            return () => Quietly(() => ScimFilter.Parse(ScimSchemas.User, filter));
        }));
    }

    [Theory]
    [InlineData("\"title\":\"\\ud800\"", "A text holds half of a surrogate pair.")]
    [InlineData("\"title\":\"\\udc00x\"", "A text holds half of a surrogate pair.")]
    [InlineData("\"\\ud800\":1", "A text holds half of a surrogate pair.")]
    [InlineData("\"title\":\"a\\u0000b\"", "A text holds U+0000.")]
    [InlineData("\"x\":1,\"x\":2", "The body is not JSON that can be read: Duplicate property 'x' encountered during deserialization.")]
    [InlineData("\"title\":\"a\",\"TITLE\":\"b\"", "'TITLE' stands twice in one object.")]
    [InlineData("\"active\":tru", "The body is not JSON that can be read: 'tru}' is an invalid JSON literal. Expected the literal 'true'.")]
    public void What_could_break_later_is_refused_at_once(string member, string detail) =>
        Assert.Equal(("invalidSyntax", detail), Refusal(() => User(UserStart + member + "}")));

    [Theory]
    [InlineData("[]")]
    [InlineData("\"x\"")]
    [InlineData("")]
    [InlineData("{} {}")]
    [InlineData("{\"a\":1,}")]
    [InlineData("// no\n{}")]
    public void What_is_not_one_object_is_refused(string json) => Assert.Equal("invalidSyntax", Keyword(() => Json(json)));

    [Theory]
    [InlineData(16, true)]
    [InlineData(17, false)]
    [InlineData(100_000, false)]
    public void Depth_is_bounded(int depth, bool passes)
    {
        var json = string.Concat(Enumerable.Repeat("{\"a\":", depth - 1)) + "{}" + new string('}', depth - 1);
        Assert.Equal(passes, Record.Exception(() => Json(json)) is not ScimException { Error.Keyword: "invalidSyntax" });
    }

    [Fact]
    public void Bytes_that_are_no_text_are_refused() => Assert.Equal(("invalidSyntax", "The body is not UTF-8."), Refusal(() => ScimJson.Parse(new byte[] { 0x7b, 0xff, 0x7d })));

    [Fact]
    public void The_number_of_values_and_operations_is_bounded()
    {
        var few = new ScimLimits(Values: 2, Operations: 2);
        var body = Json(UserStart + "\"roles\":[{\"value\":\"a\"},{\"value\":\"b\"},{\"value\":\"c\"}]}");
        Assert.Equal(("invalidValue", "roles: more than 2 values."), Refusal(() => ScimResource.FromRequest(ScimSchemas.User, body, few)));
        Assert.Equal("invalidValue", Keyword(() => ScimPatcher.Apply(Group(), Read("""{"op":"add","path":"members","value":{"value":"c"}}"""), few)));
        Assert.Equal("invalidSyntax", Keyword(() => ScimPatch.Read(Json(PatchStart + "\"title\",\"value\":1},{},{}]}"), few)));
    }

    private static void Quietly(Action act) => Record.Exception(act);

    private static byte[] Body(string before, string part, string after, int length)
    {
        var text = new StringBuilder(before);
        for (var number = 0; text.Length < length; number++)
        {
            text.Append(part.Replace("#", number.ToString(null, null), StringComparison.Ordinal));
        }
        return Encoding.UTF8.GetBytes(text.Append(after).ToString());
    }
}
