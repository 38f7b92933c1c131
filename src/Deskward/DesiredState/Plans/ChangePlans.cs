using System.Security.Cryptography;
using Deskward.Audit;
using Deskward.Devices;
using Deskward.Groups;
using Deskward.Platform;
using Deskward.Platform.Plans;
using Microsoft.EntityFrameworkCore;

namespace Deskward.DesiredState.Plans;

/// <summary>What is planned, for the record of it.</summary>
internal sealed record PlanSubject(Guid Tenant, PlanCause Cause, string Name, Guid? Id);

/// <summary>
/// Works out what a change of assignments or members would do, and keeps what is carried out. Working out writes nothing; what is kept is kept in the
/// transaction of the change, under <see cref="AssignmentLock.AloneAsync"/>.
/// </summary>
internal sealed class ChangePlans(DeskwardContext db, AuditTrail audit, TimeProvider time, SetCompiler compiler)
{
    internal const string Stale = "What the change would do is not the same any more. Look at it again.";

    /// <summary>What becomes of documents when an assignment to a group comes, goes, or is replaced.</summary>
    /// <param name="group">The group.</param>
    /// <param name="gone">The assignment as it is; null: there is none yet.</param>
    /// <param name="come">The assignment as it would be, under any id; null: it goes.</param>
    /// <param name="policySet">Name of its policy set.</param>
    /// <param name="cancellationToken">Cancels it.</param>
    internal async Task<DocumentPlan> OfAsync(Group group, AssignedSettings? gone, AssignedSettings? come, string policySet, CancellationToken cancellationToken)
    {
        var sets = await new SetInterning(db).SetsAsync(group.TenantId, cancellationToken);
        var counts = await CountsAsync(db.Set<Device>().Where(row => row.TenantId == group.TenantId), cancellationToken);
        var assigned = await compiler.AssignedAsync(db, [.. sets.SelectMany(set => set.Groups).Append(group.Id).Distinct()], cancellationToken);
        var (isFirst, isLast) = (!assigned[group.Id].Any(), come is null && assigned[group.Id].Count() == 1);
        var members = group.HasMembers && isFirst ? await CountsAsync(MembersOf(group.Id), cancellationToken) : [];
        var transitions = new List<SetTransition>();
        foreach (var set in sets)
        {
            List<AssignedSettings> before = [.. set.Groups.SelectMany(one => assigned[one])];
            if (set.Groups.Contains(group.Id))
            {
                List<AssignedSettings> after = [.. before.Where(one => gone is null || one.AssignmentId != gone.AssignmentId), .. come is null ? [] : (AssignedSettings[])[come]];
                var target = isLast && group.HasMembers ? HashOf(set.Groups.Where(one => one != group.Id)) : null;
                transitions.Add(new SetTransition(set.Id, before, after, counts.GetValueOrDefault(set.Id), target));
            }
            else if (come is not null && members.TryGetValue(set.Id, out var pcs))
            {
                transitions.Add(new SetTransition(set.Id, before, [.. before, come], pcs, HashOf(set.Groups.Append(group.Id))));
            }
        }

        var about = $"{group.Id}|{gone?.AssignmentId}|{come?.VersionId}|{come?.Layer}";
        return DocumentPlanner.Plan(about, transitions, await NamesAsync(group.TenantId, policySet, cancellationToken));
    }

