using Deskward.Platform;
using Deskward.Platform.Duties;
using Deskward.Tenants;
using Microsoft.EntityFrameworkCore;

namespace Deskward.Identity;

/// <summary>Whether the customer has people for the work: it cannot begin without an owner and an IT administrator.</summary>
internal static class RolesReadiness
{
    internal static readonly ReadinessCheck Check = new("roles", 30, LookAsync) { Page = _ => "/people" };
    private static readonly Role[] Needed = [Role.CustomerOwner, Role.ItAdministrator];
    private static readonly Role[] Wanted = [Role.ChangeApprover, Role.SecurityManager];

    private static async Task<ReadinessFinding> LookAsync(IServiceProvider services, Guid customer, CancellationToken cancellationToken)
    {
        var db = services.GetRequiredService<DeskwardContext>();
        var filled = await db.Set<RoleAssignment>().Where(row => row.TenantId == customer)
            .Join(db.Set<Person>().Where(person => person.IsEnabled), row => row.PersonId, person => person.Id, (row, person) => row.Role).Distinct().ToListAsync(cancellationToken);
        return Needed.Except(filled).ToList() is [var missing, ..] ? new(Readiness.NotReady, "readiness.roles.missing." + missing)
            : Wanted.Except(filled).ToList() is [var wanted, ..] ? new(Readiness.Advisory, "readiness.roles.wanted." + wanted)
            : new(Readiness.Ready, "readiness.roles.filled");
    }
}
