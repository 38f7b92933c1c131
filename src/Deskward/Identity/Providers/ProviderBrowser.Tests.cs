using Deskward.Browser;
using Deskward.Fixture;
using Microsoft.Playwright;
using Xunit;

namespace Deskward.Identity.Providers;

/// <summary>The way to the identity provider and back in a real browser, with its rules about where forms may lead.</summary>
public sealed class ProviderBrowserTests(ProviderGrounds grounds, Browsers browsers) : IClassFixture<ProviderGrounds>, IClassFixture<Browsers>
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_person_goes_to_the_provider_and_comes_back_signed_in(bool script)
    {
        var ground = await grounds.OnAsync(Engine.Sqlite);
        var (_, owner) = await ground.CustomerAsync();
        ground.Host.Person = new OpenIdPerson("s", owner.UserName!);
        var page = await browsers.OpenAsync(ground.Service, script: script);
        await page.GotoAsync("/sign-in?return=%2Fpeople");
        await page.FillAsync("#address", owner.UserName!);
        await page.ClickAsync("button[name=through]");
        await Assertions.Expect(page).ToHaveURLAsync(new Uri(ground.Service.PublicUrl, "/people").AbsoluteUri);
    }

    [Fact]
    public async Task An_owner_sets_the_provider_up_on_its_page()
    {
        var ground = await grounds.OnAsync(Engine.Sqlite);
        var owner = await ground.Service.AddPersonAsync(await ground.Service.AddCustomerAsync(), "olga", Platform.Duties.Role.CustomerOwner);
        var page = await browsers.OpenAsync(ground.Service, "zh-CN", width: 390);
        await Browsers.SignInAsync(page, owner.UserName!);
        await page.GotoAsync("/identity-provider");
        await page.FillAsync("#issuer", ground.Host.Issuer.TrimEnd('/'));
        await page.FillAsync("#client", OpenIdHost.ClientId);
        await page.FillAsync("#secret", OpenIdHost.Secret);
        await page.ClickAsync("main form button.primary");
        await Assertions.Expect(page.Locator(".message.good")).ToBeVisibleAsync();
        await Assertions.Expect(page.Locator("dl.facts")).ToContainTextAsync(ground.Host.Issuer);
        Assert.Equal(0, await page.EvaluateAsync<int>("document.documentElement.scrollWidth - document.documentElement.clientWidth"));
    }
}
