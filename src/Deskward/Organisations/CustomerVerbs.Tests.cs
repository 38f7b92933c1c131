using System.Diagnostics;
using System.IO.Compression;
using Deskward.Fixture;
using Deskward.Tenants;
using Xunit;

namespace Deskward.Organisations;

/// <summary>The command as an operator runs it: a process of its own.</summary>
public sealed class CustomerVerbsTests(Services services)
{
    public static TheoryData<Engine> Engines => [Engine.Sqlite, Engine.Postgres];

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task An_operator_leads_a_customer_through_its_life(Engine engine)
    {
        await using var ground = await OrganisationsGround.OnAsync(services, engine);
        Assert.Contains($"{ground.Customer}\t{ground.Access.Customer.Domain}\tActive", (await RunAsync(ground, "list")).Output, StringComparison.Ordinal);
        var (code, record) = await RunAsync(ground, "domain", "--domain", "contoso-labs.example");
        Assert.Equal(2, code);
        ground.Dns.Set("_deskward.contoso-labs.example", record.Split('"')[1]);
        Assert.Equal(0, (await RunAsync(ground, "domain", "--domain", "contoso-labs.example")).Code);
        Assert.Equal(0, (await RunAsync(ground, "suspend", "--reason", "Unpaid")).Code);
        Assert.Equal(OrganisationState.Suspended, (await ground.RowAsync()).State);
        Assert.Equal(2, (await RunAsync(ground, "leave", "--reason", "Bought", "--confirm", "fabrikam.example")).Code);
        Assert.Equal(0, (await RunAsync(ground, "leave", "--reason", "Bought", "--confirm", ground.Access.Customer.Domain)).Code);
        Assert.Equal(OrganisationState.Leaving, (await ground.RowAsync()).State);
        Assert.Equal(0, (await RunAsync(ground, "keep")).Code);
        Assert.Equal((OrganisationState.Suspended, "Unpaid"), await ground.RowAsync() is var kept ? (kept.State, kept.StateReason) : default);
        Assert.Equal(0, (await RunAsync(ground, "resume")).Code);
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task An_operator_takes_everything_out_into_a_file_that_must_not_exist(Engine engine)
    {
        await using var ground = await OrganisationsGround.OnAsync(services, engine);
        var file = Path.Combine(ground.Service.Settings.Data, "contoso.zip");
        Assert.Equal(0, (await RunAsync(ground, "export", "--to", file)).Code);
        Assert.Equal(2, (await RunAsync(ground, "export", "--to", file)).Code);
        await using var zip = await ZipFile.OpenReadAsync(file, TestContext.Current.CancellationToken);
        Assert.NotNull(zip.GetEntry("contents.json"));
    }

    private static async Task<(int Code, string Output)> RunAsync(OrganisationsGround ground, string verb, params string[] arguments)
    {
        var settings = ground.Service.Settings;
        string[] organisation = verb == "list" ? [] : ["--organisation", ground.Access.Customer.Domain];
        string[] options = ["--data", settings.Data, "--database", settings.Database, "--key-file", settings.KeyPath, "--dns-server", ground.Dns.Address.ToString()];
        var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "deskward.dll"), "tenant", verb, .. arguments, .. organisation, .. options]) { RedirectStandardOutput = true };
        using var process = Process.Start(start)!;
        var output = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return (process.ExitCode, output);
    }
}
