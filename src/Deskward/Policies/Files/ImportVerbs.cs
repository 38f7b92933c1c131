using System.CommandLine;
using Deskward.Audit;
using Deskward.DesiredState;
using Deskward.Platform;
using Deskward.Platform.Duties;
using Deskward.Protocol.Intune;
using Deskward.Tenants;
using Microsoft.EntityFrameworkCore;

namespace Deskward.Policies.Files;

/// <summary><c>deskward import</c> and <c>deskward export-policies</c>: policies from files and into files, for the operator.</summary>
[Serves("platform.operation", DutyAction.Act)]
internal static class ImportVerbs
{
    private static readonly string[] Endings = [".admx", ".json", ".csv", ".tsv", ".txt"];

    internal static IEnumerable<Command> Create() => [Import(), Export()];

    private static Command Import()
    {
        var organisation = new Option<string>("--organisation") { Description = "Id, domain or name of the organisation", Required = true };
        var source = new Argument<FileSystemInfo>("FILE_OR_FOLDER") { Description = "An export from Intune (JSON), a table of OMA-URIs (CSV, TSV), an ADMX file, or a folder of such files" }.AcceptExistingOnly();
        var report = new Option<FileInfo?>("--report") { Description = "Where to write what became of each setting, as JSON", HelpName = "report.json" };
        var tenant = new Option<Guid?>("--entra-tenant") { Description = "The id of the organisation's Entra tenant, which a few paths hold" };
        var verb = new Command("import", "Imports policies from Intune, OMA-URIs and ADMX files as policy sets; exit code 1 when a file was refused, 2 when all were.") { organisation, source, report, tenant };
        return Verb.WithSettings(verb, async (settings, result, cancellationToken) =>
        {
            var files = await FilesAsync(result.GetRequiredValue(source), result.GetValue(tenant), cancellationToken);
            if (files.Count == 0)
            {
                return await Verb.RefuseAsync($"{result.GetRequiredValue(source)} holds no file that ends in {string.Join(", ", Endings)}.");
            }

            await using var services = Verb.Services(settings);
            var found = await FindAsync(services, result.GetRequiredValue(organisation), cancellationToken);
            if (found.IsRefused)
            {
                return await Verb.RefuseAsync(found.Refusal.Message);
            }

            var told = await RunAsync(services, found.Value, files, cancellationToken);
            if (result.GetValue(report) is { } target)
            {
                await using var stream = File.Create(target.FullName);
                await told.WriteAsync(stream, found.Value.Name, cancellationToken);
            }

            return told.Refused == 0 ? 0 : told.Imported == 0 ? 2 : 1;
        });
    }

    private static async Task<ImportReport> RunAsync(ServiceProvider services, NamedOrganisation organisation, IReadOnlyList<ImportFile> files, CancellationToken cancellationToken)
    {
        var report = new ImportReport();
        foreach (var file in files)
        {
            await using var scope = ScopeOf(services, organisation.Id, "deskward import");
            var outcome = await scope.ServiceProvider.GetRequiredService<PolicyImports>().ImportAsync(organisation.Id, file, cancellationToken);
            report.Add(file.Name, outcome);
            await (outcome.IsRefused ? Console.Error : Console.Out).WriteLineAsync(ImportReport.LineOf(file.Name, outcome));
        }

        return report;
    }

    private static Command Export()
    {
        var organisation = new Option<string>("--organisation") { Description = "Id, domain or name of the organisation", Required = true };
        var set = new Option<string?>("--set") { Description = "Name of a policy set; default: all that are not archived", HelpName = "NAME" };
        var folder = new Argument<DirectoryInfo>("FOLDER") { Description = "Where to write; made when it is not there" };
        var verb = new Command("export-policies", "Writes the newest version of policy sets as a profile (JSON) that imports again to the same, and as a table of OMA-URIs (CSV).") { organisation, set, folder };
        return Verb.WithSettings(verb, async (settings, result, cancellationToken) =>
        {
            await using var services = Verb.Services(settings);
            var found = await FindAsync(services, result.GetRequiredValue(organisation), cancellationToken);
            if (found.IsRefused)
            {
                return await Verb.RefuseAsync(found.Refusal.Message);
            }

            await using var scope = ScopeOf(services, found.Value.Id, "deskward export-policies");
            var name = result.GetValue(set);
            var rows = await scope.ServiceProvider.GetRequiredService<DeskwardContext>().Set<PolicySet>().AsNoTracking()
                .Where(row => row.TenantId == found.Value.Id && (name == null ? !row.IsArchived : row.Name == name)).OrderBy(row => row.Name).ToListAsync(cancellationToken);
            if (rows.Count == 0)
            {
                return await Verb.RefuseAsync(name is null ? $"{found.Value.Name} has no policy set." : $"{found.Value.Name} has no policy set named '{name}'.");
            }

            var target = result.GetRequiredValue(folder);
            target.Create();
            foreach (var row in rows)
            {
                await WriteAsync(scope.ServiceProvider.GetRequiredService<PolicyExport>(), row, target, cancellationToken);
            }

            return 0;
        });
    }

    private static async Task WriteAsync(PolicyExport export, PolicySet set, DirectoryInfo folder, CancellationToken cancellationToken)
    {
        var lines = await export.LinesAsync(set.Id, cancellationToken);
        var path = Path.Combine(folder.FullName, PolicyExport.FileNameOf(set.Name));
        await using (var json = File.Create(path + ".json"))
        {
            CustomProfile.Write(json, set.Name, set.Description, lines);
        }

        await File.WriteAllTextAsync(path + ".csv", OmaUriTable.Write(lines), cancellationToken);
        await Console.Out.WriteLineAsync($"{path}.json, .csv: {lines.Count} settings");
    }

    private static async Task<IReadOnlyList<ImportFile>> FilesAsync(FileSystemInfo source, Guid? entraTenant, CancellationToken cancellationToken)
    {
        IEnumerable<FileInfo> files = source is DirectoryInfo folder || Directory.Exists(source.FullName)
            ? new DirectoryInfo(source.FullName).EnumerateFiles("*", SearchOption.AllDirectories).Where(file => Endings.Contains(file.Extension, StringComparer.OrdinalIgnoreCase)).OrderBy(file => file.FullName, StringComparer.Ordinal)
            : [new FileInfo(source.FullName)];
        var read = new List<ImportFile>();
        foreach (var file in files)
        {
            // One that is too long is not read: its length alone refuses it.
            read.Add(new ImportFile(file.Name, file.Length > ImportReader.MostBytes ? new byte[ImportReader.MostBytes + 1] : await File.ReadAllBytesAsync(file.FullName, cancellationToken), entraTenant));
        }

        return [.. ImportFile.InOrder(read)];
    }

    private static async Task<Outcome<NamedOrganisation>> FindAsync(ServiceProvider services, string organisation, CancellationToken cancellationToken)
    {
        await using var scope = services.CreateAsyncScope();
        var found = await scope.ServiceProvider.GetRequiredService<OrganisationDirectory>().FindAsync(organisation, cancellationToken);
        return found.IsRefused ? found.Refusal : new NamedOrganisation(found.Value.Id, found.Value.Name);
    }

    private static AsyncServiceScope ScopeOf(ServiceProvider services, Guid tenant, string who)
    {
        var scope = services.CreateAsyncScope();
        scope.ServiceProvider.GetRequiredService<TenantScope>().Open(tenant);
        scope.ServiceProvider.GetRequiredService<AuditTrail>().Actor = new Actor(ActorKind.Program, null, who);
        return scope;
    }
}
