using Deskward.Audit;
using Deskward.Identity;
using Deskward.Platform;
using Microsoft.EntityFrameworkCore;

namespace Deskward.Enrollment;

/// <summary>Ends the enrolment codes of people who lose access: those that are theirs, and those that they made and so know.</summary>
internal sealed class CodesEnd(DeskwardContext db, AuditTrail audit, TimeProvider time) : IAccessEnds
{
    public async Task EndAsync(AccessEnd ended, CancellationToken cancellationToken)
    {
        var (people, addresses, now) = (ended.People.Select(one => one.Id).ToArray(), ended.People.Select(one => one.Address).ToArray(), time.Now());
        var open = db.Set<EnrolmentCode>().Where(row => row.TenantId == ended.TenantId && row.RevokedAt == null && row.ExpiresAt > now && (people.Contains(row.PersonId) || addresses.Contains(row.CreatedBy)));
        var codes = await open.AsNoTracking().ToListAsync(cancellationToken);
        if (codes.Count == 0)
        {
            return;
        }

        var ids = codes.ConvertAll(row => row.Id);
        await db.Set<EnrolmentCode>().Where(row => ids.Contains(row.Id))
            .ExecuteUpdateAsync(set => set.SetProperty(row => row.RevokedAt, now).SetProperty(row => row.Version, row => row.Version + 1), cancellationToken);
        foreach (var code in codes)
        {
            var owner = ended.People.FirstOrDefault(one => one.Id == code.PersonId).Address ?? "";
            audit.Record(code.TenantId, "enrolmentCode.revoke", code.Id, owner, before: new { code.Uses, code.Used }, after: new { RevokedAt = now });
        }
    }
}
