using Deskward.Fixture;
using Deskward.Platform;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Xunit;

namespace Deskward.Guards;

/// <summary>For every view of what is read without a grant: whose rows it shows, what it leaves out, that nothing is written through it. New views come in by themselves.</summary>
public sealed class StandingViewTests(IsolationDatabases databases) : IClassFixture<IsolationDatabases>
{
    /// <summary>Columns that tell of people; no view has one of them.</summary>
    private static readonly string[] Personal = ["person_id", "user_address", "person_search", "created_by", "reason", "result", "data", "certificate"];

    private readonly Guid _owner = Guid.CreateVersion7();
    private readonly Guid _other = Guid.CreateVersion7();

    public static TheoryData<Type> Views
    {
        get
        {
            using var db = new SqliteDesignTime().CreateDbContext([]);
            return [.. StandingViews.Of(db.Model).Select(type => type.ClrType).OrderBy(type => type.FullName)];
        }
    }

    [Theory]
    [MemberData(nameof(Views))]
    public void No_view_tells_of_people(Type view)
    {
        using var db = new PostgresDesignTime().CreateDbContext([]);
        Nothing.In(db.Model.FindEntityType(view)!.GetProperties().Select(property => property.GetColumnName()).Intersect(Personal));
    }

    [Theory]
    [MemberData(nameof(Views))]
    public Task On_SQLite_a_view_shows_what_is_open_at_either_level(Type view) => ShowsAsync(Engine.Sqlite, view, raw: false);

    [Theory]
    [MemberData(nameof(Views))]
    public Task On_PostgreSQL_a_view_shows_what_is_open_at_either_level(Type view) => ShowsAsync(Engine.Postgres, view, raw: false);

    [Theory]
    [MemberData(nameof(Views))]
    public Task PostgreSQL_itself_shows_nothing_else(Type view) => ShowsAsync(Engine.Postgres, view, raw: true);

    [Theory]
    [MemberData(nameof(Views))]
    public async Task PostgreSQL_writes_nothing_through_a_view(Type view)
    {
        await AddAsync(Engine.Postgres, view);
        foreach (var sql in new[] { "UPDATE {0} SET tenant_id = '{1}'", "DELETE FROM {0}", "INSERT INTO {0} (tenant_id) VALUES ('{1}')" })
        {
            var refused = await Assert.ThrowsAsync<PostgresException>(() => InAsync(Engine.Postgres, [_owner], [], db => db.Database.ExecuteSqlRawAsync(Fill(db, view, sql))));
            Assert.Equal(PostgresErrorCodes.InsufficientPrivilege, refused.SqlState);
        }
    }

    private async Task ShowsAsync(Engine engine, Type view, bool raw)
    {
        await AddAsync(engine, view);
        Assert.Equal((1, 1, 0, 0), (
            await CountAsync(engine, view, raw, [_owner], []), await CountAsync(engine, view, raw, [], [_owner]),
            await CountAsync(engine, view, raw, [_other], [_other]), await CountAsync(engine, view, raw, [], [])));
    }

    private Task<int> AddAsync(Engine engine, Type view) => InAsync(engine, [_owner], [], db =>
    {
        var table = StandingViews.TableOf(db.Model.FindEntityType(view)!);
        AnyRow.Add(db, db.Model.GetEntityTypes().Single(type => type.GetTableName() == table), _owner);
        return db.SaveChangesAsync();
    });

    private Task<int> CountAsync(Engine engine, Type view, bool raw, Guid[] open, Guid[] standing) => InAsync(engine, open, standing, async db => raw
        ? (int)await db.Database.SqlQueryRaw<long>(Fill(db, view, "SELECT count(*) AS \"Value\" FROM {0}")).SingleAsync()
        : await (Task<int>)typeof(StandingViewTests).GetMethod(nameof(CountOwnedAsync), System.Reflection.BindingFlags.Static | System.Reflection.BindingFlags.NonPublic)!
            .MakeGenericMethod(view).Invoke(null, [db, _owner])!);

    private static Task<int> CountOwnedAsync<T>(DeskwardContext db, Guid owner)
        where T : class, IStandingView => db.Set<T>().CountAsync(row => row.TenantId == owner);

    private string Fill(DeskwardContext db, Type view, string sql) =>
        string.Format(System.Globalization.CultureInfo.InvariantCulture, sql, db.Model.FindEntityType(view)!.GetViewName(), _other);

    private async Task<T> InAsync<T>(Engine engine, Guid[] open, Guid[] standing, Func<DeskwardContext, Task<T>> work)
    {
        await using var scope = (await databases.OnAsync(engine)).CreateAsyncScope();
        scope.ServiceProvider.GetRequiredService<TenantScope>().Open(open, standing);
        return await work(scope.ServiceProvider.GetRequiredService<DeskwardContext>());
    }
}
