using System.Globalization;
using Deskward.Fixture;
using Deskward.Platform;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace Deskward.Benchmarks;

/// <summary>
/// The databases of a run, on either engine, each with a data folder and ports of its own. The PostgreSQL server is a throw-away one, but it
/// is durable: a commit waits for the disk.
/// </summary>
internal sealed class BenchDatabases : IAsyncDisposable
{
    private readonly List<string> _folders = [];
    private PostgresServer? _postgres;

    /// <summary>As the lines name it.</summary>
    internal static string NameOf(Engine engine) => engine == Engine.Sqlite ? "SQLite" : "PostgreSQL";

    /// <summary>An empty database with the schema.</summary>
    internal async Task<ServiceSettings> CreateAsync(Engine engine)
    {
        var settings = Keep(TestService.NewSettings());
        if (engine == Engine.Postgres)
        {
            _postgres ??= await PostgresServer.StartAsync(durable: true);
            var (owner, service) = await _postgres.CreateDatabaseAsync();
            settings = settings with { Database = service, OwnerDatabase = owner };
        }

        await using var design = new SqliteDesignTime().CreateDbContext([]);
        await (design.Database.HasPendingModelChanges() ? Schema.CreateFromModelAsync(settings, CancellationToken.None) : Schema.MigrateAsync(settings, CancellationToken.None));
        return settings;
    }

    /// <summary>A copy, with the same keys and ports, of a database that nobody uses at the moment.</summary>
    internal async Task<ServiceSettings> CopyAsync(ServiceSettings source)
    {
        var copy = Keep(source with { Data = Directory.CreateTempSubdirectory("deskward-data-").FullName });
        foreach (var file in Directory.EnumerateFiles(source.Data, "*", SearchOption.AllDirectories))
        {
            var target = Path.Combine(copy.Data, Path.GetRelativePath(source.Data, file));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(file, target);
            File.SetUnixFileMode(target, File.GetUnixFileMode(file));
        }

        if (source.IsSqlite)
        {
            return copy;
        }

        NpgsqlConnection.ClearAllPools();
        var (owner, service) = await _postgres!.CreateDatabaseAsync(new NpgsqlConnectionStringBuilder(source.Database).Database);
        return copy with { Database = service, OwnerDatabase = owner };
    }

    /// <summary>Runs statements as whoever owns the schema: past row-level security.</summary>
    internal static async Task ExecuteAsync(ServiceSettings settings, params IEnumerable<string> statements)
    {
        await using var db = Open(settings);
        await db.Database.OpenConnectionAsync();
        foreach (var statement in statements)
        {
            // Past the framework, which would take braces in a statement for places to fill.
            await using var command = db.Database.GetDbConnection().CreateCommand();
            (command.CommandText, command.CommandTimeout) = (statement, 600);
            await command.ExecuteNonQueryAsync();
        }
    }

    /// <summary>The one value that a statement selects.</summary>
    internal static async Task<long> NumberAsync(ServiceSettings settings, string statement)
    {
        await using var db = Open(settings);
        db.Database.SetCommandTimeout(TimeSpan.FromMinutes(10));
        var connection = db.Database.GetDbConnection();
        await db.Database.OpenConnectionAsync();
        await using var command = connection.CreateCommand();
        command.CommandText = statement;
        return Convert.ToInt64(await command.ExecuteScalarAsync(), CultureInfo.InvariantCulture);
    }

    /// <summary>A context of the owner.</summary>
    internal static DeskwardContext Open(ServiceSettings settings) => settings.IsSqlite
        ? new SqliteContext((DbContextOptions<SqliteContext>)Database.UseSqlite(new DbContextOptionsBuilder<SqliteContext>(), settings).Options, new TenantScope())
        : new PostgresContext(
            (DbContextOptions<PostgresContext>)new DbContextOptionsBuilder<PostgresContext>().UseNpgsql(settings.OwnerDatabase).UseSnakeCaseNamingConvention().Options, new TenantScope());

    public async ValueTask DisposeAsync()
    {
        NpgsqlConnection.ClearAllPools();
        if (_postgres is not null)
        {
            await _postgres.DisposeAsync();
        }

        foreach (var folder in _folders)
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private ServiceSettings Keep(ServiceSettings settings)
    {
        _folders.Add(settings.Data);
        return settings;
    }
}
