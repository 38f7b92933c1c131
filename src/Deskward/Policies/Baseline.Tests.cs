using Deskward.DesiredState;
using Deskward.Fixture;
using Deskward.Platform;
using Microsoft.EntityFrameworkCore;
using Xunit;

namespace Deskward.Policies;

public sealed class BaselineTests(Services services)
{
    public static TheoryData<Engine> Engines => new(Engine.Sqlite, Engine.Postgres);

    public static TheoryData<string> Examples => new("rule", "vpn");

    [Fact]
    public void The_shipped_baseline_passes_its_own_check()
    {
        var draft = SettingDraft.Check(Baseline.Settings, new SecretValues(TestKey(), Guid.Empty));
        Assert.Empty(draft.Refused);
        Assert.Equal(257, draft.Settings.Count);
        Assert.Equal(2, draft.Settings.Count(setting => setting.IsUserScope));
        Assert.DoesNotContain(draft.Settings, setting => setting.AtomicGroup is not null);
    }

    [Theory]
    [MemberData(nameof(Examples))]
    public void An_example_is_written_whole_in_one_Atomic(string example)
    {
        var draft = SettingDraft.Check(example == "rule" ? Baseline.ExampleFirewallRule : Baseline.ExampleVpnProfile, new SecretValues(TestKey(), Guid.Empty));
        Assert.Empty(draft.Refused);
        Assert.NotNull(Assert.Single(draft.Settings.Select(setting => setting.AtomicGroup).Distinct()));
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task A_customer_gets_the_baseline_once(Engine engine)
    {
        var fleet = await Fleet.NewAsync(services, engine);
        var device = (await fleet.AddDevicesAsync(1))[0];
        var first = Fleet.Granted(await fleet.AsAsync<Baseline, Outcome<Assignment>>(baseline => baseline.EnsureAsync(fleet.Tenant, CancellationToken.None)));
        var again = Fleet.Granted(await fleet.AsAsync<Baseline, Outcome<Assignment>>(baseline => baseline.EnsureAsync(fleet.Tenant, CancellationToken.None)));
        Assert.Equal(first.Id, again.Id);
        Assert.Equal(257, (await fleet.DocumentOfAsync(device)).Settings.Count);
        Assert.Equal([Baseline.Name], await fleet.QueryAsync(db => db.Set<PolicySet>().Select(set => set.Name).ToListAsync()));
    }

    private static ServiceKey TestKey() => ServiceKey.Load(Path.Combine(Directory.CreateTempSubdirectory().FullName, "key"), create: true);
}
