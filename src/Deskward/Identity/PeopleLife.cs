using Deskward.Audit;
using Deskward.Identity.Membership;
using Deskward.Platform;
using Deskward.Platform.Duties;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;

namespace Deskward.Identity;

/// <summary>
/// How people come under roles, are disabled and go, whoever says so: somebody on a page, a file, or the organisation's directory. Everything but
/// <see cref="BeginAsync"/> runs in the transaction that it began; the caller saves and commits, or lets it go when it is refused.
/// </summary>
public sealed class PeopleLife
{
    private readonly DeskwardContext _db;
    private readonly RoleKeeper _roles;
    private readonly AccessKeeper _access;
    private readonly AuditTrail _audit;
    private readonly TimeProvider _time;

    internal static readonly Refusal OwnedByDirectory = Refusal.Conflict("The organisation's directory owns this; change it there.");

    internal PeopleLife(DeskwardContext db, RoleKeeper roles, AccessKeeper access, AuditTrail audit, TimeProvider time) =>
        (_db, _roles, _access, _audit, _time) = (db, roles, access, audit, time);

    /// <summary>Begins a change of an organisation's people or groups; others wait until it ends.</summary>
    public async Task<IDbContextTransaction> BeginAsync(Guid tenant, CancellationToken cancellationToken)
    {
        var transaction = await _db.Database.BeginTransactionAsync(cancellationToken);
        await _roles.LockAsync(tenant, cancellationToken);
        return transaction;
    }

    /// <summary>Enables a person, or disables them and ends what they could do. Nothing when it is so already. Refused for the last owner.</summary>
    public async Task<Refusal?> SetEnabledAsync(Person person, bool enabled, CancellationToken cancellationToken)
    {
        if (person.IsEnabled == enabled)
        {
            return null;
        }

        if (!enabled && await RefuseLossAsync(person, cancellationToken) is { } refusal)
        {
            return refusal;
        }

        _audit.Record(person.TenantId, "person.change", person.Id, person.UserName ?? "", new { person.IsEnabled }, new { IsEnabled = enabled });
        person.IsEnabled = enabled;
        person.ConcurrencyStamp = Guid.CreateVersion7().ToString();
        if (!enabled)
        {
            await _access.EndAsync(person.TenantId, [person], AccessLoss.Disabled, cancellationToken);
        }

        return null;
    }

    /// <summary>
    /// Takes a person out of the organisation, with roles, memberships and sign-ins. What other modules keep of the person they end themselves
    /// (<see cref="IAccessEnds"/>). Refused for the last owner.
    /// </summary>
    public async Task<Refusal?> RemoveAsync(Person person, CancellationToken cancellationToken)
    {
        if (await RefuseLossAsync(person, cancellationToken) is { } refusal)
        {
            return refusal;
        }

        await _access.EndAsync(person.TenantId, [person], AccessLoss.Deleted, cancellationToken);
        var (id, now) = (person.Id, _time.Now());
        await _db.Set<RoleAssignment>().Where(row => row.PersonId == id).ExecuteDeleteAsync(cancellationToken);
        await _db.Set<PersonGroup>().Where(group => _db.Set<PersonGroupMember>().Any(row => row.MemberId == id && row.GroupId == group.Id))
            .ExecuteUpdateAsync(set => set.SetProperty(row => row.Version, row => row.Version + 1).SetProperty(row => row.ChangedAt, now), cancellationToken);
        await _db.Set<PersonGroupMember>().Where(row => row.MemberId == id).ExecuteDeleteAsync(cancellationToken);
        await _db.Set<PersonLogin>().Where(row => row.UserId == id).ExecuteDeleteAsync(cancellationToken);
        await _db.Set<PersonToken>().Where(row => row.UserId == id).ExecuteDeleteAsync(cancellationToken);
        _db.Remove(person);
        _audit.Record(person.TenantId, "person.delete", id, person.UserName ?? "", before: new { person.DisplayName, person.IsEnabled, Roles = RoleKeeper.NamesOf(person.Roles) });
        return null;
    }

    /// <summary>The roles that a person is given directly from now on.</summary>
    internal async Task<Refusal?> GiveAsync(Person person, RoleSet roles, CancellationToken cancellationToken)
    {
        var given = await _db.Set<RoleAssignment>().Where(row => row.PersonId == person.Id && row.GroupId == null).ToListAsync(cancellationToken);
        _db.RemoveRange(given.Where(row => !roles.Has(row.Role)));
        _db.AddRange(roles.Without(RoleSet.Of(given.Select(row => row.Role))).Roles
            .Select(role => new RoleAssignment { TenantId = person.TenantId, PersonId = person.Id, Role = role, Since = _time.Now() }));
        return await _roles.SettleAsync(person, cancellationToken);
    }

    /// <inheritdoc cref="RoleKeeper.MoveAsync"/>
    public Task<Refusal?> MoveAsync(PersonGroup group, IReadOnlyCollection<Guid> come, IReadOnlyCollection<Guid> leave, CancellationToken cancellationToken) =>
        _roles.MoveAsync(group, come, leave, cancellationToken);

    /// <inheritdoc cref="RoleKeeper.BindAsync"/>
    internal Task<Refusal?> BindAsync(PersonGroup group, RoleSet roles, CancellationToken cancellationToken) => _roles.BindAsync(group, roles, cancellationToken);

    private async Task<Refusal?> RefuseLossAsync(Person person, CancellationToken cancellationToken) =>
        person.IsEnabled && person.Roles.Has(await _roles.OwnerOfAsync(person.TenantId, cancellationToken))
            ? await _roles.RefuseLastOwnerAsync(person.TenantId, [person.Id], cancellationToken) : null;
}
