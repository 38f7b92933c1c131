using Deskward.Audit;
using Deskward.Platform;
using Deskward.Responsibilities;
using Microsoft.EntityFrameworkCore;

namespace Deskward.Contacts;

/// <summary>
/// The contacts of customers. What is read or changed is either about security or about all other areas, never both: who may see the one is not
/// who may see the other. Each change is audited and shows on the board at once.
/// </summary>
public sealed class ContactBook(DeskwardContext db, AuditTrail audit, Contracts contracts, TimeProvider time)
{
    internal const string ConfirmationFigure = "contacts.confirmation";
    private const int MostPerArea = 50;

    /// <summary>The contacts that stand, by area and name.</summary>
    internal async Task<List<Contact>> ListAsync(Guid customer, bool security, CancellationToken cancellationToken) =>
        [.. (await Of(security).AsNoTracking().Where(row => row.TenantId == customer && row.RemovedAt == null).ToListAsync(cancellationToken)).OrderBy(row => row.Area).ThenBy(row => row.Name, StringComparer.CurrentCulture)];

    /// <summary>What was removed and can be put back, the latest first.</summary>
    internal Task<List<Contact>> RemovedAsync(Guid customer, bool security, CancellationToken cancellationToken) =>
        Of(security).AsNoTracking().Where(row => row.TenantId == customer && row.RemovedAt != null).OrderByDescending(row => row.RemovedAt).ToListAsync(cancellationToken);

    /// <summary>How the areas of a customer stand today.</summary>
    internal async Task<IReadOnlyList<AreaStanding>> StandingAsync(Guid customer, bool security, CancellationToken cancellationToken)
    {
        var (today, days) = ((await contracts.CalendarAsync(customer, cancellationToken)).DayOf(time.Now()), (await contracts.FiguresAsync(customer, cancellationToken))[ConfirmationFigure]);
        var counts = await Of(security).Where(row => row.TenantId == customer && row.RemovedAt == null).GroupBy(row => row.Area)
            .Select(group => new { group.Key, Count = group.Count() }).ToDictionaryAsync(row => row.Key, row => row.Count, cancellationToken);
        var confirmed = await db.Set<AreaConfirmation>().Where(row => row.TenantId == customer).GroupBy(row => row.Area)
            .Select(group => new { group.Key, Day = group.Max(row => row.Day) }).ToDictionaryAsync(row => row.Key, row => row.Day, cancellationToken);
        return [.. ContactAreas.Of(security).Select(area => AreaStanding.On(area, counts.GetValueOrDefault(area), confirmed.TryGetValue(area, out var day) ? day : null, today, days))];
    }

    /// <summary>A contact that stands; null when there is none, it is not open, or it is of the other kind.</summary>
    internal Task<Contact?> FindAsync(Guid id, bool security, CancellationToken cancellationToken) => Of(security).SingleOrDefaultAsync(row => row.Id == id && row.RemovedAt == null, cancellationToken);

    internal Task<Outcome<Contact>> AddAsync(Guid customer, ContactArea area, ContactDraft draft, CancellationToken cancellationToken) => ChangeAsync<Contact>(customer, async () =>
    {
        if (draft.Refuse() is { } wrong)
        {
            return wrong;
        }

        if (await RefuseOneMoreAsync(customer, area, draft.Mail, null, cancellationToken) is { } refusal)
        {
            return refusal;
        }

        var contact = new Contact { TenantId = customer, Area = area };
        draft.Into(contact);
        db.Add(contact);
        Record(contact, "add", null, Told(contact));
        return contact;
    }, cancellationToken);

    /// <param name="contact">As it was found.</param>
    /// <param name="draft">What it is to become.</param>
    /// <param name="version">The version that the person saw.</param>
    /// <param name="cancellationToken">Ends the work.</param>
    internal Task<Outcome<Contact>> ChangeAsync(Contact contact, ContactDraft draft, int version, CancellationToken cancellationToken) => ChangeAsync<Contact>(contact.TenantId, async () =>
    {
        await db.Entry(contact).ReloadAsync(cancellationToken);
        if (draft.Refuse() is { } wrong)
        {
            return wrong;
        }

        if (contact.Version != version || contact.RemovedAt is not null)
        {
            return Refusal.Conflict("Somebody else changed this meanwhile. Look at it again.");
        }

        if (await RefuseOneMoreAsync(contact.TenantId, contact.Area, draft.Mail, contact.Id, cancellationToken) is { } refusal)
        {
            return refusal;
        }

        var before = Told(contact);
        draft.Into(contact);
        contact.Version++;
        Record(contact, "change", before, Told(contact));
        return contact;
    }, cancellationToken);

