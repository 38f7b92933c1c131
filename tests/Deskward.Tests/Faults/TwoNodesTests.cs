using System.Diagnostics;
using System.Net;
using Deskward.Certificates;
using Deskward.Fixture;
using Deskward.Platform;
using Deskward.Sessions;
using Deskward.Simulator;
using Microsoft.EntityFrameworkCore;
using Xunit;
using static Deskward.Faults.Convergence;

namespace Deskward.Faults;

public sealed class TwoNodesTests(Services services, ITestOutputHelper output)
{
    private const int Repetitions = 10;
    private static readonly TimeSpan Promise = TimeSpan.FromSeconds(1);

    [Fact]
    public async Task Pcs_whose_messages_reach_now_one_node_now_the_other_converge_when_one_is_killed()
    {
        var settings = await services.NewDatabaseAsync(Engine.Postgres);
        await using var alpha = await TestService.StartAsync(settings);
        var ground = await FaultGround.OnAsync(alpha);
        var balancer = new Balancer(settings, Other(settings));
        using var beta = await ServerProcess.StartAsync(balancer.Other);
        await ground.AssignAsync(Wishes.Some(0));
        var pcs = await EnrolAsync(ground, balancer, 4);
        await Task.WhenAll(pcs.Select(pc => LiveAsync(ground, pc, 2)));
        await Task.WhenAll([KillAsync(beta, balancer), .. pcs.Select(pc => LiveAsync(ground, pc, 3))]);
        Assert.All(await ground.CommandsAsync(), command => Assert.Equal(CommandState.Done, command.State));
        Assert.Equal(5 * pcs.Count, await ground.AuditedAsync("device.restart"));
        await Task.WhenAll(pcs.Select(pc => AssertAsync(ground, pc)));
        Assert.All(pcs, pc => Assert.Equal((5, 5), (RestartsOf(pc), pc.Restarts)));
    }

    [Fact]
    public async Task A_revocation_a_retirement_and_a_command_hold_on_the_other_node_within_a_second()
    {
        var settings = await services.NewDatabaseAsync(Engine.Postgres);
        await using var alpha = await TestService.StartAsync(settings);
        var ground = await FaultGround.OnAsync(alpha);
        var balancer = new Balancer(settings, Other(settings)) { IsOtherOnly = true };
        await using var beta = await TestService.StartAsync(balancer.Other);
        var pcs = await EnrolAsync(ground, balancer, Repetitions);
        await Task.WhenAll(pcs.Select(pc => SettleAsync(pc)));
        await MeasureAsync("command", pcs, pc => ground.RestartAsync(pc), (pc, _) => pc.Restarts > 0);
        await Task.WhenAll(pcs.Select(pc => SettleAsync(pc)));
        await MeasureAsync("retirement", pcs[..5], pc => RetireAsync(ground, pc), (_, report) => report.Outcome == SyncOutcome.Unenrolled);
        await MeasureAsync("revocation", pcs[5..], pc => RevokeAsync(ground, pc), (_, report) => report.HttpStatus == 403);
        Assert.Equal((Repetitions, 5, 10), (await ground.AuditedAsync("device.restart"), await ground.AuditedAsync("device.retire"), await ground.AuditedAsync("certificate.revoke")));
    }

    private static ServiceSettings Other(ServiceSettings settings) => settings with
    {
        Listen = new IPEndPoint(IPAddress.Loopback, PostgresServer.FreePort()), ListenManagement = new IPEndPoint(IPAddress.Loopback, PostgresServer.FreePort()),
    };

    private static async Task<List<VirtualPc>> EnrolAsync(FaultGround ground, Balancer balancer, int count)
    {
        var pcs = new List<VirtualPc>();
        for (var number = 0; number < count; number++)
        {
            pcs.Add(await ground.EnrolAsync(10 + number, ground.Network(balancer.Resolve, connectsForEachMessage: !balancer.IsOtherOnly)));
        }

        return pcs;
    }

    private static async Task LiveAsync(FaultGround ground, VirtualPc pc, int rounds)
    {
        for (var round = 0; round < rounds; round++)
        {
            Assert.True(await ground.RestartAsync(pc));
            for (var restarts = pc.Restarts; pc.Restarts == restarts;)
            {
                // The node that answers may not have heard of the command yet.
                pc.SignIn(pc.Owner!);
                await SettleAsync(pc);
            }
        }
    }

    private static async Task KillAsync(ServerProcess node, Balancer balancer)
    {
        var before = balancer.ToOther;
        while (balancer.ToOther < before + 8)
        {
            await Task.Delay(2);
        }

        node.Kill();
        balancer.IsOtherDead = true;
    }

    private async Task MeasureAsync(string what, List<VirtualPc> pcs, Func<VirtualPc, Task> change, Func<VirtualPc, SyncReport, bool> holds)
    {
        var times = new List<TimeSpan>();
        foreach (var pc in pcs)
        {
            await change(pc);
            var watch = Stopwatch.StartNew();
            while (!holds(pc, await pc.SyncAsync()) && watch.Elapsed < 10 * Promise)
            {
                await Task.Delay(5);
            }

            times.Add(watch.Elapsed);
        }

        times.Sort();
        output.WriteLine($"{what}: median {times[times.Count / 2].TotalMilliseconds:F0} ms, longest {times[^1].TotalMilliseconds:F0} ms");
        Assert.InRange(times[^1], TimeSpan.Zero, Promise);
    }

    private static async Task RetireAsync(FaultGround ground, VirtualPc pc)
    {
        var device = (await ground.DeviceAsync(pc)).Id;
        Assert.Null(await ground.AsAsync<CommandQueue, Refusal?>(queue => queue.RetireAsync(device, CancellationToken.None)));
    }

    private static async Task RevokeAsync(FaultGround ground, VirtualPc pc)
    {
        var device = (await ground.DeviceAsync(pc)).Id;
        await ground.Service.InScopeAsync(
            async provider =>
            {
                var (db, certificates) = ((DeskwardContext)provider.GetService(typeof(DeskwardContext))!, (DeviceCertificates)provider.GetService(typeof(DeviceCertificates))!);
                certificates.Revoke(await db.Set<IssuedCertificate>().SingleAsync(row => row.DeviceId == device && row.RevokedAt == null), RevocationReason.Revoked);
                return await db.SaveChangesAsync();
            },
            ground.Customer.Id);
    }

    /// <summary>What stands before two nodes: passes connections on, to one and the other in turn.</summary>
    private sealed class Balancer(ServiceSettings one, ServiceSettings other)
    {
        private int _turn;
        private int _toOther;

        internal ServiceSettings Other { get; } = other;

        internal bool IsOtherOnly { get; init; }

        /// <summary>The balancer has seen that the other node does not answer.</summary>
        internal bool IsOtherDead { get; set; }

        internal int ToOther => _toOther;

        internal IPEndPoint Resolve(DnsEndPoint asked)
        {
            var isOther = IsOtherOnly || (Interlocked.Increment(ref _turn) % 2 == 0 && !IsOtherDead);
            _toOther += isOther ? 1 : 0;
            return !isOther ? new IPEndPoint(IPAddress.Loopback, asked.Port)
                : asked.Port == one.ManagementUrl.Port ? Other.ListenManagement! : Other.Listen!;
        }
    }
}
