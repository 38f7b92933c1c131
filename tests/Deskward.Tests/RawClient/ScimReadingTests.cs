using Deskward.Fixture;
using Xunit;

namespace Deskward.RawClient;

/// <summary>What a client that knows the specification alone is told: discovery, lists, filters, projections, versions.</summary>
public sealed class ScimReadingTests(Services services)
{
    private static readonly string[] Optional = ["patch", "bulk", "filter", "changePassword", "sort", "etag"];
    private static readonly string[] Limits = ["maxOperations", "maxPayloadSize"];
    private static readonly string[] Flags = ["true", "false"];
    private static readonly string[] Ends = ["/ServiceProviderConfig", "/ResourceTypes", "/Schemas"];

    public static TheoryData<Engine> Engines => [Engine.Sqlite, Engine.Postgres];

    [Fact]
    public async Task The_configuration_tells_all_that_it_must()
    {
        using var scim = await ScimGround.OnAsync(services, Engine.Sqlite);
        var config = await scim.GetAsync(Ends[0]);
        Assert.All(Optional, name => Assert.Contains(config.At(name, "supported"), Flags));
        Assert.All(Limits, name => Assert.NotEqual("", config.At("bulk", name)));
        Assert.Equal($"\"{scim.Base}{Ends[0]}\"", config.At("meta", "location"));
    }

    [Fact]
    public async Task Schemas_and_resource_types_hold_together()
    {
        using var scim = await ScimGround.OnAsync(services, Engine.Sqlite);
        var schemas = (await scim.GetAsync(Ends[2])).Json["Resources"]!.AsArray().ToDictionary(one => (string)one!["id"]!, one => (string)one!["meta"]!["location"]!);
        foreach (var (id, location) in schemas)
        {
            Assert.Equal(id, (await scim.GetAsync(location)).Id);
        }

        foreach (var type in (await scim.GetAsync(Ends[1])).Json["Resources"]!.AsArray())
        {
            Assert.Equal((string)type!["name"]!, (string?)(await scim.GetAsync((string)type["meta"]!["location"]!)).Json["name"]);
            Assert.All(type["schemaExtensions"]!.AsArray().Select(one => (string)one!["schema"]!).Append((string)type["schema"]!), id => Assert.Contains(id, schemas.Keys));
            Assert.Equal(200, (await scim.GetAsync((string)type["endpoint"]!)).Status);
        }
    }

    [Fact]
    public async Task Without_credentials_nothing_but_the_configuration_is_told()
    {
        using var scim = await ScimGround.OnAsync(services, Engine.Sqlite);
        foreach (var wrong in new[] { "", "Basic YTpi", "Bearer", "Bearer x", scim.Token[..^1] })
        {
            scim.Token = wrong;
            foreach (var path in new[] { "/Users", "/Groups", "/Groups/x", "/Nowhere", "/Me", "/", Ends[1], Ends[2] })
            {
                Assert.StartsWith("Bearer", (await scim.GetAsync(path)).IsError(401).Challenge, StringComparison.Ordinal);
            }

            Assert.StartsWith("Bearer", (await scim.SendAsync("POST", "/Bulk", "{")).IsError(401).Challenge, StringComparison.Ordinal);
        }

        scim.Token = "";
        Assert.Equal((200, RawScim.MediaType), (await scim.GetAsync(Ends[0])) is var told ? (told.Status, told.ContentType) : default);
    }

