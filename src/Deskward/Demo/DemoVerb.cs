using System.CommandLine;
using System.Globalization;
using Deskward.Platform;
using Deskward.Platform.Duties;
using Deskward.Policies.Compliance;
using Deskward.Responsibilities;
using Deskward.Simulator;
using Deskward.Tenants;

namespace Deskward.Demo;

/// <summary><c>deskward demo</c>: a provider, three customers and their virtual PCs, managed over real HTTPS until Ctrl-C.</summary>
[Serves("platform.operation", DutyAction.Act)]
internal static class DemoVerb
{
    private const int MostPcs = 5000;
    private static readonly string[] OwnFiles = ["deskward.db", "deskward.db-wal", "deskward.db-shm", "demo.json", "service.key"];
    private static readonly string[] OwnFolders = ["pcs", "tls"];

    internal static Command Create()
    {
        var pcs = new Option<int>("--pcs") { Description = "Contoso's virtual PCs; 0: no virtual PCs at all", DefaultValueFactory = _ => 200 };
        var fresh = new Option<bool>("--fresh") { Description = "Forgets the demo's data first" };
        var demo = new Command("demo", "Runs the service with demo customers and virtual PCs.") { pcs, fresh };
        return Verb.WithSettings(demo, (settings, result, cancellationToken) => result.GetValue(pcs) is >= 0 and <= MostPcs and var number
            ? RunAsync(settings, number, result.GetValue(fresh), cancellationToken)
            : Verb.RefuseAsync($"--pcs must be 0 to {MostPcs}."));
    }

    private static async Task<int> RunAsync(ServiceSettings given, int pcs, bool fresh, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(given.Data);
        using var alone = NodeLock.Take(given);
        if (fresh)
        {
            Forget(given);
        }

        var cast = DemoCast.Organisations(pcs);
        await SayAsync("Preparing the database");
        var settings = await DemoDatabase.PrepareAsync(given, fresh, cancellationToken);
        await using var app = ServiceHost.Build(settings, services => services.AddLogging(logging => logging.AddFilter(nameof(Deskward), LogLevel.Warning)));
        await SayAsync("Adding organisations, people and policy sets");
        var file = await new DemoSeed(app.Services, settings).FillAsync(cast, cancellationToken);
        await app.StartAsync(cancellationToken);
        var fleet = new DemoFleet(app.Services, settings, cast, Progress());
        try
        {
            await SayAsync($"{fleet.Count} virtual PCs enrol and are brought to their desired state");
            foreach (var problem in await fleet.SettleAsync(file.Discovery, cancellationToken))
            {
                await Console.Error.WriteLineAsync("deskward: " + problem);
            }

            var contoso = file.Organisations.Single(row => row.Domain == DemoCast.ContosoDomain).Id;
            await DemoImports.MakeAsync(app.Services, contoso, cancellationToken);
            if (await DemoGroups.MakeAsync(app.Services, contoso, cancellationToken) | await DemoExceptions.MakeAsync(app.Services, contoso, cancellationToken)
                | await DemoMishaps.MakeAsync(app.Services, fleet, contoso, cancellationToken))
            {
                await fleet.FollowAsync(cancellationToken);
            }

            await CountAsync(app.Services, file, cancellationToken);
            await ReadyAsync(file, settings);
            await Task.WhenAll(fleet.LiveAsync(cancellationToken), app.WaitForShutdownAsync(cancellationToken));
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            await SayAsync("Stopping");
        }

        await app.StopAsync(CancellationToken.None);
        return 0;
    }

    /// <summary>What is counted every few minutes, and what the board keeps for up to one: whoever looks at once must see what is now.</summary>
    private static async Task CountAsync(IServiceProvider services, DemoFile file, CancellationToken cancellationToken)
    {
        var domains = DemoCast.Organisations(0).Where(row => row.Kind == OrganisationKind.Customer).Select(row => row.Domain);
        Guid[] customers = [.. file.Organisations.Where(row => domains.Contains(row.Domain)).Select(row => row.Id)];
        foreach (var customer in customers)
        {
            await using var scope = services.CreateAsyncScope();
            scope.ServiceProvider.GetRequiredService<TenantScope>().Open(customer);
            await scope.ServiceProvider.GetRequiredService<ComplianceRun>().EvaluateAsync(customer, null, cancellationToken);
        }

        await services.GetRequiredService<BoardEvidence>().OfAsync(customers, TimeSpan.Zero, cancellationToken);
    }

    private static async Task ReadyAsync(DemoFile file, ServiceSettings settings)
    {
        await Console.Out.WriteLineAsync($"Deskward is ready: {file.Portal}");
        await Console.Out.WriteLineAsync("Sign in as");
        var people = file.People.Where(person => person.Roles.Count > 0).ToList();
        var width = people.Max(person => person.Address.Length);
        foreach (var person in people)
        {
            var organisation = file.Organisations.Single(row => row.Id == person.Organisation);
            var roles = string.Join(" and ", person.Roles.Where(role => !DemoCast.IsShort(role)));
            await Console.Out.WriteLineAsync($"  {person.Address.PadRight(width)}  {person.Password}  {organisation.Name}: {roles}{(person.TotpSecret is null ? "" : ", with a code")}");
        }

        var data = settings.Data == new ServiceSettings().Data ? "" : $" --data {settings.Data}";
        await Console.Out.WriteLineAsync($"With a code: the provider's people also type six digits, which ./deskward demo-code {file.People.First(person => person.TotpSecret is not null).Address}{data} prints.");
    }

    private static Action<FleetProgress> Progress()
    {
        var next = 0;
        return progress =>
        {
            if (progress.Done >= Volatile.Read(ref next) || progress.Done == progress.Total)
            {
                Volatile.Write(ref next, progress.Done + Math.Max(1, progress.Total / 10));
                Console.Out.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {progress.Done} of {progress.Total}"));
            }
        };
    }

    /// <summary>Only what the demo itself makes, so that a mistyped --data loses nothing else.</summary>
    private static void Forget(ServiceSettings settings)
    {
        foreach (var name in OwnFiles)
        {
            File.Delete(Path.Combine(settings.Data, name));
        }

        foreach (var name in OwnFolders.Select(name => Path.Combine(settings.Data, name)).Where(Directory.Exists))
        {
            Directory.Delete(name, recursive: true);
        }
    }

    private static Task SayAsync(string text) => Console.Out.WriteLineAsync(text + " ...");
}
