using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Design;
using Npgsql;

namespace Deskward.Platform;

/// <summary>How <c>dotnet ef</c> makes a SQLite context; no database is opened.</summary>
internal sealed class SqliteDesignTime : IDesignTimeDbContextFactory<SqliteContext>
{
    public SqliteContext CreateDbContext(string[] args) =>
        new((DbContextOptions<SqliteContext>)Database.UseSqlite(new DbContextOptionsBuilder<SqliteContext>(), new ServiceSettings()).Options, new TenantScope());
}

/// <summary>How <c>dotnet ef</c> makes a PostgreSQL context; no database is opened.</summary>
internal sealed class PostgresDesignTime : IDesignTimeDbContextFactory<PostgresContext>
{
    public PostgresContext CreateDbContext(string[] args) =>
        new((DbContextOptions<PostgresContext>)Database.UsePostgres(new DbContextOptionsBuilder<PostgresContext>(), NpgsqlDataSource.Create("Host=localhost")).Options, new TenantScope());
}
