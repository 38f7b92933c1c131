using System.Text;
using Deskward.Identity;
using Deskward.Platform.Duties;
using Deskward.Devices;
using Deskward.Fixture;
using Deskward.Groups;
using Deskward.Groups.Dynamic;
using Deskward.Groups.Rings;
using Deskward.Groups.Service;
using Deskward.Policies;
using Deskward.Policies.Files;
using Deskward.Policies.Profiles;
using Deskward.Registration;
using Deskward.Tenants;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;
using Xunit;

namespace Deskward.Browser;

public sealed class PortalTests(Services services, Browsers browsers) : IClassFixture<Browsers>
{
    private const string Hostile = "<script>document.title='owned'</script>";

    [Theory]
    [MemberData(nameof(Browsers.Looks), MemberType = typeof(Browsers))]
    public async Task No_page_shuts_anybody_out(string language, bool dark, int width)
    {
        var (service, address, pages) = await FurnishedAsync();
        var page = await browsers.OpenAsync(service, language, dark, width);
        await Browsers.SignInAsync(page, address);
        foreach (var path in pages)
        {
            await page.GotoAsync(path);
            await Browsers.ShutsNobodyOutAsync(page, whole: (language, dark) == ("en", false));
        }
    }

    [Theory]
    [InlineData("en", false, 1366)]
    [InlineData("zh-CN", true, 390)]
    public async Task No_page_before_signing_in_shuts_anybody_out(string language, bool dark, int width)
    {
        var service = await services.SharedAsync(Engine.Sqlite);
        var page = await browsers.OpenAsync(service, language, dark, width);
        foreach (var path in new[] { "/sign-in", "/sign-in?done=forgot", "/sign-in/emergency", "/sign-in/provider", "/forgot-password", "/invitation?token=x", "/reset-password?token=x" })
        {
            await page.GotoAsync(path);
            await Browsers.ShutsNobodyOutAsync(page, whole: (language, dark) == ("en", false));
        }
    }

