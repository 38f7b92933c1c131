using Deskward.Fixture;
using Deskward.Tenants;
using Microsoft.EntityFrameworkCore;
using Npgsql;
using Xunit;

namespace Deskward.Platform.Backups;

public sealed class BackupTests(Services services)
{
    [Theory]
    [InlineData(Engine.Sqlite)]
    [InlineData(Engine.Postgres)]
    public async Task A_restored_database_holds_what_was_backed_up_while_the_service_ran(Engine engine)
    {
        await using var service = await services.FreshAsync(engine);
        await service.ProviderAsync();
        var customer = await service.AddCustomerAsync();
        var file = Path.Combine(service.Settings.Data, "backup.zip");
        await Backup.WriteAsync(service.Settings, file, CancellationToken.None);

        var empty = await EmptyAsync(engine, service.Settings);
        await Backup.RestoreAsync(empty, file, CancellationToken.None);
        await using var restored = await TestService.StartAsync(empty);
        Assert.Equal(customer.Name, await restored.QueryAsync(db => db.Set<Organisation>().Where(row => row.Id == customer.Id).Select(row => row.Name).SingleAsync()));
    }

    [Theory]
    [InlineData(Engine.Sqlite)]
    [InlineData(Engine.Postgres)]
    public async Task A_database_that_holds_something_is_not_overwritten(Engine engine)
    {
        await using var service = await services.FreshAsync(engine);
        await service.ProviderAsync();
        var file = Path.Combine(service.Settings.Data, "backup.zip");
        await Backup.WriteAsync(service.Settings, file, CancellationToken.None);
        await Assert.ThrowsAsync<InvalidDataException>(() => Backup.RestoreAsync(service.Settings, file, CancellationToken.None));
    }

    [Fact]
    public async Task A_file_that_is_no_backup_is_refused()
    {
        var settings = TestService.NewSettings();
        var file = Path.Combine(settings.Data, "x.zip");
        await File.WriteAllTextAsync(file, "no zip", TestContext.Current.CancellationToken);
        Assert.Contains("no backup", (await Assert.ThrowsAsync<InvalidDataException>(() => Backup.RestoreAsync(settings, file, CancellationToken.None))).Message, StringComparison.Ordinal);
    }

    private async Task<ServiceSettings> EmptyAsync(Engine engine, ServiceSettings old)
    {
        var settings = TestService.NewSettings() with { KeyFile = old.KeyPath };
        if (engine == Engine.Sqlite)
        {
            return settings;
        }

        var (owner, service) = await (await services.PostgresAsync()).CreateDatabaseAsync();
        NpgsqlConnection.ClearAllPools();
        return settings with { Database = service, OwnerDatabase = owner };
    }
}
