using Deskward.Certificates;
using Deskward.Devices;
using Deskward.Faults;
using Deskward.Fixture;
using Deskward.Platform;
using Deskward.RawClient;
using Xunit;

namespace Deskward.Enrollment;

public sealed class KilledServerTests(Services services)
{
    /// <summary>A few moments of an answer, in milliseconds, others on each engine; in a long run one every 20 milliseconds.</summary>
    private static TimeSpan[] Moments(Engine engine) =>
        [.. (Effort.IsLong ? Enumerable.Range(0, 40).Select(number => number * 20) : engine == Engine.Sqlite ? [5, 120, 450] : [40, 250, 800]).Select(value => TimeSpan.FromMilliseconds(value))];

    [Theory]
    [InlineData(Engine.Sqlite)]
    [InlineData(Engine.Postgres)]
    public async Task Whenever_the_server_is_killed_a_pc_that_asks_again_gets_one_certificate_for_one_use(Engine engine)
    {
        var settings = await services.NewDatabaseAsync(engine);
        var service = await TestService.StartAsync(settings);
        await using var ground = await EnrolmentGround.OnAsync(service);
        var moments = Moments(engine);
        var pcs = await Task.WhenAll(moments.Select(_ => ground.NewPcAsync()));
        await service.DisposeAsync();
        await KillAtEachMomentAsync(ground, settings, pcs, moments);
        await using var after = await TestService.StartAsync(settings);
        Assert.Equal(pcs.Length, await after.QueryAsync(db => Task.FromResult(db.Set<IssuedCertificate>().Count(row => row.RevokedAt == null)), ground.Customer.Id));
        Assert.Equal(pcs.Length, await after.QueryAsync(db => Task.FromResult(db.Set<IssuedCertificate>().Count()), ground.Customer.Id));
        Assert.Equal(pcs.Length, await after.QueryAsync(db => Task.FromResult(db.Set<Device>().Count()), ground.Customer.Id));
        Assert.Equal(pcs.Length, await after.QueryAsync(db => Task.FromResult(db.Set<EnrolmentCode>().Count(row => row.Used == 1)), ground.Customer.Id));
    }

    /// <summary>Kills the server while it answers, starts it again, asks again, and goes on with the next PC.</summary>
    private static async Task KillAtEachMomentAsync(EnrolmentGround ground, ServiceSettings settings, RawPc[] pcs, TimeSpan[] moments)
    {
        var server = await StartAsync(ground, settings);
        foreach (var (pc, moment) in pcs.Zip(moments))
        {
            var message = pc.IssueMessage(ground.EnrolmentUrl);
            var lost = RawPc.PostAsync(ground.Http, ground.EnrolmentUrl, message);
            await Task.Delay(moment);
            server.Dispose();
            await Record.ExceptionAsync(() => lost);
            server = await StartAsync(ground, settings);
            Assert.Equal(200, (await RawPc.PostAsync(ground.Http, ground.EnrolmentUrl, message)).Status);
        }

        server.Dispose();
    }

    /// <summary>A node that has answered once.</summary>
    private static async Task<ServerProcess> StartAsync(EnrolmentGround ground, ServiceSettings settings)
    {
        var server = await ServerProcess.StartAsync(settings);
        using var probe = await ground.Http.GetAsync(ground.Service.DiscoveryUrl);
        return server;
    }
}
