using Deskward.DesiredState;
using Deskward.Fixture;
using Deskward.Platform;
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
    public async Task Settings_of_a_customers_own_are_given_once_and_lie_above_the_providers(Engine engine)
    {
        var fleet = await Fleet.NewAsync(services, engine);
        var first = Fleet.Granted(await EnsureAsync(fleet));
        Assert.Equal((first.Id, Layer.Customer), (Fleet.Granted(await EnsureAsync(fleet)).Id, first.Layer));
    }

    private static Task<Outcome<Assignment>> EnsureAsync(Fleet fleet) => fleet.AsAsync<Baseline, Outcome<Assignment>>(baseline => baseline.EnsureAsync(fleet.Tenant, "Telnet", "", Baseline.ExampleFirewallRule, CancellationToken.None));

    private static ServiceKey TestKey() => ServiceKey.Load(Path.Combine(Directory.CreateTempSubdirectory().FullName, "key"), create: true);
}
