using System.Net;
using System.Text;
using Deskward.DesiredState;
using Deskward.Devices;
using Deskward.Fixture;
using Deskward.Platform;
using Deskward.Protocol.SyncMl;
using Deskward.Simulator;
using Microsoft.EntityFrameworkCore;
using Xunit;
using static Deskward.Sessions.SessionBench;

namespace Deskward.Sessions;

public sealed class ExchangeTests(Services services)
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public static TheoryData<Engine> Engines => new(Engine.Sqlite, Engine.Postgres);

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task A_pc_gets_the_whole_baseline_and_is_then_quiet(Engine engine)
    {
        var pcs = await ManagedPcs.NewAsync(services, engine);
        await pcs.GiveShippedAsync();
        using var pc = await pcs.EnrolAsync();
        pc.SignIn(pc.Owner!);
        var report = await pc.SyncAsync(Stop);
        Assert.Equal((SyncOutcome.Completed, null), (report.Outcome, report.Reason));
        Assert.Empty(report.Violations);
        var open = await pcs.QueryAsync(db => db.Set<OpenSetting>().Select(row => $"{row.Outcome} {row.Path} {row.Reason}").ToListAsync());
        Assert.DoesNotContain(open, row => !row.StartsWith("NotApplicable", StringComparison.Ordinal));
        var device = await pcs.DeviceAsync(pc);
        Assert.True(device.IsClean);
        Assert.InRange(report.CarriedOut.Count(done => done is { Verb: SyncVerb.Replace or SyncVerb.Add, Status: 200 }), 200, 300);
        Assert.Equal(1, (await pc.SyncAsync(Stop)).Messages);
        Assert.Equal(1, await pcs.QueryAsync(db => db.Set<Session>().CountAsync()));
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task A_new_assignment_reaches_a_quiet_pc_and_its_removal_takes_everything_away(Engine engine)
    {
        var pcs = await ManagedPcs.NewAsync(services, engine);
        using var pc = await pcs.EnrolAsync();
        await pc.SyncAsync(Stop);
        Assert.Equal(1, (await pc.SyncAsync(Stop)).Messages);
        var assignment = await pcs.AssignAsync((Pua, "1"));
        await pc.SyncAsync(Stop);
        Assert.Equal("1", pc.Tree.Read(Pua));
        ManagedPcs.Granted(await pcs.AsAsync<Assignments, Outcome<Assignment>>(all => all.RemoveAsync(assignment, null, CancellationToken.None)));
        await pc.SyncAsync(Stop);
        Assert.Null(pc.Tree.Read(Pua));
        Assert.True((await pcs.DeviceAsync(pc)).IsClean);
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task A_lost_reply_is_given_again_and_nothing_runs_twice(Engine engine)
    {
        var pcs = await ManagedPcs.NewAsync(services, engine);
        await pcs.AssignAsync((Pua, "1"), (Camera, "0"));
        using var pc = await pcs.EnrolAsync();
        pc.Faults.LoseReply(ReplyLoss.AfterAnswer, 1);
        pc.Faults.LoseReply(ReplyLoss.WhileWaiting, 2);
        var report = await pc.SyncAsync(Stop);
        Assert.Equal(SyncOutcome.Completed, report.Outcome);
        Assert.Equal(2, report.Retries);
        Assert.Single(report.CarriedOut, done => done is { Verb: SyncVerb.Replace, Path: Pua });
        Assert.True((await pcs.DeviceAsync(pc)).IsClean);
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task A_restart_reaches_a_quiet_pc_once(Engine engine)
    {
        var pcs = await ManagedPcs.NewAsync(services, engine);
        using var pc = await pcs.EnrolAsync();
        await pc.SyncAsync(Stop);
        var id = (await pcs.DeviceAsync(pc)).Id;
        ManagedPcs.Granted(await pcs.AsAsync<CommandQueue, Outcome<DeviceCommand>>(queue => queue.RestartAsync(id, CancellationToken.None)));
        await pc.SyncAsync(Stop);
        await pc.SyncAsync(Stop);
        Assert.Equal(CommandState.Done, await pcs.QueryAsync(db => db.Set<DeviceCommand>().Select(row => row.State).SingleAsync()));
        Assert.Equal(1, pc.Restarts);
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task A_retired_pc_leaves_and_its_certificate_is_refused_afterwards(Engine engine)
    {
        var pcs = await ManagedPcs.NewAsync(services, engine);
        using var pc = await pcs.EnrolAsync();
        await pc.SyncAsync(Stop);
        var id = (await pcs.DeviceAsync(pc)).Id;
        Assert.Null(await pcs.AsAsync<CommandQueue, Refusal?>(queue => queue.RetireAsync(id, CancellationToken.None)));
        var report = await pc.SyncAsync(Stop);
        Assert.Equal(SyncOutcome.Unenrolled, report.Outcome);
        Assert.Equal(DeviceState.Retired, await pcs.QueryAsync(db => db.Set<Device>().Select(row => row.State).SingleAsync()));
        Assert.All(await pcs.QueryAsync(db => db.Set<Certificates.IssuedCertificate>().Select(row => row.RevokedAt).ToListAsync()), revoked => Assert.NotNull(revoked));
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task Drift_is_found_on_demand_repaired_and_recorded(Engine engine)
    {
        var pcs = await ManagedPcs.NewAsync(services, engine);
        await pcs.AssignAsync((Pua, "1"));
        using var pc = await pcs.EnrolAsync();
        await pc.SyncAsync(Stop);
        pc.Tree.SetLocally(Pua, "0");
        await pc.SyncAsync(Stop);
        Assert.Equal("0", pc.Tree.Read(Pua));
        var id = (await pcs.DeviceAsync(pc)).Id;
        Assert.Null(await pcs.AsAsync<CommandQueue, Refusal?>(queue => queue.ReadNowAsync(id, CancellationToken.None)));
        await pc.SyncAsync(Stop);
        Assert.Equal("1", pc.Tree.Read(Pua));
        var drift = await pcs.QueryAsync(db => db.Set<Drift>().SingleAsync());
        Assert.Equal((Pua, "0", true), (drift.Path, drift.Found, drift.RepairedAt is not null));
        Assert.True((await pcs.DeviceAsync(pc)).IsClean);
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task A_message_out_of_turn_is_refused_and_a_new_first_message_is_a_new_session(Engine engine)
    {
        var pcs = await ManagedPcs.NewAsync(services, engine);
        using var pc = await pcs.EnrolAsync();
        using var identity = ManagedPcs.IdentityOf(pc);
        var first = IdentityTests.Body(pc.Identity.DeviceId);
        Assert.Equal(HttpStatusCode.OK, await PostAsync(first));
        Assert.Equal(HttpStatusCode.OK, await PostAsync(first));
        Assert.Equal(1, await pcs.QueryAsync(db => db.Set<Session>().CountAsync()));
        Assert.Equal(HttpStatusCode.BadRequest, await PostAsync(Numbered(first, 3)));
        Assert.Equal(HttpStatusCode.OK, await PostAsync(Numbered(first, 2)));
        Assert.Equal(HttpStatusCode.BadRequest, await PostAsync(Numbered(Changed(first), 2)));
        Assert.Equal(HttpStatusCode.OK, await PostAsync(Changed(first)));
        Assert.Equal(2, await pcs.QueryAsync(db => db.Set<Session>().CountAsync()));
        Task<HttpStatusCode> PostAsync(byte[] body) => IdentityTests.PostAsync(pcs.Service, identity, body);
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task What_a_pc_tells_by_itself_stands_with_its_session_and_ends_a_command_that_was_accepted(Engine engine)
    {
        const string Install = "./Device/Vendor/MSFT/EnterpriseDesktopAppManagement/MSI/%7B1803A630-3C38-4D2B-9B9A-0CB37243539C%7D/DownloadInstall";
        var pcs = await ManagedPcs.NewAsync(services, engine);
        using var pc = await pcs.EnrolAsync();
        await pc.SyncAsync(Stop);
        pc.Tree.SetLocally(Install[..Install.LastIndexOf('/')], "");
        await QueueAsync(pcs, await pcs.DeviceAsync(pc), Install);
        await pc.SyncAsync(Stop);
        var accepted = await pcs.QueryAsync(db => db.Set<DeviceCommand>().AsNoTracking().SingleAsync());
        Assert.Equal((CommandState.Done, SyncStatus.Accepted, (string?)null), (accepted.State, accepted.Status!.Value, accepted.Result));
        await pc.SyncAsync(Stop);
        Assert.Equal("0", await pcs.QueryAsync(db => db.Set<DeviceCommand>().Select(row => row.Result).SingleAsync()));
        var told = await pcs.QueryAsync(db => db.Set<Session>().Where(row => row.Events != null).Select(row => row.Events!).SingleAsync());
        Assert.Contains("win32csp_install", told, StringComparison.Ordinal);
    }

    private static Task<int> QueueAsync(ManagedPcs pcs, Device device, string path) => pcs.QueryAsync(async db =>
    {
        db.Add(new DeviceCommand { TenantId = device.TenantId, DeviceId = device.Id, Kind = "install", Verb = "Exec", Path = path, Format = "xml", Data = "<MsiInstallJob/>", CreatedAt = pcs.Service.Time.Now() });
        db.Announce(new Change("command", device.TenantId, device.Id));
        return await db.SaveChangesAsync(Stop);
    });

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task A_poll_schedule_that_somebody_changed_comes_back_with_the_daily_reading(Engine engine)
    {
        const string Interval = "./Device/Vendor/MSFT/DMClient/Provider/Deskward/Poll/IntervalForRemainingScheduledRetries";
        var pcs = await ManagedPcs.NewAsync(services, engine);
        using var pc = await pcs.EnrolAsync();
        var first = await pc.SyncAsync(Stop);
        Assert.DoesNotContain(first.CarriedOut, done => done.Verb == SyncVerb.Replace);
        pc.Tree.SetLocally(Interval, "10000");
        await pcs.QueryAsync(db => db.Set<DeviceProgress>().ExecuteUpdateAsync(set => set.SetProperty(row => row.InventoryAt, pcs.Service.Time.Now() - TimeSpan.FromHours(25)).SetProperty(row => row.ReadDueAt, pcs.Service.Time.Now())));
        await pcs.ForgetAsync(pc);
        var second = await pc.SyncAsync(Stop);
        Assert.Equal([Interval], second.CarriedOut.Where(done => done.Verb == SyncVerb.Replace).Select(done => done.Path));
        Assert.Equal(("480", (await pcs.DeviceAsync(pc)).Id.ToString()), (pc.Tree.Read(Interval), pc.Tree.Read("./Device/Vendor/MSFT/DMClient/Provider/Deskward/EntDMID")));
    }

    [Fact]
    public async Task A_person_can_have_a_given_up_setting_tried_again()
    {
        var pcs = await ManagedPcs.NewAsync(services, Engine.Sqlite);
        await pcs.AssignAsync((Pua, "1"));
        using var pc = await pcs.EnrolAsync();
        pc.Faults.FailNode(Pua, 500, times: 1);
        await pc.SyncAsync(Stop);
        Assert.Equal(SettingOutcome.Failed, await pcs.QueryAsync(db => db.Set<OpenSetting>().Select(row => row.Outcome).SingleAsync()));
        var id = (await pcs.DeviceAsync(pc)).Id;
        Assert.Null(await pcs.AsAsync<CommandQueue, Refusal?>(queue => queue.ReadNowAsync(id, CancellationToken.None)));
        await pc.SyncAsync(Stop);
        Assert.Equal("1", pc.Tree.Read(Pua));
        Assert.True((await pcs.DeviceAsync(pc)).IsClean);
    }

    private static byte[] Numbered(byte[] body, int message) =>
        Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(body).Replace("<MsgID>1<", $"<MsgID>{message}<", StringComparison.Ordinal));

    private static byte[] Changed(byte[] body) =>
        Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(body).Replace("<Final/>", "<Alert><CmdID>9</CmdID><Data>1222</Data></Alert><Final/>", StringComparison.Ordinal));

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task A_pc_that_is_still_at_work_is_waited_for(Engine engine)
    {
        var pcs = await ManagedPcs.NewAsync(services, engine);
        await pcs.AssignAsync((Pua, "1"), (Camera, "0"));
        using var pc = await pcs.EnrolAsync();
        pc.Faults.KeepAlives = 2;
        var report = await pc.SyncAsync(Stop);
        Assert.Equal((SyncOutcome.Completed, 0), (report.Outcome, report.Violations.Count));
        Assert.True((await pcs.DeviceAsync(pc)).IsClean);
        Assert.Single(report.CarriedOut, done => done is { Verb: SyncVerb.Replace, Path: Pua });
        Assert.Null(await pcs.QueryAsync(db => db.Set<Session>().Select(row => row.Events).SingleAsync()));
    }

    [Fact]
    public async Task The_facts_of_the_machine_are_kept()
    {
        var pcs = await ManagedPcs.NewAsync(services, Engine.Sqlite);
        using var pc = await pcs.EnrolAsync(new PcProfile { OsVersion = "10.0.26100.4061", Edition = 4, Manufacturer = "=cmd|'/c calc'!A1", Model = "<script>\u202Ealert(1)</script>" });
        await pc.SyncAsync(Stop);
        var device = await pcs.DeviceAsync(pc);
        Assert.Equal(("10.0.26100.4061", 4, "=cmd|'/c calc'!A1"), (device.OsBuild, device.Edition, device.Manufacturer));
        Assert.Equal(pc.Identity.SerialNumber, device.Serial);
        Assert.NotNull(device.LastSeenAt); // Written with the last message: no need to wait for the writer.
        Assert.InRange(DeviceInventory.Read(device.Inventory).Count, 10, 60);
    }
}
