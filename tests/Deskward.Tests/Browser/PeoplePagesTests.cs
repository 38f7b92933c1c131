using Deskward.Directories;
using Deskward.Fixture;
using Deskward.Platform.Duties;
using Microsoft.Playwright;
using Xunit;

namespace Deskward.Browser;

/// <summary>The pages of people, groups and the directory, as their owner sees them.</summary>
public sealed class PeoplePagesTests(Services services, Browsers browsers) : IClassFixture<Browsers>
{
    private const string Hostile = "<script>document.title='owned'</script>";

    [Theory]
    [MemberData(nameof(Browsers.Looks), MemberType = typeof(Browsers))]
    public async Task No_page_shuts_anybody_out_and_no_name_becomes_markup(string language, bool dark, int width)
    {
        var (ground, paths) = await FurnishedAsync();
        using var closing = ground;
        var page = await browsers.OpenAsync(ground.Service, language, dark, width);
        await Browsers.SignInAsync(page, ground.Address("alice"));
        foreach (var path in paths)
        {
            await page.GotoAsync(path);
            await Browsers.ShutsNobodyOutAsync(page, whole: (language, dark) == ("en", false));
            Assert.NotEqual("owned", await page.TitleAsync());
        }
    }

    [Fact]
    public async Task A_file_is_shown_before_it_is_done()
    {
        var (ground, _) = await FurnishedAsync();
        using var closing = ground;
        var page = await browsers.OpenAsync(ground.Service, script: false);
        await Browsers.SignInAsync(page, ground.Address("alice"));
        await page.GotoAsync("/people/import");
        await page.SetInputFilesAsync("#file", new FilePayload { Name = "people.csv", MimeType = "text/csv", Buffer = System.Text.Encoding.UTF8.GetBytes($"address,name\n{ground.Address("zoe")},Zoë\n") });
        await page.ClickAsync("form[enctype] button");
        await Assertions.Expect(page.Locator("tbody")).ToContainTextAsync(ground.Address("zoe"));
        await page.ClickAsync("section form button.primary");
        await Assertions.Expect(page.Locator(".message.good")).ToBeVisibleAsync();
        await Assertions.Expect(page.Locator("tbody")).ToContainTextAsync("Zoë");
    }

    /// <summary>An owner, somebody whom the directory brought with a hostile name, and a group of the directory.</summary>
    private async Task<(DirectoryGround Ground, string[] Paths)> FurnishedAsync()
    {
        var ground = await DirectoryGround.OnAsync(await services.SharedAsync(Engine.Sqlite));
        await ground.Service.AddPersonAsync(ground.Customer, "alice", Role.CustomerOwner, Role.ItAdministrator);
        var bob = await ground.Service.AddPersonAsync(ground.Customer, "bob");
        var user = await ground.AddUserAsync("mia");
        await ground.PatchAsync($"/Users/{user}", $$"""{"op":"replace","path":"displayName","value":"{{Hostile}}"}""");
        var group = await ground.AddGroupAsync(Hostile, user);
        return (ground,
        [
            "/people", "/people?q=mia&match=begins", $"/people/{user}", $"/people/{bob.Id}", $"/people/{bob.Id}/delete", "/people/new", "/people/import",
            "/people-groups", $"/people-groups/{group}", $"/people-groups/{group}/roles", "/directory", "/audit",
        ]);
    }
}
