using System.Text;
using System.Text.Json;
using Xunit;
using static Deskward.Protocol.Scim.ScimSamples;

namespace Deskward.Protocol.Scim;

public sealed class ScimResourceTests
{
    [Fact]
    public void What_is_stored_is_read_back()
    {
        var mia = User().WithMeta(new ScimMeta(new DateTimeOffset(2026, 1, 2, 3, 4, 5, 678, TimeSpan.Zero), new DateTimeOffset(2026, 1, 3, 3, 4, 5, TimeSpan.FromHours(2)), "https://x.example/1", "W/\"1\""));
        Assert.Equal(mia.Values, ScimResource.FromStored(ScimSchemas.User, ScimWriter.Store(mia)).Values);
        Assert.Equal(
            """{"resourceType":"User","created":"2026-01-02T03:04:05.678Z","lastModified":"2026-01-03T01:04:05Z","location":"https://x.example/1","version":"W/\"1\""}""",
            Attribute(mia, "meta"));
    }

    [Fact]
    public void Attributes_are_read_in_any_case_and_written_as_the_schema_spells_them()
    {
        var kim = User($$$"""{"SCHEMAS":["{{{UserSchema.ToUpperInvariant()}}}"],"USERNAME":"kim","Name":{"GIVENNAME":"Kim"}}""");
        Assert.Equal($$$"""{"schemas":["{{{UserSchema}}}"],"id":"u-1","userName":"kim","name":{"givenName":"Kim"}}""", Text(ScimWriter.Store(kim)));
    }

    [Theory]
    [InlineData("\"nothing\":1")]
    [InlineData("\"urn:example:extension:1.0:User\":{\"badge\":7}")]
    [InlineData("\"id\":\"mine\",\"meta\":{\"version\":\"W/\\\"9\\\"\"},\"groups\":[{\"value\":\"admins\"}]")]
    [InlineData("\"title\":null,\"emails\":[],\"roles\":[null],\"name\":{\"givenName\":null},\"addresses\":[{}]")]
    public void What_is_unknown_readOnly_or_empty_is_ignored(string attributes) =>
        Assert.Equal($$"""{"schemas":["{{UserSchema}}"],"id":"u-1","userName":"kim"}""", Text(ScimWriter.Store(UserWith(attributes))));

    [Theory]
    [InlineData("\"False\"", false)]
    [InlineData("\"true\"", true)]
    [InlineData("false", false)]
    public void A_boolean_may_be_a_string(string active, bool expected) => Assert.Equal(expected, UserWith($"\"active\":{active}").Flag("active"));

    [Theory]
    [InlineData("\"active\":\"yes\"", "active: true or false is expected.")]
    [InlineData("\"active\":1", "active: true or false is expected.")]
    [InlineData("\"title\":5", "title: a string is expected.")]
    [InlineData("\"title\":[\"a\"]", "title: one value, not an array is expected.")]
    [InlineData("\"name\":\"Kim\"", "name: an object is expected.")]
    [InlineData("\"emails\":{\"value\":\"a\"}", "emails: an array is expected.")]
    [InlineData("\"emails\":[{},{\"value\":\"b\"},{\"primary\":3}]", "emails[1].primary: true or false is expected.")]
    [InlineData("\"x509Certificates\":[{\"value\":\"*\"}]", "x509Certificates[0].value: base64 is expected.")]
    [InlineData("\"" + Enterprise + "\":{\"manager\":5}", Enterprise + ".manager: an object is expected.")]
    public void A_value_of_the_wrong_type_is_named(string attributes, string detail) => Assert.Equal(("invalidValue", detail), Refusal(() => UserWith(attributes)));

    [Theory]
    [InlineData("{\"userName\":\"kim\"}")]
    [InlineData("{\"schemas\":[],\"userName\":\"kim\"}")]
    [InlineData("{\"schemas\":\"" + UserSchema + "\",\"userName\":\"kim\"}")]
    [InlineData("{\"schemas\":[\"" + GroupSchema + "\"],\"userName\":\"kim\"}")]
    [InlineData("{\"schemas\":[\"" + UserSchema + "\"],\"userName\":\"kim\",\"USERNAME\":\"lee\"}")]
    public void A_body_of_the_wrong_shape_is_refused(string json) => Assert.Equal("invalidSyntax", Keyword(() => User(json)));

