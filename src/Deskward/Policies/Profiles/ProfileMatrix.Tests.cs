using Deskward.Browser;
using Deskward.DesiredState;
using Deskward.Fixture;
using Deskward.Groups.Rings;
using Deskward.Journeys;
using Deskward.Platform;
using Deskward.Platform.Duties;
using Deskward.Protocol.Csp;
using Deskward.Sessions;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Deskward.Policies.Profiles;

public sealed class ProfileMatrixTests(Services services)
{
    private static readonly DeviceProfile[] InReference = [DeviceProfile.SensitiveData, DeviceProfile.PowerUser, DeviceProfile.Standard, DeviceProfile.Kiosk];

    public static TheoryData<Engine> Engines => new(Engine.Sqlite, Engine.Postgres);

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public void Every_setting_of_every_profile_passes_the_catalogues_check()
    {
        foreach (var profile in Enum.GetValues<DeviceProfile>())
        {
            var draft = SettingDraft.Check(ProfileMatrix.Default.SettingsOf(profile), new SecretValues(ServiceKey.Load(Path.Combine(Directory.CreateTempSubdirectory().FullName, "key"), create: true), Guid.Empty));
            Assert.Equal((profile, ""), (profile, string.Join('\n', draft.Refused.Select(line => line.Message))));
            Assert.NotEmpty(draft.Settings);
            Assert.DoesNotContain(draft.Settings, setting => setting.IsUserScope);
        }
    }

    [Fact]
    public void Every_row_is_set_on_PCs_or_says_why_not()
    {
        foreach (var row in ProfileMatrix.Default.Rows)
        {
            var isSet = row.Settings.Values.Any(lines => lines.Count > 0);
            Assert.Equal((row.Key, 1), (row.Key, new[] { isSet, row.NotAvailable is not null, row.IsKeptByService }.Count(one => one)));
            Assert.Equal(Enum.GetValues<DeviceProfile>(), row.Values.Keys.Order());
        }
    }

    /// <summary>What a profile forbids stands; what it only lets be, a customer may forbid.</summary>
    [Fact]
    public void What_a_profile_lets_be_can_be_overridden_and_nothing_else() => Assert.All(
        ProfileMatrix.Default.Rows.SelectMany(row => row.Values.SelectMany(pair => row.SettingsOf(pair.Key).Select(line => (row.Key, pair.Value, line.IsOverridable)))), line => Assert.Equal((line.Key, line.Value == "no"), (line.Key, line.IsOverridable)));

    [Fact]
    public void The_profiles_and_the_baseline_do_not_dispute_a_path()
    {
        var baseline = Baseline.Settings.Select(line => Catalogue.Default.CanonicalPath(line.Path) ?? line.Path).ToHashSet(StringComparer.OrdinalIgnoreCase);
        Assert.DoesNotContain(Enum.GetValues<DeviceProfile>().SelectMany(ProfileMatrix.Default.SettingsOf).Select(line => Catalogue.Default.CanonicalPath(line.Path) ?? line.Path), baseline.Contains);
    }

