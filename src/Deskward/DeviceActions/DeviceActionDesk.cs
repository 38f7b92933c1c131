using Deskward.Audit;
using Deskward.Devices;
using Deskward.Platform;
using Deskward.Platform.Duties;
using Deskward.Responsibilities;
using Microsoft.EntityFrameworkCore;

namespace Deskward.DeviceActions;

/// <summary>Where actions on PCs are planned, asked for, answered and stopped. The customers must be open in full to the one who asks.</summary>
public sealed class DeviceActionDesk(DeskwardContext db, TargetWork targets, RightsRule rights, Contracts contracts, AuditTrail audit, TimeProvider time)
{
    internal const string Duty = "platform.devices";

    /// <summary>How many PCs one wish may name.</summary>
    public const int MostPcs = 10_000;

    /// <summary>The no to more than <see cref="MostPcs"/>.</summary>
    public static Refusal TooMany { get; } = Refusal.Invalid($"At most {MostPcs} PCs at once; narrow the search.");

    /// <summary>What would happen; changes nothing.</summary>
    /// <param name="by">Who asks.</param>
    /// <param name="devices">The PCs that are meant; those that the person may not act on are left out.</param>
    /// <param name="cancellationToken">Ends the look-up.</param>
    public async Task<DeviceActionPlan> PlanAsync(Member by, IReadOnlyCollection<Guid> devices, CancellationToken cancellationToken)
    {
        var found = new List<(Guid Customer, PlannedDevice Device)>();
        foreach (var ids in devices.Distinct().Order().Chunk(1_000))
        {
            var rows = await db.Set<Device>().AsNoTracking().Where(row => ids.Contains(row.Id) && row.State == DeviceState.Enrolled).Select(row => new { row.TenantId, row.Id, row.Name }).ToListAsync(cancellationToken);
            found.AddRange(rows.Select(row => (row.TenantId, new PlannedDevice(row.Id, row.Name))));
        }

        var groups = found.Where(pc => rights(by, pc.Customer, Duty, DutyAction.Act) == AccessLevel.Full).GroupBy(pc => pc.Customer, pc => pc.Device).OrderBy(group => group.Key).ToList();
        List<CustomerPlan> customers = [];
        foreach (var group in groups)
        {
            var wanted = group.OrderBy(pc => pc.Name, StringComparer.OrdinalIgnoreCase).ThenBy(pc => pc.Id).ToList();
            var recent = await RecentAsync(group.Key, by.Id, cancellationToken);
            recent.ExceptWith(wanted.Select(pc => pc.Id));
            var (pcs, limit) = await LimitAsync(group.Key, cancellationToken);
            customers.Add(new CustomerPlan(group.Key, wanted, pcs, limit, recent.Count, SecondPersonRule.IsNeeded(wanted.Count + recent.Count, limit, groups.Count)));
        }

        return new DeviceActionPlan(customers);
    }

    /// <summary>Asks for the action. What needs nobody else begins at once.</summary>
    /// <param name="by">Who asks.</param>
    /// <param name="address">Address, for the record.</param>
    /// <param name="kind">What is to be done.</param>
    /// <param name="devices">The PCs.</param>
    /// <param name="seen">How many PCs the plan showed: refused when it would be another number now.</param>
    /// <param name="cancellationToken">Ends the work before it is saved.</param>
    /// <returns>The runs, one per customer.</returns>
    public async Task<Outcome<IReadOnlyList<DeviceActionRun>>> AskAsync(
        Member by, string address, DeviceActionKind kind, IReadOnlyCollection<Guid> devices, int seen, CancellationToken cancellationToken)
    {
        if (devices.Count > MostPcs)
        {
            return TooMany;
        }

        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        await db.LockAsync($"device-actions:{by.Id}", cancellationToken);
        var plan = await PlanAsync(by, devices, cancellationToken);
        if (plan.Total == 0 || plan.Total != seen)
        {
            return Refusal.Conflict("The PCs that this means have changed. Look at the plan again.");
        }

        List<DeviceActionRun> runs = [];
        foreach (var customer in plan.Customers)
        {
            runs.Add(Add(by, address, kind, customer));
        }

        await db.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return runs;
    }

    /// <summary>
    /// One PC, from its own page: at once, and without a second person as long as the person's actions of the last hour stay below the limit.
    /// </summary>
    /// <returns>Null; or the rule's no, or NotAllowed at the limit.</returns>
    public async Task<Refusal?> ActAsync(Member by, string address, DeviceActionKind kind, Guid device, CancellationToken cancellationToken)
    {
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        await db.LockAsync($"device-actions:{by.Id}", cancellationToken);
        var found = await db.Set<Device>().AsNoTracking().SingleOrDefaultAsync(row => row.Id == device, cancellationToken);
        if (found is null || rights(by, found.TenantId, Duty, DutyAction.Act) != AccessLevel.Full)
        {
            return Refusal.NotFound("PC");
        }

        var recent = await RecentAsync(found.TenantId, by.Id, cancellationToken);
        recent.Add(device);
        var (_, limit) = await LimitAsync(found.TenantId, cancellationToken);
        if (SecondPersonRule.IsNeeded(recent.Count, limit, customers: 1))
        {
            return Refusal.NotAllowed($"More than {limit} PCs within an hour need a second person. Choose them in the list of PCs, and ask for all at once.");
        }

        var (command, refusal) = await targets.QueueAsync(kind, device, cancellationToken);
        if (refusal is not null)
        {
            return refusal;
        }

        var run = new DeviceActionRun
        {
            TenantId = found.TenantId, Kind = kind, IsSingle = true, State = RunState.Done, AskedById = by.Id, AskedBy = address, AskedAt = time.Now(), EndedAt = time.Now(), GrantId = GrantAt(by, found.TenantId), Total = 1,
        };
        db.Add(run);
        db.Add(new DeviceActionTarget { TenantId = run.TenantId, RunId = run.Id, DeviceId = device, DeviceName = found.Name, State = TargetState.Queued, CommandId = command, At = time.Now() });
        await db.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return null;
    }

