using Deskward.Audit;
using Deskward.Platform;
using Deskward.Tenants;
using Microsoft.EntityFrameworkCore;
using Xunit;

namespace Deskward.Fixture;

public sealed class FixtureTests(Services services)
{
    [Theory]
    [InlineData(Engine.Sqlite)]
    [InlineData(Engine.Postgres)]
    public async Task An_organisation_sees_its_own_rows_and_no_others(Engine engine)
    {
        var service = await services.SharedAsync(engine);
        var (contoso, fabrikam) = (await service.AddCustomerAsync(), await service.AddCustomerAsync("Fabrikam"));
        var seen = await service.QueryAsync(db => db.Set<Organisation>().Select(row => row.Id).ToListAsync(), contoso.Id);
        Assert.Equal([contoso.Id], seen);
        var unfiltered = await service.QueryAsync(db => db.Set<AuditEntry>().IgnoreQueryFilters().Select(row => row.TenantId).Distinct().ToListAsync(), fabrikam.Id);
        Assert.Equal(engine == Engine.Postgres ? [fabrikam.Id] : unfiltered, unfiltered);
    }

    [Theory]
    [InlineData(Engine.Sqlite)]
    [InlineData(Engine.Postgres)]
    public async Task A_row_of_an_organisation_that_is_not_open_is_refused(Engine engine)
    {
        var service = await services.SharedAsync(engine);
        var (contoso, fabrikam) = (await service.AddCustomerAsync(), await service.AddCustomerAsync("Fabrikam"));
        await Assert.ThrowsAsync<InvalidOperationException>(() => service.QueryAsync(
            async db =>
            {
                db.Add(new AuditEntry { TenantId = fabrikam.Id, At = service.Time.Now(), Action = "a.b" });
                return await db.SaveChangesAsync();
            },
            contoso.Id));
    }

    [Fact]
    public async Task PostgreSQL_refuses_it_too_where_the_service_forgets()
    {
        var service = await services.SharedAsync(Engine.Postgres);
        var (contoso, fabrikam) = (await service.AddCustomerAsync(), await service.AddCustomerAsync("Fabrikam"));
        var refused = await Assert.ThrowsAsync<Npgsql.PostgresException>(() => service.QueryAsync(
            db => db.Database.ExecuteSqlAsync($"UPDATE groups_groups SET tenant_id = {fabrikam.Id} WHERE tenant_id = {contoso.Id}"), contoso.Id));
        Assert.Equal("42501", refused.SqlState);
    }

    [Fact]
    public void The_migrations_hold_the_whole_model()
    {
        using var sqlite = new SqliteDesignTime().CreateDbContext([]);
        using var postgres = new PostgresDesignTime().CreateDbContext([]);
        Assert.False(sqlite.Database.HasPendingModelChanges());
        Assert.False(postgres.Database.HasPendingModelChanges());
    }
}
