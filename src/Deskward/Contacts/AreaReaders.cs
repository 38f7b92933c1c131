using Deskward.Identity;
using Deskward.Notices;
using Deskward.Platform;
using Deskward.Platform.Duties;
using Deskward.Platform.Portal;
using Microsoft.EntityFrameworkCore;

namespace Deskward.Contacts;

/// <summary>Who is told of something in an area that is not about security.</summary>
public sealed class AreaReaders(DeskwardContext db)
{
    /// <summary>The contacts of the area who take messages; where nobody is named, those who run the customer's IT. The customer must be open.</summary>
    public async Task<IReadOnlyList<Recipient>> OfAsync(Guid customer, ContactArea area, CancellationToken cancellationToken)
    {
        var contacts = await db.Set<Contact>().AsNoTracking().Where(row => row.TenantId == customer && row.Area == area && row.RemovedAt == null && !row.NoMessageMail)
            .OrderBy(row => row.Name).Select(row => new { row.Mail, row.Language }).ToListAsync(cancellationToken);
        return contacts.Count > 0
            ? [.. contacts.Select(contact => new Recipient(null, contact.Mail, Language.Find(contact.Language)))]
            : [.. (await db.HoldersAsync(customer, [Role.ItAdministrator], cancellationToken)).Select(person => person.AsRecipient())];
    }
}
