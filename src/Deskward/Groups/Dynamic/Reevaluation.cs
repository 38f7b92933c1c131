using Deskward.Audit;
using Deskward.Devices;
using Deskward.Groups.Rules;
using Deskward.Platform;
using Deskward.Platform.Plans;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;

namespace Deskward.Groups.Dynamic;

/// <summary>
/// Puts rules to PCs again when nobody asked: to the PCs of which something changed, and every hour to all. What moves more than a tenth of an organisation's
/// PCs within a day, by one group, waits for confirmation; arrivals do not count, as they are placed when they come.
/// </summary>
public sealed class Reevaluation
{
    private const int MostDue = 5_000;
    private const int FewMoves = 5;
    private static readonly TimeSpan Window = TimeSpan.FromDays(1);
    private readonly DeskwardContext _db;
    private readonly RuleCache _rules;
    private readonly MemberMoves _moves;
    private readonly AuditTrail _audit;
    private readonly TimeProvider _time;

    internal Reevaluation(DeskwardContext db, RuleCache rules, MemberMoves moves, AuditTrail audit, TimeProvider time) => (_db, _rules, _moves, _audit, _time) = (db, rules, moves, audit, time);

    /// <summary>
    /// The PCs of an open organisation of which something changed: 1. which, and what of them; 2. the rules that ask for that; 3. who is in by them now, and who
    /// was; 4. the difference. Saves.
    /// </summary>
    /// <returns>How many memberships changed.</returns>
    internal async Task<int> RunDueAsync(Guid tenant, CancellationToken cancellationToken)
    {
        await using var transaction = await BeginDueAsync(tenant, cancellationToken);
        var moved = await ApplyAsync(tenant, await EvaluateDueAsync(tenant, cancellationToken), isWhole: false, cancellationToken); // 4
        await _db.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return moved;
    }

    /// <summary>
    /// A transaction for the same few statements each time, that ask for rows by their keys: to plan them costs more than what they read, and one plan serves for any keys.
    /// It need not be on the disk before others go on: if a crash undoes it, the notes that it answers are there again, and whatever was committed after it is undone, too.
    /// </summary>
    internal async Task<IDbContextTransaction> BeginDueAsync(Guid tenant, CancellationToken cancellationToken)
    {
        _db.KeepsStatements = true;
        _db.Database.AutoSavepointsEnabled = false; // What fails takes the whole with it.
        var transaction = await _db.Database.BeginTransactionAsync(cancellationToken);
        if (!_db.IsSqlite)
        {
            await _db.AheadAsync($"SELECT set_config('plan_cache_mode', 'force_generic_plan', true), set_config('synchronous_commit', 'off', true)", cancellationToken);
        }

        await MemberRows.AloneAsync(_db, tenant, cancellationToken);
        return transaction;
    }

    /// <summary>The first three steps of <see cref="RunDueAsync"/>: takes the notes of changes, and tells what would move.</summary>
    internal async Task<List<MemberMove>> EvaluateDueAsync(Guid tenant, CancellationToken cancellationToken)
    {
        var due = await FactsDue.TakeAsync(_db, tenant, MostDue, cancellationToken); // 1
        if (due.Count == 0)
        {
            return [];
        }

        var changed = due.GroupBy(row => row.DeviceId).ToDictionary(group => group.Key, group => new AttributeSet(group.Aggregate(0, (all, row) => all | row.Attributes)));
        var index = await _rules.OfAsync(_db, tenant, due[0].Rules, cancellationToken); // 2
        return index.Groups.Count == 0 ? [] : await DifferencesAsync(index, changed, cancellationToken); // 3
    }

    /// <summary>All rules to all PCs of an open organisation. Saves.</summary>
    /// <returns>How many memberships changed.</returns>
    internal async Task<int> RunAllAsync(Guid tenant, CancellationToken cancellationToken)
    {
        await using var transaction = await _db.Database.BeginTransactionAsync(cancellationToken);
        await MemberRows.AloneAsync(_db, tenant, cancellationToken);
        var index = await _rules.OfAsync(_db, tenant, cancellationToken);
        if (index.Groups.Count == 0)
        {
            return 0;
        }

        var moved = await ApplyAsync(tenant, await DifferencesAsync(index.Groups, tenant, cancellationToken), isWhole: true, cancellationToken);
        await _db.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return moved;
    }

