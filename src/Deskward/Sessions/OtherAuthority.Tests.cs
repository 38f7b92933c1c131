using Deskward.DesiredState;
using Deskward.DesiredState.Answers;
using Deskward.Fixture;
using Deskward.Platform;
using Deskward.Protocol.SyncMl;
using Deskward.Simulator;
using Microsoft.EntityFrameworkCore;
using Xunit;
using static Deskward.Sessions.SessionBench;

namespace Deskward.Sessions;

public sealed class OtherAuthorityTests(Services services)
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(Engine.Sqlite)]
    [InlineData(Engine.Postgres)]
    public async Task A_pc_on_which_group_policy_wins_says_so_stays_quiet_and_comes_back_when_it_ends(Engine engine)
    {
        var pcs = await ManagedPcs.NewAsync(services, engine);
        await pcs.AssignAsync((Pua, "1"), (Camera, "0"));
        using var pc = await pcs.EnrolAsync();
        pc.Tree.SetByGroupPolicy(Pua, "0");
        await pc.SyncAsync(Stop);
        Assert.True((await pcs.DeviceAsync(pc)).IsClean);
        var reading = await ReadNowAsync(pcs, pc);
        Assert.DoesNotContain(reading.CarriedOut, done => done.Verb != SyncVerb.Get);
        Assert.False((await pcs.DeviceAsync(pc)).IsClean);
        var row = await pcs.QueryAsync(db => db.Set<OpenSetting>().SingleAsync());
        Assert.Equal((Pua, SettingOutcome.Failed, EvidenceAnswers.Overruled + "0"), (row.Path, row.Outcome, row.Reason));
        Assert.Equal(1, (await pc.SyncAsync(Stop)).Messages);
        pc.Tree.SetByGroupPolicy(Pua, null);
        await ReadNowAsync(pcs, pc);
        Assert.True((await pcs.DeviceAsync(pc)).IsClean);
    }

    [Fact]
    public async Task The_page_of_the_pc_shows_the_value_in_force_and_the_reason_in_both_languages()
    {
        var pcs = await ManagedPcs.NewAsync(services, Engine.Sqlite);
        await pcs.AssignAsync((Pua, "1"));
        using var pc = await pcs.EnrolAsync();
        await pc.SyncAsync(Stop);
        pc.Tree.SetByGroupPolicy(Pua, "0");
        await ReadNowAsync(pcs, pc);
        var device = await pcs.DeviceAsync(pc);
        var setting = Assert.Single(await pcs.AsAsync<DeviceSettings, List<DeviceSetting>>(settings => settings.ReadAsync(device, Stop)));
        Assert.Equal(("1", "0", "Written, but another authority's value is in force."), (setting.Wanted, setting.Reported, setting.Reason));
        Assert.NotNull(Platform.Portal.Sayings.In(Platform.Portal.Language.Chinese, setting.Reason!));
        Assert.NotNull(Platform.Portal.Sayings.In(Platform.Portal.Language.Chinese, EvidenceAnswers.Overruled + "0"));
    }

    private static async Task<SyncReport> ReadNowAsync(ManagedPcs pcs, VirtualPc pc)
    {
        var id = (await pcs.DeviceAsync(pc)).Id;
        Assert.Null(await pcs.AsAsync<CommandQueue, Refusal?>(queue => queue.ReadNowAsync(id, Stop)));
        return await pc.SyncAsync(Stop);
    }
}
