using System.Net;
using Deskward.Audit;
using Deskward.Fixture;
using Deskward.Identity;
using Deskward.Tenants;
using Microsoft.EntityFrameworkCore;
using Xunit;
using static Deskward.Directories.DirectoryGround;

namespace Deskward.Directories;

public sealed class ScimHttpTests(Services services)
{
    [Theory]
    [InlineData(Engine.Sqlite)]
    [InlineData(Engine.Postgres)]
    public async Task A_user_that_is_posted_is_a_person_of_the_organisation_and_audited(Engine engine)
    {
        using var ground = await OnAsync(await services.SharedAsync(engine));
        var made = await ground.SendAsync(HttpMethod.Post, "/Users", $$"""
            {"schemas":["{{UserSchema}}","urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"],"userName":"{{ground.Address("mia")}}","externalId":"E-17","password":"Never-Kept-1",
            "name":{"givenName":"Mia","familyName":"Okafor"},"emails":[{"value":"{{ground.Address("mia")}}","type":"work","primary":true}],
            "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User":{"department":"Sales"} }
            """);
        Assert.Equal((HttpStatusCode.Created, "application/scim+json", "W/\"1\""), (made.Status, made.MediaType, made.ETag));
        Assert.Equal($"{ground.Service.PublicUrl.GetLeftPart(UriPartial.Authority)}/scim/v2/Users/{made.Id}", made.Location);
        Assert.Equal((made.Location, true, "Sales"), ((string?)made.Json["meta"]!["location"], (bool)made.Json["active"]!, (string?)made.Json["urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"]!["department"]));
        Assert.DoesNotContain("Never-Kept-1", made.Text, StringComparison.Ordinal);
        var person = await ground.Service.QueryAsync(db => db.Set<Person>().SingleAsync(row => row.Id == made.Id), ground.Customer.Id);
        Assert.Equal(("Mia Okafor", ground.Address("mia"), true, null), (person.DisplayName, person.Email, person.IsFromDirectory, person.PasswordHash));
        var entry = await ground.Service.QueryAsync(db => db.Set<AuditEntry>().SingleAsync(row => row.ObjectId == made.Id && row.Action == "person.add"), ground.Customer.Id);
        Assert.Equal((ActorKind.Program, "Entra ID"), (entry.ActorKind, entry.ActorName));
        Assert.Equal(made.Text, (await ground.GetAsync($"/Users/{made.Id}")).Text);
    }

    [Theory]
    [InlineData(Engine.Sqlite)]
    [InlineData(Engine.Postgres)]
    public async Task A_name_is_refused_in_the_same_words_whoever_has_it_and_the_provider_sees_who(Engine engine)
    {
        using var ground = await OnAsync(await services.SharedAsync(engine));
        var (provider, other) = (await ground.Service.ProviderAsync(), await ground.Service.AddCustomerAsync("Fabrikam"));
        var carl = await ground.Service.AddPersonAsync(other, "carl");
        await ground.Service.QueryAsync(db => db.Set<Person>().Where(row => row.Id == carl.Id).ExecuteUpdateAsync(set => set.SetProperty(row => row.NormalizedUserName, ground.Address("carl").ToUpperInvariant())), other.Id);
        await ground.AddUserAsync("kim");
        Assert.Equal(await RefusedAsync(ground, "kim"), await RefusedAsync(ground, "carl"));
        await ((Clashes)ground.Service.Provider.GetService(typeof(Clashes))!).WriteAsync(CancellationToken.None);
        var clash = await ground.Service.QueryAsync(db => db.Set<Clash>().SingleAsync(row => row.Value == ground.Address("carl")), provider.Id);
        Assert.Equal((ground.Customer.Id, other.Id, "Entra ID"), (clash.AskedBy, clash.HeldBy, clash.AskedByName));
    }

    /// <summary>What the directory is answered, without the numbers of the request.</summary>
    private static async Task<string> RefusedAsync(DirectoryGround ground, string name)
    {
        var answer = await ground.SendAsync(HttpMethod.Post, "/Users", $$"""{"schemas":["{{UserSchema}}"],"userName":"{{ground.Address(name)}}"}""");
        Assert.Equal(HttpStatusCode.Conflict, answer.Status);
        return System.Text.RegularExpressions.Regex.Replace(answer.Text, "[Rr]equest [A-Z0-9:]+", "-");
    }

