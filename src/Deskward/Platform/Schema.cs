using Deskward.Platform.Storage;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace Deskward.Platform;

/// <summary>Applies migrations, row-level security and grants; run by the owner of the schema, never at <c>serve</c>.</summary>
internal static class Schema
{
    internal static Task MigrateAsync(ServiceSettings settings, CancellationToken cancellationToken) =>
        RunAsync(settings, db => db.Database.MigrateAsync(cancellationToken), cancellationToken);

    /// <summary>The schema without its history: for tests while the model is ahead of the migrations.</summary>
    internal static Task CreateFromModelAsync(ServiceSettings settings, CancellationToken cancellationToken) =>
        RunAsync(settings, db => db.Database.EnsureCreatedAsync(cancellationToken), cancellationToken);

    private static async Task RunAsync(ServiceSettings settings, Func<DeskwardContext, Task> create, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(settings.Data);
        if (settings.IsSqlite)
        {
            var options = (DbContextOptions<SqliteContext>)Database.UseSqlite(new DbContextOptionsBuilder<SqliteContext>(), settings).Options;
            await using var sqlite = new SqliteContext(options, new TenantScope());
            await RunAsync(sqlite, StandingViews.Drop(sqlite.Model), cancellationToken);
            await create(sqlite);
            await RunAsync(sqlite, [.. StandingViews.Create(sqlite.Model, sqlite: true), .. SqliteParts.Statements], cancellationToken);
            return;
        }

        var owner = settings.OwnerDatabase ?? throw new InvalidDataException("migrate needs --owner-database on PostgreSQL: the connection of the role that owns the schema.");
        await using var source = NpgsqlDataSource.Create(owner);
        var postgresOptions = (DbContextOptions<PostgresContext>)Database.UsePostgres(new DbContextOptionsBuilder<PostgresContext>(), source).Options;
        await using var postgres = new PostgresContext(postgresOptions, new TenantScope());
        await RunAsync(postgres, StandingViews.Drop(postgres.Model), cancellationToken);
        await create(postgres);
        await RowLevelSecurity.ApplyAsync(source, postgres.Model, new NpgsqlConnectionStringBuilder(settings.Database), cancellationToken);
    }

    private static async Task RunAsync(DeskwardContext db, IEnumerable<string> statements, CancellationToken cancellationToken)
    {
        foreach (var sql in statements)
        {
            await db.Database.ExecuteSqlRawAsync(sql, cancellationToken);
        }
    }
}
