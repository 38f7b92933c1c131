using Deskward.Fixture;
using Deskward.Platform;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Xunit;

namespace Deskward.Guards;

/// <summary>A database of its own per engine and the product's services on it, without the web server.</summary>
public sealed class IsolationDatabases(Services services) : IAsyncDisposable
{
    private readonly Dictionary<Engine, ServiceProvider> _providers = [];

    internal async Task<ServiceProvider> OnAsync(Engine engine)
    {
        if (!_providers.TryGetValue(engine, out var provider))
        {
            _providers[engine] = provider = Verb.Services(await services.NewDatabaseAsync(engine));
        }

        return provider;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var provider in _providers.Values)
        {
            await provider.DisposeAsync();
        }
    }
}

/// <summary>For every entity that belongs to an organisation: another organisation neither sees nor touches its rows. New entities come in by themselves.</summary>
public sealed class TenantIsolationTests(IsolationDatabases databases) : IClassFixture<IsolationDatabases>
{
    private readonly Guid _owner = Guid.CreateVersion7();
    private readonly Guid _other = Guid.CreateVersion7();

    public static TheoryData<Type> Types
    {
        get
        {
            using var db = new SqliteDesignTime().CreateDbContext([]);
            return [.. db.Model.GetEntityTypes().Select(type => type.ClrType).Where(type => type.IsAssignableTo(typeof(ITenantOwned))).OrderBy(type => type.FullName)];
        }
    }

    [Theory]
    [MemberData(nameof(Types))]
    public Task On_SQLite_the_filter_hides_the_row(Type type) => FilterHidesAsync(Engine.Sqlite, type);

    [Theory]
    [MemberData(nameof(Types))]
    public Task On_PostgreSQL_the_filter_hides_the_row(Type type) => FilterHidesAsync(Engine.Postgres, type);

    [Theory]
    [MemberData(nameof(Types))]
    public async Task PostgreSQL_itself_hides_the_row(Type type)
    {
        await AddAsync(Engine.Postgres, type);
        Assert.Equal(1, await RawAsync(type, "SELECT count(*) FROM {0} WHERE tenant_id = {1}", _owner));
        Assert.Equal(0, await RawAsync(type, "SELECT count(*) FROM {0} WHERE tenant_id = {1}", _other));
        Assert.Equal(0, await RawAsync(type, "SELECT count(*) FROM {0}"));
        Assert.Equal(0, await RawAsync(type, "SELECT count(*) FROM {0} WHERE tenant_id <> {2}", _other));
    }

    [Theory]
    [MemberData(nameof(Types))]
    public async Task PostgreSQL_lets_nobody_else_change_the_row(Type type)
    {
        await AddAsync(Engine.Postgres, type);
        Assert.Equal(0, await ChangedAsync(type, "UPDATE {0} SET tenant_id = {2}"));
        Assert.Equal(0, await ChangedAsync(type, "DELETE FROM {0} WHERE tenant_id = {1}"));
        Assert.Equal(1, await RawAsync(type, "SELECT count(*) FROM {0} WHERE tenant_id = {1}", _owner));
    }

    [Theory]
    [MemberData(nameof(Types))]
    public async Task The_service_refuses_a_new_row_in_anothers_name(Type type)
    {
        await Assert.ThrowsAsync<InvalidOperationException>(() => AddAsync(Engine.Sqlite, type, _other));
        await Assert.ThrowsAsync<InvalidOperationException>(() => AddAsync(Engine.Postgres, type, _other));
    }

    [Theory]
    [MemberData(nameof(Types))]
    public async Task PostgreSQL_refuses_it_where_the_service_is_mistaken(Type type)
    {
        await using var scope = (await databases.OnAsync(Engine.Postgres)).CreateAsyncScope();
        var (tenants, db) = (scope.ServiceProvider.GetRequiredService<TenantScope>(), scope.ServiceProvider.GetRequiredService<DeskwardContext>());
        tenants.Open(_other);
        await db.Database.OpenConnectionAsync(TestContext.Current.CancellationToken);
        tenants.Open(_owner);
        AnyRow.Add(db, Entity(db, type), _owner);
        var refused = await Assert.ThrowsAsync<DbUpdateException>(() => db.SaveChangesAsync(TestContext.Current.CancellationToken));
        Assert.Equal(PostgresErrorCodes.InsufficientPrivilege, Assert.IsType<PostgresException>(refused.InnerException).SqlState);
    }

    private async Task FilterHidesAsync(Engine engine, Type type)
    {
        await AddAsync(engine, type);
        Assert.Equal(1, await CountAsync(engine, type, _owner));
        Assert.Equal(0, await CountAsync(engine, type, _other));
        Assert.Equal(0, await CountAsync(engine, type));
    }

    /// <summary>Adds a row of the owner; by the owner, or by <paramref name="by"/>.</summary>
    private async Task AddAsync(Engine engine, Type type, Guid? by = null) => await InAsync(engine, db =>
    {
        AnyRow.Add(db, Entity(db, type), _owner);
        return db.SaveChangesAsync();
    }, by ?? _owner);

    private Task<int> CountAsync(Engine engine, Type type, params Guid[] open) =>
        InAsync(engine, db => (Task<int>)typeof(TenantIsolationTests).GetMethod(nameof(CountOwnedAsync), System.Reflection.BindingFlags.Static | System.Reflection.BindingFlags.NonPublic)!
            .MakeGenericMethod(type).Invoke(null, [db, _owner])!, open);

    private static Task<int> CountOwnedAsync<T>(DeskwardContext db, Guid owner)
        where T : class, ITenantOwned => db.Set<T>().CountAsync(row => row.TenantId == owner);

    private Task<int> RawAsync(Type type, string sql, params Guid[] open) =>
        InAsync(Engine.Postgres, async db => (int)await db.Database.SqlQueryRaw<long>(Fill(db, type, sql.Replace("count(*)", "count(*) AS \"Value\"", StringComparison.Ordinal))).SingleAsync(), open);

    /// <summary>How many rows the other changes; none also when the right itself is missing.</summary>
    private Task<int> ChangedAsync(Type type, string sql) => InAsync(Engine.Postgres, async db =>
    {
        try
        {
            return await db.Database.ExecuteSqlRawAsync(Fill(db, type, sql));
        }
        catch (PostgresException exception) when (exception.SqlState == PostgresErrorCodes.InsufficientPrivilege)
        {
            return 0;
        }
    }, _other);

    private string Fill(DeskwardContext db, Type type, string sql) =>
        string.Format(System.Globalization.CultureInfo.InvariantCulture, sql, Entity(db, type).GetTableName(), $"'{_owner}'", $"'{_other}'");

    private static IEntityType Entity(DeskwardContext db, Type type) => db.Model.FindEntityType(type)!;

    private async Task<T> InAsync<T>(Engine engine, Func<DeskwardContext, Task<T>> work, params Guid[] open)
    {
        await using var scope = (await databases.OnAsync(engine)).CreateAsyncScope();
        scope.ServiceProvider.GetRequiredService<TenantScope>().Open(open);
        return await work(scope.ServiceProvider.GetRequiredService<DeskwardContext>());
    }
}
