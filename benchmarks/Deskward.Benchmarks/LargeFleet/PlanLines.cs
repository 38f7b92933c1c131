using System.Diagnostics;
using Deskward.DesiredState;
using Deskward.DesiredState.Provided;
using Deskward.Devices;
using Deskward.Fixture;
using Deskward.Platform;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Deskward.Benchmarks.LargeFleet;

/// <summary>
/// A hundred settings more in a policy set that fifty customers have for all their PCs: the plan over all of them, and then the release as planned, with the plan of each customer
/// kept. Each customer is a transaction of its own.
/// </summary>
internal sealed class PlanLines(BenchOptions options, BenchDatabases databases, Engine engine)
{
    private const double PlanLimit = 2_000;
    private const double AssignLimit = 1_000;
    private const int RowsPerCustomer = 10;
    private readonly string _on = BenchDatabases.NameOf(engine);
    private readonly int _customers = options.Quick ? 5 : 50;
    private readonly int _pcs = options.Quick ? 2_000 : 100_000;
    private readonly int _rounds = options.Quick ? 1 : 5;

    internal async IAsyncEnumerable<BenchLine> RunAsync()
    {
        foreach (var sets in options.Quick ? (int[])[50] : [500, 5_000])
        {
            foreach (var line in await MeasureAsync(sets))
            {
                yield return line;
            }
        }
    }

    private async Task<IReadOnlyList<BenchLine>> MeasureAsync(int sets)
    {
        var settings = await databases.CreateAsync(engine);
        await using var service = await TestService.StartAsync(settings);
        var ground = await PlanEstate.CreateAsync(service, settings, (_customers, sets, _pcs), _rounds);
        var (planning, assigning, rows, areRight) = (new List<double>(), new List<double>(), 0L, true);
        for (var round = 0; round < _rounds; round++)
        {
            var version = round + 2;
            var clock = Stopwatch.StartNew();
            var plan = await InAsync(service, ground, rollout => rollout.PlanAsync(ground.Set, version, CancellationToken.None));
            planning.Add(clock.Elapsed.TotalMilliseconds);
            areRight &= plan.Plan.Pcs == _pcs;
            var written = round == 0 ? await RowsWritten.BeginAsync(settings, "desired_documents") : null;
            clock.Restart();
            Estate.Must(await InAsync(service, ground, rollout => rollout.ReleaseAsync(ground.Set, null, version, plan.Plan.Digest, CancellationToken.None)));
            areRight &= await NotReachedAsync(service, ground.Customers) == _pcs;
            assigning.Add(clock.Elapsed.TotalMilliseconds);
            rows = written is null ? rows : await written.CountAsync();
            var back = await InAsync(service, ground, rollout => rollout.PlanAsync(ground.Set, 1, CancellationToken.None));
            Estate.Must(await InAsync(service, ground, rollout => rollout.ReleaseAsync(ground.Set, null, 1, back.Plan.Digest, CancellationToken.None)));
        }

        var of = $"{_pcs} PCs of {_customers} customers in {sets} sets, {_on}";
        return
        [
            BenchLine.AtMost($"plan: 100 settings for {of}", Figures.Median(planning), "ms", PlanLimit),
            BenchLine.AtMost($"plan: assigned and counted, {of}", Figures.Median(assigning), "ms", AssignLimit),
            BenchLine.AtMost($"plan: rows written by it, {of}", rows, "rows", (RowsPerCustomer * _customers) + sets),
            BenchLine.Exactly($"plan: counts right, {of}", areRight ? 1 : 0, "yes", 1),
        ];
    }

    private static Task<T> InAsync<T>(TestService service, PlanGround ground, Func<SetRollout, Task<T>> work) =>
        service.InScopeAsync(provider => work(provider.GetRequiredService<SetRollout>()), ground.Provider);

    /// <summary>PCs that are not in their desired state, over all customers, as counts are made: by what their sets desire.</summary>
    private static Task<long> NotReachedAsync(TestService service, IReadOnlyList<Guid> customers) => service.InScopeAsync(
        provider =>
        {
            var db = provider.GetRequiredService<DeskwardContext>();
            return db.Set<Device>().LongCountAsync(row => row.State == DeviceState.Enrolled && !db.Set<AssignmentSet>().Any(set => set.Id == row.AssignmentSetId && set.DesiredHash == row.SettledHash));
        },
        [.. customers]);
}
