using Deskward.Fixture;
using Deskward.Platform;
using Deskward.Sessions;
using Deskward.Simulator;
using Xunit;
using static Deskward.Faults.Convergence;

namespace Deskward.Faults;

public sealed class KilledSessionTests(Services services)
{
    private const int Messages = 4;

    [Theory]
    [InlineData(Engine.Sqlite)]
    [InlineData(Engine.Postgres)]
    public async Task Whenever_the_server_is_killed_the_pc_converges_and_its_command_runs_once(Engine engine)
    {
        var settings = await services.NewDatabaseAsync(engine);
        var first = await TestService.StartAsync(settings);
        var ground = await FaultGround.OnAsync(first);
        await ground.AssignAsync(Wishes.Some(1));
        var victims = await EnrolAsync(ground, Kills(engine));
        await first.DisposeAsync();
        await KillAsync(settings, victims);
        await using var after = await TestService.StartAsync(settings);
        ground.Service = after;
        Assert.All(await ground.CommandsAsync(), command => Assert.Equal(CommandState.Done, command.State));
        foreach (var victim in victims)
        {
            await AssertHeldAsync(ground, victim);
        }
    }

    /// <summary>Each moment of each message, a third of them on each engine; all of them on both in a long run.</summary>
    private static List<(Moment Moment, int Message)> Kills(Engine engine)
    {
        var all = Enumerable.Range(1, Messages).SelectMany(message => Enum.GetValues<Moment>().Select(moment => (Moment: moment, Message: message)));
        return [.. all.Where(kill => Effort.IsLong || ((int)kill.Moment + kill.Message + (int)engine) % 3 == 0)];
    }

    private static async Task<List<Victim>> EnrolAsync(FaultGround ground, List<(Moment, int)> kills)
    {
        var victims = new List<Victim>();
        foreach (var (moment, message) in kills)
        {
            var time = new PatientTime(ground.Service.Time);
            var pc = await ground.EnrolAsync(10 + victims.Count, time: time);
            await ground.RestartAsync(pc);
            victims.Add(new Victim(pc, time, await ground.DeviceAsync(pc), new Untouched(pc), moment, message));
        }

        return victims;
    }

    private static async Task KillAsync(ServiceSettings settings, List<Victim> victims)
    {
        var killing = new Killing(settings, await ServerProcess.StartAsync(settings));
        foreach (var victim in victims)
        {
            victim.Pc.SignIn(victim.Pc.Owner!);
            var report = await killing.AtAsync(victim.Pc, victim.Time, victim.Device, victim.Moment, victim.Message);
            AssertHonest(report);
            Assert.Equal((SyncOutcome.Completed, true), (report.Outcome, killing.IsDone));
            Assert.DoesNotContain(report.CarriedOut.Where(done => done.Verb is not Protocol.SyncMl.SyncVerb.Get).GroupBy(done => (done.Verb, done.Path)), group => group.Count() > 1);
        }

        killing.Server.Dispose();
    }

    // What was acknowledged before the kill is still known: the next session has nothing to send.
    private static async Task AssertHeldAsync(FaultGround ground, Victim victim)
    {
        await AssertAsync(ground, victim.Pc, victim.Before);
        victim.Pc.SignIn(victim.Pc.Owner!);
        Assert.Equal(1, (await victim.Pc.SyncAsync()).Messages);
        Assert.Equal((1, 1), (RestartsOf(victim.Pc), victim.Pc.Restarts));
        victim.Pc.Dispose();
    }

    private sealed record Victim(VirtualPc Pc, PatientTime Time, Devices.Device Device, Untouched Before, Moment Moment, int Message);
}
