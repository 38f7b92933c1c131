using Deskward.Fixture;
using Deskward.Organisations;
using Deskward.Platform;
using Deskward.Responsibilities;
using Deskward.Tenants;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Deskward.Faults;

public sealed class KilledDeletionTests(Services services)
{
    private const int Rows = 20_000;
    private const string Table = "responsibilities_holidays";
    private const string Last = "Last day";

    // Counting every pair of rows takes far longer than the test.
    private const string Hold = $"CREATE TRIGGER hold BEFORE DELETE ON {Table} WHEN OLD.name = '{Last}' BEGIN SELECT count(*) FROM {Table} AS one, {Table} AS other WHERE one.day <> other.day; END";

    [Theory]
    [InlineData(Engine.Sqlite)]
    [InlineData(Engine.Postgres)]
    public async Task A_deletion_that_is_killed_in_the_middle_goes_on_and_counts_each_row_once(Engine engine)
    {
        var settings = await services.NewDatabaseAsync(engine);
        var (provider, customer) = await PrepareAsync(settings);
        var left = await KillAsync(settings, customer);
        Assert.InRange(left, 1, Rows - 1);
        await using var after = await TestService.StartAsync(settings);
        var work = after.Provider.GetRequiredService<DepartureWork>();
        await work.WorkAsync(CancellationToken.None);
        after.Time.Advance(Deletion.Rest);
        await work.WorkAsync(CancellationToken.None);
        var proof = await after.QueryAsync(db => db.Set<DeletionProof>().SingleAsync(), provider);
        Assert.Equal((true, (long)Rows, 1L), (proof.DeletedAt is not null, proof.ReadCounts()[Table], proof.ReadCounts()["tenants_organisations"]));
        Assert.Equal((0, 0), await after.QueryAsync(async db => (await db.Set<Holiday>().CountAsync(), await db.Set<Organisation>().CountAsync()), customer));
    }

    /// <summary>A customer whose time has come, with many rows.</summary>
    private static async Task<(Guid Provider, Guid Customer)> PrepareAsync(ServiceSettings settings)
    {
        await using var service = await TestService.StartAsync(settings);
        var (provider, customer) = (await service.ProviderAsync(), await service.AddCustomerAsync());
        await service.QueryAsync(async db =>
        {
            var first = new DateOnly(2000, 1, 1);
            db.AddRange(Enumerable.Range(0, Rows).Select(number => new Holiday { TenantId = customer.Id, Day = first.AddDays(number), Name = number == Rows - 1 ? Last : "Day" }));
            db.Add(new Departure { TenantId = customer.Id, Reason = "Bought", AskedAt = service.Time.Now(), ApprovedAt = service.Time.Now(), ApprovedBy = "eva@northwind.example" });
            (await db.Set<Organisation>().SingleAsync(row => row.Id == customer.Id)).Move(OrganisationState.Leaving, "Bought", service.Time.Now(), service.Time.Now());
            return await db.SaveChangesAsync();
        }, customer.Id);
        return (provider.Id, customer.Id);
    }

    /// <summary>Kills a node as soon as it has deleted some of the rows; returns how many are left then.</summary>
    private static async Task<int> KillAsync(ServiceSettings settings, Guid customer)
    {
        await using var reader = Verb.Services(settings);
        await using var held = await HoldLastAsync(reader, customer);
        using var server = await ServerProcess.StartAsync(settings);
        while (await CountAsync(reader, customer) == Rows)
        {
            await Task.Delay(2);
        }

        server.Kill();
        return await CountAsync(reader, customer);
    }

    /// <summary>Keeps the row that is deleted last until it is disposed, so that no deletion ends before it is killed.</summary>
    private static async Task<IAsyncDisposable> HoldLastAsync(IServiceProvider reader, Guid customer)
    {
        var scope = reader.CreateAsyncScope();
        scope.ServiceProvider.GetRequiredService<TenantScope>().Open(customer);
        var db = scope.ServiceProvider.GetRequiredService<DeskwardContext>();
        if (db.IsSqlite)
        {
            await db.Database.ExecuteSqlRawAsync(Hold);
            return new Held(scope, () => db.Database.ExecuteSqlRawAsync("DROP TRIGGER hold"));
        }

        var transaction = await db.Database.BeginTransactionAsync();
        Assert.Single(await db.Set<Holiday>().FromSql($"SELECT * FROM responsibilities_holidays WHERE name = {Last} FOR UPDATE").ToListAsync());
        return new Held(scope, () => transaction.RollbackAsync());
    }

    private static async Task<int> CountAsync(IServiceProvider reader, Guid customer)
    {
        await using var scope = reader.CreateAsyncScope();
        scope.ServiceProvider.GetRequiredService<TenantScope>().Open(customer);
        return await scope.ServiceProvider.GetRequiredService<DeskwardContext>().Set<Holiday>().CountAsync();
    }

    private sealed class Held(AsyncServiceScope scope, Func<Task> release) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync()
        {
            await release();
            await scope.DisposeAsync();
        }
    }
}