    [Theory]
    [InlineData("{\"schemas\":[\"" + UserSchema + "\"]}", "userName is required.")]
    [InlineData("{\"schemas\":[\"" + UserSchema + "\"],\"userName\":\" \"}", "userName is required.")]
    [InlineData("{\"schemas\":[\"" + UserSchema + "\"],\"userName\":\"k\",\"emails\":[{\"value\":\"a\",\"primary\":true},{\"value\":\"b\",\"primary\":\"True\"}]}", "emails: only one value can be primary.")]
    public void A_resource_that_is_not_whole_is_refused(string json, string detail) => Assert.Equal(("invalidValue", detail), Refusal(() => ScimValidation.Check(User(json))));

    [Fact]
    public void Schemas_follow_from_what_there_is()
    {
        Assert.Equal($$"""["{{UserSchema}}","{{Enterprise}}"]""", Attribute(User(), "schemas"));
        Assert.Equal($$"""["{{UserSchema}}"]""", Attribute(User().With(Enterprise, null), "schemas"));
    }

    [Fact]
    public void A_value_that_stands_twice_counts_once() =>
        Assert.Equal("""[{"value":"a"},{"value":"a","type":"x"}]""", Attribute(UserWith("""  "roles":[{"value":"a"},{"value":"a"},{"type":"x","value":"a"}] """), "roles"));

    [Theory]
    [InlineData("2026-01-31T08:00:00Z", "2026-01-31T08:00:00Z")]
    [InlineData("2026-01-31T08:00:00+02:00", "2026-01-31T06:00:00Z")]
    [InlineData("2026-01-31T08:00:00", "2026-01-31T08:00:00Z")]
    [InlineData("2026-01-31T08:00:00.123456789Z", "2026-01-31T08:00:00.1234567Z")]
    [InlineData("2026-01-31", null)]
    [InlineData("yesterday", null)]
    public void An_instant_is_read_as_utc(string text, string? expected) =>
        Assert.Equal(expected, ScimScalars.Read(ScimDataType.DateTime, text) is { } read ? ScimScalars.Text((DateTimeOffset)read.Value) : null);

    [Fact]
    public void A_password_is_read_but_never_written()
    {
        var kim = UserWith("\"password\":\"s3cret\"");
        Assert.Equal("s3cret", kim.Text("password"));
        Assert.DoesNotContain("s3cret", Text(ScimWriter.Store(kim)) + Text(ScimWriter.Answer(kim, ScimProjection.Of(ScimSchemas.User, ["password"], []))), StringComparison.Ordinal);
    }

    [Fact]
    public void A_body_beyond_its_size_is_answered_413() =>
        Assert.Equal(413, Assert.Throws<ScimException>(() => ScimJson.Parse(Encoding.UTF8.GetBytes(Mia), new ScimLimits(Bytes: 100))).Error.Status);

    [Fact]
    public void An_error_is_written_as_the_specification_says() => Assert.Equal(
        """{"schemas":["urn:ietf:params:scim:api:messages:2.0:Error"],"scimType":"invalidFilter","detail":"No.","status":"400"}""",
        Text(ScimError.Of(ScimErrorType.InvalidFilter, "No.").ToJson()));

    [Theory]
    [InlineData(ScimErrorType.Uniqueness, 409, "uniqueness")]
    [InlineData(ScimErrorType.Sensitive, 403, "sensitive")]
    [InlineData(ScimErrorType.TooMany, 400, "tooMany")]
    [InlineData(ScimErrorType.InvalidVers, 400, "invalidVers")]
    [InlineData(ScimErrorType.NoTarget, 400, "noTarget")]
    public void An_error_has_the_status_of_its_keyword(ScimErrorType type, int status, string keyword) =>
        Assert.Equal((status, keyword), (ScimError.Of(type, "No.").Status, ScimError.Of(type, "No.").Keyword));

    [Fact]
    public void A_detail_that_quotes_a_stranger_is_one_short_line()
    {
        var detail = JsonSerializer.Deserialize<JsonElement>(new ScimError(400, null, "a\r\nb" + new string('x', 1_000)).ToJson()).GetProperty("detail").GetString()!;
        Assert.StartsWith("a  bx", detail, StringComparison.Ordinal);
        Assert.Equal(300, detail.Length);
    }
}
