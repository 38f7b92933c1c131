using Deskward.DesiredState;
using Deskward.Fixture;
using Deskward.Groups;
using Deskward.Guards;
using Deskward.Platform;
using Deskward.Policies.Files;
using Deskward.Protocol.Csp;
using Deskward.Sessions;
using Microsoft.EntityFrameworkCore;
using Xunit;

namespace Deskward.Journeys;

/// <summary>What administrators have, from their files to a PC over the real protocols.</summary>
public sealed class ImportJourney(Services services)
{
    [Theory]
    [InlineData(Engine.Sqlite)]
    [InlineData(Engine.Postgres)]
    public async Task Every_accepted_setting_of_every_shared_export_stands_on_a_pc(Engine engine)
    {
        var folder = Path.Combine(Sources.Root, "..", "shared", "reference", "intune-exports");
        Assert.SkipUnless(Directory.Exists(folder), "../shared/reference/intune-exports is not beside the repository");
        var pcs = await ManagedPcs.NewAsync(services, engine);
        var accepted = new List<SettingLine>();
        foreach (var file in Directory.GetFiles(folder, "*.json"))
        {
            accepted.AddRange(await AcceptedAsync(pcs, new ImportFile(Path.GetFileName(file), await File.ReadAllBytesAsync(file, TestContext.Current.CancellationToken))));
        }

        using var pc = await BaselineJourney.SettledAsync(pcs);
        Assert.True(await BaselineJourney.IsInStateAsync(pcs, pc));
        var applicable = accepted.Where(line => Catalogue.Default.Find(line.Path)!.AppliesTo(OsBuild.Parse(pc.Identity.OsVersion), pc.Identity.Edition)).ToList();
        Assert.InRange(applicable.Count, 80, accepted.Count);
        Assert.All(applicable, line => Assert.True(BaselineJourney.Holds(pc, line), line.Path));
    }

    /// <summary>Imports a file and assigns it to all PCs.</summary>
    private static async Task<IReadOnlyList<SettingLine>> AcceptedAsync(ManagedPcs pcs, ImportFile file)
    {
        var done = Assert.Single(ManagedPcs.Granted(await pcs.AsAsync<PolicyImports, Outcome<ImportedFile>>(imports => imports.ImportAsync(pcs.Customer.Id, file, CancellationToken.None))).Policies);
        if (done.PolicySet is not { } set)
        {
            return [];
        }

        var (version, group) = await pcs.QueryAsync(async db => (await db.Set<PolicySetVersion>().SingleAsync(row => row.PolicySetId == set),
            await db.Set<Group>().Where(row => row.TenantId == pcs.Customer.Id && row.Kind == GroupKind.AllDevices).Select(row => row.Id).SingleAsync()));
        ManagedPcs.Granted(await pcs.AsAsync<Assignments, Outcome<AssignmentResult>>(assignments => assignments.AssignAsync(version.Id, group, Layer.Customer, CancellationToken.None)));
        return [.. done.Policy.Lines.Select(line => new SettingLine { Path = line.Path, Value = line.Value })];
    }
}
