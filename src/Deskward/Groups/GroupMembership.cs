using Deskward.Audit;
using Deskward.Devices;
using Deskward.Platform;
using Deskward.Platform.Plans;
using Microsoft.EntityFrameworkCore;

namespace Deskward.Groups;

/// <summary>What happens to a group.</summary>
public enum GroupChangeKind
{
    /// <summary>PCs were added.</summary>
    Joined,

    /// <summary>PCs were taken out.</summary>
    Left,

    /// <summary>The group is about to be deleted; its members are still there.</summary>
    Deleting,
}

/// <summary>A change of groups of one organisation.</summary>
public sealed record GroupChange(Guid TenantId, IReadOnlyList<Guid> GroupIds, GroupChangeKind Kind);

/// <summary>
/// What an upper module does when groups change, such as giving its members another assignment set; runs in the same transaction. A refusal
/// undoes the change.
/// </summary>
public delegate Task<Refusal?> GroupChanging(DeskwardContext db, GroupChange change, CancellationToken cancellationToken);

/// <summary>Listed groups and their members. The service's own groups are refused to everyone.</summary>
/// <remarks>Every method saves, with its audit row, in one transaction; members are written in sets, however many they are.</remarks>
public sealed class GroupMembership(DeskwardContext db, AuditTrail audit, IEnumerable<GroupChanging> changing, IEnumerable<MembershipDeciding> deciding)
{
    private const int LongestName = 120;
    private const int MostInAudit = 100;

    /// <summary>Makes an empty group.</summary>
    /// <returns>The group; Invalid or Conflict when the name breaks a rule or is taken.</returns>
    public Task<Outcome<Group>> CreateAsync(Guid tenant, string name, CancellationToken cancellationToken) => CreateAsync(tenant, name, null, cancellationToken);

    /// <summary>The same with a rule that was read, from which its members follow; they are the caller's to write.</summary>
    internal async Task<Outcome<Group>> CreateAsync(Guid tenant, string name, string? rule, CancellationToken cancellationToken)
    {
        if (await RefuseNameAsync(tenant, name, null, cancellationToken) is { } refusal)
        {
            return refusal;
        }

        var group = new Group { TenantId = tenant, Kind = rule is null ? GroupKind.Listed : GroupKind.Dynamic, Rule = rule, Name = name.Trim() };
        db.Add(group);
        audit.Record(tenant, "group.add", group.Id, group.Name, after: rule is null ? new { group.Name } : (object)new { group.Name, group.Rule });
        return await SaveAsync(group, cancellationToken);
    }

    /// <summary>Gives a group another name.</summary>
    /// <param name="id">The group.</param>
    /// <param name="concurrency">Its <see cref="Group.Version"/> as the person saw it; null when nobody looked.</param>
    /// <param name="name">The new name.</param>
    /// <param name="cancellationToken">Cancels it.</param>
    public async Task<Outcome<Group>> RenameAsync(Guid id, int? concurrency, string name, CancellationToken cancellationToken)
    {
        var found = await FindAsync(id, concurrency, cancellationToken);
        if (found.IsRefused)
        {
            return found;
        }

        if (await RefuseNameAsync(found.Value.TenantId, name, id, cancellationToken) is { } refusal)
        {
            return refusal;
        }

        audit.Record(found.Value.TenantId, "group.rename", id, found.Value.Name, new { found.Value.Name }, new { Name = name.Trim() });
        found.Value.Name = name.Trim();
        found.Value.Version++;
        return await SaveAsync(found.Value, cancellationToken);
    }

