using Deskward.Audit;
using Deskward.Fixture;
using Deskward.Platform;
using Microsoft.EntityFrameworkCore;
using Xunit;

namespace Deskward.Faults;

public sealed class KilledSealerTests(Services services)
{
    private const int Rows = 20_000;

    [Theory]
    [InlineData(Engine.Sqlite)]
    [InlineData(Engine.Postgres)]
    public async Task A_sealer_that_is_killed_in_the_middle_leaves_no_hole(Engine engine)
    {
        var settings = await services.NewDatabaseAsync(engine);
        var first = await TestService.StartAsync(settings);
        var ground = await AuditGround.OnAsync(first, rows: 0);
        var before = (await ground.LinksAsync()).Count;
        await first.DisposeAsync();
        var (chained, plan) = await KillAsync(settings, ground, before);
        Assert.InRange(chained, before + 1, before + Rows - 1);
        Assert.Contains("audit_entries", plan, StringComparison.Ordinal);
        Assert.DoesNotContain("ix_audit_entries_", plan, StringComparison.Ordinal);
        await using var after = await TestService.StartAsync(settings);
        ground.Service = after;
        await ground.SealAsync();
        var verdict = await ground.VerifyAsync();
        Assert.Equal((null, before + Rows, 0), (verdict.Flaw, verdict.Rows, verdict.Unchained));
    }

    /// <summary>Kills a node as soon as it has chained some of the rows; returns how many are chained then, and how the database would look for the rest: it has no statistics yet.</summary>
    private static async Task<(int Chained, string Plan)> KillAsync(ServiceSettings settings, AuditGround ground, int before)
    {
        await using var writer = Verb.Services(settings);
        using var server = await ServerProcess.StartAsync(settings);
        await InAsync(writer, ground, async (db, trail) =>
        {
            for (var number = 0; number < Rows; number++)
            {
                trail.Record(ground.Tenant, "thing.change", null, $"Thing {number}", after: new { Number = number });
            }

            return await db.SaveChangesAsync();
        });
        while (await CountAsync(writer, ground) <= before)
        {
            await Task.Delay(2);
        }

        server.Kill();
        return (await CountAsync(writer, ground), await InAsync(writer, ground, (db, _) => PlanAsync(db, ground.Tenant)));
    }

    private static async Task<string> PlanAsync(DeskwardContext db, Guid tenant)
    {
        await db.Database.OpenConnectionAsync();
        await using var command = db.Command((db.IsSqlite ? "EXPLAIN QUERY PLAN " : "EXPLAIN ") + ChainCommands.Waiting, tenant, Rows);
        await using var reader = await command.ExecuteReaderAsync();
        List<string> lines = [];
        while (await reader.ReadAsync())
        {
            lines.Add(reader.GetString(reader.FieldCount - 1));
        }

        return string.Join('\n', lines);
    }

    private static Task<int> CountAsync(IServiceProvider services, AuditGround ground) => InAsync(services, ground, (db, _) => db.Set<AuditLink>().CountAsync());

    private static async Task<T> InAsync<T>(IServiceProvider services, AuditGround ground, Func<DeskwardContext, AuditTrail, Task<T>> work)
    {
        await using var scope = Microsoft.Extensions.DependencyInjection.ServiceProviderServiceExtensions.CreateAsyncScope(services);
        ((TenantScope)scope.ServiceProvider.GetService(typeof(TenantScope))!).Open(ground.Tenant);
        return await work((DeskwardContext)scope.ServiceProvider.GetService(typeof(DeskwardContext))!, (AuditTrail)scope.ServiceProvider.GetService(typeof(AuditTrail))!);
    }
}
