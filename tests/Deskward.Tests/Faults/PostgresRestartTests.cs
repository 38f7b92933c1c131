using Deskward.Fixture;
using Deskward.Policies;
using Deskward.Simulator;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Xunit;
using static Deskward.Faults.Convergence;

namespace Deskward.Faults;

public sealed class PostgresRestartTests
{
    private const int Pcs = 10;

    /// <summary>A request that was under way when the database came back may tell of its end once more.</summary>
    private const int MostLines = 3;
    private static readonly TimeSpan Outage = TimeSpan.FromMilliseconds(700);
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(2);

    public static TheoryData<int> Rounds => [.. Enumerable.Range(1, Effort.Cases(1, 10))];

    [Theory]
    [MemberData(nameof(Rounds))]
    public async Task Pcs_converge_although_the_database_crashes_while_they_are_at_work(int round)
    {
        var errors = new ErrorLog();
        await using var server = await PostgresServer.StartAsync();
        await using var service = await StartAsync(server, errors);
        var ground = await FaultGround.OnAsync(service);
        var pcs = await EnrolAsync(ground);
        using var end = new CancellationTokenSource(Longest);
        await Task.WhenAll([CrashAsync(server, pcs, end.Token), .. pcs.Select(pc => LiveAsync(pc, end.Token))]);
        foreach (var pc in pcs)
        {
            await AssertAsync(ground, pc);
            Assert.Equal((round, 1, 1), (round, RestartsOf(pc), pc.Restarts));
        }

        Assert.Equal(Pcs, await ground.AuditedAsync("device.restart"));
        AssertToldOnce(errors);
    }

    private static void AssertToldOnce(ErrorLog errors)
    {
        Assert.DoesNotContain(errors.Errors, error => !error.Text.StartsWith("The database cannot be reached", StringComparison.Ordinal) && !IsBrokenConnection(error.Cause));
        Assert.InRange(errors.Errors.Count, 1, MostLines);
    }

    private static async Task<TestService> StartAsync(PostgresServer server, ErrorLog errors)
    {
        var (owner, database) = await server.CreateDatabaseAsync();
        var settings = TestService.NewSettings() with { Database = database, OwnerDatabase = owner };
        await Services.CreateSchemaAsync(settings);
        return await TestService.StartAsync(settings, more: more => more.AddLogging(logging => logging.ClearProviders().AddProvider(errors)));
    }

    private static async Task<List<VirtualPc>> EnrolAsync(FaultGround ground)
    {
        var more = Baseline.Settings.Take(60).Select(line => (line.Path, line.Value)).Where(line => Wishes.All.All(wish => wish.Path != line.Path));
        await ground.AssignAsync([.. Wishes.Some(0), .. more]);
        var pcs = new List<VirtualPc>();
        for (var number = 0; number < Pcs; number++)
        {
            var pc = await ground.EnrolAsync(10 + number);
            await ground.RestartAsync(pc);
            pcs.Add(pc);
        }

        return pcs;
    }

    /// <summary>Crashes the database when half of the PCs are in the middle of their first session.</summary>
    private static async Task CrashAsync(PostgresServer server, List<VirtualPc> pcs, CancellationToken cancellation)
    {
        while (pcs.Count(pc => pc.Tree.Read(Sessions.SessionBench.Pua) is not null) < Pcs / 2)
        {
            await Task.Delay(5, cancellation);
        }

        await server.StopAsync("immediate");
        await Task.Delay(Outage, cancellation);
        await server.StartAgainAsync();
    }

    private static async Task LiveAsync(VirtualPc pc, CancellationToken cancellation)
    {
        for (var quiet = 0; quiet < 2; cancellation.ThrowIfCancellationRequested())
        {
            pc.SignIn(pc.Owner!);
            var report = await pc.SyncAsync(cancellation);
            AssertHonest(report);
            Assert.True(report.Outcome is SyncOutcome.Completed or SyncOutcome.Unreachable || report is { Outcome: SyncOutcome.Refused, HttpStatus: 429 or 503 }, report.ToString());
            quiet = report is { Outcome: SyncOutcome.Completed, Messages: 1 } ? quiet + 1 : 0;
            await Task.Delay(20, cancellation);
        }
    }

    // Who meets a connection that broke between two commands, in the moment before anybody knows of the outage, is told so by the driver.
    private static bool IsBrokenConnection(Exception? cause) => cause is not null && (cause is InvalidOperationException { Source: "Npgsql" } || IsBrokenConnection(cause.InnerException));
}
