using Deskward.Browser;
using Deskward.Fixture;
using Deskward.Grants;
using Microsoft.Playwright;
using Xunit;

namespace Deskward.Journeys;

/// <summary>Ed works at the provider, Eva is his colleague, Alice owns the customer: in a real browser, through the pages alone.</summary>
public sealed class GrantJourney(Services services, Browsers browsers) : IClassFixture<Browsers>
{
    [Theory]
    [InlineData(Engine.Sqlite)]
    [InlineData(Engine.Postgres)]
    public async Task Ed_cannot_touch_the_customer_before_Eva_has_approved_nor_after_Alice_has_ended_it(Engine engine)
    {
        await using var service = await services.FreshAsync(engine); // Elsewhere Ed may do without a grant what he is refused here.
        var ground = await AccessGround.OnAsync(service);
        var (ed, eva, alice) = (await OpenAsync(ground, ground.Ed.UserName!), await OpenAsync(ground, ground.Eva.UserName!), await OpenAsync(ground, ground.Alice.UserName!));
        await MustSeeThePcAloneAsync(ed, ground);
        await AskAsync(ed, ground);
        await MustSeeThePcAloneAsync(ed, ground);
        await AnswerAsync(eva, ground.Ed.UserName!);
        await ed.GotoAsync($"/devices/{ground.Pc}");
        await Assertions.Expect(ed.Locator(".byline")).ToContainTextAsync(AccessGround.User);
        await ed.Locator("main .actions a", new() { HasText = "Restart" }).ClickAsync();
        await ed.ClickAsync("main form button.primary");
        await Assertions.Expect(ed.Locator("tbody")).ToContainTextAsync("Restart");
        await EndAsync(alice);
        await Assertions.Expect(ed.Locator("main")).Not.ToContainTextAsync(ground.Ed.UserName!, new() { Timeout = 20_000 }); // By itself: the page is looked at no more.
        await MustSeeThePcAloneAsync(ed, ground);
    }

    private async Task<IPage> OpenAsync(AccessGround ground, string address)
    {
        var page = await browsers.OpenAsync(ground.Service);
        await Browsers.SignInAsync(page, address, address == ground.Alice.UserName ? null : ground.Service);
        return page;
    }

    /// <summary>The PC is there; its user and whatever could be done to it are not. What is typed into the address is no way in.</summary>
    private static async Task MustSeeThePcAloneAsync(IPage page, AccessGround ground)
    {
        await page.GotoAsync($"/devices/{ground.Pc}");
        await Assertions.Expect(page.Locator("h1")).ToHaveTextAsync("CONTOSO-PC-1");
        Assert.DoesNotContain(AccessGround.User, await page.ContentAsync(), StringComparison.Ordinal);
        Assert.Equal(0, await page.Locator("main .actions a, main .actions button").CountAsync());
        foreach (var path in new[] { $"/devices/{ground.Pc}/confirm?act=restart", $"/devices/act?pc={ground.Pc}", "/people", "/groups" })
        {
            Assert.Equal((path, 403), (path, (await page.GotoAsync(path))!.Status));
        }
    }

    private static async Task AskAsync(IPage page, AccessGround ground)
    {
        await page.GotoAsync($"/devices/{ground.Pc}");
        await page.ClickAsync("main .message a");
        await page.FillAsync("#reason", "The proxy must be set anew");
        await page.ClickAsync("main form button.primary");
        await Browsers.LeaveAsync(page, "/access/new");
    }

    private static async Task AnswerAsync(IPage page, string who)
    {
        await page.GotoAsync("/access");
        await page.Locator("main tr", new() { HasText = who }).Locator("a").ClickAsync();
        await page.ClickAsync("main form button.primary");
        await Browsers.LeaveAsync(page, "/answer");
    }

    private static async Task EndAsync(IPage page)
    {
        await page.GotoAsync("/access");
        await page.Locator("main tr a", new() { HasText = "End access" }).ClickAsync();
        await page.ClickAsync("main form button.danger");
        await Browsers.LeaveAsync(page, "/end");
    }
}
