using System.Diagnostics;
using Deskward.Devices;
using Deskward.Enrollment;
using Deskward.Fixture;
using Deskward.RawClient;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Deskward.Journeys;

/// <summary>The command's virtual PC at a service that enrols by sign-in: the real process, through the portal's own pages.</summary>
public sealed class SignInEnrolmentJourney(Services services)
{
    private readonly string _folder = Directory.CreateTempSubdirectory("deskward-pc-").FullName;

    [Theory]
    [InlineData(Engine.Sqlite)]
    [InlineData(Engine.Postgres)]
    public async Task A_person_signs_in_on_the_page_and_the_PC_is_enrolled_and_managed(Engine engine)
    {
        await using var ground = await BySignInAsync(engine);
        await ExpectAsync(ground, 1, "not enrolled: 0x80180002 The sign-in page does not accept the address or the password.", "--password", "Wrong-Horse-7-Battery");
        await ExpectAsync(ground, 1, "not enrolled: 0x80180015 The service wants Federated", "--code", await ground.NewCodeAsync());
        Assert.Equal(0, await ground.CountAsync<Device>(_ => true));
        await ExpectAsync(ground, 0, "session 1: Completed", "--password", TestService.Password);
        Assert.Equal(ground.Person.UserName, await ground.QueryAsync(db => db.Set<Device>().Select(row => row.UserAddress).SingleAsync()));
    }

    [Theory]
    [InlineData(Engine.Sqlite)]
    [InlineData(Engine.Postgres)]
    public async Task Somebody_with_an_authenticator_app_types_its_code_too(Engine engine)
    {
        await using var ground = await BySignInAsync(engine);
        await ground.Service.AddAppAsync(ground.Person);
        await ExpectAsync(ground, 1, "asks for a one-time code, and none was given", "--password", TestService.Password);
        await ExpectAsync(ground, 0, "session 1: Completed", "--password", TestService.Password, "--one-time-code", await ground.Service.CodeAsync(ground.Person.UserName!));
    }

    private async Task<EnrolmentGround> BySignInAsync(Engine engine)
    {
        var ground = await EnrolmentGround.OnAsync(services, engine);
        await ground.Service.InScopeAsync(async provider =>
        {
            await provider.GetRequiredService<EnrolmentChoices>().ChooseAsync(ground.Customer.Id, ground.Customer.Name, true, CancellationToken.None);
            return 0;
        }, ground.Customer.Id);
        return ground;
    }

    private async Task ExpectAsync(EnrolmentGround ground, int exit, string said, params string[] options)
    {
        var start = new ProcessStartInfo("dotnet",
        [
            Path.Combine(AppContext.BaseDirectory, "deskward.dll"), "virtual-pc", "--discovery", ground.Service.DiscoveryUrl.AbsoluteUri, "--user", ground.Person.UserName!,
            "--tls-root", Path.Combine(ground.Service.Settings.Data, "tls", "root.pem"), "--folder", _folder, "--seed", "40417", .. options,
        ])
        {
            RedirectStandardOutput = true,
        };
        using var process = Process.Start(start)!;
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        Assert.Contains(said, output, StringComparison.Ordinal);
        Assert.Equal(exit, process.ExitCode);
    }
}