    /// <summary>What becomes of documents when PCs come into groups and leave others, all at once.</summary>
    internal async Task<DocumentPlan> OfAsync(IReadOnlyCollection<MembershipDraft> drafts, CancellationToken cancellationToken)
    {
        Guid[] groups = [.. drafts.Select(draft => draft.GroupId).Distinct()];
        if (drafts.Count == 0 || await db.Set<Assignment>().Where(row => groups.Contains(row.GroupId)).Select(row => row.GroupId).Distinct().ToListAsync(cancellationToken) is not { Count: > 0 } carrying)
        {
            return DocumentPlan.Empty;
        }

        var tenant = drafts.First().TenantId;
        var moves = MovesOf(drafts.Where(draft => carrying.Contains(draft.GroupId)));
        var sets = (await new SetInterning(db).SetsAsync(tenant, cancellationToken)).ToDictionary(set => set.Id);
        var assigned = await compiler.AssignedAsync(db, [.. sets.Values.SelectMany(set => set.Groups).Concat(groups).Distinct()], cancellationToken);
        var moving = (await StandingAsync(tenant, moves.Keys, cancellationToken)).Where(pc => pc.Set is { } set && sets.TryGetValue(set, out var known) && Moves(known.Groups, moves[pc.Id])).ToList();
        var transitions = moving.GroupBy(pc => (Set: pc.Set!.Value, Key: moves[pc.Id].Key)).Select(alike =>
        {
            var (before, (_, come, leave)) = (sets[alike.Key.Set].Groups, moves[alike.First().Id]);
            Guid[] after = [.. before.Except(leave).Union(come)];
            return new SetTransition(alike.Key.Set, [.. before.SelectMany(one => assigned[one])], [.. after.SelectMany(one => assigned[one])], alike.Count(), HashOf(after));
        }).ToList();
        return DocumentPlanner.Plan(string.Join('|', groups.Order().Concat(moving.Select(pc => pc.Id).Order())), transitions, await NamesAsync(tenant, "", cancellationToken));
    }

    /// <summary>Keeps a plan that is about to be carried out in the transaction that is open, unless it is another than the one that was looked at.</summary>
    /// <param name="subject">What is planned.</param>
    /// <param name="plan">The plan, as it is now.</param>
    /// <param name="digest">That of the plan which the person saw; null when nobody looked.</param>
    /// <param name="cancellationToken">Cancels it.</param>
    internal async Task<Refusal?> KeepAsync(PlanSubject subject, DocumentPlan plan, string? digest, CancellationToken cancellationToken)
    {
        if (digest is not null && digest != plan.Digest)
        {
            return Refusal.Conflict(Stale);
        }

        if (plan.Sets.Count == 0)
        {
            return null;
        }

        var last = await db.Set<CarriedOutPlan>().Where(row => row.TenantId == subject.Tenant).MaxAsync(row => (int?)row.Number, cancellationToken);
        Keep(subject, plan, last ?? 0);
        return null;
    }

    /// <summary>Keeps plans of several customers that are about to be carried out in the transaction that is open.</summary>
    internal async Task KeepAsync(IReadOnlyList<(PlanSubject Subject, DocumentPlan Plan)> plans, CancellationToken cancellationToken)
    {
        var tenants = plans.Select(one => one.Subject.Tenant).ToArray();
        var last = await db.Set<CarriedOutPlan>().Where(row => tenants.Contains(row.TenantId)).GroupBy(row => row.TenantId).Select(rows => new { rows.Key, Last = rows.Max(row => row.Number) }).ToDictionaryAsync(row => row.Key, row => row.Last, cancellationToken);
        foreach (var (subject, plan) in plans.Where(one => one.Plan.Sets.Count > 0))
        {
            Keep(subject, plan, last.GetValueOrDefault(subject.Tenant));
        }
    }

    private void Keep(PlanSubject subject, DocumentPlan plan, int last) => db.Add(new CarriedOutPlan
    {
        TenantId = subject.Tenant, Number = last + 1, At = time.Now(), By = audit.Actor.Name, Cause = subject.Cause, SubjectId = subject.Id,
        Subject = subject.Name.Length <= PlansMapping.LongestSubject ? subject.Name : subject.Name[..PlansMapping.LongestSubject],
        Pcs = plan.Pcs, Flips = plan.Changes.SelectMany(change => change.Flips).ToHashSet<PlannedFlip>(ReferenceEqualityComparer.Instance).Distinct().Count(), Content = PlanContent.Write(plan), Digest = Convert.FromHexString(plan.Digest), Transaction = db.Database.CurrentTransaction?.TransactionId,
    });

    /// <summary>What a change of members would do.</summary>
    internal async Task<MembershipEffect> EffectAsync(IReadOnlyCollection<MembershipDraft> drafts, CancellationToken cancellationToken)
    {
        Guid[] groups = [.. drafts.Select(draft => draft.GroupId).Distinct()];
        var carried = await (from assignment in db.Set<Assignment>()
                             join version in db.Set<PolicySetVersion>() on assignment.PolicySetVersionId equals version.Id
                             join set in db.Set<PolicySet>() on assignment.PolicySetId equals set.Id
                             where groups.Contains(assignment.GroupId)
                             orderby set.Name
                             select new { set.Name, version.Number }).ToListAsync(cancellationToken);
        return carried.Count == 0 ? MembershipEffect.None : new MembershipEffect([.. carried.Select(row => $"{row.Name} ({row.Number})").Distinct()], await OfAsync(drafts, cancellationToken));
    }

