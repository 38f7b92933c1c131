using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Deskward.Simulator;

public sealed class FleetTests
{
    [Fact]
    public async Task A_living_fleet_speaks_when_sessions_are_due_and_people_come_back_after_a_restart()
    {
        await using var service = await ScriptedService.StartAsync(ScriptedService.Say(ScriptedService.Do(Protocol.SyncMl.SyncVerb.Exec, "./Device/Vendor/MSFT/Reboot/RebootNow")));
        using var pc = service.Pc();
        pc.SyncSoon();
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        var sessions = 0;
        var fleet = new Fleet([pc], new FleetOptions { Synced = (_, _) => StopAfter(2) });
        await fleet.LiveAsync(stop.Token);

        Assert.Equal((1, LoginStatus.User, 2L), (pc.Restarts, pc.LoginStatus, fleet.Figures.Sessions));

        void StopAfter(int most)
        {
            if (++sessions == most)
            {
                stop.Cancel();
            }
        }
    }

    [Fact]
    public void Waits_are_told_apart_within_ten_percent()
    {
        var figures = new FleetFigures();
        figures.Add(new SyncReport { Outcome = SyncOutcome.Completed, Waits = [.. Enumerable.Range(1, 100).Select(milliseconds => TimeSpan.FromMilliseconds(milliseconds))] });

        Assert.InRange(figures.Wait(0.5).TotalMilliseconds, 50, 55.1);
        Assert.InRange(figures.Wait(0.99).TotalMilliseconds, 99, 109);
        Assert.Equal(TimeSpan.FromMilliseconds(100), figures.LongestWait);
    }

    [Fact]
    public async Task A_pc_that_sleeps_is_left_alone()
    {
        var time = new FakeTimeProvider(DateTimeOffset.UnixEpoch.AddYears(56));
        await using var service = await ScriptedService.StartAsync();
        using var pc = service.Pc(time: time);
        pc.Sleep();
        using var stop = new CancellationTokenSource();
        var living = new Fleet([pc], time: time).LiveAsync(stop.Token);
        time.Advance(TimeSpan.FromDays(2));
        await stop.CancelAsync();
        await living;

        Assert.Empty(service.Bodies);
    }
}
