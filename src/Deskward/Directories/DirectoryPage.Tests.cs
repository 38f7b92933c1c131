using System.Net;
using System.Text.RegularExpressions;
using Deskward.Browser;
using Deskward.Fixture;
using Deskward.Platform.Duties;
using Microsoft.EntityFrameworkCore;
using Xunit;

namespace Deskward.Directories;

public sealed partial class DirectoryPageTests(Services services)
{
    [Theory]
    [InlineData(Engine.Sqlite)]
    [InlineData(Engine.Postgres)]
    public async Task The_owner_makes_a_token_sees_it_once_and_revokes_it(Engine engine)
    {
        using var ground = await DirectoryGround.OnAsync(await services.SharedAsync(engine));
        await ground.Service.AddPersonAsync(ground.Customer, "alice", Role.CustomerOwner);
        using var alice = new PortalVisitor(ground.Service);
        await alice.SignInAsync(ground.Address("alice"));
        var page = await (await alice.PostAsync("/directory", "create", false, ("name", "Okta"), ("days", "30"))).Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        ground.Token = Token().Match(page).Value;
        Assert.Equal(HttpStatusCode.OK, (await ground.GetAsync("/Users")).Status);
        Assert.DoesNotContain(ground.Token, await alice.MarkupAsync("/directory"), StringComparison.Ordinal);
        var token = await ground.Service.QueryAsync(db => db.Set<DirectoryToken>().SingleAsync(row => row.Name == "Okta"), ground.Customer.Id);
        Assert.NotNull(token.LastUsedAt);
        Assert.Equal(HttpStatusCode.Redirect, (await alice.PostAsync("/directory", $"revoke-{token.Id}", false)).StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, (await ground.GetAsync("/Users")).Status);
    }

    [Theory]
    [InlineData(Role.ItAdministrator)]
    [InlineData(Role.ServiceReader)]
    public async Task Nobody_else_sees_the_tokens(Role role)
    {
        using var ground = await DirectoryGround.OnAsync(await services.SharedAsync(Engine.Sqlite));
        await ground.Service.AddPersonAsync(ground.Customer, "bob", role);
        using var bob = new PortalVisitor(ground.Service);
        await bob.SignInAsync(ground.Address("bob"));
        Assert.Equal(HttpStatusCode.Forbidden, (await bob.GetAsync("/directory")).StatusCode);
    }

    [Fact]
    public async Task What_the_directory_owns_is_shown_but_not_changed_by_hand()
    {
        using var ground = await DirectoryGround.OnAsync(await services.SharedAsync(Engine.Sqlite));
        await ground.Service.AddPersonAsync(ground.Customer, "alice", Role.CustomerOwner);
        var user = await ground.AddUserAsync("mia");
        var group = await ground.AddGroupAsync("Team", user);
        using var alice = new PortalVisitor(ground.Service);
        await alice.SignInAsync(ground.Address("alice"));
        Assert.Contains("directory keeps this", await alice.TextAsync($"/people/{user}"), StringComparison.Ordinal);
        Assert.Contains("directory owns this", await SaidAsync(alice.PostAsync($"/people/{user}", "person", false, ("role", "ServiceReader"))), StringComparison.Ordinal);
        Assert.Contains("directory owns this", await SaidAsync(alice.PostAsync($"/people/{user}/delete", "delete", false)), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.Redirect, (await alice.PostAsync($"/people/{user}", "person", false, ("role", "ServiceReader"), ("enabled", "true"))).StatusCode);
        Assert.Contains("directory keeps this", await alice.TextAsync($"/people-groups/{group}"), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.Redirect, (await alice.PostAsync($"/people-groups/{group}/roles", "bind", false, ("role", "AppPackager"))).StatusCode);
        Assert.Contains("App packager", await alice.TextAsync($"/people/{user}"), StringComparison.OrdinalIgnoreCase);
    }

    private static async Task<string> SaidAsync(Task<HttpResponseMessage> response) => WebUtility.HtmlDecode(await (await response).Content.ReadAsStringAsync(TestContext.Current.CancellationToken));

    [GeneratedRegex("deskward-scim-[A-Za-z0-9_-]{43}")]
    private static partial Regex Token();
}
