using System.Globalization;
using System.Net;
using Deskward.Certificates;
using Deskward.DesiredState;
using Deskward.Devices;
using Deskward.Fixture;
using Deskward.Platform;
using Deskward.Protocol.SyncMl;
using Deskward.Simulator;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Xunit;
using static Deskward.Sessions.SessionBench;

namespace Deskward.Sessions;

/// <summary>What days and months bring: each test has a node, and so a clock, of its own.</summary>
public sealed class SessionLifeTests(Services services)
{
    private static readonly IPNetwork[] Loopback = [IPNetwork.Parse("127.0.0.0/8"), IPNetwork.Parse("::1/128")];

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public static TheoryData<Engine> Engines => new(Engine.Sqlite, Engine.Postgres);

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task The_first_use_of_a_renewed_certificate_ends_its_predecessor(Engine engine)
    {
        await using var service = await services.FreshAsync(engine);
        var (pcs, pc) = await SettledAsync(service);
        using var before = ManagedPcs.IdentityOf(pc);
        service.Time.Advance(TimeSpan.FromDays(310));
        Assert.True((await pc.RenewAsync(Stop)).Succeeded);
        Assert.Equal([null, null], (await CertificatesAsync(pcs)).Select(row => row.RevocationReason));
        Assert.Equal(HttpStatusCode.OK, await IdentityTests.PostAsync(service, before, IdentityTests.Body(pc.Identity.DeviceId)));
        Assert.True((await pc.SyncAsync(Stop)).IsClean);
        var rows = await CertificatesAsync(pcs);
        Assert.Equal(["superseded", null], rows.Select(row => row.RevocationReason));
        Assert.NotNull(rows[1].FirstSeenAt);
        Assert.Equal(HttpStatusCode.Forbidden, await IdentityTests.PostAsync(service, before, IdentityTests.Body(pc.Identity.DeviceId, "2")));
        Assert.True((await pc.SyncAsync(Stop)).IsClean);
    }

    [Fact]
    public async Task An_expired_certificate_is_refused()
    {
        await using var service = await services.FreshAsync(Engine.Sqlite);
        var (_, pc) = await SettledAsync(service);
        service.Time.Advance(TimeSpan.FromDays(367));
        Assert.Equal(403, (await pc.SyncAsync(Stop)).HttpStatus);
    }

