using Deskward.Notices;
using Deskward.Platform;
using Microsoft.EntityFrameworkCore;

namespace Deskward.Identity;

/// <summary>What people chose about mail hangs on the person, outside tenancy: it goes with the organisation.</summary>
internal static class MailChoicesOf
{
    internal static async Task<IReadOnlyDictionary<string, long>> DeleteAsync(DeskwardContext db, Guid organisation, CancellationToken cancellationToken)
    {
        var people = db.Set<Person>().Where(person => person.TenantId == organisation).Select(person => person.Id);
        return new Dictionary<string, long> { ["notices_opt_outs"] = await db.Set<MailOptOut>().Where(row => people.Contains(row.PersonId)).ExecuteDeleteAsync(cancellationToken) };
    }
}
