using Deskward.Devices;
using Deskward.Fixture;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Deskward.Sessions;

public sealed class LastSeenWriterTests(Services services)
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_pc_whose_row_is_held_is_left_for_the_next_round_and_holds_up_no_other()
    {
        var pcs = await ManagedPcs.NewAsync(services, Engine.Postgres);
        using var first = await pcs.EnrolAsync();
        using var second = await pcs.EnrolAsync();
        var (held, free) = ((await pcs.DeviceAsync(first)).Id, (await pcs.DeviceAsync(second)).Id);
        var writer = pcs.Service.Provider.GetRequiredService<LastSeenWriter>();
        var at = DateTimeOffset.FromUnixTimeSeconds(pcs.Service.Time.GetUtcNow().ToUnixTimeSeconds() + 3600);
        await pcs.QueryAsync(async db =>
        {
            await using var transaction = await db.Database.BeginTransactionAsync(Stop);
            await db.Set<Device>().Where(row => row.Id == held).ExecuteUpdateAsync(row => row.SetProperty(device => device.Manufacturer, "Held"), Stop);
            Array.ForEach([held, free], pc => writer.Note(pcs.Customer.Id, pc, at));
            Assert.Equal([free], await SeenAsync(pcs, at, 1));
            return 0;
        });
        Assert.Equal(2, (await SeenAsync(pcs, at, 2)).Count);
    }

    [Theory]
    [InlineData(Engine.Sqlite)]
    [InlineData(Engine.Postgres)]
    public async Task A_pc_in_a_session_is_left_in_peace_for_a_while(Engine engine)
    {
        var pcs = await ManagedPcs.NewAsync(services, engine);
        using var busy = await pcs.EnrolAsync();
        using var quiet = await pcs.EnrolAsync();
        var (inSession, after) = ((await pcs.DeviceAsync(busy)).Id, (await pcs.DeviceAsync(quiet)).Id);
        var writer = pcs.Service.Provider.GetRequiredService<LastSeenWriter>();
        var at = DateTimeOffset.FromUnixTimeSeconds(pcs.Service.Time.GetUtcNow().ToUnixTimeSeconds() + 3600);
        writer.Note(pcs.Customer.Id, inSession, at, isInSession: true);
        writer.Note(pcs.Customer.Id, after, at);
        Assert.Equal([after], await SeenAsync(pcs, at, 1));
        await writer.FlushAsync(Stop);
        Assert.Equal(2, (await SeenAsync(pcs, at, 2)).Count);
    }

    /// <summary>Those seen then, as soon as there are so many: the writer of the running service brings them.</summary>
    private static async Task<List<Guid>> SeenAsync(ManagedPcs pcs, DateTimeOffset at, int many)
    {
        for (var round = 0; ; round++)
        {
            var seen = await pcs.QueryAsync(db => db.Set<Device>().Where(row => row.LastSeenAt == at).Select(row => row.Id).ToListAsync(Stop));
            if (seen.Count >= many || round == 100)
            {
                return seen;
            }

            await Task.Delay(100, Stop);
        }
    }
}