    [Fact]
    public async Task A_certificate_is_renewed_through_a_proxy_that_shows_none()
    {
        await using var service = await services.FreshAsync(Engine.Sqlite, settings => settings with { TrustedProxies = Loopback });
        var pcs = await ManagedPcs.NewAsync(service);
        using var pc = await pcs.EnrolAsync();
        pc.State.Enrolment = pc.State.Enrolment! with { ShowsCertificate = false };
        Assert.True((await pc.SyncAsync(Stop)).IsClean);
        service.Time.Advance(TimeSpan.FromDays(310));
        Assert.True((await pc.RenewAsync(Stop)).Succeeded);
        pc.State.Enrolment = pc.State.Enrolment with { ShowsCertificate = false };
        Assert.True((await pc.SyncAsync(Stop)).IsClean);
        Assert.Equal(["superseded", null], (await CertificatesAsync(pcs)).Select(row => row.RevocationReason));
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task A_refused_setting_is_tried_after_1_4_and_24_hours_and_then_given_up(Engine engine)
    {
        await using var service = await services.FreshAsync(engine);
        var (pcs, pc) = await SettledAsync(service);
        await pcs.AssignAsync((Pua, "1"));
        pc.Faults.FailNode(Pua, 500);
        var tries = new List<int>();
        foreach (var minutes in new[] { 0, 59, 2, 239, 2, 1439, 2, 3000 })
        {
            service.Time.Advance(TimeSpan.FromMinutes(minutes));
            tries.Add((await pc.SyncAsync(Stop)).CarriedOut.Count(done => done is { Verb: SyncVerb.Replace, Path: Pua }));
        }

        Assert.Equal([1, 0, 1, 0, 1, 0, 1, 0], tries);
        var open = await pcs.QueryAsync(db => db.Set<OpenSetting>().SingleAsync());
        Assert.Equal((SettingOutcome.Failed, 4, (DateTimeOffset?)null, "Status 500"), (open.Outcome, open.Attempts, open.RetryAt, open.Reason));
        Assert.False((await pcs.DeviceAsync(pc)).IsClean);
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task Everything_is_read_back_every_24_hours(Engine engine)
    {
        await using var service = await services.FreshAsync(engine);
        var (pcs, pc) = await SettledAsync(service, (Pua, "1"));
        service.Time.Advance(TimeSpan.FromHours(23));
        Assert.Equal(1, (await pc.SyncAsync(Stop)).Messages);
        service.Time.Advance(TimeSpan.FromHours(1.1));
        Assert.Contains((await pc.SyncAsync(Stop)).CarriedOut, done => done is { Verb: SyncVerb.Get, Path: Pua });
        Assert.Equal(1, (await pc.SyncAsync(Stop)).Messages);
        Assert.True((await pcs.DeviceAsync(pc)).IsClean);
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task A_retirement_that_no_pc_answers_ends_after_30_days(Engine engine)
    {
        await using var service = await services.FreshAsync(engine);
        var (pcs, pc) = await SettledAsync(service);
        var id = (await pcs.DeviceAsync(pc)).Id;
        Assert.Null(await pcs.AsAsync<CommandQueue, Refusal?>(queue => queue.RetireAsync(id, Stop)));
        service.Time.Advance(TimeSpan.FromDays(29));
        Assert.Equal(0, await pcs.AsAsync<DeviceDirectory, int>(devices => devices.EndRetirementsAsync(Stop)));
        service.Time.Advance(TimeSpan.FromDays(1.1));
        Assert.Equal(1, await pcs.AsAsync<DeviceDirectory, int>(devices => devices.EndRetirementsAsync(Stop)));
        Assert.Equal(403, (await pc.SyncAsync(Stop)).HttpStatus);
        Assert.True(pc.IsEnrolled);
    }

    [Fact]
    public async Task Under_overload_a_pc_is_told_to_come_later()
    {
        await using var service = await services.FreshAsync(Engine.Sqlite);
        var pcs = await ManagedPcs.NewAsync(service);
        using var pc = await pcs.EnrolAsync();
        var lane = service.Provider.GetRequiredService<SlowLane>();
        using var crowd = new CancellationTokenSource();
        var turns = await Task.WhenAll(Enumerable.Range(0, SlowLane.MostAtOnce(service.Settings)).Select(_ => lane.EnterAsync(Stop).AsTask()));
        var waiting = Enumerable.Range(0, 512).Select(_ => lane.EnterAsync(crowd.Token).AsTask()).ToArray();
        var report = await pc.SyncAsync(Stop);
        Assert.Equal((SyncOutcome.Refused, 429), (report.Outcome, report.HttpStatus));
        Assert.InRange(report.RetryAfter!.Value.TotalSeconds, 15, 90);
        await crowd.CancelAsync();
        await Task.WhenAll(waiting).ContinueWith(_ => { }, TaskScheduler.Default);
        Array.ForEach(turns, turn => turn!.Dispose());
        Assert.True((await pc.SyncAsync(Stop)).IsClean);
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task No_message_is_longer_than_the_pc_says_it_takes(Engine engine)
    {
        var pcs = await ManagedPcs.NewAsync(services, engine);
        var rules = Enumerable.Range(0, 30).SelectMany(rule => new[] { ($"{Rule}{rule.ToString(CultureInfo.InvariantCulture)}/Name", "Rule"), ($"{Rule}{rule.ToString(CultureInfo.InvariantCulture)}/Enabled", "true") });
        await pcs.AssignAsync([.. rules]);
        using var pc = await pcs.EnrolAsync(new PcProfile { MaxMessageSize = 6000 });
        var longest = 0;
        pc.Watch = (sent, body) => longest = sent ? longest : Math.Max(longest, body.Length);
        Assert.True((await pc.SyncAsync(Stop)).IsClean);
        Assert.InRange(longest, 3000, 6000);
        Assert.True((await pcs.DeviceAsync(pc)).IsClean);
    }

    private static async Task<(ManagedPcs Pcs, VirtualPc Pc)> SettledAsync(TestService service, params (string Path, string Value)[] settings)
    {
        var pcs = await ManagedPcs.NewAsync(service);
        if (settings.Length > 0)
        {
            await pcs.AssignAsync(settings);
        }

        var pc = await pcs.EnrolAsync();
        var report = await pc.SyncAsync(Stop);
        return report.IsClean ? (pcs, pc) : throw new InvalidOperationException(report.ToString());
    }

    private static Task<List<IssuedCertificate>> CertificatesAsync(ManagedPcs pcs) =>
        pcs.QueryAsync(db => db.Set<IssuedCertificate>().AsNoTracking().OrderBy(row => row.IssuedAt).ToListAsync());
}