    /// <summary>Deletes a group with its memberships. Refused while something is assigned to it.</summary>
    public async Task<Outcome<Group>> DeleteAsync(Guid id, int? concurrency, CancellationToken cancellationToken)
    {
        var found = await FindAsync(id, concurrency, cancellationToken);
        if (found.IsRefused)
        {
            return found;
        }

        return await InTransactionAsync(found.Value, (GroupChangeKind.Deleting, null), async () =>
        {
            var members = await db.Set<GroupMember>().Where(member => member.GroupId == id).ExecuteDeleteAsync(cancellationToken);
            db.Remove(found.Value);
            audit.Record(found.Value.TenantId, "group.delete", id, found.Value.Name, before: new { found.Value.Name, Members = members });
            return members;
        }, cancellationToken);
    }

    /// <summary>Adds PCs; those that are members already stay so.</summary>
    /// <returns>The group; NotFound when one of the PCs does not exist or is retired: then none is added.</returns>
    public Task<Outcome<Group>> AddAsync(Guid id, IReadOnlyCollection<Guid> devices, CancellationToken cancellationToken) => AddAsync(id, devices, null, cancellationToken);

    /// <summary>The same, as it was planned.</summary>
    /// <param name="id">The group.</param>
    /// <param name="devices">The PCs.</param>
    /// <param name="digest">That of the plan of documents which the person saw: another one is refused with Conflict; null when nobody looked.</param>
    /// <param name="cancellationToken">Cancels it.</param>
    public Task<Outcome<Group>> AddAsync(Guid id, IReadOnlyCollection<Guid> devices, string? digest, CancellationToken cancellationToken) =>
        ChangeAsync(id, devices, (GroupChangeKind.Joined, digest), (rows, ct) => MemberRows.AddAsync(db, rows.Tenant, rows.Members, ct), cancellationToken);

    /// <summary>Takes PCs out; those that are no members are passed over.</summary>
    public Task<Outcome<Group>> RemoveAsync(Guid id, IReadOnlyCollection<Guid> devices, CancellationToken cancellationToken) => RemoveAsync(id, devices, null, cancellationToken);

    /// <summary>The same, as it was planned; the digest as in <see cref="AddAsync(Guid, IReadOnlyCollection{Guid}, string, CancellationToken)"/>.</summary>
    public Task<Outcome<Group>> RemoveAsync(Guid id, IReadOnlyCollection<Guid> devices, string? digest, CancellationToken cancellationToken) =>
        ChangeAsync(id, devices, (GroupChangeKind.Left, digest), (rows, ct) => MemberRows.RemoveAsync(db, rows.Tenant, rows.Members, ct), cancellationToken);

    /// <summary>The service's groups of a new organisation; the caller saves.</summary>
    internal static void AddOwned(DeskwardContext db, Guid tenant)
    {
        db.Add(new Group { TenantId = tenant, Kind = GroupKind.AllDevices, Name = Group.AllDevicesName, IsServiceOwned = true });
        db.AddRange(Service.ServiceGroups.Of(tenant));
    }

    private async Task<Outcome<Group>> ChangeAsync(
        Guid id, IReadOnlyCollection<Guid> devices, (GroupChangeKind Kind, string? Digest) how, Func<(Guid Tenant, IEnumerable<Membership> Members), CancellationToken, Task<int>> write, CancellationToken cancellationToken)
    {
        var (kind, found) = (how.Kind, await FindAsync(id, null, cancellationToken));
        if (found.IsRefused)
        {
            return found;
        }

        var distinct = devices.Distinct().ToArray();
        if (found.Value.Kind == GroupKind.Dynamic)
        {
            return Refusal.NotAllowed("The members of this group follow from its rule. Change the rule instead.");
        }

        if (kind == GroupChangeKind.Joined && await CountAsync(found.Value.TenantId, distinct, cancellationToken) is var there && there < distinct.Length)
        {
            return new Refusal(RefusalReason.NotFound, $"{distinct.Length - there} of the PCs do not exist or are retired; none was added.");
        }

        var draft = new MembershipDraft(found.Value.TenantId, id, kind == GroupChangeKind.Joined ? distinct : [], kind == GroupChangeKind.Joined ? [] : distinct);
        var decision = new MembershipDecision(PlanCause.MembersChanged, found.Value.Name, id, [draft], how.Digest);
        return await InTransactionAsync(found.Value, (kind, decision), async () =>
        {
            var changed = await write((found.Value.TenantId, distinct.Select(pc => new Membership(id, pc))), cancellationToken);
            if (changed > 0)
            {
                audit.Record(found.Value.TenantId, kind == GroupChangeKind.Joined ? "group.join" : "group.leave", id, found.Value.Name,
                    after: new { Count = changed, Devices = distinct.Take(MostInAudit) });
            }

            return changed;
        }, cancellationToken);
    }

