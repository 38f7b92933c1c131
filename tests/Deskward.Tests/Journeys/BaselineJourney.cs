using Deskward.DesiredState;
using Deskward.Fixture;
using Deskward.Platform;
using Deskward.Policies;
using Deskward.Protocol.Csp;
using Deskward.Sessions;
using Deskward.Simulator;
using Microsoft.EntityFrameworkCore;
using Xunit;

namespace Deskward.Journeys;

/// <summary>A PC from its box to the security baseline and on: what the product is for, over the real protocols.</summary>
public sealed class BaselineJourney(Services services)
{
    [Theory]
    [InlineData(Engine.Sqlite)]
    [InlineData(Engine.Postgres)]
    public async Task A_new_pc_comes_to_stand_on_the_whole_baseline(Engine engine)
    {
        var pcs = await WithBaselineAsync(engine);
        using var pc = await pcs.EnrolAsync();
        pc.SignIn(pc.Owner!);
        var report = await pc.SyncAsync(TestContext.Current.CancellationToken);
        Assert.True(report.IsClean, report.ToString());
        Assert.True(await IsInStateAsync(pcs, pc));
        Assert.Equal(0, (await pc.SyncAsync(TestContext.Current.CancellationToken)).Commands);
        Assert.All(Applicable(pc), line => Assert.True(Holds(pc, line), line.Path));
        Assert.Empty(report.Violations);
    }

    [Theory]
    [InlineData(Engine.Sqlite)]
    [InlineData(Engine.Postgres)]
    public async Task User_settings_wait_until_the_person_is_signed_in(Engine engine)
    {
        var pcs = await WithBaselineAsync(engine);
        using var pc = await pcs.EnrolAsync();
        await pc.SyncAsync(TestContext.Current.CancellationToken);
        var open = await pcs.QueryAsync(db => db.Set<OpenSetting>().Where(row => row.Outcome == SettingOutcome.Waiting).Select(row => row.Path).ToListAsync());
        Assert.Equal(2, open.Count);
        Assert.All(open, path => Assert.StartsWith("./User/", path, StringComparison.Ordinal));
        Assert.False(await IsInStateAsync(pcs, pc));
        pc.SignIn(pc.Owner!);
        await pc.SyncAsync(TestContext.Current.CancellationToken);
        Assert.True(await IsInStateAsync(pcs, pc));
    }

    [Theory]
    [InlineData(Engine.Sqlite)]
    [InlineData(Engine.Postgres)]
    public async Task A_value_changed_by_hand_is_found_repaired_and_recorded(Engine engine)
    {
        var pcs = await WithBaselineAsync(engine);
        using var pc = await SettledAsync(pcs);
        const string Path = "./Device/Vendor/MSFT/Policy/Config/Defender/PUAProtection";
        pc.Tree.SetLocally(Path, "0");
        await pcs.AsAsync<CommandQueue, Refusal?>(async commands => await commands.ReadNowAsync((await pcs.DeviceAsync(pc)).Id, CancellationToken.None));
        await pc.SyncAsync(TestContext.Current.CancellationToken);
        Assert.Equal("1", pc.Tree.Read(Path));
        Assert.Equal([Path], await pcs.QueryAsync(db => db.Set<Drift>().Select(row => row.Path).ToListAsync()));
        Assert.True(await IsInStateAsync(pcs, pc));
    }

    [Theory]
    [InlineData(Engine.Sqlite)]
    [InlineData(Engine.Postgres)]
    public async Task A_pc_enrolled_for_the_device_alone_gets_its_certificate_in_the_machines_store(Engine engine)
    {
        var pcs = await WithBaselineAsync(engine);
        using var pc = await pcs.EnrolAsync(new PcProfile { Enrolment = Protocol.Enrolment.EnrolmentType.Device });
        var report = await pc.SyncAsync(TestContext.Current.CancellationToken);
        Assert.True(report.IsClean, report.ToString());
        Assert.True((await pcs.DeviceAsync(pc)).IsDeviceEnrolment);
    }

    internal static async Task<VirtualPc> SettledAsync(ManagedPcs pcs)
    {
        var pc = await pcs.EnrolAsync();
        pc.SignIn(pc.Owner!);
        await pc.SyncAsync(TestContext.Current.CancellationToken);
        Assert.Equal(0, (await pc.SyncAsync(TestContext.Current.CancellationToken)).Commands);
        return pc;
    }

    internal static async Task<bool> IsInStateAsync(ManagedPcs pcs, VirtualPc pc)
    {
        var device = await pcs.DeviceAsync(pc);
        var desired = await pcs.QueryAsync(db => db.Set<AssignmentSet>().Where(row => row.Id == device.AssignmentSetId).Select(row => row.DesiredHash).SingleAsync());
        return device.IsClean && desired is not null && device.SettledHash.AsSpan().SequenceEqual(desired);
    }

    private async Task<ManagedPcs> WithBaselineAsync(Engine engine)
    {
        var pcs = await ManagedPcs.NewAsync(services, engine);
        await pcs.GiveShippedAsync();
        foreach (var (name, settings) in new[] { ("Firewall", Baseline.ExampleFirewallRule), ("VPN", Baseline.ExampleVpnProfile) })
        {
            ManagedPcs.Granted(await pcs.AsAsync<Baseline, Outcome<Assignment>>(baseline => baseline.EnsureAsync(pcs.Customer.Id, name, "", settings, CancellationToken.None)));
        }

        return pcs;
    }

    private static IEnumerable<SettingLine> Applicable(VirtualPc pc) => Baseline.Settings.Concat(Baseline.ExampleFirewallRule).Concat(Baseline.ExampleVpnProfile)
        .Where(line => Catalogue.Default.Find(line.Path)!.AppliesTo(OsBuild.Parse(pc.Identity.OsVersion), pc.Identity.Edition));

    internal static bool Holds(VirtualPc pc, SettingLine line) => Catalogue.Default.Check(line.Path, null, line.Value) is CheckedSetting setting
        && CanonicalValue.Same(setting.Node, setting.Value, pc.Tree.Read(setting.Path));
}