    /// <summary>Carries out what a group waits with, as it is now.</summary>
    /// <param name="group">The group.</param>
    /// <param name="moves">How many PCs it was told to move.</param>
    /// <param name="cancellationToken">Cancels it.</param>
    /// <returns>Null; or NotFound, or Conflict when nothing waits any more or it would move another number of PCs.</returns>
    public async Task<Refusal?> ConfirmAsync(Guid group, int moves, CancellationToken cancellationToken)
    {
        if (await _db.Set<Group>().AsNoTracking().SingleOrDefaultAsync(row => row.Id == group && row.Kind == GroupKind.Dynamic, cancellationToken) is not { } known)
        {
            return Refusal.NotFound("group");
        }

        await using var transaction = await _db.Database.BeginTransactionAsync(cancellationToken);
        await MemberRows.AloneAsync(_db, known.TenantId, cancellationToken);
        var held = await _db.Set<Group>().SingleAsync(row => row.Id == group, cancellationToken);
        var index = await _rules.OfAsync(_db, known.TenantId, cancellationToken);
        if (held.HeldAt is null || index.Groups.FirstOrDefault(row => row.Group == group) is not { } ruled)
        {
            return Refusal.Conflict("Nothing waits for confirmation any more.");
        }

        var difference = (await DifferencesAsync([ruled], known.TenantId, cancellationToken)).FirstOrDefault() ?? new MemberMove(group, [], []);
        if (difference.Count != moves)
        {
            await SetHeldAsync(group, difference.Count, cancellationToken);
            await transaction.CommitAsync(cancellationToken);
            return Refusal.Conflict("What the change would do is not the same any more. Look at it again.");
        }

        var decision = new MembershipDecision(PlanCause.RuleChanged, held.Name, group, [new MembershipDraft(held.TenantId, group, difference.Come, difference.Leave)], null);
        if (await _moves.DecideAsync(decision, cancellationToken) is { } refusal)
        {
            return refusal;
        }

        _audit.Record(held.TenantId, "group.confirm", group, held.Name, after: new { Joined = difference.Come.Count, Left = difference.Leave.Count });
        (held.HeldAt, held.HeldMoves, held.MovesSince, held.Moves) = (null, 0, null, 0);
        await _db.SaveChangesAsync(cancellationToken);
        await _moves.ApplyAsync(held.TenantId, group, difference.Come, difference.Leave, cancellationToken);
        await _db.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return null;
    }

    private async Task<List<MemberMove>> DifferencesAsync(RuleIndex index, Dictionary<Guid, AttributeSet> changed, CancellationToken cancellationToken)
    {
        var (come, leave) = (new Dictionary<Guid, List<Guid>>(), new Dictionary<Guid, List<Guid>>());
        foreach (var batch in changed.Keys.Order().Chunk(MemberRows.Batch))
        {
            var facts = await FleetReader.OfAsync(_db, batch, cancellationToken);
            var present = (await _db.Set<GroupMember>().AsNoTracking().Where(row => batch.Contains(row.DeviceId)).Select(row => new { row.DeviceId, row.GroupId }).ToListAsync(cancellationToken))
                .ToLookup(row => row.DeviceId, row => row.GroupId);
            foreach (var pc in facts)
            {
                var isIn = present[pc.Id].ToHashSet();
                foreach (var group in index.AskingFor(changed[pc.Id]).Where(group => group.Rule.Holds(pc) != isIn.Contains(group.Group)))
                {
                    Add(isIn.Contains(group.Group) ? leave : come, group.Group, pc.Id);
                }
            }
        }

        return [.. come.Keys.Union(leave.Keys).Select(group => new MemberMove(group, come.GetValueOrDefault(group) ?? [], leave.GetValueOrDefault(group) ?? []))];
    }

