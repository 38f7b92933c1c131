using System.Net;
using Deskward.Audit;
using Deskward.Fixture;
using Deskward.Identity;
using Deskward.Platform.Duties;
using Microsoft.EntityFrameworkCore;
using Xunit;
using static Deskward.Directories.DirectoryGround;

namespace Deskward.Directories;

/// <summary>PUT, PATCH in the forms that directories send, DELETE, and entity tags.</summary>
public sealed class ScimChangesTests(Services services)
{
    [Theory]
    [InlineData(Engine.Sqlite, """{"op":"Replace","path":"active","value":"False"}""")]
    [InlineData(Engine.Postgres, """{"op":"Replace","path":"active","value":"False"}""")]
    [InlineData(Engine.Sqlite, """{"op":"replace","value":{"active":false}}""")]
    [InlineData(Engine.Sqlite, """{"op":"replace","path":"active","value":[{"value":"False"}]}""")]
    public async Task Deactivating_disables_the_person_and_activating_enables_them(Engine engine, string deactivation)
    {
        using var ground = await OnAsync(await services.SharedAsync(engine));
        var id = await ground.AddUserAsync();
        var off = await ground.PatchAsync($"/Users/{id}", deactivation);
        Assert.Equal((HttpStatusCode.OK, false, "W/\"2\""), (off.Status, (bool)off.Json["active"]!, off.ETag));
        Assert.False((await PersonAsync(ground, id)).IsEnabled);
        Assert.Equal(HttpStatusCode.OK, (await ground.PatchAsync($"/Users/{id}", """{"op":"replace","path":"active","value":true}""")).Status);
        Assert.True((await PersonAsync(ground, id)).IsEnabled);
    }

    [Theory]
    [InlineData(Engine.Sqlite)]
    [InlineData(Engine.Postgres)]
    public async Task Names_and_addresses_follow_the_directory(Engine engine)
    {
        using var ground = await OnAsync(await services.SharedAsync(engine));
        var id = await ground.AddUserAsync("mia");
        var changed = await ground.PatchAsync($"/Users/{id}",
            $$"""{"op":"Replace","path":"emails[type eq \"work\"].value","value":"{{ground.Address("mia.new")}}"}""",
            """{"op":"Add","path":"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department","value":"Sales"}""",
            $$"""{"op":"Replace","value":{"displayName":"Mia N.","userName":"{{ground.Address("mia.new")}}","name.familyName":"New"} }""");
        Assert.Equal(HttpStatusCode.OK, changed.Status);
        var person = await PersonAsync(ground, id);
        Assert.Equal((ground.Address("mia.new"), ground.Address("mia.new"), "Mia N."), (person.UserName, person.Email, person.DisplayName));
        Assert.Equal(1, (await ground.FilterAsync("Users", $"emails.value eq \"{ground.Address("MIA.new")}\"")).Total);
        Assert.Equal(0, (await ground.FilterAsync("Users", $"emails.value eq \"{ground.Address("mia")}\"")).Total);
        Assert.Equal(1, await AuditedAsync(ground, id, "person.provision"));
    }

    [Fact]
    public async Task A_put_replaces_all_but_what_it_must_not()
    {
        using var ground = await OnAsync(await services.SharedAsync(Engine.Sqlite));
        var id = await ground.AddUserAsync("mia", ""","title":"Engineer","nickName":"M" """);
        await ground.PatchAsync($"/Users/{id}", """{"op":"replace","path":"active","value":false}""");
        var put = await ground.SendAsync(HttpMethod.Put, $"/Users/{id}", $$"""{"schemas":["{{UserSchema}}"],"id":"other","userName":"{{ground.Address("mia")}}","title":"Lead"}""");
        Assert.Equal((HttpStatusCode.OK, id, "Lead", false), (put.Status, put.Id, (string?)put.Json["title"], (bool)put.Json["active"]!));
        Assert.Null(put.Json["nickName"]);
        var again = await ground.SendAsync(HttpMethod.Put, $"/Users/{id}", put.Text);
        Assert.Equal((put.ETag, put.Text), (again.ETag, again.Text));
    }

    [Theory]
    [InlineData("""{"op":"replace","path":"id","value":"x"}""", "mutability")]
    [InlineData("""{"op":"add","path":"groups","value":[{"value":"x"}]}""", "mutability")]
    [InlineData("""{"op":"replace","path":"meta.created","value":"2020-01-01T00:00:00Z"}""", "mutability")]
    [InlineData("""{"op":"remove","path":"userName"}""", "mutability")]
    [InlineData("""{"op":"replace","path":"nonsense","value":"x"}""", "invalidPath")]
    [InlineData("""{"op":"remove"}""", "noTarget")]
    [InlineData("""{"op":"replace","path":"emails[type eq \"fax\"].value","value":"x"}""", "noTarget")]
    [InlineData("""{"op":"replace","path":"active","value":"perhaps"}""", "invalidValue")]
    [InlineData("""{"op":"replace","path":"userName","value":" blank"}""", "invalidValue")]
    public async Task A_change_that_cannot_be_is_refused_and_nothing_of_it_done(string operation, string type)
    {
        using var ground = await OnAsync(await services.SharedAsync(Engine.Sqlite));
        var id = await ground.AddUserAsync();
        var before = await ground.GetAsync($"/Users/{id}");
        var refused = await ground.PatchAsync($"/Users/{id}", """{"op":"replace","path":"title","value":"Lead"}""", operation);
        Assert.Equal((HttpStatusCode.BadRequest, type), (refused.Status, refused.ScimType));
        Assert.Equal(before.Text, (await ground.GetAsync($"/Users/{id}")).Text);
    }

