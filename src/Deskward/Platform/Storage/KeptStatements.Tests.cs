using Deskward.Fixture;
using Deskward.Tenants;
using Microsoft.EntityFrameworkCore;
using Xunit;

namespace Deskward.Platform.Storage;

public sealed class KeptStatementsTests(Services services)
{
    public static TheoryData<Engine> Engines => [Engine.Sqlite, Engine.Postgres];

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task What_is_told_ahead_is_done_before_what_comes_next_is_read(Engine engine) => await KeptAsync(engine, async (db, organisation) =>
    {
        await db.AheadAsync($"UPDATE tenants_organisations SET name = {"First"} WHERE id = {organisation}", CancellationToken.None);
        await db.LockAsync("test:ahead", CancellationToken.None);
        await db.AheadAsync($"UPDATE tenants_organisations SET name = {"Second"} WHERE id = {organisation}", CancellationToken.None);
        Assert.Equal("Second", await NameAsync(db, organisation));
        Assert.Empty(db.Ahead);
        Assert.Equal("Second", await NameAsync(db, organisation));
    });

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task A_statement_counts_its_own_rows_whatever_goes_ahead_of_it(Engine engine) => await KeptAsync(engine, async (db, organisation) =>
    {
        await db.AheadAsync($"UPDATE tenants_organisations SET name = {"First"} WHERE id = {organisation}", CancellationToken.None);
        Assert.Equal(0, await db.Database.ExecuteSqlAsync($"UPDATE tenants_organisations SET name = {"Never"} WHERE id = {Guid.Empty}"));
        await db.AheadAsync($"UPDATE tenants_organisations SET name = {"Never"} WHERE id = {Guid.Empty}", CancellationToken.None);
        Assert.Equal(1, await db.Database.ExecuteSqlAsync($"UPDATE tenants_organisations SET name = {"Second"} WHERE id = {organisation}"));
        Assert.Equal("Second", await NameAsync(db, organisation));
    });

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task What_is_saved_comes_after_what_was_told_ahead(Engine engine) => await KeptAsync(engine, async (db, organisation) =>
    {
        var row = await db.Set<Organisation>().SingleAsync(found => found.Id == organisation);
        await db.AheadAsync($"UPDATE tenants_organisations SET name = {"First"} WHERE id = {organisation}", CancellationToken.None);
        row.Name = "Saved";
        Assert.Equal(1, await db.SaveChangesAsync());
        Assert.Equal("Saved", await NameAsync(db, organisation));
    });

    private async Task KeptAsync(Engine engine, Func<DeskwardContext, Guid, Task> work)
    {
        var service = await services.SharedAsync(engine);
        var organisation = (await service.AddCustomerAsync()).Id;
        await service.QueryAsync(async db =>
        {
            db.KeepsStatements = true;
            await using var transaction = await db.Database.BeginTransactionAsync();
            await work(db, organisation);
            return 0;
        }, organisation);
    }

    private static Task<string> NameAsync(DeskwardContext db, Guid organisation) => db.Set<Organisation>().AsNoTracking().Where(row => row.Id == organisation).Select(row => row.Name).SingleAsync();
}
