using Deskward.Audit;
using Deskward.Fixture;
using Deskward.Platform;
using Xunit;

namespace Deskward.AuditFile;

/// <summary>The command as an operator or an auditor runs it.</summary>
public sealed class AuditVerbTests(Services services)
{
    [Theory]
    [InlineData(Engine.Sqlite)]
    [InlineData(Engine.Postgres)]
    public async Task A_trail_is_exported_and_verified_at_the_command_line(Engine engine)
    {
        await using var service = await services.FreshAsync(engine);
        var ground = await AuditGround.OnAsync(service);
        var (file, kept) = (Path.Combine(service.Settings.Data, "contoso.jsonl"), Path.Combine(service.Settings.Data, "kept.txt"));
        Assert.Equal(0, (await RunAsync(service.Settings, "export", "--organisation", ground.Customer.Name, "--to", file)).Code);
        var printed = await RunAsync(service.Settings, "checkpoint", "--organisation", ground.Customer.Name);
        await File.WriteAllTextAsync(kept, printed.Output, TestContext.Current.CancellationToken);
        Assert.Equal(0, (await RunAsync(service.Settings, "verify")).Code);
        Assert.Equal(0, (await RunAsync(service.Settings, "verify", "--organisation", ground.Customer.Name, "--checkpoint", kept)).Code);
        await ground.TamperAsync(ground.At("UPDATE audit_entries SET object_name = 'other' WHERE", 5));
        var (code, output, _) = await RunAsync(service.Settings, "verify", "--organisation", ground.Customer.Name);
        Assert.Equal(1, code);
        Assert.Contains($"changed: row 5, id {(await ground.EntryAsync(5)).Id}", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_is_verified_where_there_is_no_service()
    {
        var ground = await AuditGround.OnAsync(await services.SharedAsync(Engine.Sqlite));
        var (nowhere, file, kept) = (new ServiceSettings { Data = Path.Combine(Path.GetTempPath(), Guid.CreateVersion7().ToString()) }, await ground.ExportAsync(), Path.GetTempFileName());
        Assert.Equal(0, (await RunAsync(nowhere, "verify", file)).Code);
        await ground.WriteAsync(1);
        await ground.SealAsync();
        await File.WriteAllTextAsync(kept, (await ground.CheckpointAsync()).Write(), TestContext.Current.CancellationToken);
        Assert.Equal(1, (await RunAsync(nowhere, "verify", file, "--checkpoint", kept)).Code);
        Assert.Equal(2, (await RunAsync(nowhere, "verify", file + ".none")).Code);
        Assert.False(Directory.Exists(nowhere.Data));
    }

    private static Task<CommandRun> RunAsync(ServiceSettings settings, params string[] arguments) => DeskwardCommand.RunOnAsync(settings, ["audit", .. arguments]);
}
