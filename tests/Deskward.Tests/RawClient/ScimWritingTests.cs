using Deskward.Fixture;
using Xunit;

namespace Deskward.RawClient;

/// <summary>What a client that knows the specification alone may write, and how it is refused.</summary>
public sealed class ScimWritingTests(Services services)
{
    private const string BulkSchema = RawScim.Messages + "BulkRequest";

    public static TheoryData<Engine> Engines => [Engine.Sqlite, Engine.Postgres];

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task A_user_is_made_and_replaced(Engine engine)
    {
        using var scim = await ScimGround.OnAsync(services, engine);
        var made = await scim.SendAsync("POST", "/Users", $$"""{"SCHEMAS":["{{RawScim.User}}"],"USERNAME":"ada","id":"mine","meta":{"location":"mine"},"groups":[{"value":"x"}],"Name":{"GivenName":"Ada"},"title":null,"nickName":""}""");
        Assert.Equal((201, scim.Base + "/Users/" + made.Id, made.At("meta", "location")), (made.Status, made.Location, $"\"{made.Location}\""));
        Assert.Equal(("\"Ada\"", "", "\"User\""), (made.At("name", "givenName"), made.At("groups") + made.At("title"), made.At("meta", "resourceType")));
        Assert.NotEqual("mine", made.Id);
        (await scim.SendAsync("POST", "/Users", $$"""{"schemas":["{{RawScim.User}}"],"userName":"ADA"}""")).IsError(409, "uniqueness");
        var put = await scim.SendAsync("PUT", "/Users/" + made.Id, $$"""{"schemas":["{{RawScim.User}}"],"id":"other","userName":"ada","displayName":"A"}""");
        Assert.Equal((200, made.Id, "\"A\"", ""), (put.Status, put.Id, put.At("displayName"), put.At("name")));
        Assert.Equal(made.At("meta", "created"), put.At("meta", "created"));
        Assert.NotEqual(made.At("meta", "version"), put.At("meta", "version"));
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task Whoever_is_deleted_is_gone_and_may_come_again(Engine engine)
    {
        using var scim = await ScimGround.OnAsync(services, engine);
        var made = await scim.NewUserAsync("ada");
        Assert.Equal((204, "", null), (await scim.SendAsync("DELETE", "/Users/" + made.Id)) is var gone ? (gone.Status, gone.Text, gone.ContentType) : default);
        foreach (var method in new[] { "GET", "DELETE" })
        {
            (await scim.SendAsync(method, "/Users/" + made.Id)).IsError(404);
        }

        (await scim.GetAsync("/Users")).IsList(0, 0);
        await scim.NewUserAsync("ada");
    }

    [Theory]
    [InlineData("{", 400, "invalidSyntax")]
    [InlineData("", 400, "invalidSyntax")]
    [InlineData("[]", 400, "invalidSyntax")]
    [InlineData("""{"userName":"x"}""", 400, "invalidSyntax")]
    [InlineData("""{"schemas":[],"userName":"x"}""", 400, "invalidSyntax")]
    [InlineData("""{"schemas":["urn:nothing"],"userName":"x"}""", 400, "invalidSyntax")]
    [InlineData("""{"schemas":["USER"]}""", 400, "invalidValue")]
    [InlineData("""{"schemas":["USER"],"userName":""}""", 400, "invalidValue")]
    [InlineData("""{"schemas":["USER"],"userName":17}""", 400, "invalidValue")]
    [InlineData("""{"schemas":["USER"],"userName":"x","active":"maybe"}""", 400, "invalidValue")]
    [InlineData("""{"schemas":["USER"],"userName":"x","emails":[{"value":"a@b.example","primary":true},{"value":"c@d.example","primary":true}]}""", 400, "invalidValue")]
    [InlineData("""{"schemas":["USER"],"userName":"x","name":"Ada"}""", 400, "invalidValue")]
    public async Task A_body_that_is_wrong_is_told_so(string body, int status, string type)
    {
        using var scim = await ScimGround.OnAsync(services, Engine.Sqlite);
        (await scim.SendAsync("POST", "/Users", body.Replace("USER", RawScim.User, StringComparison.Ordinal))).IsError(status, type);
        (await scim.GetAsync("/Users")).IsList(0, 0);
    }

    [Fact]
    public async Task Media_types_are_those_of_the_specification()
    {
        using var scim = await ScimGround.OnAsync(services, Engine.Sqlite);
        var body = $$"""{"schemas":["{{RawScim.User}}"],"userName":"ada"}""";
        (await scim.SendAsync("POST", "/Users", body, ("Content-Type", "text/plain"))).IsError(415);
        (await scim.SendAsync("POST", "/Users", body, ("Content-Type", "application/x-www-form-urlencoded"))).IsError(415);
        Assert.Equal(201, (await scim.SendAsync("POST", "/Users", body, ("Content-Type", "application/json; charset=utf-8"), ("Accept", "application/json"))).Status);
    }

    [Theory]
    [InlineData("""{"op":"replace","value":{"title":"T","name.givenName":"N"}}""", "title=\"T\" name.givenName=\"N\"")]
    [InlineData("""{"op":"Add","value":{"name":{"givenName":"N"}}}""", "name.givenName=\"N\" name.familyName=\"Lovelace\"")]
    [InlineData("""{"op":"replace","path":"NAME.FAMILYNAME","value":"F"}""", "name.familyName=\"F\"")]
    [InlineData("""{"op":"remove","path":"name.familyName"}""", "name.familyName=")]
    [InlineData("""{"op":"replace","path":"emails[type eq \"work\"].value","value":"w@x.example"}""", "emails.0.value=\"w@x.example\"")]
    [InlineData("""{"op":"add","path":"emails","value":[{"value":"h@x.example","type":"home","primary":true}]}""", "emails.0.primary=false emails.1.primary=true")]
    [InlineData("""{"op":"replace","path":"emails","value":[{"value":"only@x.example"}]}""", "emails.0.value=\"only@x.example\" emails.1=")]
    [InlineData("""{"op":"remove","path":"emails[value ew \"example\"]"}""", "emails=")]
    [InlineData("""{"op":"replace","path":"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department","value":"D"}""", "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User|department=\"D\"")]
    [InlineData("""{"op":"replace","path":"active","value":"False"}""", "active=false")]
    [InlineData("""{"op":"remove"}""", "400 noTarget")]
    [InlineData("""{"op":"replace","path":"emails[type eq \"none\"].value","value":"x"}""", "400 noTarget")]
    [InlineData("""{"op":"replace","path":"id","value":"x"}""", "400 mutability")]
    [InlineData("""{"op":"add","path":"groups","value":[{"value":"x"}]}""", "400 mutability")]
    [InlineData("""{"op":"replace","path":"meta.created","value":"2026-01-01T00:00:00Z"}""", "400 mutability")]
    [InlineData("""{"op":"remove","path":"userName"}""", "400 mutability")]
    [InlineData("""{"op":"replace","path":"nothing","value":"x"}""", "400 invalidPath")]
    [InlineData("""{"op":"replace","path":"emails[","value":"x"}""", "400 invalidPath")]
    [InlineData("""{"op":"replace","path":"active","value":"maybe"}""", "400 invalidValue")]
    [InlineData("""{"op":"move","path":"title","value":"x"}""", "400 invalidSyntax")]
    [InlineData("""{"op":"add","path":"title"}""", "400 invalidValue")]
    public async Task A_patch_does_what_the_specification_says(string operation, string expected)
    {
        using var scim = await ScimGround.OnAsync(services, Engine.Sqlite);
        var made = await scim.NewUserAsync("ada", ""","name":{"familyName":"Lovelace"},"emails":[{"value":"ada@x.example","type":"work","primary":true}]""");
        var done = await scim.PatchAsync("/Users/" + made.Id, operation);
        if (done.Status != 200)
        {
            Assert.Equal(expected, $"{done.IsError(400, done.Type).Status} {done.Type}");
            Assert.Equal(made.Text, (await scim.GetAsync("/Users/" + made.Id)).Text);
            return;
        }

        Assert.Equal(expected, string.Join(' ', expected.Split(' ').Select(one => one[..one.IndexOf('=', StringComparison.Ordinal)]).Select(path => $"{path}={done.At(path.Contains('|', StringComparison.Ordinal) ? path.Split('|') : path.Split('.'))}")));
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task A_group_tells_its_members_and_users_tell_their_groups(Engine engine)
    {
        using var scim = await ScimGround.OnAsync(services, engine);
        var ada = (await scim.NewUserAsync("ada")).Id;
        var group = await scim.NewGroupAsync("Team", ada);
        Assert.Equal((scim.Base + "/Groups/" + group.Id, $"\"{scim.Base}/Users/{ada}\"", "\"User\""), (group.Location, group.At("members", "0", "$ref"), group.At("members", "0", "type")));
        Assert.Equal($"\"{group.Location}\"", (await scim.GetAsync("/Users/" + ada)).At("groups", "0", "$ref"));
        (await scim.SendAsync("POST", "/Groups", $$"""{"schemas":["{{RawScim.Group}}"]}""")).IsError(400, "invalidValue");
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task Members_are_added_removed_and_searched_for(Engine engine)
    {
        using var scim = await ScimGround.OnAsync(services, engine);
        var (ada, bob) = ((await scim.NewUserAsync("ada")).Id, (await scim.NewUserAsync("bob")).Id);
        var group = await scim.NewGroupAsync("Team", ada);
        var path = "/Groups/" + group.Id;
        Assert.Equal(2, Count(await scim.PatchAsync(path, $$"""{"op":"add","path":"members","value":[{"value":"{{bob}}"},{"value":"{{ada}}"}]}""")));
        Assert.Equal(1, Count(await scim.PatchAsync(path, $$"""{"op":"remove","path":"members[value eq \"{{ada}}\"]"}""")));
        (await scim.GetAsync($"/Groups?filter={Uri.EscapeDataString($"members.value eq \"{bob}\"")}&excludedAttributes=members")).IsList(1, 1);
        (await scim.GetAsync($"/Users?filter={Uri.EscapeDataString($"groups.value eq \"{group.Id}\"")}")).IsList(1, 1);
        Assert.Equal("", (await scim.GetAsync(path + "?excludedAttributes=members")).At("members"));
        Assert.Equal(1, Count(await scim.PatchAsync(path, $$"""{"op":"replace","path":"members","value":[{"value":"{{ada}}"}]}""")));
        (await scim.PatchAsync(path, """{"op":"add","path":"members","value":[{"value":"nobody"}]}""")).IsError(400, "invalidValue");
        Assert.Equal(0, Count(await scim.PatchAsync(path, """{"op":"remove","path":"members"}""")));
        Assert.Equal("", (await scim.GetAsync("/Users/" + ada)).At("groups"));
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task A_bulk_answers_each_operation_and_resolves_what_refers_to_another(Engine engine)
    {
        using var scim = await ScimGround.OnAsync(services, engine);
        var old = (await scim.NewUserAsync("old")).Id;
        var done = await scim.SendAsync("POST", "/Bulk", $$$"""
            {"schemas":["{{{BulkSchema}}}"],"Operations":[
            {"method":"POST","path":"/Groups","bulkId":"g","data":{"schemas":["{{{RawScim.Group}}}"],"displayName":"Team","members":[{"value":"bulkId:u"}]}},
            {"method":"post","path":"/Users","bulkId":"u","data":{"schemas":["{{{RawScim.User}}}"],"userName":"new"}},
            {"method":"POST","path":"/Users","bulkId":"again","data":{"schemas":["{{{RawScim.User}}}"],"userName":"OLD"}},
            {"method":"PATCH","path":"/Users/{{{old}}}","data":{"schemas":["{{{RawScim.Messages}}}PatchOp"],"Operations":[{"op":"add","path":"title","value":"T"}]}},
            {"method":"DELETE","path":"/Users/{{{old}}}"}]}
            """);
        Assert.Equal(["POST 201", "POST 201", "POST 409", "PATCH 200", "DELETE 204"], done.Json["Operations"]!.AsArray().Select(one => $"{(string)one!["method"]!} {(string)one["status"]!}"));
        Assert.Equal(("\"g\"", "\"uniqueness\"", ""), (done.At("Operations", "0", "bulkId"), done.At("Operations", "2", "response", "scimType"), done.At("Operations", "2", "location")));
        Assert.Equal("new", (string?)(await scim.GetAsync((string)done.Json["Operations"]![1]!["location"]!)).Json["userName"]);
        Assert.Equal(1, Count(await scim.GetAsync((string)done.Json["Operations"]![0]!["location"]!)));
    }

    [Fact]
    public async Task A_bulk_ends_after_the_errors_that_the_client_allows()
    {
        using var scim = await ScimGround.OnAsync(services, Engine.Sqlite);
        const string Bad = """{"method":"DELETE","path":"/Groups/none"}""";
        var good = $$$"""{"method":"POST","path":"/Users","bulkId":"u","data":{"schemas":["{{{RawScim.User}}}"],"userName":"ada"}}""";
        var done = await scim.SendAsync("POST", "/Bulk", $$"""{"schemas":["{{BulkSchema}}"],"failOnErrors":2,"Operations":[{{Bad}},{{Bad}},{{good}}]}""");
        Assert.Equal(["404", "404"], done.Json["Operations"]!.AsArray().Select(one => (string)one!["status"]!));
        (await scim.GetAsync("/Users")).IsList(0, 0);
        (await scim.SendAsync("POST", "/Bulk", $$"""{"schemas":["{{BulkSchema}}"],"Operations":[{{string.Join(',', Enumerable.Repeat(Bad, 1001))}}]}""")).IsError(413);
        (await scim.SendAsync("POST", "/Bulk", """{"Operations":[]}""")).IsError(400, "invalidSyntax");
    }

    private static int Count(RawScimAnswer group) => group.Json["members"]?.AsArray().Count ?? 0;
}