    [Theory]
    [InlineData("GET", "/Nowhere", 404)]
    [InlineData("POST", "/Nowhere", 404)]
    [InlineData("GET", "/Groups/none/more", 404)]
    [InlineData("GET", "/Schemas/urn:none", 404)]
    [InlineData("GET", "/ResourceTypes/None", 404)]
    [InlineData("GET", "/Users/-none", 404)]
    [InlineData("DELETE", "/Groups/none", 404)]
    [InlineData("DELETE", "/Users", 405)]
    [InlineData("PATCH", "/Groups", 405)]
    [InlineData("PUT", "/ServiceProviderConfig", 405)]
    [InlineData("GET", "/Bulk", 405)]
    [InlineData("GET", "/Me", 501)]
    [InlineData("GET", "/Schemas?filter=id%20pr", 403)]
    public async Task What_is_not_there_is_an_error_of_the_protocol(string method, string path, int status)
    {
        using var scim = await ScimGround.OnAsync(services, Engine.Sqlite);
        (await scim.SendAsync(method, path, method is "POST" ? "{}" : null)).IsError(status);
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task Pages_begin_at_one_and_may_be_empty(Engine engine)
    {
        using var scim = await ScimGround.OnAsync(services, engine);
        await scim.NewUsersAsync("c", "a", "b");
        (await scim.GetAsync("/Users?startIndex=0")).IsList(3, 3);
        (await scim.GetAsync("/Users?startIndex=-7&count=2")).IsList(3, 2);
        (await scim.GetAsync("/Users?startIndex=3&count=2")).IsList(3, 1, 3);
        (await scim.GetAsync("/Users?startIndex=9")).IsList(3, 0, 9);
        (await scim.GetAsync("/Users?count=0")).IsList(3, 0);
        (await scim.GetAsync("/Users?count=-1")).IsList(3, 0);
        (await scim.GetAsync("/Users?count=x")).IsError(400, "invalidValue");
        Assert.Equal("c,b,a", await NamesAsync(scim, "sortBy=userName&sortOrder=descending"));
        Assert.Equal("b", await NamesAsync(scim, "sortBy=USERNAME&startIndex=2&count=1"));
        (await scim.GetAsync("/Users?sortBy=nothing")).IsError(400, "invalidValue");
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task Sorting_follows_parts_and_the_primary_value_and_what_has_none_comes_last(Engine engine)
    {
        using var scim = await ScimGround.OnAsync(services, engine);
        await scim.NewUserAsync("a", ""","name":{"familyName":"Zeta"},"emails":[{"value":"b@x.example"},{"value":"z@x.example","primary":true}]""");
        await scim.NewUserAsync("b", ""","name":{"familyName":"alpha"},"emails":[{"value":"y@x.example"}]""");
        await scim.NewUserAsync("c");
        Assert.Equal("b,a,c", await NamesAsync(scim, "sortBy=name.familyName"));
        Assert.Equal("c,a,b", await NamesAsync(scim, "sortBy=name.familyName&sortOrder=descending"));
        Assert.Equal("b,a,c", await NamesAsync(scim, "sortBy=emails"));
        Assert.Equal("b,a,c", await NamesAsync(scim, "sortBy=emails.value"));
    }

    [Theory]
    [InlineData("userName eq \"ADA\"", "ada")]
    [InlineData("USERNAME Eq \"ada\"", "ada")]
    [InlineData("urn:ietf:params:scim:schemas:core:2.0:User:userName sw \"a\"", "ada")]
    [InlineData("userName ne \"ada\"", "bob,cy")]
    [InlineData("userName co \"o\" and active eq true", "bob")]
    [InlineData("userName ew \"y\"", "cy")]
    [InlineData("title pr", "ada,bob")]
    [InlineData("not (title pr)", "cy")]
    [InlineData("title gt \"Engineer\"", "bob")]
    [InlineData("title ge \"Engineer\" and title le \"engineer\"", "ada")]
    [InlineData("title lt \"F\"", "ada")]
    [InlineData("active eq false", "cy")]
    [InlineData("externalId eq \"E-1\"", "ada")]
    [InlineData("externalId eq \"e-1\"", "")]
    [InlineData("name.familyName eq \"lovelace\"", "ada")]
    [InlineData("emails eq \"ada@home.example\"", "ada")]
    [InlineData("emails[type eq \"work\" and value ew \"work.example\"]", "ada,bob")]
    [InlineData("emails[type eq \"work\" and value ew \"home.example\"]", "")]
    [InlineData("emails.type eq \"home\"", "ada")]
    [InlineData("userName eq \"cy\" or title pr and externalId pr", "ada,cy")]
    [InlineData("(userName eq \"cy\" or title pr) and active eq true", "ada,bob")]
    [InlineData("urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department eq \"Sales\"", "bob")]
    [InlineData("meta.created gt \"2020-01-01T00:00:00Z\" and meta.lastModified gt \"2020-01-01T00:00:00+02:00\"", "ada,bob,cy")]
    [InlineData("meta.resourceType eq \"User\" and id pr", "ada,bob,cy")]
    [InlineData("schemas eq \"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User\"", "bob")]
    [InlineData("title eq null", "cy")]
    [InlineData("nothing eq \"x\"", "400 invalidFilter")]
    [InlineData("userName xx \"x\"", "400 invalidFilter")]
    [InlineData("userName eq", "400 invalidFilter")]
    [InlineData("(userName pr", "400 invalidFilter")]
    [InlineData("active gt true", "400 invalidFilter")]
    [InlineData("password sw \"S\"", "")]
    public async Task A_filter_finds_what_the_specification_says(string filter, string found)
    {
        foreach (var engine in Engines.Select(row => row.Data))
        {
            using var scim = await ScimGround.OnAsync(services, engine);
            await scim.NewUserAsync("ada", ""","externalId":"E-1","title":"Engineer","password":"Secret-1","name":{"familyName":"Lovelace"},"emails":[{"value":"ada@home.example","type":"home"},{"value":"ada@work.example","type":"work"}]""");
            await scim.NewUserAsync("bob", $$""","title":"Officer","{{RawScim.Enterprise}}":{"department":"sales"},"emails":[{"value":"bob@work.example","type":"work"}]""");
            await scim.NewUserAsync("cy", ""","active":false""");
            Assert.Equal(found, await scim.FoundAsync(filter));
        }
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task An_answer_holds_what_is_asked_for_and_what_is_always_told(Engine engine)
    {
        using var scim = await ScimGround.OnAsync(services, engine);
        var id = (await scim.NewUserAsync("ada", ""","title":"Engineer","name":{"givenName":"Ada","familyName":"Lovelace"}""")).Id;
        Assert.Equal("id,name.familyName,schemas", await MembersAsync(scim, $"/Users/{id}?attributes=NAME.familyName"));
        Assert.Equal("id,schemas,title,userName", await MembersAsync(scim, $"/Users/{id}?attributes=userName,{RawScim.User}:title,password"));
        Assert.Equal("id,schemas,userName", await MembersAsync(scim, $"/Users/{id}?excludedAttributes=id,schemas,meta,title,name,active"));
        Assert.Equal("id,schemas,userName", (await scim.SendAsync("POST", "/Users?attributes=userName", $$"""{"schemas":["{{RawScim.User}}"],"userName":"bob","title":"x"}""")) is var made ? Members(made) : "");
        (await scim.GetAsync($"/Users/{id}?attributes=userName&excludedAttributes=title")).IsError(400, "invalidValue");
        var list = (await scim.SendAsync("POST", "/Users/.search", $$"""{"schemas":["{{RawScim.Messages}}SearchRequest"],"attributes":["title"],"filter":"userName eq \"ada\"","startIndex":1,"count":5}""")).IsList(1, 1);
        Assert.Equal("\"Engineer\"", list.At("Resources", "0", "title"));
        Assert.Equal("", list.At("Resources", "0", "userName"));
        (await scim.SendAsync("POST", "/.search", $$"""{"schemas":["{{RawScim.Messages}}SearchRequest"],"filter":"userName pr"}""")).IsList(2, 2);
        (await scim.SendAsync("POST", "/Users/.search", "{}")).IsError(400, "invalidSyntax");
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task A_version_is_told_and_can_be_asked_for(Engine engine)
    {
        using var scim = await ScimGround.OnAsync(services, engine);
        var made = await scim.NewUserAsync("ada");
        var path = $"/Users/{made.Id}";
        Assert.Equal((made.ETag, made.Location), ((string?)made.Json["meta"]!["version"], (string?)made.Json["meta"]!["location"]));
        Assert.Equal((scim.Base + path, made.ETag), (await scim.GetAsync(path)) is var read ? (read.Location, read.ETag) : default);
        Assert.Equal((304, ""), (await scim.SendAsync("GET", path, null, ("If-None-Match", made.ETag!))) is var same ? (same.Status, same.Text) : default);
        var changed = await scim.PatchAsync(path, """{"op":"replace","path":"title","value":"x"}""");
        Assert.NotEqual(made.ETag, changed.ETag);
        Assert.Equal(200, (await scim.SendAsync("GET", path, null, ("If-None-Match", made.ETag!))).Status);
        (await scim.SendAsync("PUT", path, $$"""{"schemas":["{{RawScim.User}}"],"userName":"ada"}""", ("If-Match", made.ETag!))).IsError(412);
        (await scim.SendAsync("DELETE", path, null, ("If-Match", made.ETag!))).IsError(412);
        Assert.Equal((204, ""), (await scim.SendAsync("DELETE", path, null, ("If-Match", changed.ETag!))) is var gone ? (gone.Status, gone.Text) : default);
    }

    private static async Task<string> NamesAsync(RawScim scim, string query) =>
        string.Join(',', (await scim.GetAsync("/Users?" + query)).Json["Resources"]!.AsArray().Select(one => (string)one!["userName"]!));

    private static async Task<string> MembersAsync(RawScim scim, string path) => Members(await scim.GetAsync(path));

    private static string Members(RawScimAnswer answer) => string.Join(',', answer.Json.AsObject().SelectMany(one => one.Value is System.Text.Json.Nodes.JsonObject parts ? parts.Select(part => $"{one.Key}.{part.Key}") : [one.Key]).Order(StringComparer.Ordinal));
}
