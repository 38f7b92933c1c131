using Deskward.Fixture;
using Deskward.Platform.Backups;
using Deskward.Sessions;
using Npgsql;
using Xunit;

namespace Deskward.Journeys;

/// <summary>A service that comes back from a backup meets PCs that have gone on meanwhile.</summary>
public sealed class RestoreJourney(Services services)
{
    private const string Camera = "./Device/Vendor/MSFT/Policy/Config/Camera/AllowCamera";
    private const string Pua = "./Device/Vendor/MSFT/Policy/Config/Defender/PUAProtection";
    private const string Cloud = "./Device/Vendor/MSFT/Policy/Config/Defender/AllowCloudProtection";

    [Theory]
    [InlineData(Engine.Sqlite)]
    [InlineData(Engine.Postgres)]
    public async Task A_pc_that_is_newer_than_the_backup_is_read_before_anything_is_sent(Engine engine)
    {
        await using var service = await services.FreshAsync(engine);
        var pcs = await ManagedPcs.NewAsync(service);
        await pcs.AssignAsync((Pua, "1"), (Cloud, "1"));
        using var pc = await BaselineJourney.SettledAsync(pcs);
        var file = await BackUpAsync(service);
        pc.Tree.SetLocally(Pua, "2");

        await using var restored = await RestoreAsync(engine, service, file);
        List<string> sent = [];
        pc.Watch = (fromPc, bytes) => sent.Add(fromPc ? "" : System.Text.Encoding.UTF8.GetString(bytes));
        var report = await pc.SyncAsync(TestContext.Current.CancellationToken);
        Assert.True(report.IsClean, report.ToString());
        var (firstRead, firstWrite) = (sent.FindIndex(text => text.Contains("<Get>", StringComparison.Ordinal)), sent.FindIndex(text => text.Contains("<Replace>", StringComparison.Ordinal)));
        Assert.True(firstRead >= 0 && firstRead < firstWrite, $"read in message {firstRead}, written in {firstWrite}");
        Assert.Equal("1", pc.Tree.Read(Pua));
    }

    [Theory]
    [InlineData(Engine.Sqlite)]
    [InlineData(Engine.Postgres)]
    public async Task What_was_assigned_after_the_backup_can_be_assigned_again(Engine engine)
    {
        await using var service = await services.FreshAsync(engine);
        var pcs = await ManagedPcs.NewAsync(service);
        await pcs.AssignAsync((Pua, "1"));
        using var pc = await BaselineJourney.SettledAsync(pcs);
        var file = await BackUpAsync(service);
        await pcs.AssignAsync((Camera, "0"));
        await pc.SyncAsync(TestContext.Current.CancellationToken);
        Assert.Equal("0", pc.Tree.Read(Camera));

        await using var restored = await RestoreAsync(engine, service, file);
        var again = pcs.On(restored);
        await again.AssignAsync((Camera, "1"));
        await pc.SyncAsync(TestContext.Current.CancellationToken);
        Assert.Equal("1", pc.Tree.Read(Camera));
        Assert.True(await BaselineJourney.IsInStateAsync(again, pc));
    }

    private static async Task<string> BackUpAsync(TestService service)
    {
        var file = Path.Combine(service.Settings.Data, "backup.zip");
        await Backup.WriteAsync(service.Settings, file, CancellationToken.None);
        return file;
    }

    private async Task<TestService> RestoreAsync(Engine engine, TestService old, string file)
    {
        await old.DisposeAsync();
        NpgsqlConnection.ClearAllPools();
        Microsoft.Data.Sqlite.SqliteConnection.ClearAllPools();
        var settings = old.Settings with { Data = Directory.CreateTempSubdirectory("deskward-restored-").FullName, KeyFile = old.Settings.KeyPath };
        if (engine == Engine.Postgres)
        {
            var (owner, service) = await (await services.PostgresAsync()).CreateDatabaseAsync();
            settings = settings with { Database = service, OwnerDatabase = owner };
        }

        Directory.Move(Path.Combine(old.Settings.Data, "tls"), Path.Combine(settings.Data, "tls"));
        await Backup.RestoreAsync(settings, file, CancellationToken.None);
        return await TestService.StartAsync(settings, old.Time);
    }
}