    [Theory]
    [InlineData("<img src=x>", true, "image-alt")]
    [InlineData("<p style='color: #ccc; background: #fff'>Pale</p>", true, "color-contrast")]
    [InlineData("<p style='color: #ccc; background: #fff'>Pale</p>", false, "color-contrast")]
    [InlineData("<p style='width: 3000px'>Wide</p>", false, "pixels")]
    public async Task What_shuts_somebody_out_is_found(string body, bool whole, string named)
    {
        var page = await browsers.OpenAsync(await services.SharedAsync(Engine.Sqlite));
        await page.SetContentAsync($"<html lang='en'><title>Page</title><main><h1>Page</h1>{body}</main></html>");
        var found = await Assert.ThrowsAnyAsync<Xunit.Sdk.XunitException>(() => Browsers.ShutsNobodyOutAsync(page, whole));
        Assert.Contains(named, found.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Everything_works_without_a_script()
    {
        var (service, address, _) = await FurnishedAsync();
        var page = await browsers.OpenAsync(service, script: false);
        await Browsers.SignInAsync(page, address);
        await page.GotoAsync("/groups");
        await page.FillAsync("#name", "Front desk");
        await page.ClickAsync("main form button.primary");
        await Assertions.Expect(page.Locator("h1")).ToHaveTextAsync("Front desk");
        await page.ClickAsync(".preferences button[name=language]");
        await Assertions.Expect(page.Locator("html")).ToHaveAttributeAsync("lang", "zh-Hans");
        await page.ClickAsync(".preferences button[name=theme]");
        await Assertions.Expect(page.Locator("html")).ToHaveAttributeAsync("data-theme", "dark");
    }

    [Fact]
    public async Task A_name_that_a_PC_reports_never_becomes_markup()
    {
        var (service, address, _) = await FurnishedAsync();
        var page = await browsers.OpenAsync(service);
        await Browsers.SignInAsync(page, address);
        await page.GotoAsync("/devices");
        await Assertions.Expect(page.Locator("tbody")).ToContainTextAsync(Hostile);
        Assert.Equal(0, await page.Locator("tbody script").CountAsync());
        Assert.NotEqual("owned", await page.TitleAsync());
    }

    [Fact]
    public async Task The_keyboard_reaches_the_content_first_and_closes_menus()
    {
        var (service, address, _) = await FurnishedAsync();
        var page = await browsers.OpenAsync(service);
        await Browsers.SignInAsync(page, address);
        await page.GotoAsync("/people");
        await page.Keyboard.PressAsync("Tab");
        await Assertions.Expect(page.Locator(".skip")).ToBeFocusedAsync();
        await page.Keyboard.PressAsync("Enter");
        await Assertions.Expect(page.Locator("main")).ToBeFocusedAsync();
        await page.Locator(".account summary").PressAsync("Enter");
        await page.Keyboard.PressAsync("Escape");
        await Assertions.Expect(page.Locator(".account .panel")).ToBeHiddenAsync();
    }

    [Fact]
    public async Task A_wrong_setting_is_refused_with_the_nearest_path()
    {
        var (service, address, _) = await FurnishedAsync();
        var page = await browsers.OpenAsync(service);
        await Browsers.SignInAsync(page, address);
        await page.GotoAsync("/policy-sets/new");
        await page.FillAsync("#path", ".Device/Vendor/MSFT/Policy/Config/DeviceLock/MinDevicePasswordLenght");
        await page.FillAsync("#value", "8");
        await page.ClickAsync("button[value=add]");
        await Assertions.Expect(page.Locator(".message.bad")).ToContainTextAsync("./Device/Vendor/MSFT/Policy/Config/DeviceLock/MinDevicePasswordLength");
    }

    [Fact]
    public async Task The_first_administrator_is_made_by_a_link_that_works_once()
    {
        await using var service = await services.FreshAsync(Engine.Sqlite);
        var link = await service.InScopeAsync(provider => provider.GetRequiredService<FirstRun>().NewLinkAsync(TestContext.Current.CancellationToken), Guid.Empty);
        var page = await browsers.OpenAsync(service);
        await page.GotoAsync(link!);
        foreach (var (field, text) in new[] { ("organisation", "Northwind"), ("domain", "northwind.example"), ("name", "Ed"), ("address", "ed@northwind.example"), ("password", TestService.Password) })
        {
            await page.FillAsync("#" + field, text);
        }

        await page.ClickAsync("main button.primary");
        await Assertions.Expect(page.Locator(".message.good")).ToBeVisibleAsync();
        await page.GotoAsync(link!);
        await Assertions.Expect(page.Locator(".message.bad")).ToBeVisibleAsync();
    }

    /// <summary>A customer with an administrator, a PC with a hostile name, a group and the baseline; and the pages that show them.</summary>
    private async Task<(TestService Service, string Address, string[] Pages)> FurnishedAsync()
    {
        var service = await services.SharedAsync(Engine.Sqlite);
        var customer = await service.AddCustomerAsync();
        var person = await service.AddPersonAsync(customer, "alice", Role.CustomerOwner, Role.ItAdministrator);
        await new MailGround(service, null!).TellAsync(customer.Id, person.AsRecipient(), Hostile, Notices.NoticeLink.Page("/audit"), MailGround.Test with { Importance = Notices.NoticeImportance.High });
        var (pc, group, set, ruled, import, plan) = await service.InScopeAsync(provider => FurnishAsync(provider, customer), customer.Id);
        return (service, person.UserName!,
        [
            "/", "/devices", "/devices?q=nothing", $"/devices/{pc}", $"/devices/{pc}?tab=facts", $"/devices/{pc}?tab=sessions", $"/devices/{pc}?tab=commands", $"/devices/{pc}/confirm?act=retire",
            "/groups", $"/groups/{group}?q=script", $"/groups/{ruled}", "/groups/by-rule", "/groups/protection", "/rings", $"/rings/assign?what=ring&pc={pc}&to=Test", $"/rings/assign?what=profile&pc={pc}", "/registrations", "/registrations/add",
            "/policy-sets", "/profiles", $"/devices/{pc}/profile", "/policy-sets/import", $"/policy-sets/imports/{import}", "/policy-sets/new", $"/policy-sets/{set}", $"/policy-sets/{set}/edit", $"/policy-sets/{set}/assign?group={group}", $"/policy-sets/{set}/unassign?group={group}", $"/policy-sets/{set}/compare", "/plans", $"/plans/{plan}", "/plans/pcs",
            "/policy-exceptions", "/policy-exceptions/new", "/compliance", "/compliance/rules", $"/devices/{pc}/compliance", "/drift",
            "/catalogue?q=password", "/catalogue/node?path=./Device/Vendor/MSFT/Policy/Config/DeviceLock/MinDevicePasswordLength", "/people", $"/people/{person.Id}", "/contacts", "/contacts/new?area=Devices", "/security-contacts", $"/board/{customer.Id}", "/contract", "/contract/figure?key=notice.major", "/contract/calendar", "/contract/delegations", "/rights", "/rights?q=a", "/rights?duty=P6.groups", "/audit/checkpoints", "/enrolment-codes", "/certificates", "/organisations", $"/organisations/{customer.Id}", $"/organisations/{customer.Id}/domains", $"/organisations/{customer.Id}/leave", "/access", "/access/uses", "/access/terms", "/protective-actions", "/device-actions", "/devices/act?all=1", "/audit", "/messages", "/messages/sent", "/messages/by-mail", "/password", "/account/second-factor", "/account/sessions", "/account/emergency-codes", "/confirm", "/identity-provider", $"/people/{person.Id}/invite", $"/people/{person.Id}/second-factor", "/enrol?appru=ms-app%3A%2F%2Fx&login_hint=bob%40contoso.example", "/nowhere",
        ]);
    }

    private static async Task<(Guid Pc, Guid Group, Guid Set, Guid Ruled, Guid Import, Guid Plan)> FurnishAsync(IServiceProvider provider, Organisation customer)
    {
        var db = provider.GetRequiredService<Platform.DeskwardContext>();
        var device = new Device { TenantId = customer.Id, HardwareId = Guid.CreateVersion7().ToString("n").ToUpperInvariant(), Name = Hostile, UserAddress = "=1+1@contoso.example", EnrolledAt = DateTimeOffset.UnixEpoch };
        device.RefreshSearch();
        await new DesiredState.SetInterning(db).ArriveAsync(device, CancellationToken.None);
        db.Add(device);
        await db.SaveChangesAsync();
        var group = await provider.GetRequiredService<GroupMembership>().CreateAsync(customer.Id, "Desks", CancellationToken.None);
        await provider.GetRequiredService<Baseline>().EnsureAsync(customer.Id, Baseline.Name, "", Baseline.Settings, CancellationToken.None);
        await ShippedPolicies.ReadyAsync(provider, customer, CancellationToken.None);
        await provider.GetRequiredService<GroupGuard>().RunAsync(customer.Id, CancellationToken.None);
        var ruled = await provider.GetRequiredService<DynamicGroups>().CreateAsync(customer.Id, "Workstations", "device.deviceOSType -eq \"Windows\"", CancellationToken.None);
        await provider.GetRequiredService<Registrations>().RegisterAsync(customer.Id, "Manufacturer,Model,Serial Number\nDell,Latitude,0040017\nDell,Latitude,0040017\n"u8.ToArray(), new RegistrationWish(DeviceProfile.Standard, false, null), CancellationToken.None);
        var file = new ImportFile("script.json", Encoding.UTF8.GetBytes(PolicyImportsTests.Policy("Camera", "1", "0")));
        var import = (await provider.GetRequiredService<PolicyImports>().ImportAsync(customer.Id, file, CancellationToken.None)).Value!.Policies[0].Import;
        var all = await db.Set<Group>().Where(row => row.TenantId == customer.Id && row.Kind == GroupKind.AllDevices).Select(row => row.Id).SingleAsync();
        var version = await db.Set<DesiredState.PolicySetVersion>().Where(row => row.TenantId == customer.Id).OrderByDescending(row => row.Id).Select(row => row.Id).FirstAsync();
        await provider.GetRequiredService<DesiredState.Assignments>().AssignAsync(version, all, DesiredState.Layer.Customer, CancellationToken.None);
        var plan = await db.Set<DesiredState.Plans.CarriedOutPlan>().Where(row => row.TenantId == customer.Id).Select(row => row.Id).FirstAsync();
        return (device.Id, group.Value!.Id, await db.Set<DesiredState.PolicySet>().Where(row => row.TenantId == customer.Id).Select(row => row.Id).FirstAsync(), ruled.Value!.Id, import, plan);
    }
}
