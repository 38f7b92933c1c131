using System.Text.Json;
using Xunit;
using static Deskward.Protocol.Scim.ScimSamples;

namespace Deskward.Protocol.Scim;

public sealed class ScimBulkTests
{
    private const string Ann = """{"method":"POST","path":"/Users","bulkId":"ann","data":{"userName":"ann"}}""";
    private const string Crew = """{"method":"post","path":"/Groups","bulkId":"crew","data":{"displayName":"Crew","members":[{"type":"User","value":"bulkId:ann"}]}}""";
    private const string Inner = """{"method":"POST","path":"/Groups","bulkId":"inner","data":{"displayName":"Inner","members":[{"value":"x"},{"value":"bulkId:outer"}]}}""";
    private const string Outer = """{"method":"POST","path":"/Groups","bulkId":"outer","data":{"displayName":"Outer","members":[{"value":"bulkId:inner"}]}}""";

    [Fact]
    public void What_refers_to_another_comes_after_it()
    {
        var steps = ScimBulkPlan.Of(Request(Crew, """{"method":"DELETE","path":"/Users/7"}""", Ann));
        Assert.Equal([(1, ScimBulkPart.Whole), (2, ScimBulkPart.Whole), (0, ScimBulkPart.Whole)], steps.Select(step => (step.Index, step.Part)));
        Assert.Equal("""{"displayName":"Crew","members":[{"type":"User","value":"id-ann"}]}""", steps[2].Resolved(name => "id-" + name).Data!.Value.GetRawText());
    }

    [Fact]
    public void A_path_can_refer_to_what_is_made()
    {
        var step = ScimBulkPlan.Of(Request("""{"method":"PATCH","path":"/Users/bulkId:ann","data":{}}""", Ann))[1];
        Assert.Equal("/Users/id-ann", step.Resolved(name => "id-" + name).Path);
        Assert.Equal(("id-ann", ScimSchemas.User), (step.Resolved(name => "id-" + name).ResourceId, step.Operation.Type));
    }

    [Fact]
    public void A_circle_is_made_without_its_references_and_completed_at_the_end()
    {
        var steps = ScimBulkPlan.Of(Request(Inner, Outer));
        Assert.Equal([(0, ScimBulkPart.WithoutReferences), (1, ScimBulkPart.Whole), (0, ScimBulkPart.References)], steps.Select(step => (step.Index, step.Part)));
        Assert.Equal("""{"displayName":"Inner","members":[{"value":"x"}]}""", steps[0].Resolved(_ => null).Data!.Value.GetRawText());
        var last = steps[2].Resolved(name => "id-" + name);
        Assert.Equal((ScimBulkMethod.Put, "/Groups/id-inner"), (last.Method, last.Path));
        Assert.Equal("""{"displayName":"Inner","members":[{"value":"x"},{"value":"id-outer"}]}""", last.Data!.Value.GetRawText());
    }

    [Fact]
    public void What_waits_for_a_circle_is_not_cut_itself()
    {
        var steps = ScimBulkPlan.Of(Request("""{"method":"POST","path":"/Groups","bulkId":"all","data":{"members":[{"value":"bulkId:inner"}]}}""", Inner, Outer));
        Assert.Equal([(1, ScimBulkPart.WithoutReferences), (0, ScimBulkPart.Whole), (2, ScimBulkPart.Whole), (1, ScimBulkPart.References)], steps.Select(step => (step.Index, step.Part)));
    }

    [Fact]
    public void A_reference_to_what_was_not_made_is_a_conflict()
    {
        var error = Assert.Throws<ScimException>(() => ScimBulkPlan.Of(Request(Crew))[0].Resolved(_ => null)).Error;
        Assert.Equal((409, "What bulkId 'ann' stands for has not been made."), (error.Status, error.Detail));
    }

    [Theory]
    [InlineData("""{"method":"GET","path":"/Users"}""")]
    [InlineData("""{"method":"POST","path":"/Users","data":{}}""")]
    [InlineData("""{"method":"POST","path":"Users","bulkId":"a","data":{}}""")]
    [InlineData("""{"method":"POST","path":"/","bulkId":"a","data":{}}""")]
    [InlineData("""{"method":"PUT","path":"/Users/1"}""")]
    [InlineData("""{"method":"PUT","path":"/Users/1","data":"x"}""")]
    [InlineData("""{"method":"POST","path":"/Users","bulkId":"a","data":{}},{"method":"POST","path":"/Groups","bulkId":"a","data":{}}""")]
    public void An_operation_that_is_not_whole_is_refused(string operation) => Assert.Equal("invalidSyntax", Keyword(() => Request(operation)));

    [Fact]
    public void Too_many_operations_are_answered_413() =>
        Assert.Equal(413, Assert.Throws<ScimException>(() => Request([.. Enumerable.Repeat("""{"method":"DELETE","path":"/Users/1"}""", 11)])).Error.Status);

    [Theory]
    [InlineData("/Devices/1")]
    [InlineData("/Usersx")]
    public void A_path_to_nowhere_has_no_type(string path) => Assert.Null(new ScimBulkOperation(ScimBulkMethod.Delete, null, path, null, null).Type);

    [Theory]
    [InlineData("", false)]
    [InlineData(",\"failOnErrors\":2", true)]
    [InlineData(",\"failOnErrors\":3", false)]
    public void A_client_says_after_how_many_failures_it_ends(string member, bool ends) => Assert.Equal(ends, Read(member, Ann).EndsAfter(2));

    [Fact]
    public void An_answer_tells_each_outcome()
    {
        var operations = Request(Ann, """{"method":"DELETE","path":"/Users/7"}""").Operations;
        var json = JsonSerializer.Deserialize<JsonElement>(ScimBulkResponse.Write(
            [new(operations[0], 201, "https://desk.example/Users/1", "W/\"1\"", null), new(operations[1], 404, "https://desk.example/Users/7", null, new ScimError(404, null, "No such user."))]));
        Assert.Equal("""{"location":"https://desk.example/Users/1","method":"POST","bulkId":"ann","version":"W/\"1\"","status":"201"}""", json.GetProperty("Operations")[0].GetRawText());
        Assert.Equal("404", json.GetProperty("Operations")[1].GetProperty("response").GetProperty("status").GetString());
    }

    private static ScimBulkRequest Request(params string[] operations) => Read("", operations);

    private static ScimBulkRequest Read(string member, params string[] operations) => ScimBulkRequest.Read(
        Json($$"""{"schemas":["urn:ietf:params:scim:api:messages:2.0:BulkRequest"],"Operations":[{{string.Join(',', operations)}}]{{member}}}"""), maxOperations: 10);
}
