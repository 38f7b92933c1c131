using System.Net.Http.Headers;
using Deskward.Devices;
using Deskward.Fixture;
using Deskward.Platform;
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

    [Fact]
    public async Task What_a_connection_keeps_of_an_exchange_is_its_plans_and_not_the_organisation()
    {
        await using var service = await services.FreshAsync(Engine.Postgres);
        var pcs = await ManagedPcs.NewAsync(service);
        using var pc = await pcs.EnrolAsync();
        Assert.True((await pc.SyncAsync(Stop)).IsClean);
        var source = service.Provider.GetRequiredService<NpgsqlDataSource>();
        var connections = await Task.WhenAll(Enumerable.Range(0, 12).Select(_ => source.OpenConnectionAsync(Stop).AsTask()));
        var kept = await Task.WhenAll(connections.Select(KeptAsync));
        Assert.All(kept, one => Assert.Equal(("", 0L), (one.Organisation, one.Pcs)));
        Assert.InRange(kept.Sum(one => one.Plans), 5, 1000);
    }

    private static async Task<(long Plans, string Organisation, long Pcs)> KeptAsync(NpgsqlConnection connection)
    {
        await using var own = connection;
        await using var command = new NpgsqlCommand(
            "SELECT (SELECT count(*) FROM pg_prepared_statements), coalesce(current_setting('deskward.tenants', true), ''), (SELECT count(*) FROM devices_devices)", connection);
        await using var reader = await command.ExecuteReaderAsync(Stop);
        Assert.True(await reader.ReadAsync(Stop));
        return (reader.GetInt64(0), reader.GetString(1), reader.GetInt64(2));
    }

    private static async Task<string> AnswerAsync(HttpClient client, Uri address, byte[] body)
    {
        using var content = new ByteArrayContent(body) { Headers = { ContentType = new MediaTypeHeaderValue("application/vnd.syncml.dm+xml") } };
        using var answer = await client.PostAsync(address, content, Stop);
        return await answer.EnsureSuccessStatusCode().Content.ReadAsStringAsync(Stop);
    }
}
