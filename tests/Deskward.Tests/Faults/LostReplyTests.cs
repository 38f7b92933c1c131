using Deskward.Fixture;
using Deskward.Sessions;
using Deskward.Simulator;
using Xunit;
using static Deskward.Faults.Convergence;

namespace Deskward.Faults;

public sealed class LostReplyTests(Services services)
{
    private const int MostMessages = 12;

    public static TheoryData<Engine, ReplyLoss> Losses => new()
    {
        { Engine.Sqlite, ReplyLoss.AfterAnswer }, { Engine.Sqlite, ReplyLoss.WhileWaiting }, { Engine.Postgres, ReplyLoss.AfterAnswer }, { Engine.Postgres, ReplyLoss.WhileWaiting },
    };

    [Theory]
    [MemberData(nameof(Losses))]
    public async Task Whichever_reply_is_lost_a_pc_converges_and_no_command_runs_twice(Engine engine, ReplyLoss loss)
    {
        var ground = await FaultGround.OnAsync(await services.SharedAsync(engine));
        using var pc = await ground.EnrolAsync(1);
        var (before, messages) = (new Untouched(pc), MostMessages);
        for (var lost = 1; lost <= messages; lost++)
        {
            var assignment = await ground.AssignAsync(Wishes.Some(lost));
            Assert.True(await ground.RestartAsync(pc));
            messages = await LoseAsync(pc, loss, lost);
            await AssertAsync(ground, pc, before);
            await TakeAwayAsync(ground, pc, assignment, loss, lost);
            await AssertAsync(ground, pc, before);
        }

        await AssertOnceAsync(ground, pc, messages);
    }

    private static async Task<int> LoseAsync(VirtualPc pc, ReplyLoss loss, int exchange)
    {
        pc.SignIn(pc.Owner!);
        pc.Faults.LoseReply(loss, exchange);
        var report = await pc.SyncAsync();
        pc.Faults.Clear();
        AssertHonest(report);
        Assert.Equal((SyncOutcome.Completed, exchange <= report.Messages ? 1 : 0), (report.Outcome, report.Retries));
        Assert.DoesNotContain(report.CarriedOut.Where(done => done.Verb is not Protocol.SyncMl.SyncVerb.Get).GroupBy(done => (done.Verb, done.Path)), group => group.Count() > 1);
        return report.Messages;
    }

    private static async Task TakeAwayAsync(FaultGround ground, VirtualPc pc, Guid assignment, ReplyLoss loss, int exchange)
    {
        FaultGround.Granted(await ground.AsAsync<DesiredState.Assignments, Platform.Outcome<DesiredState.Assignment>>(all => all.RemoveAsync(assignment, null, CancellationToken.None)));
        await LoseAsync(pc, loss, exchange);
    }

    private static async Task AssertOnceAsync(FaultGround ground, VirtualPc pc, int times)
    {
        Assert.Equal((times, times), (RestartsOf(pc), pc.Restarts));
        Assert.All(await ground.CommandsAsync(), command => Assert.Equal(CommandState.Done, command.State));
        Assert.Equal((times, times, times), (await ground.AuditedAsync("device.restart"), await ground.AuditedAsync("assignment.add"), await ground.AuditedAsync("assignment.remove")));
        Assert.Equal((1, 0), (await ground.AuditedAsync("certificate.issue"), await ground.AuditedAsync("certificate.revoke")));
    }
}
