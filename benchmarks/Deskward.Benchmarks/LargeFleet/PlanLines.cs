using System.Diagnostics;
using Deskward.DesiredState;
using Deskward.Devices;
using Deskward.Fixture;
using Deskward.Platform;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Deskward.Benchmarks.LargeFleet;

/// <summary>
/// A hundred settings for all PCs of fifty customers: the plans of all of them, and then the same carried out as planned, with the plan kept. Customers come one after the
/// other, each in a scope and a transaction of its own.
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
        var customers = await PlanEstate.CreateAsync(service, settings, (_customers, sets, _pcs), _rounds);
        var (planning, assigning, rows, areRight) = (new List<double>(), new List<double>(), 0L, true);
        for (var round = 0; round < _rounds; round++)
        {
            var digests = new Dictionary<Guid, string>();
            var clock = Stopwatch.StartNew();
            foreach (var customer in customers)
            {
                var plan = Estate.Must(await InAsync(service, customer, all => all.PreviewAsync(customer.Hundreds[round], customer.AllDevices, Layer.Foundation, CancellationToken.None))).Plan;
                digests[customer.Tenant] = plan.Digest;
                areRight &= plan.Pcs == _pcs / _customers;
            }

            planning.Add(clock.Elapsed.TotalMilliseconds);
            var written = round == 0 ? await RowsWritten.BeginAsync(settings, "desired_documents") : null;
            clock.Restart();
            List<(PlanCustomer Customer, Guid Assignment)> assigned = [];
            foreach (var customer in customers)
            {
                assigned.Add((customer, Estate.Must(await InAsync(service, customer, all => all.AssignAsync(customer.Hundreds[round], customer.AllDevices, Layer.Foundation, digests[customer.Tenant], CancellationToken.None))).Assignment.Id));
            }

            areRight &= await NotReachedAsync(service, customers) == _pcs;
            assigning.Add(clock.Elapsed.TotalMilliseconds);
            rows = written is null ? rows : await written.CountAsync();
            foreach (var (customer, assignment) in assigned)
            {
                Estate.Must(await InAsync(service, customer, all => all.RemoveAsync(assignment, null, CancellationToken.None)));
            }
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

    private static Task<Outcome<T>> InAsync<T>(TestService service, PlanCustomer customer, Func<Assignments, Task<Outcome<T>>> work) =>
        service.InScopeAsync(provider => work(provider.GetRequiredService<Assignments>()), customer.Tenant);

    /// <summary>PCs that are not in their desired state, over all customers, as counts are made: by what their sets desire.</summary>
    private static Task<long> NotReachedAsync(TestService service, IReadOnlyList<PlanCustomer> customers) => service.InScopeAsync(
        provider =>
        {
            var db = provider.GetRequiredService<DeskwardContext>();
            return db.Set<Device>().LongCountAsync(row => row.State == DeviceState.Enrolled && !db.Set<AssignmentSet>().Any(set => set.Id == row.AssignmentSetId && set.DesiredHash == row.SettledHash));
        },
        [.. customers.Select(customer => customer.Tenant)]);
}
