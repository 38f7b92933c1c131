using System.Diagnostics;
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
    /// <summary>A few moments of an answer; in a long run one every 20 milliseconds.</summary>
    private static readonly TimeSpan[] Moments =
        [.. (Effort.IsLong ? Enumerable.Range(0, 40).Select(number => number * 20) : [5, 40, 120, 250, 450, 800]).Select(value => TimeSpan.FromMilliseconds(value))];

    [Theory]
    [InlineData(Engine.Sqlite)]
    [InlineData(Engine.Postgres)]
    public async Task Whenever_the_server_is_killed_a_pc_that_asks_again_gets_one_certificate_for_one_use(Engine engine)
    {
        var settings = await services.NewDatabaseAsync(engine);
        var service = await TestService.StartAsync(settings);
        await using var ground = await EnrolmentGround.OnAsync(service);
        var pcs = await Task.WhenAll(Moments.Select(_ => ground.NewPcAsync()));
        await service.DisposeAsync();
        await KillAtEachMomentAsync(ground, settings, pcs);
        await using var after = await TestService.StartAsync(settings);
        Assert.Equal(pcs.Length, await after.QueryAsync(db => Task.FromResult(db.Set<IssuedCertificate>().Count(row => row.RevokedAt == null)), ground.Customer.Id));
        Assert.Equal(pcs.Length, await after.QueryAsync(db => Task.FromResult(db.Set<IssuedCertificate>().Count()), ground.Customer.Id));
        Assert.Equal(pcs.Length, await after.QueryAsync(db => Task.FromResult(db.Set<Device>().Count()), ground.Customer.Id));
        Assert.Equal(pcs.Length, await after.QueryAsync(db => Task.FromResult(db.Set<EnrolmentCode>().Count(row => row.Used == 1)), ground.Customer.Id));
    }

    /// <summary>Kills the server while it answers, starts it again, asks again, and goes on with the next PC.</summary>
    private static async Task KillAtEachMomentAsync(EnrolmentGround ground, ServiceSettings settings, RawPc[] pcs)
    {
        var server = await StartAsync(ground, settings);
        foreach (var (pc, moment) in pcs.Zip(Moments))
        {
            var message = pc.IssueMessage(ground.EnrolmentUrl);
            var lost = RawPc.PostAsync(ground.Http, ground.EnrolmentUrl, message);
            await Task.Delay(moment);
            server.Kill();
            await server.WaitForExitAsync();
            server.Dispose();
            await Record.ExceptionAsync(() => lost);
            server = await StartAsync(ground, settings);
            Assert.Equal(200, (await RawPc.PostAsync(ground.Http, ground.EnrolmentUrl, message)).Status);
        }

        server.Kill();
        await server.WaitForExitAsync();
        server.Dispose();
    }

    private static async Task<Process> StartAsync(EnrolmentGround ground, ServiceSettings settings)
    {
        string[] options = ["--data", settings.Data, "--database", settings.Database, "--public-url", settings.PublicUrl.AbsoluteUri, "--management-url", settings.ManagementUrl.AbsoluteUri];
        var server = Process.Start(new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "deskward.dll"), "serve", .. options])
        {
            RedirectStandardOutput = true,
        })!;
        var ready = await server.StandardOutput.ReadLineAsync().WaitAsync(TimeSpan.FromSeconds(60));
        while (ready?.StartsWith("Deskward is serving", StringComparison.Ordinal) == false)
        {
            ready = await server.StandardOutput.ReadLineAsync().WaitAsync(TimeSpan.FromSeconds(60));
        }

        using var probe = await ground.Http.GetAsync(ground.Service.DiscoveryUrl);
        return ready is null ? throw new InvalidOperationException("The server ended by itself.") : server;
    }
}
