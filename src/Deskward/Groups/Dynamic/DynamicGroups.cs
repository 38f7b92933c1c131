using Deskward.Audit;
using Deskward.Groups.Rules;
using Deskward.Platform;
using Deskward.Platform.Plans;
using Microsoft.EntityFrameworkCore;

namespace Deskward.Groups.Dynamic;

/// <summary>
/// A customer's groups by rule, and what a change of any of its groups would do. What was planned is carried out only while the plan is still the same; a
/// re-evaluation that nobody looked at and that moves too many PCs waits.
/// </summary>
public sealed class DynamicGroups
{
    private readonly DeskwardContext _db;
    private readonly GroupMembership _groups;
    private readonly AuditTrail _audit;
    private readonly MemberMoves _moves;
    private readonly IEnumerable<MembershipEffects> _effects;

    internal DynamicGroups(DeskwardContext db, GroupMembership groups, AuditTrail audit, MemberMoves moves, IEnumerable<MembershipEffects> effects) =>
        (_db, _groups, _audit, _moves, _effects) = (db, groups, audit, moves, effects);

    /// <summary>Makes a group by rule. It carries nothing yet, so no PC's document changes.</summary>
    /// <returns>The group; Invalid when the rule cannot be read, with line and column; Invalid or Conflict over its name.</returns>
    public async Task<Outcome<Group>> CreateAsync(Guid tenant, string name, string rule, CancellationToken cancellationToken)
    {
        var read = MembershipRule.Read(rule);
        if (read.IsRefused)
        {
            return read.Refusal;
        }

        await using var transaction = await _db.Database.BeginTransactionAsync(cancellationToken);
        await MemberRows.AloneAsync(_db, tenant, cancellationToken);
        var made = await _groups.CreateAsync(tenant, name, rule, cancellationToken);
        if (made.IsRefused)
        {
            return made;
        }

        var fleet = new FleetFacts(await FleetReader.AllAsync(_db, tenant, cancellationToken));
        await _moves.ApplyAsync(tenant, made.Value.Id, [.. fleet.Matching(read.Value).Select(at => fleet.Pcs[at].Id)], [], cancellationToken);
        await _db.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return made;
    }

    /// <summary>Who would be in by a rule; changes nothing.</summary>
    /// <param name="tenant">Whose PCs.</param>
    /// <param name="group">The group whose rule it would become; null: one that is not made yet.</param>
    /// <param name="rule">The rule.</param>
    /// <param name="cancellationToken">Cancels it.</param>
    public async Task<Outcome<MembershipPlan>> PlanRuleAsync(Guid tenant, Guid? group, string rule, CancellationToken cancellationToken)
    {
        var read = MembershipRule.Read(rule);
        if (read.IsRefused)
        {
            return read.Refusal;
        }

        var fleet = new FleetFacts(await FleetReader.AllAsync(_db, tenant, cancellationToken));
        var wanted = fleet.Matching(read.Value).Select(at => fleet.Pcs[at].Id).ToHashSet();
        var known = fleet.Pcs.Select(pc => pc.Id).ToHashSet();
        var present = group is null ? [] : await _db.Set<GroupMember>().Where(row => row.GroupId == group).Select(row => row.DeviceId).ToListAsync(cancellationToken);
        return await PlanAsync(new MembershipDraft(tenant, group ?? Guid.Empty, [.. wanted.Except(present)], [.. present.Where(id => known.Contains(id) && !wanted.Contains(id))]), rule, fleet.Pcs.Count, wanted.Count, cancellationToken);
    }

    /// <summary>What adding PCs to a listed group, or taking them out, would do; changes nothing. Those that are in, or out, already are passed over.</summary>
    public async Task<MembershipPlan> PlanListAsync(Group group, IReadOnlyCollection<Guid> come, IReadOnlyCollection<Guid> leave, CancellationToken cancellationToken)
    {
        var present = await _db.Set<GroupMember>().Where(row => row.GroupId == group.Id).Select(row => row.DeviceId).ToHashSetAsync(cancellationToken);
        var total = await _db.Set<Devices.Device>().CountAsync(row => row.TenantId == group.TenantId && row.State != Devices.DeviceState.Retired, cancellationToken);
        var draft = new MembershipDraft(group.TenantId, group.Id, [.. come.Distinct().Where(id => !present.Contains(id))], [.. leave.Distinct().Where(present.Contains)]);
        return await PlanAsync(draft, "list", total, present.Count + draft.In.Count - draft.Out.Count, cancellationToken);
    }

