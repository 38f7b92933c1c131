using Deskward.Audit;
using Deskward.Platform;
using Deskward.Platform.Duties;
using Microsoft.EntityFrameworkCore;

namespace Deskward.Identity.Membership;

/// <summary>Groups of people as a person sees and keeps them: those made by hand, and the roles of all. What the directory made it alone changes.</summary>
internal sealed class PersonGroups(DeskwardContext db, PeopleLife life, AuditTrail audit, Tenants.OrganisationList organisations, TimeProvider time)
{
    private const int MostInAudit = 100;

    /// <summary>Makes an empty group. Conflict when one made by hand has the name.</summary>
    internal async Task<Outcome<PersonGroup>> CreateAsync(Guid tenant, string name, CancellationToken cancellationToken)
    {
        if (Refuse(name) is { } refusal)
        {
            return refusal;
        }

        var now = time.Now();
        var group = new PersonGroup { TenantId = tenant, CreatedAt = now, ChangedAt = now, Version = 1 }.Named(name.Trim());
        db.Add(group);
        audit.Record(tenant, "personGroup.add", group.Id, group.Name, after: new { group.Name });
        return await SaveAsync(cancellationToken) is { } taken ? taken : group;
    }

    internal Task<Refusal?> RenameAsync(Guid id, string name, CancellationToken cancellationToken) => ChangeAsync(id, isByHand: true, async group =>
    {
        if (Refuse(name) is { } refusal)
        {
            return refusal;
        }

        audit.Record(group.TenantId, "personGroup.change", id, group.Name, new { group.Name }, new { Name = name.Trim() });
        group.Named(name.Trim());
        return await SaveAsync(cancellationToken);
    }, cancellationToken);

    /// <summary>Deletes a group; its people lose the roles that it gave.</summary>
    internal Task<Refusal?> DeleteAsync(Guid id, CancellationToken cancellationToken) => ChangeAsync(id, isByHand: true, async group =>
    {
        var people = await MembersOf(id).ToArrayAsync(cancellationToken);
        if (await life.MoveAsync(group, [], people, cancellationToken) is { } refusal)
        {
            return refusal;
        }

        await db.Set<PersonGroupMember>().Where(member => member.GroupId == id || member.MemberId == id).ExecuteDeleteAsync(cancellationToken);
        db.Remove(group);
        audit.Record(group.TenantId, "personGroup.delete", id, group.Name, before: new { group.Name, People = people.Length });
        return null;
    }, cancellationToken);

    /// <summary>People come and leave; who is a member already, or none, is passed over. NotFound when somebody is not of the group's organisation.</summary>
    internal Task<Refusal?> MoveAsync(Guid id, IReadOnlyCollection<Guid> come, IReadOnlyCollection<Guid> leave, CancellationToken cancellationToken) => ChangeAsync(id, isByHand: true, async group =>
    {
        var present = await MembersOf(id).ToHashSetAsync(cancellationToken);
        var (comers, leavers) = (come.Where(person => !present.Contains(person)).Distinct().ToArray(), leave.Where(present.Contains).Distinct().ToArray());
        if (await db.Set<Person>().CountAsync(row => row.TenantId == group.TenantId && comers.Contains(row.Id), cancellationToken) < comers.Length)
        {
            return Refusal.NotFound("person");
        }

        db.AddRange(comers.Select(person => new PersonGroupMember { GroupId = id, MemberId = person, TenantId = group.TenantId }));
        await db.Set<PersonGroupMember>().Where(member => member.GroupId == id && leavers.Contains(member.MemberId)).ExecuteDeleteAsync(cancellationToken);
        audit.Record(group.TenantId, "personGroup.change", id, group.Name, null,
            new { JoinedCount = comers.Length, Joined = comers.Take(MostInAudit), LeftCount = leavers.Length, Left = leavers.Take(MostInAudit) });
        return await life.MoveAsync(group, comers, leavers, cancellationToken);
    }, cancellationToken);

    /// <summary>
    /// The owner says which roles the members of a group get, whoever keeps the group. Invalid for a role that cannot be given in the organisation; Conflict
    /// when it would lose its last owner.
    /// </summary>
    internal Task<Refusal?> BindAsync(Guid id, RoleSet roles, CancellationToken cancellationToken) => ChangeAsync(id, isByHand: false, async group =>
    {
        var organisation = (await organisations.AllAsync(cancellationToken)).Single(row => row.Id == group.TenantId);
        if (RoleKeeper.Misplaced(organisation.Kind, organisation.Name, roles) is { } misplaced)
        {
            return misplaced;
        }

        audit.Record(group.TenantId, "personGroup.bind", id, group.Name, new { Roles = RoleKeeper.NamesOf(group.Roles) }, new { Roles = RoleKeeper.NamesOf(roles) });
        return await life.BindAsync(group, roles, cancellationToken);
    }, cancellationToken);

    private IQueryable<Guid> MembersOf(Guid id) => db.Set<PersonGroupMember>().Where(member => member.GroupId == id && !member.IsGroup).Select(member => member.MemberId);

    private async Task<Refusal?> ChangeAsync(Guid id, bool isByHand, Func<PersonGroup, Task<Refusal?>> change, CancellationToken cancellationToken)
    {
        if (await db.Set<PersonGroup>().AsNoTracking().Where(row => row.Id == id).Select(row => (Guid?)row.TenantId).SingleOrDefaultAsync(cancellationToken) is not { } tenant)
        {
            return Refusal.NotFound("group");
        }

        await using var transaction = await life.BeginAsync(tenant, cancellationToken);
        if (await db.Set<PersonGroup>().SingleOrDefaultAsync(row => row.Id == id, cancellationToken) is not { } group)
        {
            return Refusal.NotFound("group");
        }

        if (isByHand && group.IsFromDirectory)
        {
            return PeopleLife.OwnedByDirectory;
        }

        (group.ChangedAt, group.Version) = isByHand ? (time.Now(), group.Version + 1) : (group.ChangedAt, group.Version);
        if (await change(group) is { } refusal)
        {
            return refusal;
        }

        await db.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return null;
    }

    private async Task<Refusal?> SaveAsync(CancellationToken cancellationToken)
    {
        try
        {
            await db.SaveChangesAsync(cancellationToken);
            return null;
        }
        catch (DbUpdateException exception) when (DuplicateRow.Is(exception))
        {
            return Refusal.Conflict("There is a group with this name already.");
        }
    }

    private static Refusal? Refuse(string name) => name.Trim().Length is 0 or > PersonGroup.LongestName || name.Any(char.IsControl)
        ? Refusal.Invalid($"The name must have 1 to {PersonGroup.LongestName} characters, none of them a control character.") : null;
}