    /// <summary>Removes a contact; it can be put back for a while.</summary>
    internal Task<Outcome<Contact>> RemoveAsync(Contact contact, CancellationToken cancellationToken) => ChangeAsync<Contact>(contact.TenantId, async () =>
    {
        await db.Entry(contact).ReloadAsync(cancellationToken);
        if (contact.RemovedAt is not null)
        {
            return Refusal.NotFound("contact");
        }

        (contact.RemovedAt, contact.Version) = (time.Now(), contact.Version + 1);
        Record(contact, "remove", Told(contact), null);
        return contact;
    }, cancellationToken);

    /// <summary>Puts back what was removed.</summary>
    internal Task<Outcome<Contact>> RestoreAsync(Guid customer, Guid id, bool security, CancellationToken cancellationToken) => ChangeAsync<Contact>(customer, async () =>
    {
        if (await Of(security).SingleOrDefaultAsync(row => row.TenantId == customer && row.Id == id && row.RemovedAt != null, cancellationToken) is not { } contact)
        {
            return Refusal.NotFound("contact");
        }

        if (await RefuseOneMoreAsync(customer, contact.Area, contact.Mail, null, cancellationToken) is { } refusal)
        {
            return refusal;
        }

        (contact.RemovedAt, contact.Version) = (null, contact.Version + 1);
        Record(contact, "restore", null, Told(contact));
        return contact;
    }, cancellationToken);

    /// <summary>Somebody says that the contacts of an area are right, today.</summary>
    internal Task<Outcome<AreaConfirmation>> ConfirmAsync(Guid customer, ContactArea area, CancellationToken cancellationToken) => ChangeAsync<AreaConfirmation>(customer, async () =>
    {
        var count = await db.Set<Contact>().CountAsync(row => row.TenantId == customer && row.Area == area && row.RemovedAt == null, cancellationToken);
        if (count == 0)
        {
            return Refusal.Conflict("No contact is named for this area; there is nothing to confirm.");
        }

        var (now, calendar) = (time.Now(), await contracts.CalendarAsync(customer, cancellationToken));
        var confirmation = new AreaConfirmation { TenantId = customer, Area = area, Day = calendar.DayOf(now), At = now, By = audit.Actor.Name, Contacts = count };
        db.Add(confirmation);
        audit.Record(customer, ContactAreas.AuditKind(area) + ".confirm", null, area.ToString(), after: new { contacts = count });
        return confirmation;
    }, cancellationToken);

    private IQueryable<Contact> Of(bool security) => db.Set<Contact>().Where(row => row.Area == ContactArea.Security == security);

    private async Task<Refusal?> RefuseOneMoreAsync(Guid customer, ContactArea area, string mail, Guid? except, CancellationToken cancellationToken)
    {
        var others = await db.Set<Contact>().AsNoTracking().Where(row => row.TenantId == customer && row.Area == area && row.RemovedAt == null && row.Id != except).Select(row => row.Mail).ToListAsync(cancellationToken);
        return others.Contains(mail, StringComparer.OrdinalIgnoreCase) ? Refusal.Conflict("Somebody with this address is named for this area already.")
            : others.Count >= MostPerArea ? Refusal.Conflict($"An area has at most {MostPerArea} contacts.")
            : null;
    }

    private async Task<Outcome<T>> ChangeAsync<T>(Guid customer, Func<Task<Outcome<T>>> change, CancellationToken cancellationToken)
    {
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        await db.LockAsync($"contacts:{customer}", cancellationToken);
        var outcome = await change();
        if (!outcome.IsRefused)
        {
            db.Announce(BoardEvidence.Changed(customer));
            await db.SaveChangesAsync(cancellationToken);
            await transaction.CommitAsync(cancellationToken);
        }

        return outcome;
    }

    private void Record(Contact contact, string verb, object? before, object? after) => audit.Record(contact.TenantId, $"{contact.AuditKind}.{verb}", contact.Id, contact.Name, before, after);

    private static object Told(Contact contact) => new
    {
        area = contact.Area.ToString(), contact.Name, contact.Mail, contact.Telephone, contact.Language, contact.WorkingDays, contact.WorksFrom, contact.WorksUntil, contact.NoRequestMail, contact.NoMessageMail,
    };
}
