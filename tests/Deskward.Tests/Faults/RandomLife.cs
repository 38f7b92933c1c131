using Deskward.Fixture;
using Deskward.Sessions;
using Deskward.Simulator;
using Xunit;
using static Deskward.Faults.Convergence;

namespace Deskward.Faults;

/// <summary>A customer's life as a test makes it up, and the settled state it must end in.</summary>
internal sealed class RandomLife
{
    private static readonly int[] Statuses = [404, 405, 406, 418, 420, 425, 500, 503];
    private static readonly TimeSpan[] Waits = [TimeSpan.Zero, TimeSpan.FromHours(1.1), TimeSpan.FromHours(4.1), TimeSpan.FromHours(24.1), TimeSpan.FromHours(24.1)];
    private readonly FaultGround _ground;
    private readonly RandomPolicies _policies;
    private readonly List<(VirtualPc Pc, Untouched Before)> _pcs = [];
    private int _restarts;

    private RandomLife(FaultGround ground, RandomPolicies policies) => (_ground, _policies) = (ground, policies);

    internal static async Task<RandomLife> BeginAsync(TestService service, int pcs)
    {
        var ground = await FaultGround.OnAsync(service);
        var life = new RandomLife(ground, await RandomPolicies.BeginAsync(ground));
        for (var number = 0; number < pcs; number++)
        {
            var pc = await ground.EnrolAsync(number);
            life._pcs.Add((pc, new Untouched(pc)));
        }

        return life;
    }

    internal async Task LiveAsync(IEnumerable<Move> moves)
    {
        foreach (var move in moves)
        {
            await HappenAsync(move);
        }

        await EndWellAsync();
        await _policies.AssertAuditedAsync();
        Assert.Equal(_restarts, await _ground.AuditedAsync("device.restart"));
        await AssertCommandsAsync();
        _pcs.ForEach(each => each.Pc.Dispose());
    }

    private async Task HappenAsync(Move move)
    {
        var (pc, chance) = (_pcs[move.Pc % _pcs.Count].Pc, new Random(move.Choice));
        await (move.Kind switch
        {
            MoveKind.NewVersion => _policies.NewVersionAsync(move.Pc, chance),
            MoveKind.Assign => _policies.AssignAsync(move.Pc, chance),
            MoveKind.Unassign => _policies.UnassignAsync(chance),
            MoveKind.Join => _policies.JoinAsync((await _ground.DeviceAsync(pc)).Id),
            MoveKind.Leave => _policies.LeaveAsync((await _ground.DeviceAsync(pc)).Id),
            MoveKind.QueueRestart => QueueRestartAsync(pc),
            MoveKind.DieInSession => DieAsync(pc, chance.Next(1, 5)),
            MoveKind.Synchronise => SynchroniseAsync(pc),
            MoveKind.SynchroniseAll => Task.WhenAll(_pcs.Select(each => SynchroniseAsync(each.Pc))),
            _ => Task.Run(() => Suffer(pc, move.Kind, chance)),
        });
    }

    private void Suffer(VirtualPc pc, MoveKind kind, Random chance)
    {
        switch (kind)
        {
            case MoveKind.LoseReply or MoveKind.LoseConnection:
                pc.Faults.LoseReply(kind == MoveKind.LoseReply ? ReplyLoss.AfterAnswer : ReplyLoss.WhileWaiting, chance.Next(1, 6));
                break;
            case MoveKind.FailNode:
                pc.Faults.FailNode(Wishes.All[chance.Next(Wishes.All.Count)].Path, Statuses[chance.Next(Statuses.Length)], chance.Next(3) == 0 ? null : chance.Next(1, 4));
                break;
            case MoveKind.Drift:
                Drift(pc, chance);
                break;
            case MoveKind.RestartByItself:
                pc.Restart();
                break;
            case MoveKind.SignIn:
                pc.SignIn(chance.Next(3) == 0 ? "somebody@else.example" : pc.Owner!);
                break;
            case MoveKind.SignOut:
                pc.SignOut();
                break;
            case MoveKind.Sleep:
                pc.Sleep();
                break;
            case MoveKind.Wake:
                pc.Wake();
                break;
            case MoveKind.RepeatResults:
                pc.Faults.RepeatsResults = !pc.Faults.RepeatsResults;
                break;
            case MoveKind.LetTimePass:
                _ground.Service.Time.Advance(TimeSpan.FromHours(chance.Next(1, 27)));
                break;
        }
    }

    // Only what the service put there: what a local administrator does elsewhere is nobody's business.
    private static void Drift(VirtualPc pc, Random chance)
    {
        var present = Wishes.All.Where(wish => wish.Path.Contains("/Policy/Config/", StringComparison.Ordinal) && pc.Tree.Read(wish.Path) is not null).ToArray();
        if (present.Length > 0)
        {
            var wish = present[chance.Next(present.Length)];
            pc.Tree.SetLocally(wish.Path, chance.Next(3) == 0 ? null : wish.Values[chance.Next(wish.Values.Length)]);
        }
    }

    private async Task QueueRestartAsync(VirtualPc pc) => _restarts += await _ground.RestartAsync(pc) ? 1 : 0;

    private static async Task SynchroniseAsync(VirtualPc pc)
    {
        var report = await pc.SyncAsync();
        AssertHonest(report);
        Assert.True(report.Outcome is SyncOutcome.Completed or SyncOutcome.Asleep, report.ToString());
    }

    /// <summary>The PC loses power after it has sent a message.</summary>
    private static async Task DieAsync(VirtualPc pc, int message)
    {
        using var power = new CancellationTokenSource();
        var sent = 0;
        pc.Watch = (isSent, _) =>
        {
            sent += isSent ? 1 : 0;
            if (sent == message && !isSent)
            {
                power.Cancel();
            }
        };
        await Record.ExceptionAsync(() => pc.SyncAsync(power.Token));
        pc.Watch = null;
        pc.Restart();
    }

    private async Task EndWellAsync()
    {
        foreach (var wait in Waits)
        {
            _ground.Service.Time.Advance(wait);
            foreach (var (pc, _) in _pcs)
            {
                pc.Faults.Clear();
                pc.Wake();
                pc.SignIn(pc.Owner!);
                await SettleAsync(pc);
                pc.SignIn(pc.Owner!);
                await SettleAsync(pc);
            }
        }

        foreach (var (pc, before) in _pcs)
        {
            await AssertAsync(_ground, pc, before);
        }
    }

    private async Task AssertCommandsAsync()
    {
        var commands = await _ground.CommandsAsync();
        Assert.All(commands, command => Assert.Contains(command.State, new[] { CommandState.Done, CommandState.Unknown }));
        foreach (var (pc, _) in _pcs)
        {
            var device = (await _ground.DeviceAsync(pc)).Id;
            var own = commands.Where(command => command.DeviceId == device).ToArray();
            Assert.InRange(RestartsOf(pc), own.Count(command => command.State == CommandState.Done), own.Length);
        }
    }
}
