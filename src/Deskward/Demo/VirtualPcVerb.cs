using System.CommandLine;
using System.CommandLine.Parsing;
using Deskward.Platform;
using Deskward.Platform.Duties;
using Deskward.Simulator;

namespace Deskward.Demo;

/// <summary><c>deskward virtual-pc</c>: one virtual PC against any service that speaks MS-MDE2, from its discovery address alone.</summary>
[Serves("platform.operation", DutyAction.Act)]
internal static class VirtualPcVerb
{
    private readonly record struct Asked(EnrolmentTicket Ticket, FileInfo? TlsRoot, DirectoryInfo Folder, long Seed);

    internal static Command Create()
    {
        var discovery = new Option<Uri>("--discovery") { Description = "Discovery address, such as https://localhost:8443/EnrollmentServer/Discovery.svc", Required = true, CustomParser = ReadAddress };
        var address = new Option<string>("--user") { Description = "The person's address", Required = true };
        var code = new Option<string>("--code") { Description = "Enrolment code; needed for the first run where the service wants one", DefaultValueFactory = _ => "" };
        var password = new Option<string?>("--password") { Description = "The person's password, for the sign-in page; needed for the first run where the service enrols by sign-in" };
        var oneTimeCode = new Option<string?>("--one-time-code") { Description = "What the person's authenticator app shows, where the sign-in page asks for it" };
        var root = new Option<FileInfo?>("--tls-root") { Description = "PEM file of the root that the server certificate chains to; default: the machine's roots", HelpName = "FILE" };
        var folder = new Option<DirectoryInfo>("--folder") { Description = "Where the PC is kept between runs", DefaultValueFactory = _ => new DirectoryInfo("./.virtual-pc") };
        var seed = new Option<long>("--seed") { Description = "Which PC it is: the same seed makes the same PC", DefaultValueFactory = _ => 1 };
        var stay = new Option<bool>("--stay") { Description = "Stay managed until Ctrl-C, by the poll schedule of the service" };
        var verb = new Command("virtual-pc", "Enrols a virtual Windows PC and has it managed; prints what happened.") { discovery, address, code, password, oneTimeCode, root, folder, seed, stay };
        verb.SetAction((result, cancellationToken) => RunAsync(
            new(
                new EnrolmentTicket(result.GetRequiredValue(discovery), result.GetRequiredValue(address), result.GetRequiredValue(code))
                {
                    SignIn = result.GetValue(password) is { } typed ? new SignInAnswers(typed, result.GetValue(oneTimeCode)) : null,
                },
                result.GetValue(root), result.GetRequiredValue(folder), result.GetValue(seed)),
            result.GetValue(stay),
            cancellationToken));
        return verb;
    }

    private static Uri? ReadAddress(ArgumentResult typed)
    {
        if (Uri.TryCreate(typed.Tokens[0].Value, UriKind.Absolute, out var address) && address.Scheme == Uri.UriSchemeHttps)
        {
            return address;
        }

        typed.AddError($"'{typed.Tokens[0].Value}' is no https address.");
        return null;
    }

    private static async Task<int> RunAsync(Asked asked, bool stay, CancellationToken cancellationToken)
    {
        if (asked.TlsRoot is { Exists: false } missing)
        {
            return await Verb.RefuseAsync($"{missing} does not exist.");
        }

        var network = asked.TlsRoot is { } file ? PcNetwork.FromPemFile(file.FullName) : new PcNetwork();
        var keys = new KeyStore(Path.Combine(asked.Folder.FullName, "keys"));
        var made = VirtualPc.Create(asked.Seed, network: network, keys: keys);
        using var pc = SavedPcs.LoadAll(asked.Folder.FullName, network, keys).FirstOrDefault(saved => saved.Identity.DeviceId == made.Identity.DeviceId) ?? made;
        var ticket = pc.IsEnrolled ? null : asked.Ticket;
        var ended = await PlayOnePc.RunAsync(pc, ticket, Console.Out, cancellationToken);
        await pc.SaveAsync(asked.Folder.FullName, CancellationToken.None);
        if (ended == 0 && stay)
        {
            await new Fleet([pc], new FleetOptions { SaveTo = asked.Folder.FullName, Synced = (_, report) => Console.Out.WriteLine(report) }).LiveAsync(cancellationToken);
        }

        return ended;
    }
}
