using System.CommandLine;
using Deskward.Platform;
using Deskward.Platform.Duties;

namespace Deskward.Audit;

/// <summary><c>deskward audit export | verify | checkpoint | key | erase</c>.</summary>
[Serves("platform.operation", DutyAction.Act)]
internal static class AuditVerbs
{
    private static readonly Actor Operator = new(ActorKind.Program, null, "deskward audit");

    internal static Command Create() => new("audit", "The audit trail: export it, verify it.") { Export(), VerifyVerb.Create(), Checkpoint(), Key(), Erase() };

    private static Option<string> Organisation() => new("--organisation") { Description = "Id, domain or name of the organisation", Required = true };

    private static Command Export()
    {
        var organisation = Organisation();
        var to = new Option<FileInfo>("--to") { Description = "The file to write; it must not exist", Required = true };
        return WithOrganisation(new Command("export", "Writes an organisation's whole trail to a file that can be verified anywhere.") { organisation, to }, organisation, async (services, found, result, cancellationToken) =>
        {
            var file = result.GetRequiredValue(to);
            if (file.Exists)
            {
                return await Verb.RefuseAsync($"{file} exists already.");
            }

            var half = file.FullName + ".part";
            await using (var target = File.Create(half))
            {
                await services.GetRequiredService<AuditExport>().WriteAsync(found, Operator, target, cancellationToken);
            }

            File.Move(half, file.FullName);
            await Console.Out.WriteLineAsync($"{file} was written. It holds personal data of {found.Name}: keep it as such.");
            return 0;
        });
    }

    private static Command Checkpoint()
    {
        var organisation = Organisation();
        return WithOrganisation(new Command("checkpoint", "Prints a signed checkpoint; kept elsewhere, it shows later whether anything before it was cut or changed.") { organisation }, organisation, async (services, found, _, cancellationToken) =>
        {
            await services.GetRequiredService<Sealer>().SealAsync(found.Id, cancellationToken);
            if (await services.GetRequiredService<AuditCheckpoints>().FileAsync(found.Id, found.Name, cancellationToken) is not { } text)
            {
                return await Verb.RefuseAsync("There is nothing to sign, or the chain no longer holds what was signed before: run deskward audit verify.");
            }

            await Console.Out.WriteAsync(text);
            return 0;
        });
    }

    private static Command Key()
    {
        var organisation = Organisation();
        return WithOrganisation(new Command("key", "Prints id and public key (PEM) of the keys that sign an organisation's checkpoints.") { organisation }, organisation, async (services, found, _, cancellationToken) =>
        {
            await using var chain = await DatabaseChain.OpenAsync(services.GetRequiredService<IServiceScopeFactory>(), found, cancellationToken);
            foreach (var key in chain.Keys)
            {
                await Console.Out.WriteLineAsync(Convert.ToHexStringLower(key.Id));
                await Console.Out.WriteLineAsync(System.Security.Cryptography.PemEncoding.WriteString("PUBLIC KEY", key.Info));
            }

            return chain.Keys.Count > 0 ? 0 : await Verb.RefuseAsync("Nothing was signed yet.");
        });
    }

    private static Command Erase()
    {
        var organisation = Organisation();
        var entries = new Option<Guid[]>("--entry") { Description = "Id of an entry; may repeat", Required = true, AllowMultipleArgumentsPerToken = true };
        var reason = new Option<string>("--reason") { Description = "Why; it must not hold what is erased", Required = true };
        return WithOrganisation(new Command("erase", "Erases the content of entries; the chain still holds.") { organisation, entries, reason }, organisation, async (services, found, result, cancellationToken) =>
        {
            await using var scope = services.CreateAsyncScope();
            scope.ServiceProvider.GetRequiredService<TenantScope>().Open(found.Id);
            scope.ServiceProvider.GetRequiredService<AuditTrail>().Actor = Operator;
            var erased = await scope.ServiceProvider.GetRequiredService<AuditErasure>().EraseAsync(found.Id, result.GetRequiredValue(entries), result.GetRequiredValue(reason), cancellationToken);
            if (erased.IsRefused)
            {
                return await Verb.RefuseAsync(erased.Refusal.Message);
            }

            await Console.Out.WriteLineAsync($"{erased.Value} erased.");
            return 0;
        });
    }

    private static Command WithOrganisation(Command verb, Option<string> organisation, Func<IServiceProvider, NamedOrganisation, ParseResult, CancellationToken, Task<int>> run) =>
        Verb.WithSettings(verb, async (settings, result, cancellationToken) =>
        {
            await using var services = Verb.Services(settings);
            await using var scope = services.CreateAsyncScope();
            var found = await scope.ServiceProvider.GetRequiredService<FindOrganisations>()(result.GetRequiredValue(organisation), cancellationToken);
            return found.IsRefused ? await Verb.RefuseAsync(found.Refusal.Message) : await run(services, found.Value[0], result, cancellationToken);
        });
}
