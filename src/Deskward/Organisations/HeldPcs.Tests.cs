using Deskward.Devices;
using Deskward.Fixture;
using Deskward.Platform;
using Deskward.Sessions;
using Deskward.Simulator;
using Deskward.Tenants;
using Microsoft.EntityFrameworkCore;
using Xunit;
using static Deskward.Sessions.SessionBench;

namespace Deskward.Organisations;

/// <summary>What the PCs of a suspended customer are told, over the real protocols.</summary>
public sealed class HeldPcsTests(Services services)
{
    public static TheoryData<Engine> Engines => [Engine.Sqlite, Engine.Postgres];

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task Nothing_new_goes_out_until_the_customer_is_resumed(Engine engine)
    {
        await using var service = await services.FreshAsync(engine);
        var (pcs, pc) = await SettledAsync(service);
        Assert.False((await pcs.AsAsync<CommandQueue, Outcome<DeviceCommand>>(commands => RestartAsync(pcs, commands, pc))).IsRefused);
        await ChangeAsync(pcs, life => life.SuspendAsync(pcs.Customer.Id, "Unpaid", Stop));
        await pcs.AssignAsync((Pua, "1"));
        Assert.True((await pc.SyncAsync(Stop)).IsClean);
        Assert.Equal((null, CommandState.Queued), (pc.Tree.Read(Pua), await CommandAsync(pcs)));
        await ChangeAsync(pcs, life => life.ResumeAsync(pcs.Customer.Id, Stop));
        Assert.True((await pc.SyncAsync(Stop)).IsClean);
        Assert.Equal("1", pc.Tree.Read(Pua));
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task Renewal_and_unenrolment_go_on_and_no_PC_comes(Engine engine)
    {
        await using var service = await services.FreshAsync(engine);
        var (pcs, pc) = await SettledAsync(service);
        await ChangeAsync(pcs, life => life.SuspendAsync(pcs.Customer.Id, "Unpaid", Stop));
        await Assert.ThrowsAsync<InvalidOperationException>(() => pcs.EnrolAsync());
        service.Time.Advance(TimeSpan.FromDays(310));
        Assert.True((await pc.RenewAsync(Stop)).Succeeded);
        Assert.True((await pc.SyncAsync(Stop)).IsClean);
        var device = await pcs.DeviceAsync(pc);
        Assert.Null(await pcs.AsAsync<DeviceDirectory, Refusal?>(devices => devices.RetireAsync(device.Id, Stop)));
        await pc.SyncAsync(Stop);
        Assert.False(pc.IsEnrolled);
    }

    private static async Task<(ManagedPcs Pcs, VirtualPc Pc)> SettledAsync(TestService service)
    {
        var pcs = await ManagedPcs.NewAsync(service);
        var pc = await pcs.EnrolAsync();
        Assert.True((await pc.SyncAsync(Stop)).IsClean);
        return (pcs, pc);
    }

    private static async Task ChangeAsync(ManagedPcs pcs, Func<OrganisationLife, Task<Refusal?>> change) => Assert.Null(await pcs.AsAsync(change));

    private static async Task<Outcome<DeviceCommand>> RestartAsync(ManagedPcs pcs, CommandQueue commands, VirtualPc pc) => await commands.RestartAsync((await pcs.DeviceAsync(pc)).Id, Stop);

    private static Task<CommandState> CommandAsync(ManagedPcs pcs) => pcs.QueryAsync(db => db.Set<DeviceCommand>().Where(row => row.Kind == CommandKind.Restart).Select(row => row.State).SingleAsync());
}
