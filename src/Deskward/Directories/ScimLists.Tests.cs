using System.Globalization;
using System.Net;
using Deskward.Fixture;
using Xunit;
using static Deskward.Directories.DirectoryGround;

namespace Deskward.Directories;

public sealed class ScimListsTests(Services services)
{
    public static TheoryData<Engine, string, string> Filters
    {
        get
        {
            var data = new TheoryData<Engine, string, string>();
            foreach (var engine in new[] { Engine.Sqlite, Engine.Postgres })
            {
                data.Add(engine, "userName eq \"ANN@DOMAIN\"", "ann");
                data.Add(engine, "userName ne \"ann@DOMAIN\"", "bea,cem,dia");
                data.Add(engine, "userName sw \"b\"", "bea");
                data.Add(engine, "userName co \"EA@\"", "bea");
                data.Add(engine, "userName ew \"DOMAIN\"", "ann,bea,cem,dia");
                data.Add(engine, "userName gt \"bz\"", "cem,dia");
                data.Add(engine, "externalId eq \"E-b\"", "bea");
                data.Add(engine, "externalId eq \"e-b\"", "");
                data.Add(engine, "externalId sw \"e-\"", "");
                data.Add(engine, "externalId sw \"E-\"", "ann,bea,cem");
                data.Add(engine, "externalId pr", "ann,bea,cem");
                data.Add(engine, "not (externalId pr)", "dia");
                data.Add(engine, "active eq false", "cem");
                data.Add(engine, "active ne \"False\"", "ann,bea,dia");
                data.Add(engine, "emails eq \"bea@home.example\"", "bea");
                data.Add(engine, "emails.value co \"HOME\"", "bea");
                data.Add(engine, "emails[type eq \"work\" and value co \"home\"]", "");
                data.Add(engine, "emails[type eq \"home\"].value eq \"bea@home.example\"", "bea");
                data.Add(engine, "emails[type eq \"home\"]", "bea");
                data.Add(engine, "title eq \"lead\"", "ann,cem");
                data.Add(engine, "title eq \"Lead\" and userName sw \"c\"", "cem");
                data.Add(engine, "title eq \"Lead\" or userName sw \"b\"", "ann,bea,cem");
                data.Add(engine, "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department eq \"Sales\"", "bea");
                data.Add(engine, "meta.lastModified gt \"2020-01-01T00:00:00Z\" and not (userName eq \"x\")", "ann,bea,cem,dia");
                data.Add(engine, "meta.created lt \"2020-01-01T00:00:00Z\"", "");
                data.Add(engine, "userName sw \"%\"", "");
                data.Add(engine, "userName co \"_\"", "");
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Filters))]
    public async Task A_filter_finds_the_same_in_the_database_and_in_the_documents(Engine engine, string filter, string found)
    {
        using var ground = await FourAsync(engine);
        var answer = await ground.FilterAsync("Users", filter.Replace("DOMAIN", ground.Customer.Domain, StringComparison.Ordinal), "&sortBy=userName");
        Assert.Equal(HttpStatusCode.OK, answer.Status);
        var names = answer.Total == 0 ? [] : answer.Names("userName").Select(name => name.Split('@')[0]);
        Assert.Equal((found.Split(',').Count(name => name.Length > 0), found), (answer.Total, string.Join(',', names)));
    }

    [Theory]
    [InlineData(Engine.Sqlite)]
    [InlineData(Engine.Postgres)]
    public async Task Pages_follow_each_other_in_the_order_asked_for(Engine engine)
    {
        using var ground = await FourAsync(engine);
        Assert.Equal("dia,cem", await PageAsync(ground, "sortBy=userName&sortOrder=descending&count=2"));
        Assert.Equal("bea,ann", await PageAsync(ground, "sortBy=userName&sortOrder=descending&count=2&startIndex=3"));
        Assert.Equal("ann,bea,cem,dia", await PageAsync(ground, "sortBy=externalId"));
        Assert.Equal("dia,cem,bea,ann", await PageAsync(ground, "sortBy=externalId&sortOrder=descending"));
        Assert.Equal("bea,ann,cem,dia", await PageAsync(ground, "sortBy=title"));
        Assert.Equal("ann,bea", await PageAsync(ground, "count=2"));
        var none = await ground.GetAsync("/Users?count=0");
        Assert.Equal((4, 0), (none.Total, (int)none.Json["itemsPerPage"]!));
        Assert.Equal((4, 0), ((await ground.GetAsync("/Users?startIndex=9")).Total, (int)(await ground.GetAsync("/Users?startIndex=9")).Json["itemsPerPage"]!));
        Assert.Equal("cem", await PageAsync(ground, "filter=title%20eq%20%22lead%22&startIndex=2&count=5"));
    }

