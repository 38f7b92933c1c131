using System.CommandLine;
using Deskward.Audit;
using Deskward.Platform;
using Deskward.Platform.Duties;
using Deskward.Tenants;

namespace Deskward.Organisations;

/// <summary><c>deskward tenant list | domain | suspend | resume | ready | export | leave | keep | verify-proof</c>: the life of a customer, for the operator.</summary>
[Serves("platform.operation", DutyAction.Act)]
internal static class CustomerVerbs
{
    private static readonly Actor Operator = new(ActorKind.Program, null, "deskward tenant");

    internal static IEnumerable<Command> Create() => [List(), Domain(), Suspend(), Resume(), Ready(), Export(), Leave(), Keep(), VerifyProof()];

    private static Command List() => Verb.WithSettings(new Command("list", "Lists the organisations: id, domain, state, name."), async (settings, _, cancellationToken) =>
    {
        await using var services = Verb.Services(settings);
        foreach (var row in await services.GetRequiredService<OrganisationList>().AllAsync(cancellationToken))
        {
            await Console.Out.WriteLineAsync($"{row.Id}\t{row.Domain}\t{row.State}\t{row.Name}");
        }

        return 0;
    });

    private static Command Suspend()
    {
        var reason = new Option<string>("--reason") { Description = "Why; the customer's people read it", Required = true };
        return With(new Command("suspend", "Holds a customer: its PCs keep their state, and nothing new goes out to them.") { reason },
            (services, found, result, cancellationToken) => SayAsync(services.GetRequiredService<OrganisationLife>().SuspendAsync(found.Id, result.GetRequiredValue(reason), cancellationToken)));
    }

    private static Command Resume() => With(new Command("resume", "Lets a suspended customer go on."),
        (services, found, _, cancellationToken) => SayAsync(services.GetRequiredService<OrganisationLife>().ResumeAsync(found.Id, cancellationToken)));

    private static Command Ready() => With(new Command("ready", "Checks whether a customer is ready for its first PC; exit code 1 when it is not."), async (services, found, _, cancellationToken) =>
    {
        var rows = await services.GetRequiredService<ReadinessRuns>().RunAsync(found.Id, cancellationToken);
        foreach (var row in rows.OrderBy(row => row.Key, StringComparer.Ordinal))
        {
            await Console.Out.WriteLineAsync($"{row.Result}\t{row.Key}\t{row.Text}\t{row.Value}");
        }

        return rows.Any(row => row.Result is Readiness.NotReady or Readiness.Error) ? 1 : 0;
    });

    private static Command Export()
    {
        var to = new Option<FileInfo>("--to") { Description = "The file to write; it must not exist", Required = true };
        return With(new Command("export", "Writes everything of a customer into a ZIP file.") { to }, async (services, found, result, cancellationToken) =>
        {
            var file = result.GetRequiredValue(to);
            if (file.Exists)
            {
                return await Verb.RefuseAsync($"{file} exists already.");
            }

            var half = file.FullName + ".part";
            await using (var target = File.Create(half))
            {
                await services.GetRequiredService<CustomerExport>().WriteAsync(found, target, cancellationToken);
            }

            File.Move(half, file.FullName);
            await Console.Out.WriteLineAsync($"{file} was written. It holds personal data of {found.Name}: keep it as such.");
            return 0;
        });
    }

    private static Command Leave()
    {
        var reason = new Option<string>("--reason") { Description = "Why; the customer's people read it", Required = true };
        var confirm = new Option<string>("--confirm") { Description = "The domain of the customer, typed once more", Required = true, HelpName = "DOMAIN" };
        return With(new Command("leave", "Begins the departure of a customer: PCs are retired, and after the retention time everything is deleted.") { reason, confirm }, async (services, found, result, cancellationToken) =>
        {
            var desk = services.GetRequiredService<DepartureDesk>();
            var typed = result.GetRequiredValue(confirm);
            var asked = await desk.AskAsync(null, found.Id, result.GetRequiredValue(reason), typed, cancellationToken);
            return asked is { Reason: not RefusalReason.Conflict } ? await Verb.RefuseAsync(asked.Message) : await SayAsync(desk.ApproveAsync(null, found.Id, Operator.Name, typed, cancellationToken));
        });
    }

