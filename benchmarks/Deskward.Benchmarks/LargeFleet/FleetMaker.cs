using System.Security.Cryptography;
using Deskward.Certificates;
using Deskward.DesiredState;
using Deskward.Devices;
using Deskward.Fixture;
using Deskward.Groups;
using Deskward.Platform;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Deskward.Benchmarks.LargeFleet;

/// <summary>
/// A customer with many enrolled PCs, made in the database: nine listed groups, each with a policy set of its own, make as many assignment sets as
/// there are combinations; PCs are spread over them by number. Most stand in their desired state, one in forty does not.
/// </summary>
internal sealed class FleetMaker(Estate estate, int pcs, int sets)
{
    private const int GroupCount = 9;
    private const int SettingsPerGroup = 10;
    private static readonly DateTimeOffset Enrolled = TimeProvider.System.GetUtcNow() - TimeSpan.FromDays(90);

    /// <summary>Policy-set versions of 100 settings that are assigned to nobody yet.</summary>
    internal IReadOnlyList<Guid> Hundreds { get; private set; } = [];

    internal int Sets => sets;

    internal async Task MakeAsync(int hundreds)
    {
        await using (var service = await TestService.StartAsync(estate.Settings))
        {
            var groups = await service.InScopeAsync(provider => MakeGroupsAsync(provider, hundreds), estate.Tenant);
            var made = await service.InScopeAsync(provider => InternAsync(provider, groups), estate.Tenant);
            await service.InScopeAsync(
                async provider => await provider.GetRequiredService<SetCompiler>().CompileAsync(provider.GetRequiredService<DeskwardContext>(), estate.Tenant, made, CancellationToken.None),
                estate.Tenant);
            await service.QueryAsync(AddExampleAsync, estate.Tenant);
            await BenchDatabases.ExecuteAsync(estate.Settings, Statements(groups));
        }
    }

    private async Task<Guid[]> MakeGroupsAsync(IServiceProvider provider, int hundreds)
    {
        var (groups, policies) = (new List<Guid>(), provider.GetRequiredService<PolicySets>());
        var taken = new HashSet<string>((await BaselineAsync(provider)).Settings.Select(setting => setting.Path));
        for (var number = 0; number < GroupCount; number++)
        {
            var group = Estate.Must(await provider.GetRequiredService<GroupMembership>().CreateAsync(estate.Tenant, $"Group {number + 1}", CancellationToken.None));
            var lines = SettingPicker.Pick(taken, number * SettingsPerGroup, SettingsPerGroup);
            var version = Estate.Must(await policies.CreateAsync(estate.Tenant, $"Settings of group {number + 1}", "", lines, CancellationToken.None));
            Estate.Must(await provider.GetRequiredService<Assignments>().AssignAsync(version.Id, group.Id, Layer.Customer, CancellationToken.None));
            groups.Add(group.Id);
        }

        var hundred = SettingPicker.Pick(taken, GroupCount * SettingsPerGroup, 100);
        var versions = new List<Guid>();
        for (var number = 0; number < hundreds; number++)
        {
            versions.Add(Estate.Must(await policies.CreateAsync(estate.Tenant, $"Hundred settings {number + 1}", "", hundred, CancellationToken.None)).Id);
        }

        Hundreds = versions;
        return [.. groups];
    }

    private async Task<TargetDocument> BaselineAsync(IServiceProvider provider)
    {
        var db = provider.GetRequiredService<DeskwardContext>();
        var set = (await InternAsync(db, [GroupKeys.Write([estate.AllDevices])]))[0];
        return await provider.GetRequiredService<DocumentStore>().CurrentAsync(db, estate.Tenant, set.Id, CancellationToken.None);
    }

    private Task<List<AssignmentSet>> InternAsync(IServiceProvider provider, Guid[] groups) => InternAsync(
        provider.GetRequiredService<DeskwardContext>(),
        [.. Enumerable.Range(0, sets).Select(number => GroupKeys.Write([estate.AllDevices, .. groups.Where((_, bit) => (number >> bit & 1) == 1)]))]);

    private async Task<List<AssignmentSet>> InternAsync(DeskwardContext db, byte[][] keys)
    {
        var known = await db.Set<AssignmentSet>().AsNoTracking().Select(set => set.GroupsHash).ToListAsync();
        db.AddRange(keys.Select(key => new AssignmentSet { TenantId = estate.Tenant, GroupIds = key, GroupsHash = SHA256.HashData(key), Revision = 1 })
            .Where(set => !known.Exists(hash => hash.AsSpan().SequenceEqual(set.GroupsHash))));
        await db.SaveChangesAsync();
        db.ChangeTracker.Clear();
        return await db.Set<AssignmentSet>().AsNoTracking().ToListAsync();
    }

    /// <summary>One PC as the product writes it; the statements make the others from it.</summary>
    private async Task<int> AddExampleAsync(DeskwardContext db)
    {
        var device = new Device
        {
            TenantId = estate.Tenant, HardwareId = "EXAMPLE", Name = "EXAMPLE", UserAddress = estate.Address, State = DeviceState.Enrolled, EnrolledAt = Enrolled,
            Manufacturer = "Contoso Devices", Model = "Desk 14", Edition = 4, OsBuild = "10.0.26100.4061", IsClean = true,
            AssignmentSetId = await db.Set<AssignmentSet>().Select(set => set.Id).FirstAsync(),
        };
        device.RefreshSearch();
        db.Add(device);
        db.Add(new DeviceProgress { DeviceId = device.Id, TenantId = estate.Tenant, Evidence = RandomNumberGenerator.GetBytes(1_500), ReadDueAt = Enrolled + TimeSpan.FromDays(91) });
        db.Add(new IssuedCertificate
        {
            TenantId = estate.Tenant, DeviceId = device.Id, Serial = "00", Certificate = RandomNumberGenerator.GetBytes(900), Sha256 = new byte[32],
            PublicKeySha256 = new byte[32], IssuedAt = Enrolled, NotBefore = Enrolled, NotAfter = Enrolled + TimeSpan.FromDays(365), FirstSeenAt = Enrolled,
        });
        return await db.SaveChangesAsync();
    }

    private IEnumerable<string> Statements(Guid[] groups)
    {
        var sql = new FleetSql(estate.Settings.IsSqlite, estate.Tenant, pcs);
        using var db = BenchDatabases.Open(estate.Settings);
        yield return sql.Numbers();
        yield return sql.NumberSets();
        yield return sql.Devices(db.Model);
        yield return sql.Progress(db.Model);
        yield return sql.Certificates(db.Model);
        foreach (var group in groups)
        {
            yield return sql.Members(group);
        }

        yield return sql.DropExample();
        yield return "DROP TABLE bench_numbers";
        yield return "DROP TABLE bench_sets";
        yield return estate.Settings.IsSqlite ? "ANALYZE" : "VACUUM ANALYZE";
    }
}