    /// <summary>Gives a group another rule, as it was planned.</summary>
    /// <param name="group">The group.</param>
    /// <param name="concurrency">Its version as the person saw it.</param>
    /// <param name="rule">The rule.</param>
    /// <param name="digest">That of the plan that the person saw.</param>
    /// <param name="cancellationToken">Cancels it.</param>
    /// <returns>The group; NotFound, Invalid, or Conflict when the group or what the change would do is not the same any more.</returns>
    public async Task<Outcome<Group>> ChangeRuleAsync(Guid group, int concurrency, string rule, string digest, CancellationToken cancellationToken)
    {
        if (await _db.Set<Group>().AsNoTracking().SingleOrDefaultAsync(row => row.Id == group && row.Kind == GroupKind.Dynamic, cancellationToken) is not { } known)
        {
            return Refusal.NotFound("group");
        }

        await using var transaction = await _db.Database.BeginTransactionAsync(cancellationToken);
        await MemberRows.AloneAsync(_db, known.TenantId, cancellationToken);
        var row = await _db.Set<Group>().SingleAsync(one => one.Id == group, cancellationToken);
        if (row.Version != concurrency)
        {
            return Refusal.Conflict("The group changed meanwhile. Look at it again.");
        }

        var plan = await PlanRuleAsync(row.TenantId, group, rule, cancellationToken);
        if (plan.IsRefused)
        {
            return plan.Refusal;
        }

        if (plan.Value.Digest != digest)
        {
            return Refusal.Conflict("What the change would do is not the same any more. Look at it again.");
        }

        Guid[] come = [.. plan.Value.In.Select(pc => pc.Id)], leave = [.. plan.Value.Out.Select(pc => pc.Id)];
        var decision = new MembershipDecision(PlanCause.RuleChanged, row.Name, group, [new MembershipDraft(row.TenantId, group, come, leave)], plan.Value.Effect.Plan.Digest);
        if (await _moves.DecideAsync(decision, cancellationToken) is { } stale)
        {
            return stale;
        }

        _audit.Record(row.TenantId, "group.rule", group, row.Name, new { row.Rule }, new { Rule = rule, Joined = plan.Value.In.Count, Left = plan.Value.Out.Count });
        (row.Rule, row.HeldAt, row.HeldMoves, row.Version) = (rule, null, 0, row.Version + 1);
        await _db.SaveChangesAsync(cancellationToken);
        await _moves.ApplyAsync(row.TenantId, group, come, leave, cancellationToken);
        await _db.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return row;
    }

    private async Task<MembershipPlan> PlanAsync(MembershipDraft draft, string wanted, int total, int members, CancellationToken cancellationToken)
    {
        var (come, leave) = (await NamedAsync(draft.In, cancellationToken), await NamedAsync(draft.Out, cancellationToken));
        var effect = draft.GroupId == Guid.Empty ? MembershipEffect.None : await _effects.TellAsync([draft], cancellationToken);
        return new MembershipPlan(total, members, come, leave, effect, MembershipPlan.DigestOf(wanted, come, leave, effect));
    }

    private async Task<IReadOnlyList<PlannedPc>> NamedAsync(IReadOnlyCollection<Guid> devices, CancellationToken cancellationToken)
    {
        List<PlannedPc> named = [];
        foreach (var batch in devices.Chunk(MemberRows.Batch))
        {
            named.AddRange(await _db.Set<Devices.Device>().Where(row => batch.Contains(row.Id)).Select(row => new PlannedPc(row.Id, row.Name)).ToListAsync(cancellationToken));
        }

        return [.. named.OrderBy(pc => pc.Name, StringComparer.OrdinalIgnoreCase).ThenBy(pc => pc.Id)];
    }
}
