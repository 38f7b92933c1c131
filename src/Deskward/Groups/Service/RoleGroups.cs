using Deskward.Identity;
using Deskward.Platform;
using Deskward.Platform.Duties;
using Microsoft.EntityFrameworkCore;

namespace Deskward.Groups.Service;

/// <summary>The group of those who have a role at a customer.</summary>
internal sealed record RoleGroup(Guid Customer, Role Role, int People);

/// <summary>
/// The role groups mirror the roles that the customer gives, by being counted from them: there is no second list that could differ. Whoever wants another
/// member gives the role, to the person or to a group of people.
/// </summary>
internal static class RoleGroups
{
    /// <summary>Those of the organisations that are open.</summary>
    internal static async Task<IReadOnlyList<RoleGroup>> AllAsync(DeskwardContext db, CancellationToken cancellationToken) =>
        [.. (await db.Set<RoleAssignment>().Select(row => new { row.TenantId, row.Role, row.PersonId }).Distinct().GroupBy(row => new { row.TenantId, row.Role })
            .Select(group => new { group.Key, Count = group.Count() }).ToListAsync(cancellationToken))
            .Select(row => new RoleGroup(row.Key.TenantId, row.Key.Role, row.Count)).OrderBy(row => row.Customer).ThenBy(row => row.Role)];

    internal static string NameOf(Role role) => $"Role {role}";
}

/// <summary>What a directory may not take for its own: ids and names of groups that the service owns.</summary>
internal static class ReservedGroups
{
    private static readonly HashSet<string> Roles = new(RoleSet.All.Select(RoleGroups.NameOf), StringComparer.OrdinalIgnoreCase);

    internal static async Task<Refusal?> RefuseAsync(DeskwardContext db, Guid tenant, Guid? id, string? name, CancellationToken cancellationToken)
    {
        if (id is { } known)
        {
            var kinds = await db.Set<Group>().Where(row => row.TenantId == tenant && row.Id == known && row.IsServiceOwned).Select(row => row.Kind).ToListAsync(cancellationToken);
            return kinds is [var kind] ? ServiceGroups.Refuse(kind) : null;
        }

        var trimmed = (name ?? "").Trim();
        return Roles.Contains(trimmed) ? Refusal.NotAllowed("This is the name of a group that mirrors a role. Bind the role to a group of your directory, on the page of that group in the portal.")
            : trimmed.Equals(Group.AllDevicesName, StringComparison.OrdinalIgnoreCase) ? ServiceGroups.Refuse(GroupKind.AllDevices)
            : ServiceGroups.Of(tenant).FirstOrDefault(group => group.Name.Equals(trimmed, StringComparison.OrdinalIgnoreCase)) is { } owned ? ServiceGroups.Refuse(owned.Kind) : null;
    }
}