    [Fact]
    public async Task A_search_is_a_list_that_is_posted_and_the_root_holds_all_types()
    {
        using var ground = await FourAsync(Engine.Sqlite);
        await ground.AddGroupAsync("Ann's team");
        const string Search = """{"schemas":["urn:ietf:params:scim:api:messages:2.0:SearchRequest"],"filter":"userName sw \"a\" or displayName sw \"a\"","attributes":["displayName"],"count":10}""";
        var users = await ground.SendAsync(HttpMethod.Post, "/Users/.search", Search);
        Assert.Equal((1, true), (users.Total, users.Json["Resources"]![0]!["userName"] is null));
        Assert.Equal(2, (await ground.SendAsync(HttpMethod.Post, "/.search", Search)).Total);
        Assert.Equal((5, 2), ((await ground.GetAsync("/?startIndex=4&count=2")).Total, (await ground.GetAsync("/?startIndex=4&count=2")).Json["Resources"]!.AsArray().Count));
    }

    [Theory]
    [InlineData(Engine.Sqlite)]
    [InlineData(Engine.Postgres)]
    public async Task A_filter_of_ten_thousand_terms_is_refused_at_once(Engine engine)
    {
        using var ground = await OnAsync(await services.SharedAsync(engine));
        var filter = string.Join(" or ", Enumerable.Range(0, 10_000).Select(number => string.Create(CultureInfo.InvariantCulture, $"title eq \"{number}\"")));
        var refused = await ground.SendAsync(HttpMethod.Post, "/Users/.search", $$"""{"schemas":["urn:ietf:params:scim:api:messages:2.0:SearchRequest"],"filter":{{ScimAnswer.Quote(filter)}}}""");
        Assert.Equal((HttpStatusCode.BadRequest, "invalidFilter"), (refused.Status, refused.ScimType));
        var most = string.Join(" or ", Enumerable.Range(0, 200).Select(number => string.Create(CultureInfo.InvariantCulture, $"userName eq \"{number}\"")));
        Assert.Equal(HttpStatusCode.OK, (await ground.FilterAsync("Users", most)).Status);
    }

    [Fact]
    public async Task Attributes_are_told_and_left_out_as_asked()
    {
        using var ground = await FourAsync(Engine.Sqlite);
        var only = (await ground.FilterAsync("Users", "userName sw \"a\"", "&attributes=userName")).Json["Resources"]![0]!;
        Assert.Equal(["id", "schemas", "userName"], only.AsObject().Select(pair => pair.Key).Order(StringComparer.Ordinal));
        var user = (string)only["id"]!;
        Assert.Null((await ground.GetAsync($"/Users/{user}?excludedAttributes=emails")).Json["emails"]);
        var group = await ground.AddGroupAsync("Team", Guid.Parse(user));
        Assert.Null((await ground.GetAsync($"/Groups/{group}?excludedAttributes=members")).Json["members"]);
        Assert.NotNull((await ground.GetAsync($"/Groups/{group}?attributes=members.value")).Json["members"]![0]!["value"]);
    }

    /// <summary>Ann and Cem lead, Cem is not active, Dia has no external identifier, Bea has two addresses and a department.</summary>
    private async Task<DirectoryGround> FourAsync(Engine engine)
    {
        var ground = await OnAsync(await services.SharedAsync(engine));
        await AddAsync(ground, "ann", ""","externalId":"E-a","title":"Lead" """);
        await AddAsync(ground, "bea", ""","externalId":"E-b","title":"Clerk","urn:ietf:params:scim:schemas:extension:enterprise:2.0:User":{"department":"Sales"} """, ""","type":"work"},{"value":"bea@home.example","type":"home" """);
        await AddAsync(ground, "cem", ""","externalId":"E-c","title":"Lead","active":false """);
        await AddAsync(ground, "dia", "");
        return ground;
    }

    private static async Task AddAsync(DirectoryGround ground, string name, string more, string mail = "") => Assert.Equal(HttpStatusCode.Created, (await ground.SendAsync(
        HttpMethod.Post, "/Users", $$"""{"schemas":["{{UserSchema}}"],"userName":"{{ground.Address(name)}}","emails":[{"value":"{{ground.Address(name)}}"{{mail}}}]{{more}}}""")).Status);

    private static async Task<string> PageAsync(DirectoryGround ground, string query) =>
        string.Join(',', (await ground.GetAsync("/Users?" + query)).Names("userName").Select(name => name.Split('@')[0]));
}