    [Theory]
    [InlineData(Engine.Sqlite)]
    [InlineData(Engine.Postgres)]
    public async Task A_name_that_is_taken_is_refused_by_409_in_any_case_of_letters(Engine engine)
    {
        using var ground = await OnAsync(await services.SharedAsync(engine));
        await ground.AddUserAsync("kim");
        var again = await ground.SendAsync(HttpMethod.Post, "/Users", $$"""{"schemas":["{{UserSchema}}"],"userName":"{{ground.Address("KIM")}}"}""");
        Assert.Equal((HttpStatusCode.Conflict, "uniqueness", "409"), (again.Status, again.ScimType, (string?)again.Json["status"]));
        var other = await ground.AddUserAsync("lee");
        var renamed = await ground.PatchAsync($"/Users/{other}", $$"""{"op":"replace","path":"userName","value":"{{ground.Address("Kim")}}"}""");
        Assert.Equal((HttpStatusCode.Conflict, "uniqueness"), (renamed.Status, renamed.ScimType));
        Assert.Equal(ground.Address("lee"), (string?)(await ground.GetAsync($"/Users/{other}")).Json["userName"]);
    }

    [Theory]
    [InlineData(Engine.Sqlite)]
    [InlineData(Engine.Postgres)]
    public async Task Names_outside_the_own_domain_are_free_in_each_organisation_and_sign_nobody_in(Engine engine)
    {
        var service = await services.SharedAsync(engine);
        using var contoso = await OnAsync(service);
        using var fabrikam = await OnAsync(service, "Fabrikam");
        foreach (var name in new[] { "bjensen", fabrikam.Address("zoe"), "someone@elsewhere.example" })
        {
            var body = $$"""{"schemas":["{{UserSchema}}"],"userName":"{{name}}"}""";
            Assert.Equal((HttpStatusCode.Created, HttpStatusCode.Created), ((await contoso.SendAsync(HttpMethod.Post, "/Users", body)).Status, (await fabrikam.SendAsync(HttpMethod.Post, "/Users", body)).Status));
            Assert.Equal(HttpStatusCode.Conflict, (await contoso.SendAsync(HttpMethod.Post, "/Users", body)).Status);
        }

        Assert.All(await service.QueryAsync(db => db.Set<Person>().ToListAsync(), contoso.Customer.Id), person => Assert.True(person is { IsNameLocal: true, NormalizedUserName: null }));
    }

    [Theory]
    [InlineData(Engine.Sqlite)]
    [InlineData(Engine.Postgres)]
    public async Task Somebody_made_by_hand_is_taken_over_and_keeps_roles_and_password(Engine engine)
    {
        using var ground = await OnAsync(await services.SharedAsync(engine));
        var alice = await ground.Service.AddPersonAsync(ground.Customer, "alice", Platform.Duties.Role.CustomerOwner);
        Assert.Equal(0, (await ground.GetAsync("/Users")).Total);
        var id = await ground.AddUserAsync("alice");
        var person = await ground.Service.QueryAsync(db => db.Set<Person>().SingleAsync(row => row.Id == alice.Id), ground.Customer.Id);
        Assert.Equal((alice.Id, true, alice.PasswordHash, true), (id, person.IsFromDirectory, person.PasswordHash, person.Roles.Has(Platform.Duties.Role.CustomerOwner)));
    }

    [Theory]
    [InlineData(Engine.Sqlite)]
    [InlineData(Engine.Postgres)]
    public async Task Without_a_token_that_holds_nothing_is_answered(Engine engine)
    {
        using var ground = await OnAsync(await services.SharedAsync(engine));
        var right = ground.Token;
        foreach (var wrong in new[] { "", "nonsense", right + "x", new string('x', 10_000), right.ToUpperInvariant() })
        {
            ground.Token = wrong;
            var refused = await ground.GetAsync("/Users");
            Assert.Equal((HttpStatusCode.Unauthorized, "401"), (refused.Status, (string?)refused.Json["status"]));
            Assert.StartsWith("Bearer", refused.Challenge, StringComparison.Ordinal);
        }

        ground.Token = "";
        Assert.Equal(HttpStatusCode.OK, (await ground.GetAsync("/ServiceProviderConfig")).Status);
        Assert.Equal(HttpStatusCode.Unauthorized, (await ground.GetAsync("/Schemas")).Status);
    }

