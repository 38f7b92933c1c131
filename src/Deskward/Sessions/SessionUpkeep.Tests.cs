using Deskward.DesiredState;
using Deskward.Fixture;
using Deskward.Simulator;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Deskward.Sessions;

public sealed class SessionUpkeepTests(Services services)
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(Engine.Sqlite)]
    [InlineData(Engine.Postgres)]
    public async Task The_last_answer_to_a_pc_that_does_not_come_is_removed_after_a_day(Engine engine)
    {
        await using var service = await services.FreshAsync(engine);
        var pcs = await ManagedPcs.NewAsync(service);
        using var stays = await SettledAsync(pcs);
        using var comes = await SettledAsync(pcs);
        service.Time.Advance(TimeSpan.FromHours(23));
        Assert.Equal([true, true], await KeptAsync(pcs, stays, comes));
        service.Time.Advance(TimeSpan.FromHours(2));
        await comes.SyncAsync(Stop);
        Assert.Equal([false, true], await KeptAsync(pcs, stays, comes));
    }

    [Theory]
    [InlineData(Engine.Sqlite)]
    [InlineData(Engine.Postgres)]
    public async Task Sessions_are_kept_for_90_days(Engine engine)
    {
        await using var service = await services.FreshAsync(engine);
        var pcs = await ManagedPcs.NewAsync(service);
        using var pc = await SettledAsync(pcs);
        Assert.Equal(1, await SessionsAfterAsync(pcs, TimeSpan.FromDays(89)));
        Assert.Equal(0, await SessionsAfterAsync(pcs, TimeSpan.FromDays(2)));
    }

    private static async Task<VirtualPc> SettledAsync(ManagedPcs pcs)
    {
        var pc = await pcs.EnrolAsync();
        await pc.SyncAsync(Stop);
        return pc;
    }

    private static Task<int> PruneAsync(ManagedPcs pcs) => pcs.Service.Provider.GetServices<Microsoft.Extensions.Hosting.IHostedService>().OfType<SessionUpkeep>().Single().PruneAsync(Stop);

    private static async Task<int> SessionsAfterAsync(ManagedPcs pcs, TimeSpan time)
    {
        pcs.Service.Time.Advance(time);
        await PruneAsync(pcs);
        return await pcs.QueryAsync(db => db.Set<Session>().CountAsync(Stop));
    }

    /// <summary>Whether the last answer to each is kept.</summary>
    private static async Task<List<bool>> KeptAsync(ManagedPcs pcs, params VirtualPc[] of)
    {
        await PruneAsync(pcs);
        var kept = new List<bool>();
        foreach (var pc in of)
        {
            var id = (await pcs.DeviceAsync(pc)).Id;
            kept.Add(await pcs.QueryAsync(db => db.Set<DeviceProgress>().Where(row => row.DeviceId == id).Select(row => row.LastResponse != null && row.LastResponseAt != null).SingleAsync(Stop)));
        }

        return kept;
    }
}
