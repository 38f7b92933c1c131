using System.Diagnostics;
using Deskward.Fixture;
using Deskward.RawClient;
using Xunit;

namespace Deskward.Enrollment;

public sealed class EnrolmentCodeVerbTests(Services services)
{
    [Theory]
    [InlineData(Engine.Sqlite)]
    [InlineData(Engine.Postgres)]
    public async Task The_command_prints_a_code_that_works_and_nothing_else(Engine engine)
    {
        await using var ground = await EnrolmentGround.OnAsync(services, engine);
        var (exit, output, _) = await RunAsync(ground, "--user", ground.Person.UserName!.ToUpperInvariant(), "--uses", "2");
        Assert.Equal(0, exit);
        Assert.Matches("^[2-9A-HJ-NP-Z]{4}(-[2-9A-HJ-NP-Z]{4}){3}\n$", output);
        using var pc = new RawPc(ground.Person.UserName, output.Trim());
        Assert.Equal(200, (await pc.EnrolAsync(ground.Http, ground.Service.DiscoveryUrl)).Status);
    }

    [Theory]
    [InlineData("nobody@nowhere.invalid", "1", "no person")]
    [InlineData(null, "0", "1 to 1000 PCs")]
    public async Task A_refusal_goes_to_standard_error_with_exit_code_2(string? user, string uses, string reason)
    {
        await using var ground = await EnrolmentGround.OnAsync(services, Engine.Sqlite);
        var (exit, output, error) = await RunAsync(ground, "--user", user ?? ground.Person.UserName!, "--uses", uses);
        Assert.Equal((2, ""), (exit, output));
        Assert.Contains(reason, error, StringComparison.Ordinal);
    }

    private static async Task<(int Exit, string Output, string Error)> RunAsync(EnrolmentGround ground, params string[] options)
    {
        var settings = ground.Service.Settings;
        var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "deskward.dll"), "enrolment-code", .. options, "--data", settings.Data, "--database", settings.Database])
        {
            RedirectStandardOutput = true, RedirectStandardError = true,
        };
        using var process = Process.Start(start)!;
        var (output, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync();
        return (process.ExitCode, await output, await error);
    }
}
