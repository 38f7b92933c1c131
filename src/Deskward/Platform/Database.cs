using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace Deskward.Platform;

/// <summary>Which engine, and how contexts reach it.</summary>
internal static class Database
{
    internal static void Add(IServiceCollection services, ServiceSettings settings)
    {
        services.AddSingleton<ChangeFeed>();
        services.AddSingleton<PublishAfterCommit>();
        services.AddScoped<TenantScope>();
        services.AddScoped<TenantOnConnection>();
        if (settings.IsSqlite)
        {
            services.AddDbContext<DeskwardContext, SqliteContext>((provider, options) => UseSqlite(options, settings)
                .AddInterceptors(provider.GetRequiredService<PublishAfterCommit>(), SqlitePragmas.Instance));
        }
        else
        {
            services.AddSingleton(_ => NpgsqlDataSource.Create(settings.Database));
            services.AddDbContext<DeskwardContext, PostgresContext>((provider, options) => UsePostgres(options, provider.GetRequiredService<NpgsqlDataSource>())
                .AddInterceptors(provider.GetRequiredService<PublishAfterCommit>(), provider.GetRequiredService<TenantOnConnection>()));
            services.AddHostedService<ChangeListener>();
        }
    }

    internal static DbContextOptionsBuilder UseSqlite(DbContextOptionsBuilder options, ServiceSettings settings) => options
        .UseSqlite($"Data Source={settings.SqlitePath};Default Timeout=30", sqlite => sqlite.MigrationsHistoryTable("platform_migrations"))
        .UseSnakeCaseNamingConvention();

    internal static DbContextOptionsBuilder UsePostgres(DbContextOptionsBuilder options, NpgsqlDataSource source) => options
        .UseNpgsql(source, postgres => postgres.MigrationsHistoryTable("platform_migrations"))
        .UseSnakeCaseNamingConvention();
}
