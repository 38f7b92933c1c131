using Deskward.DesiredState;
using Deskward.Fixture;
using Deskward.Grants;
using Deskward.Groups;
using Deskward.Platform;
using Deskward.Policies.Exceptions;
using Deskward.Policies.Profiles;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Deskward.Browser;

/// <summary>The pages that an engineer of the provider works on, with a grant for one customer.</summary>
public sealed class ProviderPagesTests(Services services, Browsers browsers) : IClassFixture<Browsers>
{
    private const string Limit = "./Device/Vendor/MSFT/Policy/Config/LocalPoliciesSecurityOptions/InteractiveLogon_MachineInactivityLimit";

    [Theory]
    [MemberData(nameof(Browsers.Looks), MemberType = typeof(Browsers))]
    public async Task No_page_shuts_anybody_out(string language, bool dark, int width)
    {
        await using var service = await services.FreshAsync(Engine.Sqlite);
        var (ground, paths) = await FurnishedAsync(service);
        var page = await browsers.OpenAsync(ground.Service, language, dark, width);
        await Browsers.SignInAsync(page, ground.Eva.UserName!, ground.Service);
        foreach (var path in paths)
        {
            var answer = await page.GotoAsync(path);
            Assert.True(answer is { Ok: true } && page.Url.EndsWith(path, StringComparison.Ordinal), $"{path}: {answer?.Status} {page.Url}");
            await Browsers.ShutsNobodyOutAsync(page, whole: (language, dark) == ("en", false));
        }
    }

    /// <summary>A customer with a PC and what is shipped, of which one set has a version that waits; an exception that is approved and one that waits; a grant.</summary>
    private static async Task<(AccessGround Ground, string[] Paths)> FurnishedAsync(TestService service)
    {
        var ground = await AccessGround.OnAsync(service);
        await ground.GrantAsync(ground.Eva);
        Assert.Null(await ground.Service.InScopeAsync(provider => ShippedPolicies.ReadyAsync(provider, ground.Customer, CancellationToken.None), ground.Customer.Id));
        var set = await ground.Service.InScopeAsync(NewVersionAsync, ground.Provider.Id);
        var (approved, waits) = await ground.Service.InScopeAsync(provider => ExceptionsAsync(provider, ground), ground.Customer.Id);
        return (ground,
        [
            "/", "/organisations", "/organisations/new", "/organisations/refused", "/organisations/deleted", "/access", "/access/new", "/access/terms", "/profiles",
            "/policy-sets", $"/policy-sets/{set}", $"/policy-sets/{set}/edit", $"/policy-sets/{set}/release", $"/policy-sets/{set}/compare", $"/policy-sets/{set}/assign?customer={ground.Customer.Id}",
            "/policy-exceptions", $"/policy-exceptions/{approved}", $"/policy-exceptions/{approved}/revoke", $"/policy-exceptions/{waits}", $"/policy-exceptions/{waits}/decide",
            "/compliance", $"/compliance/rules?customer={ground.Customer.Id}", "/drift", $"/devices/{ground.Pc}", $"/devices/{ground.Pc}/compliance", $"/rings?customer={ground.Customer.Id}",
        ]);
    }

    private static async Task<Guid> NewVersionAsync(IServiceProvider provider)
    {
        var db = provider.GetRequiredService<DeskwardContext>();
        var set = await db.Set<PolicySet>().AsNoTracking().SingleAsync(row => row.Shipped == ShippedPolicies.BaselineKey);
        var newest = await db.Set<PolicySetVersion>().AsNoTracking().SingleAsync(row => row.PolicySetId == set.Id && row.Number == set.LatestVersion);
        var lines = PolicySets.SettingsOf(newest).Select(setting => new SettingLine { Path = setting.Path, Format = setting.Format, Value = setting.Path == Limit ? "600" : setting.Value, IsOverridable = setting.IsOverridable });
        var made = await provider.GetRequiredService<PolicySets>().AddVersionAsync(set.Id, null, [.. lines], CancellationToken.None);
        return made.IsRefused ? throw new InvalidOperationException(made.Refusal.Message) : set.Id;
    }

    private static async Task<(Guid Approved, Guid Waits)> ExceptionsAsync(IServiceProvider provider, AccessGround ground)
    {
        var (db, desk) = (provider.GetRequiredService<DeskwardContext>(), provider.GetRequiredService<ExceptionDesk>());
        var all = await db.Set<Group>().Where(row => row.TenantId == ground.Customer.Id && row.Kind == GroupKind.AllDevices).Select(row => row.Id).SingleAsync();
        var until = DateOnly.FromDateTime(ground.Service.Time.Now().UtcDateTime).AddMonths(6);
        var wish = new ExceptionWish(ExceptionType.Policies, "Staff read from the screen with both hands full.", "Lock these PCs after 30 minutes.", until, all, Limit + "\t1800");
        var approved = Must(await desk.AskAsync(ground.Customer.Id, ground.Alice.Id, wish, CancellationToken.None));
        Must(await desk.DecideAsync(approved, new ExceptionDecision(true, ExceptionAssessment.All, ExceptionNeed.NotMet, until, "They never leave the building."), CancellationToken.None));
        return (approved.Id, Must(await desk.AskAsync(ground.Customer.Id, ground.Alice.Id, wish with { Settings = Limit + "\t1200" }, CancellationToken.None)).Id);
    }

    private static ExceptionRequest Must(Outcome<ExceptionRequest> outcome) => outcome.IsRefused ? throw new InvalidOperationException(outcome.Refusal.Message) : outcome.Value;
}