    private async Task<List<MemberMove>> DifferencesAsync(IReadOnlyList<RuledGroup> groups, Guid tenant, CancellationToken cancellationToken)
    {
        var fleet = new FleetFacts(await FleetReader.AllAsync(_db, tenant, cancellationToken));
        var known = fleet.Pcs.Select(pc => pc.Id).ToHashSet();
        List<MemberMove> differences = [];
        foreach (var group in groups)
        {
            var wanted = fleet.Matching(group.Rule).Select(at => fleet.Pcs[at].Id).ToHashSet();
            var present = await _db.Set<GroupMember>().Where(row => row.GroupId == group.Group).Select(row => row.DeviceId).ToListAsync(cancellationToken);
            var difference = new MemberMove(group.Group, [.. wanted.Except(present)], [.. present.Where(id => known.Contains(id) && !wanted.Contains(id))]);
            if (difference.Count > 0)
            {
                differences.Add(difference);
            }
        }

        return differences;
    }

    private async Task<int> ApplyAsync(Guid tenant, List<MemberMove> differences, bool isWhole, CancellationToken cancellationToken)
    {
        if (differences.Count == 0)
        {
            return 0;
        }

        var ids = differences.ConvertAll(one => one.Group);
        var pcs = _db.Set<Device>().Where(row => row.TenantId == tenant && row.State != DeviceState.Retired);
        var counted = MembershipPlan.EnoughFor(differences.Max(one => one.Count) + FewMoves);
        var rows = await _db.Set<Group>().Where(row => ids.Contains(row.Id)).Select(row => new { row.Id, row.Name, row.HeldAt, row.MovesSince, row.Moves, Pcs = pcs.Take(counted).Count() }).ToDictionaryAsync(row => row.Id, cancellationToken);
        var (now, young) = (_time.Now(), _time.Now() - Window);
        var all = differences.ToDictionary(one => one.Group, one => one.Count + (rows[one.Group].MovesSince > young ? rows[one.Group].Moves : 0));
        // Whether it is above a part can be told without counting more PCs than so many, which are mostly counted already.
        var enough = MembershipPlan.EnoughFor(all.Values.Max());
        var total = enough <= counted ? rows[ids[0]].Pcs : await pcs.Take(enough).CountAsync(cancellationToken);
        List<MemberMove> carriedOut = [];
        foreach (var one in differences.Where(one => isWhole || rows[one.Group].HeldAt is null))
        {
            if (MembershipPlan.IsAbove(all[one.Group], total))
            {
                await HoldAsync(tenant, one, rows[one.Group].Name, isHeld: rows[one.Group].HeldAt is not null, cancellationToken);
                continue;
            }

            carriedOut.Add(one);
            _audit.Record(tenant, "group.evaluate", one.Group, rows[one.Group].Name, after: new { Joined = one.Come.Count, Left = one.Leave.Count });
        }

        foreach (var alike in carriedOut.GroupBy(one => (Moves: all[one.Group], Start: rows[one.Group].MovesSince is { } since && since > young ? since : now)))
        {
            await MemberRows.CountedAsync(_db, tenant, [.. alike.Select(one => one.Group)], alike.Key.Moves, alike.Key.Start, cancellationToken);
        }

        return await _moves.ApplyAsync(tenant, carriedOut, cancellationToken);
    }

    private async Task HoldAsync(Guid tenant, MemberMove move, string name, bool isHeld, CancellationToken cancellationToken)
    {
        if (!isHeld)
        {
            _audit.Record(tenant, "group.hold", move.Group, name, after: new { Moves = move.Count });
            var now = _time.Now();
            await _db.Set<Group>().Where(group => group.Id == move.Group).ExecuteUpdateAsync(set => set.SetProperty(group => group.HeldAt, now), cancellationToken);
        }

        await SetHeldAsync(move.Group, move.Count, cancellationToken);
    }

    private Task<int> SetHeldAsync(Guid group, int moves, CancellationToken cancellationToken) =>
        _db.Set<Group>().Where(row => row.Id == group).ExecuteUpdateAsync(set => set.SetProperty(row => row.HeldMoves, moves), cancellationToken);

    private static void Add(Dictionary<Guid, List<Guid>> to, Guid group, Guid device) => (to.TryGetValue(group, out var devices) ? devices : to[group] = []).Add(device);
}
