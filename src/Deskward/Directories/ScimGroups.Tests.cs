using System.Net;
using Deskward.Fixture;
using Deskward.Identity;
using Deskward.Identity.Membership;
using Deskward.Platform.Duties;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Xunit;
using static Deskward.Directories.DirectoryGround;

namespace Deskward.Directories;

public sealed class ScimGroupsTests(Services services)
{
    [Theory]
    [InlineData(Engine.Sqlite)]
    [InlineData(Engine.Postgres)]
    public async Task Members_come_and_go_in_every_form_that_directories_send(Engine engine)
    {
        using var ground = await OnAsync(await services.SharedAsync(engine));
        Guid[] users = [await ground.AddUserAsync("ann"), await ground.AddUserAsync("bea"), await ground.AddUserAsync("cem")];
        var group = await ground.AddGroupAsync("Team", users[0]);
        await ground.PatchAsync($"/Groups/{group}", $$"""{"op":"Add","path":"members","value":[{"value":"{{users[1]}}"},{"value":"{{users[0]}}"}]}""");
        await ground.PatchAsync($"/Groups/{group}", $$"""{"op":"add","value":{"members":[{"value":"{{users[2]}}"}]} }""");
        Assert.Equal(users.Order(), await MembersAsync(ground, group));
        await ground.PatchAsync($"/Groups/{group}", $$"""{"op":"Remove","path":"members[value eq \"{{users[0]}}\"]"}""");
        Assert.Equal(users[1..].Order(), await MembersAsync(ground, group));
        await ground.PatchAsync($"/Groups/{group}", $$"""{"op":"Remove","path":"members","value":[{"value":"{{users[1]}}"}]}""");
        Assert.Equal([users[2]], await MembersAsync(ground, group));
        await ground.PatchAsync($"/Groups/{group}", $$"""{"op":"replace","path":"members","value":[{"value":"{{users[0]}}"}]}""", """{"op":"replace","value":{"displayName":"Crew"}}""");
        var member = (await ground.GetAsync($"/Users/{users[0]}")).Json["groups"]![0]!;
        Assert.Equal(($"{group}", "Crew", "direct"), ((string?)member["value"], (string?)member["display"], (string?)member["type"]));
        Assert.Equal(1, (await ground.FilterAsync("Groups", $"members.value eq \"{users[0]}\" and displayName eq \"CREW\"")).Total);
        Assert.Equal(1, (await ground.FilterAsync("Users", $"groups.value eq \"{group}\"")).Total);
    }

    [Theory]
    [InlineData(Engine.Sqlite)]
    [InlineData(Engine.Postgres)]
    public async Task A_group_with_roles_gives_them_to_its_people_and_takes_them_away(Engine engine)
    {
        using var ground = await OnAsync(await services.SharedAsync(engine));
        Guid[] users = [await ground.AddUserAsync("ann"), await ground.AddUserAsync("bea"), await ground.AddUserAsync("cem")];
        var inner = await ground.AddGroupAsync("Inner", users[2]);
        var group = await ground.AddGroupAsync("Helpers", users[0], inner);
        await BindAsync(ground, group, Role.ItAdministrator, Role.SecurityManager);
        await ground.PatchAsync($"/Groups/{group}", $$"""{"op":"add","path":"members","value":[{"value":"{{users[1]}}"}]}""");
        Assert.Equal((true, true, false), (await HasAsync(ground, users[0]), await HasAsync(ground, users[1]), await HasAsync(ground, users[2])));
        await ground.PatchAsync($"/Groups/{group}", $$"""{"op":"remove","path":"members[value eq \"{{users[0]}}\"]"}""");
        Assert.Equal((false, true), (await HasAsync(ground, users[0]), await HasAsync(ground, users[1])));
        Assert.Equal(HttpStatusCode.NoContent, (await ground.SendAsync(HttpMethod.Delete, $"/Groups/{group}")).Status);
        Assert.False(await HasAsync(ground, users[1]));
        Assert.Equal(0, await ground.Service.QueryAsync(db => db.Set<RoleAssignment>().CountAsync(row => row.GroupId == group), ground.Customer.Id));
    }

    [Theory]
    [InlineData(Engine.Sqlite)]
    [InlineData(Engine.Postgres)]
    public async Task The_last_owner_stays_in_the_group_that_makes_them_one(Engine engine)
    {
        using var ground = await OnAsync(await services.SharedAsync(engine));
        var user = await ground.AddUserAsync("ann");
        var group = await ground.AddGroupAsync("Owners", user);
        await BindAsync(ground, group, Role.CustomerOwner);
        Assert.Equal(HttpStatusCode.Conflict, (await ground.PatchAsync($"/Groups/{group}", """{"op":"remove","path":"members"}""")).Status);
        Assert.Equal(HttpStatusCode.Conflict, (await ground.SendAsync(HttpMethod.Delete, $"/Groups/{group}")).Status);
        Assert.Equal([user], await MembersAsync(ground, group));
        Assert.True(await ground.Service.QueryAsync(db => db.Set<RoleAssignment>().AnyAsync(row => row.PersonId == user && row.Role == Role.CustomerOwner), ground.Customer.Id));
    }

