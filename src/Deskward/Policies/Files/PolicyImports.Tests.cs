using System.Text;
using Deskward.Audit;
using Deskward.DesiredState;
using Deskward.Fixture;
using Deskward.Guards;
using Deskward.Platform;
using Deskward.Protocol.Intune;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Deskward.Policies.Files;

public sealed class PolicyImportsTests(Services services)
{
    private const string Camera = "./Device/Vendor/MSFT/Policy/Config/Camera/AllowCamera";
    private const string Home = "./User/Vendor/MSFT/Policy/Config/Fabrikam~Policy~Browser/HomeButton";

    public static TheoryData<Engine> Engines => [Engine.Sqlite, Engine.Postgres];

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task A_policy_becomes_a_policy_set_with_its_report(Engine engine)
    {
        var fleet = await Fleet.NewAsync(services, engine);
        var done = Assert.Single(Fleet.Granted(await ImportAsync(fleet, "a.json", Policy("Browser", "1", "0"))).Policies);
        Assert.Equal((ImportResult.Made, 1, 1), (done.Result, done.Policy.Count(ImportState.Accepted), done.Policy.Count(ImportState.NeedsAdmx)));
        Assert.Equal([(Camera, "0")], await NewestAsync(fleet, done.PolicySet!.Value));
        var row = await fleet.QueryAsync(db => db.Set<PolicyImport>().SingleAsync());
        Assert.Equal(("a.json", "Browser", "1", 2), (row.FileName, row.Name, row.SourceId, row.Settings().Count));
        Assert.DoesNotContain("fabrikam", Encoding.Latin1.GetString(row.WrappedSource!), StringComparison.OrdinalIgnoreCase);
        Assert.Equal(["policyset.add", "policyset.import"], await fleet.QueryAsync(db => db.Set<AuditEntry>().Where(entry => entry.ObjectKind == "policyset").OrderBy(entry => entry.Action).Select(entry => entry.Action).ToListAsync()));
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task The_same_again_makes_nothing_and_another_value_a_version(Engine engine)
    {
        var fleet = await Fleet.NewAsync(services, engine);
        var first = Fleet.Granted(await ImportAsync(fleet, "a.json", Policy("Browser", "1", "0"))).Policies[0];
        Assert.Equal((ImportResult.Unchanged, first.PolicySet), Told(await ImportAsync(fleet, "b.json", Policy("Browser", "1", "0"))));
        Assert.Equal((ImportResult.NewVersion, first.PolicySet), Told(await ImportAsync(fleet, "a.json", Policy("Renamed", "1", "1"))));
        Assert.NotEqual(first.PolicySet, Told(await ImportAsync(fleet, "a.json", Policy("Browser", "2", "0"))).Item2);
        Assert.Equal(["Browser", "Browser (2)"], await fleet.QueryAsync(db => db.Set<PolicySet>().Where(set => set.TenantId == fleet.Tenant).OrderBy(set => set.Name).Select(set => set.Name).ToListAsync()));
        Assert.Equal([(Camera, "1")], await NewestAsync(fleet, first.PolicySet!.Value));
        Assert.Equal(2, await fleet.QueryAsync(db => db.Set<PolicyImport>().CountAsync()));
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task What_people_changed_since_stays_when_the_same_is_imported_again(Engine engine)
    {
        var fleet = await Fleet.NewAsync(services, engine);
        var set = Fleet.Granted(await ImportAsync(fleet, "a.json", Policy("Browser", "1", "0"))).Policies[0].PolicySet!.Value;
        Fleet.Granted(await fleet.AsAsync<PolicySets, Outcome<PolicySetVersion>>(sets => sets.AddVersionAsync(set, null, [.. Fleet.Lines((Fleet.Cortana, "0")), new SettingLine { Path = Fleet.Pin, Value = "8", IsSecret = true }], CancellationToken.None)));
        Assert.Equal(ImportResult.Unchanged, Told(await ImportAsync(fleet, "a.json", Policy("Browser", "1", "0"))).Item1);
        var completed = Assert.Single(Fleet.Granted(await ImportAsync(fleet, "Fabrikam.admx", Template)).Completed);
        Assert.Equal((ImportResult.NewVersion, (Guid?)set), (completed.Result, completed.PolicySet));
        var newest = await NewestAsync(fleet, set);
        Assert.Contains((Home, "<enabled/>"), newest);
        Assert.Contains((Fleet.Cortana, "0"), newest);
        Assert.Equal((4, false), (newest.Length, newest.Any(setting => setting.Path == Camera)));
        Assert.True((await VersionAsync(fleet, set)).Single(setting => setting.Path == Fleet.Pin).IsSecret);
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task A_template_completes_what_waited_and_comes_along_to_the_PCs(Engine engine)
    {
        var fleet = await Fleet.NewAsync(services, engine);
        var set = Fleet.Granted(await ImportAsync(fleet, "a.json", Policy("Browser", "1", "0"))).Policies[0].PolicySet!.Value;
        var supplied = Fleet.Granted(await ImportAsync(fleet, "Fabrikam.admx", Template));
        Assert.Equal([Camera, supplied.Policies[0].Policy.Settings[0].LocUri, Home], (await NewestAsync(fleet, set)).Select(setting => setting.Path).OrderBy(path => path.StartsWith("./User", StringComparison.Ordinal)).ThenBy(path => path, StringComparer.Ordinal));
        var row = await fleet.QueryAsync(db => db.Set<PolicyImport>().SingleAsync(row => row.Name == "Browser"));
        Assert.Equal((2, 0, null), (row.Accepted, row.NeedsAdmx, row.WrappedSource));
        var again = Fleet.Granted(await ImportAsync(fleet, "FABRIKAM.admx", Template));
        Assert.Equal((ImportResult.Unchanged, 0), (again.Policies[0].Result, again.Completed.Count));
        Assert.Equal(1, await fleet.QueryAsync(db => db.Set<PolicyTemplate>().CountAsync()));
        Assert.Equal(ImportState.Accepted, Fleet.Granted(await ImportAsync(fleet, "later.json", Policy("Later", "9", "0"))).Policies[0].Policy.Settings[1].State);
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task A_refused_file_leaves_nothing_behind(Engine engine)
    {
        var fleet = await Fleet.NewAsync(services, engine);
        Fleet.Granted(await fleet.AsAsync<PolicySets, Outcome<PolicySetVersion>>(sets => sets.CreateAsync(fleet.Tenant, "Mine", "", Fleet.Lines((Fleet.Camera, "0")), CancellationToken.None)));
        var both = $"[{Policy("Other", "7", "0")},{Policy("Mine", "8", "0")}]";
        Assert.Contains("'Mine' that no import made", (await ImportAsync(fleet, "a.json", both)).Refusal!.Message, StringComparison.Ordinal);
        Assert.Contains("has no id", (await ImportAsync(fleet, "a.admx", Template.Replace("</policy>", "<elements><text/></elements></policy>", StringComparison.Ordinal))).Refusal!.Message, StringComparison.Ordinal);
        Assert.Contains("cannot be read", (await ImportAsync(fleet, "a.json", "{")).Refusal!.Message, StringComparison.Ordinal);
        Assert.Equal((1, 0, 0), await fleet.QueryAsync(async db => (await db.Set<PolicySet>().CountAsync(set => set.TenantId == fleet.Tenant), await db.Set<PolicyImport>().CountAsync(), await db.Set<PolicyTemplate>().CountAsync())));
        Assert.Equal(1, await fleet.QueryAsync(db => db.Set<AuditEntry>().CountAsync(entry => entry.ObjectKind == "policyset")));
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task What_is_only_rules_is_kept_without_a_policy_set(Engine engine)
    {
        var fleet = await Fleet.NewAsync(services, engine);
        var done = Fleet.Granted(await ImportAsync(fleet, "c.json", """{"@odata.type":"#microsoft.graph.windows10CompliancePolicy","displayName":"Rules","bitLockerEnabled":true}""")).Policies[0];
        Assert.Equal((ImportResult.Nothing, null), (done.Result, done.PolicySet));
        Assert.Equal((1, 0), await fleet.QueryAsync(async db => (await db.Set<PolicyImport>().CountAsync(), await db.Set<PolicySet>().CountAsync(set => set.TenantId == fleet.Tenant))));
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task Two_organisations_import_the_same_apart(Engine engine)
    {
        var (one, other) = (await Fleet.NewAsync(services, engine), await Fleet.NewAsync(services, engine));
        await ImportAsync(one, "Fabrikam.admx", Template);
        var done = Fleet.Granted(await ImportAsync(other, "a.json", Policy("Browser", "1", "0"))).Policies[0];
        Assert.Equal((ImportResult.Made, ImportState.NeedsAdmx), (done.Result, done.Policy.Settings[1].State));
    }

    /// <summary>The shared exports, all of them: what is accepted is what a PC of the customer is to show.</summary>
    [Fact]
    public async Task The_accepted_settings_of_every_shared_export_reach_the_PCs()
    {
        var folder = Path.Combine(Sources.Root, "..", "shared", "reference", "intune-exports");
        Assert.SkipUnless(Directory.Exists(folder), "../shared/reference/intune-exports is not beside the repository");
        var fleet = await Fleet.NewAsync(services, Engine.Sqlite);
        var (device, accepted) = ((await fleet.AddDevicesAsync(1))[0], new HashSet<string>(StringComparer.OrdinalIgnoreCase));
        foreach (var file in Directory.GetFiles(folder, "*.json"))
        {
            accepted.UnionWith(await AcceptedAsync(fleet, new ImportFile(Path.GetFileName(file), await File.ReadAllBytesAsync(file, TestContext.Current.CancellationToken))));
        }

        Assert.InRange(accepted.Count, 80, int.MaxValue);
        Assert.Equal(accepted.Order(StringComparer.Ordinal), (await fleet.WantedOfAsync(device)).Select(setting => setting.Path).Order(StringComparer.Ordinal));
    }

    /// <summary>Imports and assigns a file; what PCs are to have of it.</summary>
    private static async Task<IEnumerable<string>> AcceptedAsync(Fleet fleet, ImportFile file)
    {
        var done = Fleet.Granted(await fleet.AsAsync<PolicyImports, Outcome<ImportedFile>>(imports => imports.ImportAsync(fleet.Tenant, file, CancellationToken.None))).Policies[0];
        if (done.PolicySet is { } set)
        {
            await fleet.AssignAsync(await fleet.QueryAsync(db => db.Set<PolicySetVersion>().SingleAsync(row => row.PolicySetId == set)), await fleet.AllDevicesAsync());
        }

        return done.Policy.Lines.Select(line => line.Path);
    }

    internal const string Template = "<policyDefinitions><policyNamespaces><target prefix=\"f\" namespace=\"F\"/></policyNamespaces><categories><category name=\"Browser\"/></categories>"
        + "<policies><policy name=\"HomeButton\" class=\"Both\"><parentCategory ref=\"Browser\"/></policy></policies></policyDefinitions>";

    internal static string Policy(string name, string id, string camera) => $$"""
        {"@odata.type":"#microsoft.graph.deviceManagementConfigurationPolicy","id":"{{id}}","name":"{{name}}","description":"d","platforms":"windows10","settings":[
        {"settingInstance":{"settingDefinitionId":"device_vendor_msft_policy_config_camera_allowcamera","choiceSettingValue":{"value":"device_vendor_msft_policy_config_camera_allowcamera_{{camera}}","children":[]} } },
        {"settingInstance":{"settingDefinitionId":"user_vendor_msft_policy_config_fabrikamv3~policy~browser_homebutton","choiceSettingValue":{"value":"user_vendor_msft_policy_config_fabrikamv3~policy~browser_homebutton_1","children":[]} } }]}
        """;

    private static (ImportResult, Guid?) Told(Outcome<ImportedFile> outcome) => (Fleet.Granted(outcome).Policies[0].Result, outcome.Value!.Policies[0].PolicySet);

    private static Task<Outcome<ImportedFile>> ImportAsync(Fleet fleet, string name, string text) =>
        fleet.AsAsync<PolicyImports, Outcome<ImportedFile>>(imports => imports.ImportAsync(fleet.Tenant, new ImportFile(name, Encoding.UTF8.GetBytes(text)), CancellationToken.None));

    private static async Task<(string Path, string Value)[]> NewestAsync(Fleet fleet, Guid set) => [.. (await VersionAsync(fleet, set)).Select(setting => (setting.Path, setting.Value))];

    private static Task<IReadOnlyList<PolicySetting>> VersionAsync(Fleet fleet, Guid set) =>
        fleet.QueryAsync(async db => PolicySets.SettingsOf(await db.Set<PolicySetVersion>().Where(row => row.PolicySetId == set).OrderByDescending(row => row.Number).FirstAsync()));
}
