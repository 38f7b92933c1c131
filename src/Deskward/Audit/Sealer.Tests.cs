using Deskward.Fixture;
using Deskward.Platform;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Deskward.Audit;

public sealed class SealerTests(Services services)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    [Theory]
    [InlineData(Engine.Sqlite)]
    [InlineData(Engine.Postgres)]
    public async Task Rows_of_many_writers_are_chained_each_once_and_in_the_order_of_each_writer(Engine engine)
    {
        var ground = await AuditGround.OnAsync(await services.SharedAsync(engine), rows: 0);
        var before = (await ground.LinksAsync()).Count;
        await Task.WhenAll(Enumerable.Range(0, 6).Select(async writer =>
        {
            for (var round = 0; round < 10; round++)
            {
                await ground.WriteAsync(3, $"{writer}/{round:00}");
            }
        }));
        await ground.SealAsync();
        var names = await NamesAsync(ground, before);
        Assert.Equal(180, names.Distinct().Count());
        Assert.All(names.GroupBy(name => name[0]), writer => Assert.Equal(writer.Order(StringComparer.Ordinal), writer));
        AssertWhole(await ground.VerifyAsync(), before + 180);
    }

    [Theory]
    [InlineData(Engine.Sqlite)]
    [InlineData(Engine.Postgres)]
    public async Task A_row_is_chained_by_itself_soon_after_its_commit(Engine engine)
    {
        var ground = await AuditGround.OnAsync(await services.SharedAsync(engine), rows: 0);
        await ground.WriteAsync(5);
        await UntilAsync(async () => !await ground.QueryAsync(db => db.Set<UnchainedEntry>().AnyAsync()));
        AssertWhole(await ground.VerifyAsync(), (await ground.LinksAsync()).Count);
    }

    [Fact]
    public async Task A_row_that_commits_late_is_chained_late_and_leaves_no_hole()
    {
        var ground = await AuditGround.OnAsync(await services.SharedAsync(Engine.Postgres), rows: 0);
        var before = (await ground.LinksAsync()).Count;
        await ground.Service.InScopeAsync(async provider =>
        {
            var db = provider.GetRequiredService<DeskwardContext>();
            await using var late = await db.Database.BeginTransactionAsync();
            provider.GetRequiredService<AuditTrail>().Record(ground.Tenant, "thing.change", null, "late");
            await db.SaveChangesAsync();
            await ground.WriteAsync(1, "early");
            await ground.SealAsync();
            await late.CommitAsync();
            return await ground.SealAsync();
        }, ground.Tenant);
        Assert.Equal(["early 0", "late"], await NamesAsync(ground, before));
        AssertWhole(await ground.VerifyAsync(), before + 2);
    }

    [Fact]
    public async Task Two_nodes_seal_one_chain()
    {
        var settings = await services.NewDatabaseAsync(Engine.Postgres);
        await using var one = await TestService.StartAsync(settings);
        var other = TestService.NewSettings();
        await using var two = await TestService.StartAsync(settings with { PublicUrl = other.PublicUrl, ManagementUrl = other.ManagementUrl, Data = other.Data, KeyFile = settings.KeyPath });
        var ground = await AuditGround.OnAsync(one, rows: 0);
        var before = (await ground.LinksAsync()).Count;
        var sealers = new[] { one, two }.Select(node => node.Provider.GetRequiredService<Sealer>()).ToArray();
        await Task.WhenAll(Enumerable.Range(0, 20).Select(async round =>
        {
            await ground.WriteAsync(50, $"round {round}");
            await sealers[round % 2].SealAsync(ground.Tenant, CancellationToken.None);
        }));
        AssertWhole(await ground.VerifyAsync(), before + 1000);
    }

    [Theory]
    [InlineData(Engine.Sqlite)]
    [InlineData(Engine.Postgres)]
    public async Task A_row_that_is_rolled_back_waits_nowhere(Engine engine)
    {
        var ground = await AuditGround.OnAsync(await services.SharedAsync(engine), rows: 1);
        var before = (await ground.LinksAsync()).Count;
        await ground.Service.InScopeAsync(async provider =>
        {
            var db = provider.GetRequiredService<DeskwardContext>();
            await using var transaction = await db.Database.BeginTransactionAsync();
            provider.GetRequiredService<AuditTrail>().Record(ground.Tenant, "thing.change", null, "never");
            return await db.SaveChangesAsync();
        }, ground.Tenant);
        Assert.Equal(0, await ground.SealAsync());
        AssertWhole(await ground.VerifyAsync(), before);
    }

    private static Task<List<string>> NamesAsync(AuditGround ground, int after) => ground.QueryAsync(db => db.Set<AuditLink>().Where(link => link.Sequence > after).OrderBy(link => link.Sequence)
        .Select(link => db.Set<AuditEntry>().Where(entry => entry.Id == link.EntryId).Select(entry => entry.ObjectName).Single()).ToListAsync());

    private static void AssertWhole(Verdict verdict, long rows) => Assert.Equal((null, rows, 0), (verdict.Flaw, verdict.Rows, verdict.Unchained));

    private static async Task UntilAsync(Func<Task<bool>> isSo)
    {
        var end = TimeProvider.System.GetTimestamp();
        while (!await isSo())
        {
            Assert.True(TimeProvider.System.GetElapsedTime(end) < Patience);
            await Task.Delay(20);
        }
    }
}
