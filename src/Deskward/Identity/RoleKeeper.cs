using Deskward.Audit;
using Deskward.Identity.Membership;
using Deskward.Platform;
using Deskward.Platform.Duties;
using Deskward.Tenants;
using Microsoft.EntityFrameworkCore;

namespace Deskward.Identity;

/// <summary>
/// What people's assignments amount to, kept with each change of an assignment, a group or a person; and that an organisation keeps an owner. Every method
/// runs in the caller's transaction, under <see cref="LockAsync"/>; the caller saves and commits, or rolls back when it is refused.
/// </summary>
internal sealed class RoleKeeper(DeskwardContext db, AccessKeeper access, OrganisationList organisations, AuditTrail audit, TimeProvider time)
{
    internal static readonly Refusal LastOwner = Refusal.Conflict("This is the last owner of the organisation; make another one first.");

    /// <summary>Two changes of one organisation's people and groups wait for each other, so that two owners cannot remove one another.</summary>
    internal Task LockAsync(Guid tenant, CancellationToken cancellationToken) => db.LockAsync($"roles:{tenant}", cancellationToken);

    /// <summary>Whether these roles can be given there; null when they can.</summary>
    internal static Refusal? Misplaced(OrganisationKind kind, string organisation, RoleSet roles) =>
        roles.Roles.Where(role => role == Role.EndUser || role.IsProvider != (kind == OrganisationKind.Provider)).Select(role => (Role?)role).FirstOrDefault() is { } wrong
            ? Refusal.Invalid($"The role {wrong.FullName} cannot be given in {organisation}.")
            : null;

    /// <summary>
    /// Members come to a group that has roles, or leave it: gives and takes the roles. What a person also holds in another way stays. Refused when the
    /// organisation would lose its last owner.
    /// </summary>
    internal async Task<Refusal?> MoveAsync(PersonGroup group, IReadOnlyCollection<Guid> come, IReadOnlyCollection<Guid> leave, CancellationToken cancellationToken)
    {
        if (group.Roles.IsEmpty || (come.Count == 0 && leave.Count == 0))
        {
            return null;
        }

        var (comers, leavers) = (come.ToArray(), leave.ToArray());
        var held = await db.Set<RoleAssignment>().Where(row => row.GroupId == group.Id && (leavers.Contains(row.PersonId) || comers.Contains(row.PersonId))).ToListAsync(cancellationToken);
        db.RemoveRange(held.Where(row => leave.Contains(row.PersonId)));
        var present = held.Select(row => (row.PersonId, row.Role)).ToHashSet();
        db.AddRange(comers.SelectMany(person => group.Roles.Roles.Where(role => !present.Contains((person, role))).Select(role => Assignment(group, person, role))));
        return await SettleAsync(group.TenantId, [.. comers, .. leavers], cancellationToken);
    }

    /// <summary>The owner binds other roles to a group: all its members get them, and lose what is bound no more.</summary>
    internal async Task<Refusal?> BindAsync(PersonGroup group, RoleSet roles, CancellationToken cancellationToken)
    {
        var members = await db.Set<PersonGroupMember>().Where(row => row.GroupId == group.Id && !row.IsGroup).Select(row => row.MemberId).ToArrayAsync(cancellationToken);
        var held = await db.Set<RoleAssignment>().Where(row => row.GroupId == group.Id).ToListAsync(cancellationToken);
        db.RemoveRange(held.Where(row => !roles.Has(row.Role)));
        var present = held.Select(row => (row.PersonId, row.Role)).ToHashSet();
        db.AddRange(members.SelectMany(person => roles.Roles.Where(role => !present.Contains((person, role))).Select(role => Assignment(group, person, role))));
        group.Roles = roles;
        return await SettleAsync(group.TenantId, members, cancellationToken);
    }

    /// <summary>What one person holds has changed, or is about to with enabling and disabling.</summary>
    internal Task<Refusal?> SettleAsync(Person person, CancellationToken cancellationToken) => SettleAsync(person.TenantId, [person.Id], cancellationToken);

    /// <summary>Refuses what would leave the organisation without an enabled owner.</summary>
    /// <param name="tenant">The organisation.</param>
    /// <param name="without">People who are owners no more, or not enabled.</param>
    /// <param name="cancellationToken">Cancels.</param>
    internal async Task<Refusal?> RefuseLastOwnerAsync(Guid tenant, Guid[] without, CancellationToken cancellationToken)
    {
        var owner = await OwnerOfAsync(tenant, cancellationToken);
        return await db.Set<RoleAssignment>().Where(row => row.TenantId == tenant && row.Role == owner && !without.Contains(row.PersonId))
            .Join(db.Set<Person>().Where(row => row.IsEnabled), row => row.PersonId, row => row.Id, (assignment, other) => other.Id).AnyAsync(cancellationToken) ? null : LastOwner;
    }

    internal async Task<Role> OwnerOfAsync(Guid tenant, CancellationToken cancellationToken) =>
        (await organisations.AllAsync(cancellationToken)).Single(row => row.Id == tenant).Kind == OrganisationKind.Provider ? Role.ProviderOwner : Role.CustomerOwner;

    /// <summary>1. saves the assignments; 2. sums them up; 3. keeps an owner; 4. tells the trail; 5. ends the access of those who lost something.</summary>
    private async Task<Refusal?> SettleAsync(Guid tenant, Guid[] ids, CancellationToken cancellationToken)
    {
        await db.SaveChangesAsync(cancellationToken); // 1
        var people = await db.Set<Person>().Where(row => ids.Contains(row.Id)).ToListAsync(cancellationToken);
        var sums = (await db.Set<RoleAssignment>().AsNoTracking().Where(row => ids.Contains(row.PersonId)).Select(row => new { row.PersonId, row.Role }).ToListAsync(cancellationToken))
            .ToLookup(row => row.PersonId, row => row.Role);
        var owner = await OwnerOfAsync(tenant, cancellationToken);
        List<Person> losers = [];
        List<Guid> formerOwners = [];
        foreach (var person in people) // 2
        {
            var roles = RoleSet.Of(sums[person.Id]);
            if (roles == person.Roles)
            {
                continue;
            }

            if (!person.Roles.Without(roles).IsEmpty)
            {
                losers.Add(person);
                formerOwners.AddRange(person.IsEnabled && person.Roles.Has(owner) && !roles.Has(owner) ? [person.Id] : []);
            }

            audit.Record(tenant, "person.roles", person.Id, person.UserName ?? "", new { Roles = NamesOf(person.Roles) }, new { Roles = NamesOf(roles) }); // 4
            person.Roles = roles;
        }

        if (formerOwners.Count > 0 && await RefuseLastOwnerAsync(tenant, [.. formerOwners], cancellationToken) is { } refusal) // 3
        {
            return refusal;
        }

        await access.EndAsync(tenant, losers, AccessLoss.Role, cancellationToken); // 5
        return null;
    }

    internal static string[] NamesOf(RoleSet roles) => [.. roles.Roles.Select(role => role.FullName)];

    private RoleAssignment Assignment(PersonGroup group, Guid person, Role role) =>
        new() { TenantId = group.TenantId, PersonId = person, Role = role, GroupId = group.Id, Since = time.Now() };
}