    private async Task<Outcome<Group>> InTransactionAsync(Group group, (GroupChangeKind Kind, MembershipDecision? Decision) what, Func<Task<int>> write, CancellationToken cancellationToken)
    {
        var kind = what.Kind;
        await using var own = db.Database.CurrentTransaction is null ? await db.Database.BeginTransactionAsync(cancellationToken) : null;
        var isDeleting = kind == GroupChangeKind.Deleting;
        if (isDeleting && await AskAsync(group, kind, cancellationToken) is { } no)
        {
            return no;
        }

        if (what.Decision is { } decision && await deciding.AskAsync(decision, cancellationToken) is { } stale)
        {
            return stale;
        }

        var changed = await write();
        if (!isDeleting && changed > 0 && await AskAsync(group, kind, cancellationToken) is { } refusal)
        {
            return refusal;
        }

        var saved = await SaveAsync(group, cancellationToken);
        if (own is not null && !saved.IsRefused)
        {
            await own.CommitAsync(cancellationToken);
        }

        return saved;
    }

    private async Task<Refusal?> AskAsync(Group group, GroupChangeKind kind, CancellationToken cancellationToken)
    {
        foreach (var hook in changing)
        {
            if (await hook(db, new GroupChange(group.TenantId, [group.Id], kind), cancellationToken) is { } refusal)
            {
                return refusal;
            }
        }

        return null;
    }

    private async Task<Outcome<Group>> FindAsync(Guid id, int? concurrency, CancellationToken cancellationToken) =>
        await db.Set<Group>().SingleOrDefaultAsync(row => row.Id == id, cancellationToken) switch
        {
            null => Refusal.NotFound("group"),
            { IsServiceOwned: true } owned => Service.ServiceGroups.Refuse(owned.Kind),
            var group when concurrency is { } seen && seen != group.Version => Refusal.Conflict("The group changed meanwhile. Look at it again."),
            var group => group,
        };

    private async Task<Refusal?> RefuseNameAsync(Guid tenant, string name, Guid? except, CancellationToken cancellationToken)
    {
        var trimmed = name.Trim();
        if (trimmed.Length is 0 or > LongestName || trimmed.Any(char.IsControl))
        {
            return Refusal.Invalid($"The name must have 1 to {LongestName} characters, none of them a control character.");
        }

        return await db.Set<Group>().AnyAsync(row => row.TenantId == tenant && row.Name == trimmed && row.Id != except, cancellationToken)
            ? Refusal.Conflict($"There is a group named '{trimmed}' already.") : null;
    }

    private async Task<int> CountAsync(Guid tenant, Guid[] devices, CancellationToken cancellationToken)
    {
        var count = 0;
        foreach (var batch in devices.Chunk(MemberRows.Batch))
        {
            count += await db.Set<Device>().CountAsync(row => row.TenantId == tenant && batch.Contains(row.Id) && row.State != DeviceState.Retired, cancellationToken);
        }

        return count;
    }

    private async Task<Outcome<Group>> SaveAsync(Group group, CancellationToken cancellationToken)
    {
        try
        {
            await db.SaveChangesAsync(cancellationToken);
            return group;
        }
        catch (DbUpdateException exception) when (exception is DbUpdateConcurrencyException || DuplicateRow.Is(exception))
        {
            return Refusal.Conflict("The group changed meanwhile, or its name was taken. Look at it again.");
        }
    }
}
