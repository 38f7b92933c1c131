using Deskward.Audit;
using Deskward.Platform;
using Deskward.Platform.Duties;
using Microsoft.EntityFrameworkCore;

namespace Deskward.Grants;

/// <summary>What a customer allows beforehand; the customer alone decides it.</summary>
internal sealed class TermsDesk(DeskwardContext db, AuditTrail audit)
{
    /// <summary>Changes them; the customer must be open in full.</summary>
    /// <param name="customer">Whose.</param>
    /// <param name="automatic">Roles of the provider that are granted without asking a second person.</param>
    /// <param name="version">The version that was looked at.</param>
    /// <param name="cancellationToken">Ends the work before it is saved.</param>
    internal async Task<Refusal?> ChangeAsync(Guid customer, RoleSet automatic, int version, CancellationToken cancellationToken)
    {
        if (!automatic.Without(AccessRules.Grantable).IsEmpty)
        {
            return Refusal.Invalid("There is no such role.");
        }

        var terms = await db.Set<AccessTerms>().SingleOrDefaultAsync(row => row.TenantId == customer, cancellationToken);
        if ((terms?.Version ?? 0) != version)
        {
            return Refusal.Conflict("Somebody else changed this meanwhile. Look at it again.");
        }

        terms ??= db.Add(new AccessTerms { TenantId = customer }).Entity;
        var before = new { AutomaticRoles = NamesOf(terms.AutomaticRoles) };
        (terms.AutomaticRoles, terms.Version) = (automatic, version + 1);
        audit.Record(customer, "access.terms", customer, "", before, new { AutomaticRoles = NamesOf(automatic) });
        try
        {
            await db.SaveChangesAsync(cancellationToken);
            return null;
        }
        catch (DbUpdateException exception) when (exception is DbUpdateConcurrencyException || DuplicateRow.Is(exception))
        {
            return Refusal.Conflict("Somebody else changed this meanwhile. Look at it again.");
        }
    }

    private static string[] NamesOf(RoleSet roles) => [.. roles.Roles.Select(role => role.FullName)];
}
