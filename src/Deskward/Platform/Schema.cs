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
            await RefuseOtherVersionAsync(sqlite, cancellationToken);
            await RunAsync(sqlite, StandingViews.Drop(sqlite.Model), cancellationToken);
            await create(sqlite);
            await RunAsync(sqlite, [.. StandingViews.Create(sqlite.Model, sqlite: true), .. SqliteParts.Statements], cancellationToken);
            return;
        }

        var owner = settings.OwnerDatabase ?? throw new InvalidDataException("migrate needs --owner-database on PostgreSQL: the connection of the role that owns the schema.");
        await using var source = NpgsqlDataSource.Create(owner);
        var postgresOptions = (DbContextOptions<PostgresContext>)Database.UsePostgres(new DbContextOptionsBuilder<PostgresContext>(), source).Options;
        await using var postgres = new PostgresContext(postgresOptions, new TenantScope());
        await RefuseOtherVersionAsync(postgres, cancellationToken);
        await RunAsync(postgres, StandingViews.Drop(postgres.Model), cancellationToken);
        await create(postgres);
        await RowLevelSecurity.ApplyAsync(source, postgres.Model, new NpgsqlConnectionStringBuilder(settings.Database), cancellationToken);
    }

    /// <summary>What another version made is left as it is: what this one would make of it is not known.</summary>
    private static async Task RefuseOtherVersionAsync(DeskwardContext db, CancellationToken cancellationToken)
    {
        if ((await db.Database.GetAppliedMigrationsAsync(cancellationToken)).Except(db.Database.GetMigrations()).LastOrDefault() is { } unknown)
        {
            throw new InvalidDataException($"The schema was made by another version, whose migration {unknown} this one does not have; nothing was changed. Run the version that migrated it, or a newer one; a demo begins anew with --fresh.");
        }
    }

    private static async Task RunAsync(DeskwardContext db, IEnumerable<string> statements, CancellationToken cancellationToken)
    {
        foreach (var sql in statements)
        {
            await db.Database.ExecuteSqlRawAsync(sql, cancellationToken);
        }
    }
}