    [Theory]
    [InlineData(Engine.Sqlite)]
    [InlineData(Engine.Postgres)]
    public async Task An_entity_tag_keeps_two_from_overwriting_each_other(Engine engine)
    {
        using var ground = await OnAsync(await services.SharedAsync(engine));
        var id = await ground.AddUserAsync();
        var first = (await ground.GetAsync($"/Users/{id}")).ETag!;
        Assert.Equal(HttpStatusCode.NotModified, (await ground.GetAsync($"/Users/{id}", ("If-None-Match", first))).Status);
        const string Change = """{"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":[{"op":"replace","path":"title","value":"Lead"}]}""";
        Assert.Equal(HttpStatusCode.OK, (await ground.SendAsync(HttpMethod.Patch, $"/Users/{id}", Change, ("If-Match", first))).Status);
        Assert.Equal(HttpStatusCode.PreconditionFailed, (await ground.SendAsync(HttpMethod.Patch, $"/Users/{id}", Change, ("If-Match", first))).Status);
        Assert.Equal(HttpStatusCode.PreconditionFailed, (await ground.SendAsync(HttpMethod.Delete, $"/Users/{id}", null, ("If-Match", first))).Status);
        Assert.Equal(HttpStatusCode.OK, (await ground.GetAsync($"/Users/{id}", ("If-None-Match", first))).Status);
        Assert.Equal(HttpStatusCode.NoContent, (await ground.SendAsync(HttpMethod.Delete, $"/Users/{id}", null, ("If-Match", "*"))).Status);
    }

    [Theory]
    [InlineData(Engine.Sqlite)]
    [InlineData(Engine.Postgres)]
    public async Task Whoever_is_deleted_is_gone_and_the_name_free_again(Engine engine)
    {
        using var ground = await OnAsync(await services.SharedAsync(engine));
        var id = await ground.AddUserAsync("mia");
        var group = await ground.AddGroupAsync("Team", id);
        Assert.Equal(HttpStatusCode.NoContent, (await ground.SendAsync(HttpMethod.Delete, $"/Users/{id}")).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await ground.SendAsync(HttpMethod.Delete, $"/Users/{id}")).Status);
        Assert.Equal(0, (await ground.FilterAsync("Users", $"userName eq \"{ground.Address("mia")}\"")).Total);
        Assert.False(await ground.Service.QueryAsync(db => db.Set<Person>().AnyAsync(row => row.Id == id), ground.Customer.Id));
        Assert.Null((await ground.GetAsync($"/Groups/{group}")).Json["members"]);
        Assert.Equal(1, await AuditedAsync(ground, id, "person.delete"));
        Assert.NotEqual(id, await ground.AddUserAsync("mia"));
    }

    [Theory]
    [InlineData(Engine.Sqlite)]
    [InlineData(Engine.Postgres)]
    public async Task The_last_owner_is_neither_deactivated_nor_deleted(Engine engine)
    {
        using var ground = await OnAsync(await services.SharedAsync(engine));
        await ground.Service.AddPersonAsync(ground.Customer, "alice", Role.CustomerOwner);
        var id = await ground.AddUserAsync("alice");
        Assert.Equal(HttpStatusCode.Conflict, (await ground.PatchAsync($"/Users/{id}", """{"op":"replace","path":"active","value":false}""")).Status);
        Assert.Equal(HttpStatusCode.Conflict, (await ground.SendAsync(HttpMethod.Delete, $"/Users/{id}")).Status);
        Assert.True((await PersonAsync(ground, id)).IsEnabled);
        Assert.True((bool)(await ground.GetAsync($"/Users/{id}")).Json["active"]!);
        await ground.Service.AddPersonAsync(ground.Customer, "bob", Role.CustomerOwner);
        Assert.Equal(HttpStatusCode.OK, (await ground.PatchAsync($"/Users/{id}", """{"op":"replace","path":"active","value":false}""")).Status);
    }

    [Theory]
    [InlineData(Engine.Sqlite)]
    [InlineData(Engine.Postgres)]
    public async Task Of_two_owners_who_are_deactivated_at_once_one_stays(Engine engine)
    {
        using var ground = await OnAsync(await services.SharedAsync(engine));
        await ground.Service.AddPersonAsync(ground.Customer, "alice", Role.CustomerOwner);
        await ground.Service.AddPersonAsync(ground.Customer, "bob", Role.CustomerOwner);
        Guid[] owners = [await ground.AddUserAsync("alice"), await ground.AddUserAsync("bob")];
        var answers = await Task.WhenAll(owners.Select(owner => ground.PatchAsync($"/Users/{owner}", """{"op":"replace","path":"active","value":"False"}""")));
        Assert.Equal([HttpStatusCode.OK, HttpStatusCode.Conflict], answers.Select(answer => answer.Status).Order());
        Assert.Equal(1, await ground.Service.QueryAsync(db => db.Set<Person>().CountAsync(row => row.IsEnabled), ground.Customer.Id));
    }

    private static Task<Person> PersonAsync(DirectoryGround ground, Guid id) => ground.Service.QueryAsync(db => db.Set<Person>().SingleAsync(row => row.Id == id), ground.Customer.Id);

    private static Task<int> AuditedAsync(DirectoryGround ground, Guid id, string action) =>
        ground.Service.QueryAsync(db => db.Set<AuditEntry>().CountAsync(row => row.ObjectId == id && row.Action == action), ground.Customer.Id);
}
