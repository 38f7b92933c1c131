using System.Diagnostics;
using System.Globalization;
using Deskward.Benchmarks.LargeFleet;
using Deskward.DesiredState;
using Deskward.Devices;
using Deskward.Fixture;
using Deskward.Groups;
using Deskward.Groups.Dynamic;
using Deskward.Groups.Rules;
using Deskward.Platform;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Deskward.Benchmarks.Groups;

/// <summary>
/// A thousand groups by rule over a hundred thousand PCs: all rules put to all PCs, read from the database; one PC of which something changed, until it is known
/// who is in, and until that stands; and what groups that carry nothing cost.
/// </summary>
internal sealed class GroupLines(BenchOptions options, BenchDatabases databases, Engine engine)
{
    private const double LimitSeconds = 30;
    private const double LimitMilliseconds = 5;
    private readonly int _pcs = options.Quick ? 1_000 : 100_000;
    private readonly int _rules = options.Quick ? 20 : 1_000;
    private readonly int _changes = options.Quick ? 5 : 1_000;

    internal async IAsyncEnumerable<BenchLine> RunAsync()
    {
        var estate = await Estate.CreateAsync(await databases.CreateAsync(engine));
        await new FleetMaker(estate, _pcs, 1).MakeAsync(0);
        await BenchDatabases.ExecuteAsync(estate.Settings, "UPDATE devices_devices SET model = 'Model ' || substr(hardware_id, 30, 3)");
        await using var service = await TestService.StartAsync(estate.Settings);
        var sets = await service.QueryAsync(db => db.Set<AssignmentSet>().CountAsync(), estate.Tenant);
        await service.QueryAsync(db =>
        {
            db.AddRange(Enumerable.Range(0, _rules).Select(number => new Group { TenantId = estate.Tenant, Kind = GroupKind.Dynamic, Name = $"By rule {number}", Rule = RuleOf(number) }));
            return db.SaveChangesAsync();
        }, estate.Tenant);
        await BenchDatabases.ExecuteAsync(estate.Settings, "ANALYZE groups_groups");
        yield return BenchLine.AtMost(Name($"groups: {_rules} rules x {_pcs} PCs at first"), await FirstAsync(service, estate.Tenant), "s", LimitSeconds);
        var (evaluated, standing) = await ChangedAsync(service, estate.Tenant);
        yield return BenchLine.AtMost(Name($"groups: one changed PC, {_rules} rules"), evaluated, "ms", LimitMilliseconds);
        yield return BenchLine.AtMost(Name("groups: one changed PC until its memberships stand"), standing, "ms", LimitMilliseconds);
        yield return BenchLine.Exactly(Name($"groups: sets that {_rules} groups without assignment make"), await service.QueryAsync(db => db.Set<AssignmentSet>().CountAsync(), estate.Tenant) - sets, "sets", 0);
    }

    /// <summary>Rules as people write them: of a model, of a name, of several things, of a pattern.</summary>
    private static string RuleOf(int number) => (number % 4) switch
    {
        0 => string.Create(CultureInfo.InvariantCulture, $"device.deviceModel -eq \"Model {number:x3}\""),
        1 => string.Create(CultureInfo.InvariantCulture, $"(device.deviceModel -startsWith \"Model {number % 16:x}\") -and (device.displayName -contains \"{number}\")"),
        2 => string.Create(CultureInfo.InvariantCulture, $"device.deviceModel -in [\"Model {number:x3}\",\"Model {number + 1:x3}\"] -and -not (device.deviceOSVersion -startsWith \"10.0.19\")"),
        _ => string.Create(CultureInfo.InvariantCulture, $"device.deviceModel -match \"^model {number:x3}$\" -or device.displayName -eq \"PC {number}\""),
    };

    private static async Task<double> FirstAsync(TestService service, Guid tenant)
    {
        var clock = Stopwatch.StartNew();
        var members = await service.QueryAsync(async db =>
        {
            var index = await service.Provider.GetRequiredService<RuleCache>().OfAsync(db, tenant, CancellationToken.None);
            var fleet = new FleetFacts(await FleetReader.AllAsync(db, tenant, CancellationToken.None));
            return index.Groups.Sum(group => fleet.Matching(group.Rule).Count());
        }, tenant);
        return members > 0 ? clock.Elapsed.TotalSeconds : throw new InvalidOperationException("No PC is in any of the groups.");
    }

    /// <summary>From the note of the change to who is in, as at first; and with everything that is written then. The medians of many PCs.</summary>
    private async Task<(double Evaluated, double Standing)> ChangedAsync(TestService service, Guid tenant)
    {
        var devices = await service.QueryAsync(db => db.Set<Device>().OrderBy(row => row.Id).Select(row => row.Id).Take(_changes).ToListAsync(), tenant);
        var (evaluated, standing) = (new List<double>(), new List<double>());
        foreach (var (at, id) in devices.Index())
        {
            await service.QueryAsync(async db =>
            {
                (await db.Set<Device>().SingleAsync(row => row.Id == id)).Model = string.Create(CultureInfo.InvariantCulture, $"Model {at * 4 % 1000:x3}");
                return await db.SaveChangesAsync();
            }, tenant);
            evaluated.Add(await TimedAsync(service, tenant, async reevaluation =>
            {
                await using var undone = await reevaluation.BeginDueAsync(tenant, CancellationToken.None);
                await reevaluation.EvaluateDueAsync(tenant, CancellationToken.None);
            }));
            standing.Add(await TimedAsync(service, tenant, reevaluation => reevaluation.RunDueAsync(tenant, CancellationToken.None)));
        }

        return await service.QueryAsync(db => db.Set<GroupMember>().AnyAsync(row => devices.Contains(row.DeviceId)), tenant)
            ? (Figures.Median(evaluated), Figures.Median(standing)) : throw new InvalidOperationException("No PC that changed came into a group.");
    }

    /// <summary>On one connection, as the transaction of a round has it.</summary>
    private static async Task<double> TimedAsync(TestService service, Guid tenant, Func<Reevaluation, Task> work) =>
        await service.InScopeAsync(async provider =>
        {
            await using var held = await provider.GetRequiredService<DeskwardContext>().HoldConnectionAsync(CancellationToken.None);
            var clock = Stopwatch.StartNew();
            await work(provider.GetRequiredService<Reevaluation>());
            return clock.Elapsed.TotalMilliseconds;
        }, tenant);

    private string Name(string line) => $"{line}, {BenchDatabases.NameOf(engine)}";
}
