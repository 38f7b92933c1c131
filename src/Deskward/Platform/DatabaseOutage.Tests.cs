using System.Net;
using System.Net.Sockets;
using Deskward.Browser;
using Deskward.Faults;
using Deskward.Fixture;
using Deskward.Platform.Duties;
using Deskward.RawClient;
using Deskward.Simulator;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Npgsql;
using Xunit;

namespace Deskward.Platform;

public sealed class DatabaseOutageTests
{
    private const int Requests = 20;

    public static TheoryData<Exception, bool> Exceptions => new()
    {
        { new NpgsqlException("refused", new SocketException()), true },
        { new DbUpdateException("not saved", new NpgsqlException("refused", new IOException())), true },
        { Answer("57P03"), true },
        { Answer("08006"), true },
        { Answer("23505"), false },
        { Answer("42501"), false },
        { new NpgsqlException("slow", new TimeoutException()), false },
        { new InvalidOperationException("a bug"), false },
        { new SqliteException("locked", 5), false },
    };

    [Theory]
    [MemberData(nameof(Exceptions))]
    public void A_database_that_is_away_is_told_from_one_that_says_no(Exception exception, bool isOutage) =>
        Assert.Equal(isOutage, new DatabaseOutage(TimeProvider.System, NullLogger<DatabaseOutage>.Instance).Notice(exception));

    [Fact]
    public void A_time_out_tells_of_an_outage_only_while_there_is_one()
    {
        var outage = new DatabaseOutage(TimeProvider.System, NullLogger<DatabaseOutage>.Instance);
        outage.Begin(new NpgsqlException("refused"));
        Assert.True(outage.Notice(new NpgsqlException("slow", new TimeoutException())));
        outage.End();
        Assert.False(outage.Notice(new NpgsqlException("slow", new TimeoutException())));
    }

    [Fact]
    public void An_outage_is_logged_when_it_begins_and_when_it_has_ended()
    {
        var (log, time) = (new LineLog(), new FakeTimeProvider());
        var outage = new DatabaseOutage(time, log.For<DatabaseOutage>());
        Enumerable.Range(0, 100).ToList().ForEach(_ => Assert.True(outage.Notice(new NpgsqlException("refused"))));
        time.Advance(TimeSpan.FromSeconds(42));
        outage.End();
        outage.End();
        Assert.Equal(["The database cannot be reached (refused); requests are answered 503 until it is back", "The database is back after 00:00:42; 0 requests were answered 503 meanwhile"], log.Lines);
    }

    [Fact]
    public async Task People_and_pcs_are_told_to_come_again_and_the_log_stays_short()
    {
        var log = new LineLog();
        await using var server = await PostgresServer.StartAsync();
        await using var service = await StartAsync(server, log);
        var ground = await FaultGround.OnAsync(service);
        var pc = await ground.EnrolAsync(90);
        using var visitor = await AccessTests.SignedInAsync(service, Role.ServiceReader);
        await server.StopAsync("immediate");
        await AssertAwayAsync(service, visitor, pc);
        await server.StartAgainAsync();
        await log.WaitForAsync("The database is back");
        Assert.Equal(HttpStatusCode.OK, (await visitor.GetAsync("/devices")).StatusCode);
        Assert.InRange(log.Lines.Count, 2, 4);
        Assert.DoesNotContain(log.Lines, line => line.Contains("   at ", StringComparison.Ordinal));
    }

    private static async Task AssertAwayAsync(TestService service, PortalVisitor visitor, VirtualPc pc)
    {
        for (var number = 0; number < Requests; number++)
        {
            await AssertAwayAsync(await visitor.GetAsync("/devices"), "The service cannot answer just now");
            Assert.Equal(HttpStatusCode.OK, (await visitor.GetAsync(Portal.AssetFiles.Url("portal.css"))).StatusCode);
            await AssertAwayAsync(await EnrolAsync(service), "InMaintenance");
            Assert.Equal(503, (await pc.SyncAsync(TestContext.Current.CancellationToken)).HttpStatus);
        }
    }

    private static async Task AssertAwayAsync(HttpResponseMessage answer, string words)
    {
        Assert.Equal((HttpStatusCode.ServiceUnavailable, 15), (answer.StatusCode, answer.Headers.RetryAfter?.Delta?.TotalSeconds));
        Assert.Contains(words, await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
        answer.Dispose();
    }

    private static async Task<HttpResponseMessage> EnrolAsync(TestService service)
    {
        using var pc = new RawPc("ada@contoso.example", "AAAA-BBBB-CCCC-DDDD");
        using var http = service.Client();
        var to = new Uri(service.PublicUrl, "/EnrollmentServer/Enrollment.svc");
        return await http.PostAsync(to, new StringContent(pc.IssueMessage(to), System.Text.Encoding.UTF8, "application/soap+xml"), TestContext.Current.CancellationToken);
    }

    private static async Task<TestService> StartAsync(PostgresServer server, LineLog log)
    {
        var (owner, database) = await server.CreateDatabaseAsync();
        var settings = TestService.NewSettings() with { Database = database, OwnerDatabase = owner };
        await Services.CreateSchemaAsync(settings);
        return await TestService.StartAsync(settings, more: more => more.AddLogging(logging => logging.ClearProviders().AddProvider(log).AddFilter<LineLog>("Microsoft.EntityFrameworkCore", LogLevel.Warning)));
    }

    private static PostgresException Answer(string state) => new("no", "ERROR", "ERROR", state);
}
