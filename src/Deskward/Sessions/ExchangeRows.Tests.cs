using System.Data;
using System.Globalization;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using Deskward.Devices;
using Deskward.Fixture;
using Deskward.Platform;
using Deskward.Protocol.SyncMl;
using Deskward.Simulator;
using Deskward.Tenants;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Xunit;

namespace Deskward.Sessions;

public sealed class ExchangeRowsTests(Services services)
{
    private static readonly TenantQuery<Guid, int, int, Device> ById = new((db, id, first, second) => db.Set<Device>().Where(row => row.Id == id));

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(Engine.Sqlite)]
    [InlineData(Engine.Postgres)]
    public async Task A_prepared_query_finds_nothing_of_another_organisation(Engine engine)
    {
        var (own, other) = (await ManagedPcs.NewAsync(services, engine), await ManagedPcs.NewAsync(services, engine));
        using var pc = await own.EnrolAsync();
        var id = (await own.DeviceAsync(pc)).Id;
        Assert.Equal(id, (await own.QueryAsync(db => ById.FindAsync(db, id, 0, 0, Stop)))?.Id);
        Assert.Null(await other.QueryAsync(db => ById.FindAsync(db, id, 0, 0, Stop)));
        await Assert.ThrowsAsync<InvalidOperationException>(() => own.Service.QueryAsync(db => ById.FindAsync(db, id, 0, 0, Stop), own.Customer.Id, other.Customer.Id));
    }

    [Theory]
    [InlineData(Engine.Sqlite)]
    [InlineData(Engine.Postgres)]
    public async Task The_same_message_many_times_at_once_is_one_session_and_one_answer(Engine engine)
    {
        var pcs = await ManagedPcs.NewAsync(services, engine);
        await pcs.AssignAsync((SessionBench.Pua, "1"));
        using var pc = await pcs.EnrolAsync();
        using var identity = ManagedPcs.IdentityOf(pc);
        using var client = pcs.Service.Client(identity);
        var body = IdentityTests.Body(pc.Identity.DeviceId);
        var answers = await Task.WhenAll(Enumerable.Range(0, 12).Select(_ => AnswerAsync(client, new Uri(pcs.Service.ManagementUrl, ManagementEndpoint.Path), body)));
        Assert.Single(answers.Distinct());
        Assert.Contains(SessionBench.Pua, answers[0], StringComparison.Ordinal);
        Assert.Equal(1, await pcs.QueryAsync(db => db.Set<Session>().CountAsync()));
    }

    [Theory]
    [InlineData(Engine.Sqlite)]
    [InlineData(Engine.Postgres)]
    public async Task What_a_place_keeps_of_an_exchange_is_its_plans_and_not_the_organisation(Engine engine)
    {
        var pcs = await ManagedPcs.NewAsync(services, engine);
        using var pc = await pcs.EnrolAsync();
        await using var place = pcs.Service.Provider.CreateAsyncScope();
        var (turn, db) = (place.ServiceProvider.GetRequiredService<ExchangeTurn>(), place.ServiceProvider.GetRequiredService<DeskwardContext>());
        turn.Open(pcs.Customer.Id);
        await turn.BeginAsync((await pcs.DeviceAsync(pc)).Id, Stop);
        Assert.Single(await db.Set<Device>().ToListAsync(Stop));
        await turn.CommitAsync(Stop);
        await turn.EndAsync();
        Assert.Empty(db.ChangeTracker.Entries());
        Assert.Empty(await db.Set<Device>().ToListAsync(Stop));
        await AssertKeepsPlansAloneAsync(db.Database.GetDbConnection() as NpgsqlConnection);
    }

    [Theory]
    [InlineData(Engine.Sqlite)]
    [InlineData(Engine.Postgres)]
    public async Task A_place_serves_PCs_of_several_organisations_one_after_the_other(Engine engine)
    {
        await using var service = await services.FreshAsync(engine);
        var (first, second) = (await ManagedPcs.NewAsync(service), await ManagedPcs.NewAsync(service));
        await first.AssignAsync((SessionBench.Pua, "1"));
        await second.AssignAsync((SessionBench.Pua, "2"));
        using var one = await first.EnrolAsync();
        using var other = await second.EnrolAsync();
        foreach (var pc in (VirtualPc[])[one, other, one, other])
        {
            Assert.True((await pc.SyncAsync(Stop)).IsClean);
        }

        Assert.Equal("1", one.Tree.Read(SessionBench.Pua));
        Assert.Equal("2", other.Tree.Read(SessionBench.Pua));
    }

    [Fact]
    public async Task A_place_whose_connection_was_cut_is_left_and_the_message_answered_at_another()
    {
        await using var service = await services.FreshAsync(Engine.Postgres);
        var pcs = await ManagedPcs.NewAsync(service);
        using var pc = await pcs.EnrolAsync();
        var places = service.Provider.GetRequiredService<ExchangePlaces>();
        var sender = await service.Provider.GetRequiredService<DeviceCache>().FindAsync(SHA256.HashData(ManagedPcs.IdentityOf(pc).RawData), Stop);
        Assert.Equal(200, await SayAsync(1));
        await using var cutter = await Cutter.OpenAsync(service.Settings.Database);
        await cutter.CutAsync("true");
        Assert.Equal(200, await SayAsync(2));

        Task<int> SayAsync(int session) => SayOnceAsync(places, sender!, IdentityTests.Body(pc.Identity.DeviceId, session.ToString(CultureInfo.InvariantCulture)));
    }

    [Fact]
    public async Task A_message_whose_turn_outlives_the_other_connections_is_answered_nevertheless()
    {
        await using var service = await services.FreshAsync(Engine.Postgres);
        var pcs = await ManagedPcs.NewAsync(service);
        using var pc = await pcs.EnrolAsync();
        var sender = await service.Provider.GetRequiredService<DeviceCache>().FindAsync(SHA256.HashData(ManagedPcs.IdentityOf(pc).RawData), Stop);
        await using var cutter = await Cutter.OpenAsync(service.Settings.Database);
        await cutter.CountAsync($"SELECT pg_advisory_lock({DeviceTurn.KeyOf(sender!.DeviceId)})");
        var answer = SayOnceAsync(service.Provider.GetRequiredService<ExchangePlaces>(), sender, IdentityTests.Body(pc.Identity.DeviceId));
        while (await cutter.CutAsync("query NOT LIKE 'LISTEN%' AND wait_event_type IS DISTINCT FROM 'Lock' AND EXISTS (SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database())") == 0)
        {
            await Task.Delay(20, Stop);
        }

        service.Provider.GetRequiredService<ChangeFeed>().Publish(new Change(OrganisationList.ChangeKind, pcs.Customer.Id, pcs.Customer.Id)); // What is kept of all organisations is read anew.
        await cutter.CountAsync("SELECT pg_advisory_unlock_all()");
        Assert.Equal(200, await answer);
    }

    private static async Task<int> SayOnceAsync(ExchangePlaces places, DeviceSnapshot sender, byte[] body) =>
        (await places.AnswerAsync(new Identified(sender, [], IdentityRefusal.None), SyncMlReader.Read(body), SHA256.HashData(body), Stop)).HttpStatus;

    private static async Task AssertKeepsPlansAloneAsync(NpgsqlConnection? connection)
    {
        if (connection is null)
        {
            return; // SQLite's is the process's own: it knows no organisation.
        }

        Assert.Equal(ConnectionState.Open, connection.State);
        await using var command = new NpgsqlCommand(
            "SELECT (SELECT count(*) FROM pg_prepared_statements), coalesce(current_setting('deskward.tenants', true), ''), (SELECT count(*) FROM devices_devices)", connection);
        await using var reader = await command.ExecuteReaderAsync(Stop);
        Assert.True(await reader.ReadAsync(Stop));
        Assert.Equal(("", 0L), (reader.GetString(1), reader.GetInt64(2)));
        Assert.InRange(reader.GetInt64(0), 2, 1000);
    }

    private static async Task<string> AnswerAsync(HttpClient client, Uri address, byte[] body)
    {
        using var content = new ByteArrayContent(body) { Headers = { ContentType = new MediaTypeHeaderValue("application/vnd.syncml.dm+xml") } };
        using var answer = await client.PostAsync(address, content, Stop);
        return await answer.EnsureSuccessStatusCode().Content.ReadAsStringAsync(Stop);
    }

    /// <summary>A connection that cuts the service's.</summary>
    private sealed class Cutter : IAsyncDisposable
    {
        private readonly NpgsqlConnection _connection;

        private Cutter(string database) => _connection = new NpgsqlConnection(database + ";Pooling=false");

        internal static async Task<Cutter> OpenAsync(string database)
        {
            var cutter = new Cutter(database);
            await cutter._connection.OpenAsync(Stop);
            return cutter;
        }

        /// <returns>How many were cut.</returns>
        internal Task<int> CutAsync(string which) =>
            CountAsync($"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = current_user AND datname = current_database() AND pid <> pg_backend_pid() AND {which}");

        /// <returns>How many rows there were.</returns>
        internal async Task<int> CountAsync(string sql)
        {
            await using var command = new NpgsqlCommand(sql, _connection);
            await using var rows = await command.ExecuteReaderAsync(Stop);
            var count = 0;
            while (await rows.ReadAsync(Stop))
            {
                count++;
            }

            return count;
        }

        public ValueTask DisposeAsync() => _connection.DisposeAsync();
    }
}