    /// <summary>The second person's answer.</summary>
    public Task<Refusal?> AnswerAsync(Member by, string address, Guid run, bool approve, CancellationToken cancellationToken) =>
        ChangeAsync(by, DutyAction.Approve, run, row => row.Answer(by.Id, address, approve, time.Now()), approve ? "deviceAction.approve" : "deviceAction.decline", cancellationToken);

    /// <summary>
    /// Stops a run: what it has not come to is left alone, and what no PC has been told yet is taken back. A reading that was asked for stays.
    /// </summary>
    public Task<Refusal?> StopAsync(Member by, string address, Guid run, CancellationToken cancellationToken) =>
        ChangeAsync(by, DutyAction.Close, run, row => row.Stop(address, time.Now()), "deviceAction.stop", cancellationToken);

    private async Task<Refusal?> ChangeAsync(Member by, DutyAction action, Guid run, Func<DeviceActionRun, Refusal?> change, string audited, CancellationToken cancellationToken)
    {
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        await db.LockAsync(TargetWork.LockOf(run), cancellationToken);
        var row = await db.Set<DeviceActionRun>().SingleOrDefaultAsync(found => found.Id == run && !found.IsSingle, cancellationToken);
        if (row is null || rights(by, row.TenantId, Duty, action) != AccessLevel.Full)
        {
            return Refusal.NotFound("action");
        }

        var wasDone = row.State == RunState.Done;
        if (change(row) is { } refusal)
        {
            return refusal;
        }

        if (row.State is RunState.Stopped or RunState.Declined && await targets.TakeBackAsync(row, cancellationToken) == 0 && wasDone)
        {
            return DeviceActionRun.NothingToStop;
        }

        audit.Record(row.TenantId, audited, row.Id, row.Kind.ToString(), after: new { Kind = row.Kind.ToString(), Count = row.Total, row.AskedBy });
        await db.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return null;
    }

    private DeviceActionRun Add(Member by, string address, DeviceActionKind kind, CustomerPlan plan)
    {
        var run = new DeviceActionRun
        {
            TenantId = plan.Customer, Kind = kind, State = plan.NeedsSecondPerson ? RunState.Waiting : RunState.Running, AskedById = by.Id, AskedBy = address, AskedAt = time.Now(),
            GrantId = GrantAt(by, plan.Customer), Total = plan.Devices.Count, NeedsSecondPerson = plan.NeedsSecondPerson,
        };
        db.Add(run);
        db.AddRange(plan.Devices.Select(pc => new DeviceActionTarget { TenantId = run.TenantId, RunId = run.Id, DeviceId = pc.Id, DeviceName = pc.Name }));
        audit.Record(run.TenantId, "deviceAction.request", run.Id, kind.ToString(), after: new { Kind = kind.ToString(), Count = run.Total, run.NeedsSecondPerson });
        return run;
    }

    /// <summary>The grant that opens the customer longest for this; null: the person is of the customer.</summary>
    private Guid? GrantAt(Member by, Guid customer) => by.Grants.Where(grant => grant.Customer == customer && rights(by with { Grants = [grant] }, customer, Duty, DutyAction.Act) == AccessLevel.Full)
        .OrderByDescending(grant => grant.Until).Select(grant => (Guid?)grant.Grant).FirstOrDefault();

    /// <summary>How many PCs the customer has under management, and on how many of them one person may act.</summary>
    private async Task<(int Pcs, int Limit)> LimitAsync(Guid customer, CancellationToken cancellationToken)
    {
        var figures = await contracts.FiguresAsync(customer, cancellationToken);
        var pcs = await db.Set<Device>().CountAsync(row => row.TenantId == customer && row.State == DeviceState.Enrolled, cancellationToken);
        return (pcs, SecondPersonRule.LimitOf(pcs, figures["actions.count"], figures["actions.share"]));
    }

    /// <summary>The PCs of a customer on which the person acted within the hour on their own word alone.</summary>
    private async Task<HashSet<Guid>> RecentAsync(Guid customer, Guid person, CancellationToken cancellationToken)
    {
        var since = time.Now() - SecondPersonRule.Within;
        return await db.Set<DeviceActionRun>().Where(run => run.TenantId == customer && run.AskedById == person && run.AskedAt > since && !run.NeedsSecondPerson)
            .Join(db.Set<DeviceActionTarget>().Where(target => target.State == TargetState.Waiting || target.State == TargetState.Queued), run => run.Id, target => target.RunId, (run, target) => target.DeviceId)
            .Distinct().ToHashSetAsync(cancellationToken);
    }
}