    [Fact]
    public void The_matrix_is_the_published_one()
    {
        var file = Path.Combine(Guards.Sources.Root, "..", "shared", "reference", "service.md");
        Assert.SkipUnless(File.Exists(file), "../shared/reference/service.md is not beside the repository");
        var lines = File.ReadAllLines(file);
        var from = Array.FindIndex(lines, line => line.StartsWith("| Setting | SensitiveData |", StringComparison.Ordinal)) + 2;
        var published = lines.Skip(from).TakeWhile(line => line.StartsWith('|')).Select(line => line.Trim('|', ' ').Split('|').Skip(1).Select(cell => Plain(cell)).ToArray()).ToList();
        Assert.Equal(published.Count, ProfileMatrix.Default.Rows.Count);
        foreach (var (row, cells) in ProfileMatrix.Default.Rows.Zip(published))
        {
            Assert.Equal((row.Key, string.Join('|', cells)), (row.Key, string.Join('|', InReference.Select((profile, at) => cells[at].StartsWith("...", StringComparison.Ordinal) ? "..." + row.Values[profile].Split(' ', 5)[4] : row.Values[profile]))));
        }
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task A_PC_of_each_profile_ends_in_its_desired_state_and_its_page_shows_the_matrix(Engine engine)
    {
        var pcs = await ManagedPcs.NewAsync(services, engine);
        await pcs.GiveShippedAsync();
        using var visitor = await PortalVisitor.NewAsync(pcs.Service, pcs.Customer, "adam", Role.ItAdministrator);
        foreach (var profile in Enum.GetValues<DeviceProfile>())
        {
            await IsAsPublishedAsync(pcs, visitor, profile);
        }

        using var ed = await PortalVisitor.NewAsync(pcs.Service, await pcs.Service.ProviderAsync(), "edgar", Role.OperationsEngineer); // Without a grant: what the standing level reads is counted.
        foreach (var text in new[] { await visitor.TextAsync("/profiles"), await ed.TextAsync($"/profiles?customer={pcs.Customer.Id}") })
        {
            Assert.Equal((4, 4), (text.Split("1 / 1").Length - 1, text.Split("Version 1").Length - 1));
        }

        Assert.Equal(5, await pcs.QueryAsync(db => db.Set<Assignment>().CountAsync()));
    }

    private static async Task IsAsPublishedAsync(ManagedPcs pcs, PortalVisitor visitor, DeviceProfile profile)
    {
        using var pc = await pcs.EnrolAsync();
        pc.SignIn(pc.Owner!);
        var device = (await pcs.DeviceAsync(pc)).Id;
        Assert.Null(await pcs.AsAsync<Placements, Refusal?>(placements => placements.AssignProfileAsync(pcs.Customer.Id, [device], profile, null, Stop)));
        await pc.SyncAsync(Stop);
        await pc.SyncAsync(Stop);
        Assert.True(await BaselineJourney.IsInStateAsync(pcs, pc), profile.ToString());
        foreach (var line in ProfileMatrix.Default.SettingsOf(profile))
        {
            var applies = Catalogue.Default.Find(line.Path)!.AppliesTo(OsBuild.Parse(pc.Identity.OsVersion), pc.Identity.Edition); // The private store is not there for Pro.
            Assert.Equal((profile, line.Path, applies), (profile, line.Path, BaselineJourney.Holds(pc, line)));
        }

        var text = await visitor.TextAsync($"/devices/{device}/profile");
        Assert.All(["Verified", "Not available", "Kept by the service", "M365Managed-" + profile], words => Assert.Contains(words, text, StringComparison.Ordinal));
        Assert.DoesNotContain("Not assigned", text, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task What_a_newer_product_ships_becomes_a_version_that_waits_to_be_released(Engine engine)
    {
        await using var service = await services.FreshAsync(engine);
        var provider = (await service.ProviderAsync()).Id;
        await EnsureAsync(service);
        var audited = await AuditedAsync(service, provider);
        await EnsureAsync(service);
        Assert.Equal((5, audited), (await service.QueryAsync(db => db.Set<PolicySet>().CountAsync(row => row.Shipped != null && row.ReleasedVersion == 1 && row.LatestVersion == 1), provider), await AuditedAsync(service, provider)));
        Assert.Null(await service.InScopeAsync(scope => scope.GetRequiredService<DesiredState.Provided.ProvidedSets>().EnsureAsync(provider, ShippedPolicies.BaselineKey, Baseline.Name, "", Fleet.Lines((Fleet.Camera, "0")), Stop), provider));
        Assert.Equal((1, 2), await service.QueryAsync(async db => await db.Set<PolicySet>().SingleAsync(row => row.Shipped == ShippedPolicies.BaselineKey, Stop) is var set ? (set.ReleasedVersion!.Value, set.LatestVersion) : default, provider));
        Assert.Equal(257, await service.QueryAsync(db => db.Set<PolicySetVersion>().Where(row => row.Number == 1).MaxAsync(row => row.SettingCount, Stop), provider));
    }

    private static Task<bool> EnsureAsync(TestService service) => service.InScopeAsync(async scope => await scope.GetRequiredService<ShippedPolicies>().EnsureAsync(Stop) is null ? true : throw new InvalidOperationException());

    private static Task<int> AuditedAsync(TestService service, Guid provider) => service.QueryAsync(db => db.Set<Audit.AuditEntry>().CountAsync(Stop), provider);

    private static string Plain(string cell) => cell.Trim() is var text && text.Split(' ')[0].ToLowerInvariant() is "yes" or "no" ? text.Split(' ')[0].ToLowerInvariant() : text.StartsWith("... ", StringComparison.Ordinal) ? "..." + text[4..] : text;
}
