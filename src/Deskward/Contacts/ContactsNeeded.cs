using Deskward.Platform;
using Microsoft.EntityFrameworkCore;

namespace Deskward.Contacts;

/// <summary>What somebody wants to do that may need a contact of the customer.</summary>
public enum ContactNeed
{
    /// <summary>A request: its course is told to the contacts of the area.</summary>
    FileRequest,

    /// <summary>A change: the contacts of the area are told ahead of it.</summary>
    ScheduleChange,

    /// <summary>Protective action is never held up for want of a contact.</summary>
    ProtectiveAction,
}

/// <summary>Says no to what needs a contact that the customer has not named. Duties that do such work ask it.</summary>
public sealed class ContactsNeeded(DeskwardContext db)
{
    /// <summary>Refused (Conflict) while the area has no contact and the need is one that waits for it; null otherwise. A confirmation that is too old stops nothing.</summary>
    /// <param name="customer">Whose contacts; at least readable.</param>
    /// <param name="area">The area of the request or change.</param>
    /// <param name="need">What is to be done.</param>
    /// <param name="cancellationToken">Ends the query.</param>
    public async Task<Refusal?> RefuseAsync(Guid customer, ContactArea area, ContactNeed need, CancellationToken cancellationToken) =>
        need == ContactNeed.ProtectiveAction || await db.Set<Contact>().AnyAsync(row => row.TenantId == customer && row.Area == area && row.RemovedAt == null, cancellationToken)
            ? null
            : Refusal.Conflict("No contact is named for this area. Name one under Contacts first.");
}
