using System.Diagnostics;
using Deskward.Fixture;
using Deskward.Platform;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Deskward.Responsibilities;

public sealed class DelegationKeeperTests(Services services)
{
    private const string Duty = "C9.printers";

    [Fact]
    public async Task A_duty_that_comes_back_is_the_others_no_more_on_either_node_within_five_seconds()
    {
        var (settings, other) = (await services.NewDatabaseAsync(Engine.Postgres), TestService.NewSettings());
        await using var alpha = await TestService.StartAsync(settings);
        await using var beta = await TestService.StartAsync(settings with { PublicUrl = other.PublicUrl, ManagementUrl = other.ManagementUrl });
        await alpha.ProviderAsync();
        var (customer, today) = ((await alpha.AddCustomerAsync()).Id, DateOnly.FromDateTime(alpha.Time.Now().UtcDateTime));
        Assert.Null(await ChangeAsync(alpha, customer, contracts => contracts.ProposeAsync(customer, Duty, DutyHolder.Provider, today, CancellationToken.None)));
        var id = await alpha.QueryAsync(db => db.Set<Delegation>().Select(row => row.Id).SingleAsync(), customer);
        Assert.Null(await ChangeAsync(alpha, customer, contracts => contracts.AgreeAsync(customer, id, CancellationToken.None)));
        await Task.WhenAll(UntilAsync(alpha, customer, isHanded: true), UntilAsync(beta, customer, isHanded: true));
        Assert.Null(await ChangeAsync(beta, customer, contracts => contracts.EndAsync(customer, id, today, CancellationToken.None)));
        await Task.WhenAll(UntilAsync(alpha, customer, isHanded: false), UntilAsync(beta, customer, isHanded: false));
    }

    private static Task<Refusal?> ChangeAsync(TestService node, Guid customer, Func<Contracts, Task<Refusal?>> change) =>
        node.InScopeAsync(provider => change(provider.GetRequiredService<Contracts>()), customer);

    private static async Task UntilAsync(TestService node, Guid customer, bool isHanded)
    {
        var clock = Stopwatch.StartNew();
        while (node.Provider.GetRequiredService<RightsTable>().Handed.ContainsKey((customer, Duty)) != isHanded)
        {
            Assert.InRange(clock.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(5));
            await Task.Delay(50, TestContext.Current.CancellationToken);
        }
    }
}
