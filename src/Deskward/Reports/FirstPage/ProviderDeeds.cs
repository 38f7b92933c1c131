using Deskward.Audit;
using Deskward.Identity;
using Deskward.Platform;
using Microsoft.EntityFrameworkCore;

namespace Deskward.Reports.FirstPage;

/// <summary>What people of the provider did at a customer of late, as the customer's audit trail has it.</summary>
public sealed class ProviderDeeds(DeskwardContext db, TimeProvider time)
{
    private static readonly TimeSpan Lately = TimeSpan.FromDays(30);

    /// <summary>The newest first.</summary>
    /// <param name="customer">Open in full.</param>
    /// <param name="domain">The customer's own domain: an address there is of somebody who was the customer's own, and is not known any more.</param>
    /// <param name="withSecurity">Whether what was done about security is told.</param>
    /// <param name="most">How many.</param>
    /// <param name="cancellationToken">Ends the query.</param>
    internal async Task<List<AuditEntry>> LatestAsync(Guid customer, string domain, bool withSecurity, int most, CancellationToken cancellationToken)
    {
        var (since, ownAddress) = (time.Now() - Lately, "@" + domain);
        var entries = db.Set<AuditEntry>().AsNoTracking().Where(row => row.TenantId == customer && row.ActorKind == ActorKind.Person && row.At > since);
        entries = withSecurity ? entries : entries.Where(row => !AuditLog.SecurityKinds.Contains(row.ObjectKind));
        return await entries.Where(row => row.ActorId != null && !db.Set<Person>().Any(person => person.Id == row.ActorId) && !row.ActorName.EndsWith(ownAddress))
            .OrderByDescending(row => row.At).Take(most).ToListAsync(cancellationToken);
    }

    /// <summary>The newest of all that was done at the customer, without sign-ins and certificates.</summary>
    internal async Task<List<AuditEntry>> AllAsync(Guid customer, bool withSecurity, int most, CancellationToken cancellationToken)
    {
        var entries = db.Set<AuditEntry>().AsNoTracking().Where(row => row.TenantId == customer && row.Action != "person.sign-in" && row.ObjectKind != "certificate");
        entries = withSecurity ? entries : entries.Where(row => !AuditLog.SecurityKinds.Contains(row.ObjectKind));
        return await entries.OrderByDescending(row => row.At).Take(most).ToListAsync(cancellationToken);
    }
}
