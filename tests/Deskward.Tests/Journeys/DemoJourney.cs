using System.Data.Common;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Deskward.Fixture;
using Microsoft.Data.Sqlite;
using Npgsql;
using Xunit;

namespace Deskward.Journeys;

/// <summary>The command's demo as a newcomer runs it: the real process, twice on the same data.</summary>
public sealed class DemoJourney(Services services)
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(4);
    private static string? s_keys;
    private readonly int[] _ports = [PostgresServer.FreePort(), PostgresServer.FreePort()];
    private readonly string _data = Directory.CreateTempSubdirectory("deskward-demo-").FullName;

    [Theory]
    [InlineData(Engine.Sqlite)]
    [InlineData(Engine.Postgres)]
    public async Task The_demo_becomes_ready_ends_cleanly_and_comes_back_with_the_same_people(Engine engine)
    {
        var database = engine == Engine.Sqlite ? "" : await AdministratorsConnectionAsync();
        TakeKeys();
        await RunAsync(database);
        var first = await File.ReadAllTextAsync(Path.Combine(_data, "demo.json"), TestContext.Current.CancellationToken);
        await RunAsync(database);
        Assert.Equal(first, await File.ReadAllTextAsync(Path.Combine(_data, "demo.json"), TestContext.Current.CancellationToken));
        using var file = JsonDocument.Parse(first);
        Assert.Equal(["portal", "discovery", "organisations", "people", "scimTokens"], file.RootElement.EnumerateObject().Select(member => member.Name));
        Assert.Equal(["administrator", "operationsEngineer"], file.RootElement.GetProperty("people")[0].GetProperty("roles").EnumerateArray().Select(role => role.GetString()));
        Assert.Equal((4, 3), (file.RootElement.GetProperty("organisations").GetArrayLength(), file.RootElement.GetProperty("scimTokens").GetArrayLength()));
        Assert.Equal((3, 3), (People(file).Count(person => person.GetProperty("totpSecret").GetString()?.Length == 32), People(file).Count(person => person.GetProperty("address").GetString()!.EndsWith("@northwind.example", StringComparison.Ordinal))));
        Assert.Matches("^[0-9]{6}\n$", await CodeAsync("ed@northwind.example"));
        Assert.Equal([1, 1, 1, 2], await ShownAsync(database));
    }

    /// <summary>The PCs' keys take longer to make than all else: the second demo of a run finds those of the first.</summary>
    private void TakeKeys()
    {
        var keys = Path.Combine(_data, "pcs", "keys");
        Directory.CreateDirectory(keys);
        foreach (var key in s_keys is null ? [] : Directory.GetFiles(s_keys))
        {
            File.Copy(key, Path.Combine(keys, Path.GetFileName(key)));
        }

        s_keys = keys;
    }

    /// <summary>What a newcomer finds: values that were put back, changes that were undone, imported policies, exceptions; each made once.</summary>
    private async Task<IReadOnlyList<long>> ShownAsync(string database)
    {
        string[] questions =
        [
            "SELECT count(*) FROM desired_drifts WHERE repaired_at IS NOT NULL", "SELECT count(*) FROM groups_tampering", "SELECT count(*) FROM policies_imports", "SELECT count(*) FROM policies_exceptions",
        ];
        await using DbConnection connection = database.Length == 0 ? new SqliteConnection($"Data Source={Path.Combine(_data, "deskward.db")}") : new NpgsqlConnection(database);
        await connection.OpenAsync(TestContext.Current.CancellationToken);
        List<long> counts = [];
        foreach (var question in questions)
        {
            await using var command = connection.CreateCommand();
            command.CommandText = question;
            counts.Add(Convert.ToInt64(await command.ExecuteScalarAsync(TestContext.Current.CancellationToken), CultureInfo.InvariantCulture));
        }

        return counts;
    }

    private static JsonElement.ArrayEnumerator People(JsonDocument file) => file.RootElement.GetProperty("people").EnumerateArray();

    private async Task<string> CodeAsync(string address)
    {
        using var verb = Process.Start(new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "deskward.dll"), "demo-code", address, "--data", _data]) { RedirectStandardOutput = true })!;
        return await verb.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken).WaitAsync(Patience);
    }

    private async Task RunAsync(string database)
    {
        using var demo = Start(database);
        List<string> lines = [];
        while (await demo.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken).AsTask().WaitAsync(Patience) is { } line)
        {
            lines.Add(line);
            if (line.StartsWith("  bob@", StringComparison.Ordinal))
            {
                Process.Start("kill", ["-INT", demo.Id.ToString(CultureInfo.InvariantCulture)]).Dispose();
            }
        }

        await demo.WaitForExitAsync(TestContext.Current.CancellationToken).WaitAsync(Patience);
        Assert.Contains(lines, line => line.StartsWith("Deskward is ready: https://localhost:", StringComparison.Ordinal));
        Assert.Equal(0, demo.ExitCode);
    }

    private Process Start(string database) => Process.Start(new ProcessStartInfo("dotnet",
    [
        Path.Combine(AppContext.BaseDirectory, "deskward.dll"), "demo", "--pcs", "6", "--data", _data, "--database", database,
        "--public-url", $"https://localhost:{_ports[0]}", "--management-url", $"https://localhost:{_ports[1]}",
    ])
    {
        RedirectStandardOutput = true,
    })!;

    private async Task<string> AdministratorsConnectionAsync()
    {
        var (owner, _) = await (await services.PostgresAsync()).CreateDatabaseAsync();
        return new NpgsqlConnectionStringBuilder(owner) { Username = "postgres" }.ConnectionString;
    }
}
