using Deskward.Platform.Guessing;
using Deskward.Platform.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Npgsql;

namespace Deskward.Platform;

/// <summary>Which engine, and how contexts reach it.</summary>
internal static class Database
{
    internal static void Add(IServiceCollection services, ServiceSettings settings)
    {
        services.AddSingleton<ChangeFeed>();
        services.AddSingleton<DatabaseOutage>();
        services.AddHostedService<GuessUpkeep>();
        services.AddSingleton<PublishAfterCommit>();
        services.AddScoped<TenantScope>();
        if (settings.IsSqlite)
        {
            services.AddDbContext<DeskwardContext, SqliteContext>(
                (provider, options) => UseSqlite(options, settings).AddInterceptors(provider.GetRequiredService<PublishAfterCommit>(), SqlitePragmas.Instance, KeptStatements.Instance).AddInterceptors(provider.GetServices<ISaveChangesInterceptor>()),
                ServiceLifetime.Scoped, ServiceLifetime.Singleton);
        }
        else
        {
            services.AddSingleton(_ => NpgsqlDataSource.Create(settings.Database));
            services.AddDbContext<DeskwardContext, PostgresContext>(
                (provider, options) => UsePostgres(options, provider.GetRequiredService<NpgsqlDataSource>())
                    .AddInterceptors(provider.GetRequiredService<PublishAfterCommit>(), TenantOnConnection.Instance, KeptStatements.Instance).AddInterceptors(provider.GetServices<ISaveChangesInterceptor>()),
                ServiceLifetime.Scoped, ServiceLifetime.Singleton);
            services.AddHostedService<ChangeListener>();
        }
    }

    internal static DbContextOptionsBuilder UseSqlite(DbContextOptionsBuilder options, ServiceSettings settings) => options
        .ConfigureWarnings(Quieten)
        .UseSqlite($"Data Source={settings.SqlitePath};Default Timeout=30", sqlite => sqlite.MigrationsHistoryTable("platform_migrations"))
        .UseSnakeCaseNamingConvention();

    internal static DbContextOptionsBuilder UsePostgres(DbContextOptionsBuilder options, NpgsqlDataSource source) => options
        .ConfigureWarnings(Quieten)
        .UseNpgsql(source, postgres => postgres.MigrationsHistoryTable("platform_migrations"))
        .UseSnakeCaseNamingConvention();

    /// <summary>What these tell is an exception too, and that is logged once, where it is caught.</summary>
    private static void Quieten(WarningsConfigurationBuilder warnings) => warnings.Ignore(
        CoreEventId.QueryIterationFailed, CoreEventId.SaveChangesFailed, RelationalEventId.ConnectionError, RelationalEventId.CommandError, RelationalEventId.TransactionError);
}
