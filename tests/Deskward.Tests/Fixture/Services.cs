using Deskward.Platform;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Npgsql;
using Xunit;

[assembly: AssemblyFixture(typeof(Deskward.Fixture.Services))]

namespace Deskward.Fixture;

/// <summary>
/// What tests stand on: one PostgreSQL server for the run, one shared node per engine (a test makes a customer of its own on it), and fresh
/// nodes for tests that must be alone. Take it as a constructor parameter of the test class.
/// </summary>
public sealed class Services : IAsyncLifetime
{
    private readonly SemaphoreSlim _gate = new(1);
    private readonly Dictionary<Engine, TestService> _shared = [];
    private readonly List<IAsyncDisposable> _started = [];
    private PostgresServer? _postgres;
    private string? _template;
    private string? _file;

    /// <summary>The processes that tests start inherit it: they live for seconds, and compile nothing a second time.</summary>
    public ValueTask InitializeAsync()
    {
        Environment.SetEnvironmentVariable("DOTNET_TC_CallCounting", "0");
        return ValueTask.CompletedTask;
    }

    /// <summary>The node that all tests of an engine share.</summary>
    public async Task<TestService> SharedAsync(Engine engine)
    {
        await _gate.WaitAsync();
        try
        {
            if (!_shared.TryGetValue(engine, out var service))
            {
                service = await StartAsync(engine);
                await service.ProviderAsync();
                _shared[engine] = service;
            }

            return service;
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <summary>A node on a database of its own; the caller disposes it.</summary>
    internal async Task<TestService> FreshAsync(Engine engine, Func<ServiceSettings, ServiceSettings>? change = null)
    {
        await _gate.WaitAsync();
        try
        {
            return await StartAsync(engine, change);
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <summary>Settings of a database with the schema, on which the caller starts one or more nodes.</summary>
    internal async Task<ServiceSettings> NewDatabaseAsync(Engine engine)
    {
        await _gate.WaitAsync();
        try
        {
            return await SettingsAsync(engine);
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <summary>The run's PostgreSQL server.</summary>
    public async Task<PostgresServer> PostgresAsync() => _postgres ??= await PostgresServer.StartAsync();

    public async ValueTask DisposeAsync()
    {
        foreach (var started in _started)
        {
            await started.DisposeAsync();
        }

        NpgsqlConnection.ClearAllPools();
        if (_postgres is not null)
        {
            await _postgres.DisposeAsync();
        }

        _gate.Dispose();
    }

    private async Task<TestService> StartAsync(Engine engine, Func<ServiceSettings, ServiceSettings>? change = null)
    {
        var settings = await SettingsAsync(engine);
        var service = await TestService.StartAsync(change?.Invoke(settings) ?? settings);
        _started.Add(service);
        return service;
    }

    private async Task<ServiceSettings> SettingsAsync(Engine engine)
    {
        var settings = TestService.NewSettings();
        if (engine == Engine.Sqlite)
        {
            _file ??= await FileAsync();
            File.Copy(_file, settings.SqlitePath);
            return settings;
        }

        var server = await PostgresAsync();
        if (_template is null)
        {
            var (templateOwner, templateService) = await server.CreateDatabaseAsync();
            await CreateSchemaAsync(settings with { Database = templateService, OwnerDatabase = templateOwner });
            NpgsqlConnection.ClearAllPools();
            _template = new NpgsqlConnectionStringBuilder(templateOwner).Database;
        }

        var (owner, service) = await server.CreateDatabaseAsync(_template);
        return settings with { Database = service, OwnerDatabase = owner };
    }

    /// <summary>A database file with the schema and nothing else, to be copied.</summary>
    private static async Task<string> FileAsync()
    {
        var settings = TestService.NewSettings();
        await CreateSchemaAsync(settings);
        var copy = settings.SqlitePath + ".copy";
        await using var connection = new SqliteConnection($"Data Source={settings.SqlitePath};Pooling=false");
        await connection.OpenAsync();
        await using var command = connection.CreateCommand();
        command.CommandText = "VACUUM INTO $copy";
        command.Parameters.AddWithValue("$copy", copy);
        await command.ExecuteNonQueryAsync();
        return copy;
    }

    /// <summary>The migrations; or, while the model is ahead of them during development, the model itself.</summary>
    internal static async Task CreateSchemaAsync(ServiceSettings settings)
    {
        if (await HasPendingChangesAsync())
        {
            await Schema.CreateFromModelAsync(settings, CancellationToken.None);
        }
        else
        {
            await Schema.MigrateAsync(settings, CancellationToken.None);
        }
    }

    private static async Task<bool> HasPendingChangesAsync()
    {
        await using var db = new SqliteDesignTime().CreateDbContext([]);
        return db.Database.HasPendingModelChanges();
    }
}