    private static Command Keep() => With(new Command("keep", "Undoes the departure of a customer, as long as deletion has not begun."),
        (services, found, _, cancellationToken) => SayAsync(services.GetRequiredService<DepartureDesk>().UndoAsync(null, found.Id, cancellationToken)));

    private static Command Domain()
    {
        var domain = new Option<string>("--domain") { Description = "The domain", Required = true };
        return With(new Command("domain", "Claims a domain for an organisation, or looks for the record of one that is claimed.") { domain }, async (services, found, result, cancellationToken) =>
        {
            services.GetRequiredService<TenantScope>().Open(found.Id);
            var domains = services.GetRequiredService<OrganisationDomains>();
            var claim = await domains.FindOrClaimAsync(found.Id, result.GetRequiredValue(domain), cancellationToken);
            if (claim.IsRefused)
            {
                return await Verb.RefuseAsync(claim.Refusal.Message);
            }

            await Console.Out.WriteLineAsync($"{claim.Value.Record} TXT \"{claim.Value.Value}\"");
            return await SayAsync(domains.ProveAsync(found.Id, claim.Value.Id, cancellationToken));
        });
    }

    private static Command VerifyProof()
    {
        var file = new Argument<FileInfo>("FILE") { Description = "The proof of a deletion" }.AcceptExistingOnly();
        var keys = new Option<string[]>("--key") { Description = "Id of the only key whose signature counts, as audit key prints it for the provider; may repeat" };
        var verb = new Command("verify-proof", "Tells whether the proof of a deletion is as it was signed; needs no database.") { file, keys };
        verb.SetAction(async (result, cancellationToken) =>
        {
            var known = (result.GetValue(keys) ?? []).Select(key => key.Trim().ToLowerInvariant()).ToList();
            if (SignedStatements.SignerOf(await File.ReadAllTextAsync(result.GetRequiredValue(file).FullName, cancellationToken)) is not { } signer)
            {
                return await Verb.RefuseAsync("The proof was changed or cut, or never was signed.");
            }

            if (known.Count > 0 && !known.Contains(signer))
            {
                return await Verb.RefuseAsync($"The proof is signed with another key than you gave: {signer}.");
            }

            await Console.Out.WriteLineAsync($"The proof is as it was signed with the key {signer}." + (known.Count > 0 ? "" : " Compare it with the key in a checkpoint of the provider's audit, or give --key."));
            return 0;
        });
        return verb;
    }

    private static async Task<int> SayAsync(Task<Refusal?> work) => await work is { } refusal ? await Verb.RefuseAsync(refusal.Message) : 0;

    private static Command With(Command verb, Func<IServiceProvider, NamedOrganisation, ParseResult, CancellationToken, Task<int>> run)
    {
        var organisation = new Option<string>("--organisation") { Description = "Id, domain or name of the organisation", Required = true };
        verb.Add(organisation);
        return Verb.WithSettings(verb, async (settings, result, cancellationToken) =>
        {
            await using var services = Verb.Services(settings);
            await using var scope = services.CreateAsyncScope();
            var found = await scope.ServiceProvider.GetRequiredService<OrganisationDirectory>().FindAsync(result.GetRequiredValue(organisation), cancellationToken);
            if (found.IsRefused)
            {
                return await Verb.RefuseAsync(found.Refusal.Message);
            }

            scope.ServiceProvider.GetRequiredService<AuditTrail>().Actor = Operator;
            var code = await run(scope.ServiceProvider, new NamedOrganisation(found.Value.Id, found.Value.Name), result, cancellationToken);
            await services.GetRequiredService<Clashes>().WriteAsync(cancellationToken);
            return code;
        });
    }
}
