using Deskward.Fixture;
using Deskward.Platform;
using Deskward.Platform.Backups;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Xunit;

namespace Deskward.Audit;

public sealed class AuditCheckpointsTests(Services services)
{
    [Theory]
    [InlineData(Engine.Sqlite)]
    [InlineData(Engine.Postgres)]
    public async Task A_chain_is_signed_every_hour_in_which_something_was_chained(Engine engine)
    {
        await using var service = await services.FreshAsync(engine);
        var ground = await AuditGround.OnAsync(service);
        var checkpoints = service.Provider.GetRequiredService<AuditCheckpoints>();
        Task<bool> Hourly() => checkpoints.SignAsync(ground.Tenant, TimeSpan.FromHours(1), CancellationToken.None);
        Assert.True(await Hourly());
        await ground.WriteAsync(1);
        await ground.SealAsync();
        Assert.False(await Hourly());
        service.Time.Advance(TimeSpan.FromHours(1));
        Assert.True(await Hourly());
        service.Time.Advance(TimeSpan.FromHours(1));
        Assert.False(await Hourly());
        Assert.Equal(0, (await ground.VerifyAsync()).Unsigned);
    }

    [Theory]
    [InlineData(Engine.Sqlite)]
    [InlineData(Engine.Postgres)]
    public async Task A_kept_checkpoint_still_fits_a_chain_that_went_on(Engine engine)
    {
        var ground = await AuditGround.OnAsync(await services.SharedAsync(engine));
        var kept = await ground.CheckpointAsync();
        await ground.WriteAsync(5);
        await ground.SealAsync();
        Assert.Equal((null, 5), ((await ground.VerifyAsync(kept)).Flaw, (await ground.VerifyAsync(kept)).Unsigned));
    }

    [Fact]
    public async Task The_file_of_a_checkpoint_is_read_back_and_shows_every_change()
    {
        var kept = await (await AuditGround.OnAsync(await services.SharedAsync(Engine.Sqlite))).CheckpointAsync();
        var text = kept.Write();
        Assert.Equal(text, CheckpointFile.Parse("Dear customer,\r\n\r\n" + text.Replace("\n", "\r\n", StringComparison.Ordinal) + "-- \r\nNorthwind", "x").Write());
        foreach (var line in text.Split('\n').Where(line => line.Contains(": ", StringComparison.Ordinal) && !line.StartsWith("name", StringComparison.Ordinal)))
        {
            var at = line.IndexOf(": ", StringComparison.Ordinal) + 2;
            var changed = line[..at] + (line[at] == '1' ? '2' : '1') + line[(at + 1)..];
            Assert.Throws<InvalidDataException>(() => CheckpointFile.Parse(text.Replace(line, changed, StringComparison.Ordinal), "x"));
        }

        Assert.Throws<InvalidDataException>(() => CheckpointFile.Parse("anything", "x"));
    }

    [Theory]
    [InlineData(Engine.Sqlite)]
    [InlineData(Engine.Postgres)]
    public async Task The_signing_key_opens_with_the_service_key_alone(Engine engine)
    {
        var ground = await AuditGround.OnAsync(await services.SharedAsync(engine));
        await ground.SignAsync();
        var row = await ground.QueryAsync(db => db.Set<AuditKey>().SingleAsync());
        var other = new SigningKeys(ServiceKey.Load(Path.Combine(Directory.CreateTempSubdirectory().FullName, "other.key"), create: true), TimeProvider.System);
        Assert.True(ground.Service.Provider.GetRequiredService<SigningKeys>().IsOwn(row));
        Assert.False(other.IsOwn(row));
    }

    [Theory]
    [InlineData(Engine.Sqlite)]
    [InlineData(Engine.Postgres)]
    public async Task A_restore_writes_a_row_and_a_checkpoint_from_after_the_backup_shows_the_cut(Engine engine)
    {
        await using var service = await services.FreshAsync(engine);
        var ground = await AuditGround.OnAsync(service);
        var (file, held) = (Path.Combine(service.Settings.Data, "backup.zip"), await ground.CheckpointAsync());
        await Backup.WriteAsync(service.Settings, file, CancellationToken.None);
        await ground.WriteAsync(5);
        await ground.SealAsync();
        var lost = await ground.CheckpointAsync();
        await using var restored = await RestoreAsync(engine, ground, file);
        await ground.SealAsync();
        AssertCut(held.Checkpoint.Sequence + 1, await ground.VerifyAsync(lost));
        Assert.Null((await ground.VerifyAsync(held)).Flaw);
        await ground.WriteAsync(10);
        await ground.SealAsync();
        AssertCut(held.Checkpoint.Sequence + 1, await ground.VerifyAsync(lost));
        Assert.Equal("backup.restore", (await ground.EntryAsync(held.Checkpoint.Sequence + 1)).Action);
    }

    private static void AssertCut(long place, Verdict verdict) => Assert.Equal((FlawKind.Cut, place), (verdict.Flaw!.Kind, verdict.Flaw.Sequence));

    private async Task<TestService> RestoreAsync(Engine engine, AuditGround ground, string file)
    {
        var settings = TestService.NewSettings() with { KeyFile = ground.Service.Settings.KeyPath };
        if (engine == Engine.Postgres)
        {
            var (owner, service) = await (await services.PostgresAsync()).CreateDatabaseAsync();
            NpgsqlConnection.ClearAllPools();
            settings = settings with { Database = service, OwnerDatabase = owner };
        }

        await Backup.RestoreAsync(settings, file, CancellationToken.None);
        return ground.Service = await TestService.StartAsync(settings);
    }
}