    /// <summary>Keeps what a decision about members does, before it is carried out in the transaction that is open.</summary>
    internal async Task<Refusal?> KeepAsync(MembershipDecision decision, CancellationToken cancellationToken)
    {
        if (decision.Drafts.FirstOrDefault() is not { TenantId: var tenant })
        {
            return null;
        }

        await AssignmentLock.AloneAsync(db, tenant, cancellationToken);
        return await KeepAsync(new PlanSubject(tenant, decision.Cause, decision.Name, decision.Group), await OfAsync(decision.Drafts, cancellationToken), decision.Digest, cancellationToken);
    }

    /// <summary>Whoever is in already, or out already, is passed over.</summary>
    private static bool Moves(IReadOnlyList<Guid> groups, (string Key, Guid[] Come, Guid[] Leave) move) => move.Come.Except(groups).Any() || move.Leave.Intersect(groups).Any();

    private static Dictionary<Guid, (string Key, Guid[] Come, Guid[] Leave)> MovesOf(IEnumerable<MembershipDraft> drafts)
    {
        var (come, leave) = (new Dictionary<Guid, List<Guid>>(), new Dictionary<Guid, List<Guid>>());
        foreach (var draft in drafts.OrderBy(draft => draft.GroupId))
        {
            Add(come, draft.In, draft.GroupId);
            Add(leave, draft.Out, draft.GroupId);
        }

        return come.Keys.Union(leave.Keys).ToDictionary(pc => pc, pc =>
        {
            Guid[] joined = [.. come.GetValueOrDefault(pc) ?? []], left = [.. leave.GetValueOrDefault(pc) ?? []];
            return ($"{string.Join('+', joined)}-{string.Join('-', left)}", joined, left);
        });
    }

    private static void Add(Dictionary<Guid, List<Guid>> to, IEnumerable<Guid> pcs, Guid group)
    {
        foreach (var pc in pcs)
        {
            if (!to.TryGetValue(pc, out var groups))
            {
                to[pc] = groups = [];
            }

            groups.Add(group);
        }
    }

    private async Task<List<(Guid Id, Guid? Set)>> StandingAsync(Guid tenant, IReadOnlyCollection<Guid> pcs, CancellationToken cancellationToken)
    {
        List<(Guid, Guid?)> found = [];
        foreach (var batch in pcs.Order().Chunk(1000))
        {
            found.AddRange((await db.Set<Device>().Where(row => row.TenantId == tenant && batch.Contains(row.Id) && row.State == DeviceState.Enrolled).Select(row => new { row.Id, row.AssignmentSetId })
                .ToListAsync(cancellationToken)).Select(row => (row.Id, row.AssignmentSetId)));
        }

        return found;
    }

    private IQueryable<Device> MembersOf(Guid group) =>
        db.Set<GroupMember>().Where(member => member.GroupId == group).Join(db.Set<Device>(), member => member.DeviceId, device => device.Id, (_, device) => device);

    /// <summary>How many managed PCs stand in each set.</summary>
    internal static async Task<Dictionary<Guid, int>> CountsAsync(IQueryable<Device> devices, CancellationToken cancellationToken) =>
        await devices.Where(row => row.State == DeviceState.Enrolled && row.AssignmentSetId != null).GroupBy(row => row.AssignmentSetId!.Value)
            .Select(alike => new { alike.Key, Count = alike.Count() }).ToDictionaryAsync(row => row.Key, row => row.Count, cancellationToken);

    private async Task<Func<Guid, string>> NamesAsync(Guid tenant, string otherwise, CancellationToken cancellationToken)
    {
        var names = await db.Set<Assignment>().Where(row => row.TenantId == tenant).Join(db.Set<PolicySet>(), row => row.PolicySetId, set => set.Id, (row, set) => new { row.Id, set.Name })
            .ToDictionaryAsync(row => row.Id, row => row.Name, cancellationToken);
        return assignment => names.GetValueOrDefault(assignment, otherwise);
    }

    private static byte[] HashOf(IEnumerable<Guid> groups) => SHA256.HashData(GroupKeys.Write(groups));
}