    [Theory]
    [InlineData(Engine.Sqlite)]
    [InlineData(Engine.Postgres)]
    public async Task A_token_ends_when_its_time_is_over(Engine engine)
    {
        using var ground = await OnAsync(await services.SharedAsync(engine));
        Assert.Equal(HttpStatusCode.OK, (await ground.GetAsync("/Users")).Status);
        await ground.Service.QueryAsync(db => db.Set<DirectoryToken>().ExecuteUpdateAsync(set => set.SetProperty(row => row.ExpiresAt, DateTimeOffset.UnixEpoch)), ground.Customer.Id);
        Assert.Equal(HttpStatusCode.Unauthorized, (await ground.GetAsync("/Users")).Status);
    }

    [Theory]
    [InlineData("GET", "/Nowhere", 404)]
    [InlineData("GET", "/Groups/a/b", 404)]
    [InlineData("PUT", "/Users", 405)]
    [InlineData("DELETE", "/Bulk", 405)]
    [InlineData("POST", "/Schemas", 405)]
    [InlineData("GET", "/Me", 501)]
    [InlineData("PATCH", "/Me", 501)]
    [InlineData("GET", "/Schemas?filter=id+pr", 403)]
    [InlineData("GET", "/Schemas/urn:nothing", 404)]
    [InlineData("GET", "/Users?filter=nonsense", 400)]
    [InlineData("GET", "/Users?count=many", 400)]
    [InlineData("GET", "/Users?attributes=id&excludedAttributes=name", 400)]
    public async Task Whatever_is_refused_is_an_error_of_the_protocol(string method, string path, int status)
    {
        using var ground = await OnAsync(await services.SharedAsync(Engine.Sqlite));
        var refused = await ground.SendAsync(new HttpMethod(method), path);
        Assert.Equal((status, "application/scim+json"), ((int)refused.Status, refused.MediaType));
        Assert.Equal(("urn:ietf:params:scim:api:messages:2.0:Error", $"{status}"), ((string?)refused.Json["schemas"]![0], (string?)refused.Json["status"]));
    }

    [Fact]
    public async Task Discovery_tells_what_there_is()
    {
        using var ground = await OnAsync(await services.SharedAsync(Engine.Sqlite));
        Assert.Equal((1000, 1048576), ((int)(await ground.GetAsync("/ServiceProviderConfig")).Json["bulk"]!["maxOperations"]!, (int)(await ground.GetAsync("/ServiceProviderConfig")).Json["bulk"]!["maxPayloadSize"]!));
        Assert.Equal(["User", "Group"], (await ground.GetAsync("/ResourceTypes")).Names("id"));
        Assert.Contains(UserSchema, (await ground.GetAsync("/Schemas")).Names("id"));
        Assert.Equal("User", (string?)(await ground.GetAsync($"/Schemas/{UserSchema}")).Json["name"]);
        Assert.Equal("/Groups", (string?)(await ground.GetAsync("/ResourceTypes/Group")).Json["endpoint"]);
    }

    [Fact]
    public async Task A_body_must_be_JSON_and_no_larger_than_told()
    {
        using var ground = await OnAsync(await services.SharedAsync(Engine.Sqlite));
        Assert.Equal("invalidSyntax", (await ground.SendAsync(HttpMethod.Post, "/Users", "{")).ScimType);
        Assert.Equal("invalidValue", (await ground.SendAsync(HttpMethod.Post, "/Users", $$"""{"schemas":["{{UserSchema}}"]}""")).ScimType);
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, (await ground.SendAsync(HttpMethod.Post, "/Bulk", new string(' ', ScimBulk.LargestBody + 1))).Status);
    }
}
