using System.Net.Http.Headers;
using System.Text;
using Deskward.Directories;
using Deskward.Fixture;
using Deskward.Guards;
using Xunit;

namespace Deskward.Isolation;

/// <summary>The directory of one customer, at every operation of SCIM: what it asks of another customer's people and groups is answered as what there never was.</summary>
[Collection(IsolationTests.Name)]
public sealed class DirectoryTests(IsolationGrounds grounds)
{
    public static TheoryData<Engine> Engines => IsolationGround.Engines;

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task A_foreign_id_is_answered_as_a_random_one(Engine engine)
    {
        var ground = await grounds.OnAsync(engine);
        var before = await Ledger.OfAsync(ground.Service, ground.B.Id);
        Nothing.In(await IsolationGround.EachAsync(Calls(ground), async call =>
        {
            var (foreign, random) = (ground.B.Rows[call.Kind], Guid.CreateVersion7());
            var (one, other) = (await AskAsync(ground, call, foreign), await AskAsync(ground, call, random));
            return one == other && one.Status is 200 or 400 or 404 ? [] : [$"{call.Method} {call.Path}: {one.Against(other)}"];
        }));
        (await Ledger.OfAsync(ground.Service, ground.B.Id)).IsStill(before);
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task A_name_of_another_customer_finds_nothing_and_is_counted_nowhere(Engine engine)
    {
        var ground = await grounds.OnAsync(engine);
        var names = await ground.B.Directory.GetAsync("/Users");
        var name = names.Names("userName").First();
        foreach (var filter in new[] { $"userName eq \"{name}\"", $"userName co \"{ground.B.Mark.Personal}\"", $"emails[value sw \"{ground.B.Mark.Personal}\"]", $"externalId co \"{ground.B.Mark.Personal}\"", $"id eq \"{ground.B.Rows[RowKind.DirectoryUser]}\"" })
        {
            Assert.Equal((filter, 0, true), (filter, (await ground.A.Directory.FilterAsync("Users", filter)).Total, (await ground.B.Directory.FilterAsync("Users", filter)).Total > 0));
        }
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task Without_a_token_nothing_opens_whoever_is_signed_in_beside(Engine engine)
    {
        var ground = await grounds.OnAsync(engine);
        var operations = ground.Operations.Where(operation => operation.Pattern.StartsWith("/scim/", StringComparison.Ordinal) && operation.Pattern != "/scim/v2/ServiceProviderConfig");
        var before = await Ledger.OfAsync(ground.Service);
        Nothing.In(await IsolationGround.EachAsync(operations.SelectMany(operation => ground.Visitors.Select(visitor => (visitor, operation))), async ask =>
        {
            var answer = await ground.AskAsync(ask.visitor, ask.operation, ask.operation.With(ground.OwnId(ask.operation)));
            return answer.Status == 401 ? [] : [$"{ask.visitor} {ask.operation}: {answer.Status}"];
        }));
        (await Ledger.OfAsync(ground.Service)).IsStill(before);
    }

    private static IEnumerable<Call> Calls(IsolationGround ground)
    {
        foreach (var operation in ground.Operations.Where(operation => operation.Pattern.StartsWith("/scim/", StringComparison.Ordinal) && operation.Kind is not null))
        {
            yield return new Call(operation.Method, operation.Kind!.Value, id => operation.With(id), BodyOf(operation.Method));
            yield return new Call("POST", operation.Kind!.Value, _ => "/scim/v2/Bulk", id => Bulk(operation, id));
        }

        yield return new Call("POST", RowKind.DirectoryUser, _ => "/scim/v2/Groups", id => $$"""{"schemas":["{{DirectoryGround.GroupSchema}}"],"displayName":"Team","members":[{"value":"{{id}}"}]}""");
        yield return new Call("POST", RowKind.DirectoryGroup, _ => "/scim/v2/Groups", id => $$"""{"schemas":["{{DirectoryGround.GroupSchema}}"],"displayName":"Team","members":[{"value":"{{id}}"}]}""");
        yield return new Call("PATCH", RowKind.DirectoryUser, _ => $"/scim/v2/Groups/{ground.A.Rows[RowKind.DirectoryGroup]}", id => Patch($$"""{"op":"add","path":"members","value":[{"value":"{{id}}"}]}"""));
        yield return new Call("GET", RowKind.DirectoryUser, id => $"/scim/v2/Groups?filter=members+eq+%22{id}%22", _ => null);
        yield return new Call("GET", RowKind.DirectoryGroup, id => $"/scim/v2/Users?filter=groups+eq+%22{id}%22", _ => null);
    }

    private static Func<Guid, string?> BodyOf(string method) => method switch
    {
        "PUT" => _ => $$"""{"schemas":["{{DirectoryGround.UserSchema}}","{{DirectoryGround.GroupSchema}}"],"userName":"x","displayName":"x"}""",
        "PATCH" => _ => Patch("""{"op":"replace","path":"displayName","value":"x"}"""),
        _ => _ => null,
    };

    private static string Patch(string operation) => $$"""{"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":[{{operation}}]}""";

    private static string Bulk(Operation operation, Guid id) => $$"""
        {"schemas":["urn:ietf:params:scim:api:messages:2.0:BulkRequest"],"Operations":[{"method":"{{(operation.Method == "GET" ? "DELETE" : operation.Method)}}","path":"{{operation.With(id)["/scim/v2".Length..]}}"
        {{(BodyOf(operation.Method)(id) is { } data ? ",\"data\":" + data : "")}}}]}
        """;

    private static async Task<Answer> AskAsync(IsolationGround ground, Call call, Guid id)
    {
        using var client = ground.Service.Client();
        using var request = new HttpRequestMessage(new HttpMethod(call.Method), call.Path(id));
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", ground.A.Directory.Token);
        request.Content = call.Body(id) is { } body ? new StringContent(body, Encoding.UTF8, "application/scim+json") : null;
        using var response = await client.SendAsync(request);
        return await Answer.ReadAsync(response, id.ToString());
    }

    private sealed record Call(string Method, RowKind Kind, Func<Guid, string> Path, Func<Guid, string?> Body);
}
