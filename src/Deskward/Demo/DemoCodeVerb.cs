using System.CommandLine;
using Deskward.Identity.Factors;
using Deskward.Platform;
using Deskward.Platform.Duties;

namespace Deskward.Demo;

/// <summary><c>deskward demo-code</c>: what the authenticator app of a person of the demo shows now, in place of a phone.</summary>
[Serves("platform.operation", DutyAction.Act)]
internal static class DemoCodeVerb
{
    internal static Command Create()
    {
        var address = new Argument<string>("address") { Description = "Mail address of a person of the demo, such as ed@northwind.example" };
        var verb = new Command("demo-code", "Prints the six-digit code with which a person of the demo signs in now.") { address };
        return Verb.WithSettings(verb, (settings, result, _) => RunAsync(settings, result.GetRequiredValue(address)));
    }

    private static async Task<int> RunAsync(ServiceSettings settings, string address)
    {
        if (DemoFile.Read(settings.Data) is not { } file)
        {
            return await Verb.RefuseAsync($"There is no demo in {settings.Data}; --data says where it is.");
        }

        if (file.People.FirstOrDefault(person => string.Equals(person.Address, address, StringComparison.OrdinalIgnoreCase)) is not { TotpSecret: { } secret })
        {
            return await Verb.RefuseAsync($"{address} signs in without a code, or is not of this demo.");
        }

        await Console.Out.WriteLineAsync(Totp.Code(Totp.FromBase32(secret), Totp.StepAt(TimeProvider.System.Now())));
        return 0;
    }
}
