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
    public async Task A_fleet_is_loaded_as_it_was_saved()
    {
        await using var service = await ScriptedEnrolment.StartAsync();
        var folder = Directory.CreateTempSubdirectory("pcs");
        var fleet = new Fleet([service.Pc(1), service.Pc(2)], new FleetOptions { SaveTo = folder.FullName });
        await fleet.EnrolAllAsync(_ => new EnrolmentTicket(service.Discovery, "ada@contoso.example", "code"), TestContext.Current.CancellationToken);
        var loaded = new Fleet(SavedPcs.LoadAll(folder.FullName, service.Network));
        var reports = await loaded.SyncAllAsync(TestContext.Current.CancellationToken);

        Assert.Equal(fleet.Pcs.Select(pc => pc.Identity.DeviceId).Order(), loaded.Pcs.Select(pc => pc.Identity.DeviceId));
        Assert.All(reports, report => Assert.True(report.IsClean));
        folder.Delete(recursive: true);
    }

    [Fact]
    public async Task One_pc_is_played_on_a_console()
    {
        await using var service = await ScriptedEnrolment.StartAsync();
        using var pc = service.Pc();
        using var output = new StringWriter();
        var code = await PlayOnePc.RunAsync(pc, new EnrolmentTicket(service.Discovery, "ada@contoso.example", "code"), output, TestContext.Current.CancellationToken);

        Assert.Equal(0, code);
        Assert.Contains("session 1: Completed, 1 messages, 0 commands", output.ToString(), StringComparison.Ordinal);
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
