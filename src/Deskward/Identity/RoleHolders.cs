using Deskward.Platform;
using Deskward.Platform.Duties;
using Microsoft.EntityFrameworkCore;

namespace Deskward.Identity;

/// <summary>Who holds a role: those whom a notice goes to.</summary>
public static class RoleHolders
{
    extension(DeskwardContext db)
    {
        /// <summary>The people of an organisation who can sign in and hold any of these roles, directly or by a group; the organisation must be open.</summary>
        public Task<List<Person>> HoldersAsync(Guid organisation, Role[] roles, CancellationToken cancellationToken) => db.Set<Person>().AsNoTracking()
            .Where(person => person.TenantId == organisation && person.IsEnabled && db.Set<RoleAssignment>().Any(held => held.PersonId == person.Id && roles.Contains(held.Role)))
            .ToListAsync(cancellationToken);
    }
}