    [Fact]
    public async Task A_name_is_taken_once_and_a_member_must_be_somebody()
    {
        using var ground = await OnAsync(await services.SharedAsync(Engine.Sqlite));
        var (user, group) = (await ground.AddUserAsync(), await ground.AddGroupAsync("Team"));
        Assert.Equal("uniqueness", (await ground.SendAsync(HttpMethod.Post, "/Groups", $$"""{"schemas":["{{GroupSchema}}"],"displayName":"TEAM"}""")).ScimType);
        foreach (var member in new[] { """{"value":"nobody"}""", $$"""{"value":"{{group}}"}""", $$"""{"value":"{{user}}","type":"Group"}""", """{"type":"User"}""" })
        {
            Assert.Equal("invalidValue", (await ground.PatchAsync($"/Groups/{group}", $$"""{"op":"add","path":"members","value":[{{member}}]}""")).ScimType);
        }

        Assert.Empty(await MembersAsync(ground, group));
    }

    [Theory]
    [InlineData(Engine.Sqlite)]
    [InlineData(Engine.Postgres)]
    public async Task A_bulk_makes_what_refers_to_each_other_and_stops_when_told(Engine engine)
    {
        using var ground = await OnAsync(await services.SharedAsync(engine));
        var bulk = await ground.SendAsync(HttpMethod.Post, "/Bulk", $$"""
            {"schemas":["urn:ietf:params:scim:api:messages:2.0:BulkRequest"],"failOnErrors":1,"Operations":[
            {"method":"POST","path":"/Groups","bulkId":"g","data":{"schemas":["{{GroupSchema}}"],"displayName":"Team","members":[{"value":"bulkId:u"}]} },
            {"method":"POST","path":"/Users","bulkId":"u","data":{"schemas":["{{UserSchema}}"],"userName":"{{ground.Address("ann")}}"} },
            {"method":"POST","path":"/Users","bulkId":"twice","data":{"schemas":["{{UserSchema}}"],"userName":"{{ground.Address("ann")}}"} },
            {"method":"POST","path":"/Users","bulkId":"never","data":{"schemas":["{{UserSchema}}"],"userName":"{{ground.Address("bea")}}"} }]}
            """);
        Assert.Equal(HttpStatusCode.OK, bulk.Status);
        Assert.Equal(["201", "201", "409"], bulk.Json["Operations"]!.AsArray().Select(one => (string?)one!["status"]));
        Assert.Equal((1, 1), ((await ground.GetAsync("/Users")).Total, (await ground.FilterAsync("Groups", "members pr")).Total));
    }

    [Theory]
    [InlineData(Engine.Sqlite)]
    [InlineData(Engine.Postgres)]
    public async Task Changes_of_one_group_at_the_same_time_all_hold(Engine engine)
    {
        using var ground = await OnAsync(await services.SharedAsync(engine));
        var group = await ground.AddGroupAsync("Team");
        var users = new List<Guid>();
        for (var number = 0; number < 8; number++)
        {
            users.Add(await ground.AddUserAsync());
        }

        var answers = await Task.WhenAll(users.Select(user => ground.PatchAsync($"/Groups/{group}", $$"""{"op":"add","path":"members","value":[{"value":"{{user}}"}]}""")));
        Assert.All(answers, answer => Assert.Equal(HttpStatusCode.OK, answer.Status));
        Assert.Equal(users.Order(), await MembersAsync(ground, group));
    }

    private static async Task<IEnumerable<Guid>> MembersAsync(DirectoryGround ground, Guid group) =>
        ((await ground.GetAsync($"/Groups/{group}")).Json["members"]?.AsArray() ?? []).Select(member => Guid.Parse((string)member!["value"]!)).Order();

    internal static Task<bool> BindAsync(DirectoryGround ground, Guid group, params Role[] roles) => ground.Service.InScopeAsync(
        async provider => await provider.GetRequiredService<PersonGroups>().BindAsync(group, RoleSet.Of(roles), CancellationToken.None) is null, ground.Customer.Id);

    private static async Task<bool> HasAsync(DirectoryGround ground, Guid person) =>
        await ground.Service.QueryAsync(db => db.Set<Person>().Where(row => row.Id == person).Select(row => row.Roles).SingleAsync(), ground.Customer.Id) == RoleSet.Of(Role.ItAdministrator, Role.SecurityManager);
}
