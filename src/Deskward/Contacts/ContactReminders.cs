using Deskward.Identity;
using Deskward.Notices;
using Deskward.Platform;
using Deskward.Platform.Duties;
using Deskward.Responsibilities;
using Deskward.Tenants;
using Microsoft.EntityFrameworkCore;

namespace Deskward.Contacts;

/// <summary>
/// Reminds those who name contacts, at nine in the morning of the customer's day: of areas without a contact, not confirmed, or about to be due. One
/// notice for the areas of security, to those who answer for security, and one for all others.
/// </summary>
internal sealed class ContactReminders(DeskwardContext db, Contracts contracts, NoticeBoard notices, TimeProvider time)
{
    internal static readonly NoticeKind Kind = new("contacts.confirm");
    internal static readonly NoticeKind SecurityKind = new("contacts.confirm-security") { IsSecurity = true };
    private const string Before = "contacts.remind.before";
    private const string Every = "contacts.remind.every";

    /// <summary>Sends what is due for one customer, which is open; nothing when it went out already.</summary>
    internal async Task<int> SendAsync(Guid customer, CancellationToken cancellationToken)
    {
        var calendar = await contracts.CalendarAsync(customer, cancellationToken);
        var today = calendar.DayOf(time.Now());
        if (time.Now() < calendar.MorningOf(today))
        {
            return 0;
        }

        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        await db.LockAsync($"contacts:{customer}", cancellationToken);
        var since = calendar.DayOf(await db.Set<Organisation>().Where(row => row.Id == customer).Select(row => row.CreatedAt).SingleAsync(cancellationToken));
        var standings = (await ContactEvidence.StandingsAsync(db, contracts, [customer], time.Now(), cancellationToken))[customer];
        var figures = await contracts.FiguresAsync(customer, cancellationToken);
        var sent = 0;
        foreach (var security in new[] { false, true })
        {
            var open = standings.Where(standing => standing.Area == ContactArea.Security == security && standing.State != AreaState.Empty).ToList();
            var last = await db.Set<ContactReminder>().Where(row => row.TenantId == customer && row.IsSecurity == security).MaxAsync(row => (DateOnly?)row.Day, cancellationToken);
            var due = open.Select(standing => standing.DueOn ?? since).DefaultIfEmpty(DateOnly.MaxValue).Min();
            if (due != DateOnly.MaxValue && ReminderRule.IsDue(today, due, last, figures[Before], figures[Every]))
            {
                db.Add(new ContactReminder { TenantId = customer, IsSecurity = security, Day = today });
                sent += await TellAsync(customer, security, open.Count(standing => (standing.DueOn ?? since).AddDays(-figures[Before]) <= today), due, cancellationToken);
            }
        }

        await db.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return sent;
    }

    private async Task<int> TellAsync(Guid customer, bool security, int areas, DateOnly due, CancellationToken cancellationToken)
    {
        var people = await db.HoldersAsync(customer, [Role.CustomerOwner, security ? Role.SecurityManager : Role.ItAdministrator], cancellationToken);
        if (people.Count > 0)
        {
            await notices.SendAsync(
                new Notice(security ? SecurityKind : Kind, customer)
                {
                    To = [.. people.Select(person => person.AsRecipient())],
                    Values = new Dictionary<string, NoticeValue>
                    {
                        ["areas"] = areas.ToString(System.Globalization.CultureInfo.InvariantCulture),
                        ["day"] = due.ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture),
                    },
                    Link = NoticeLink.Page(security ? "/security-contacts" : "/contacts"),
                },
                cancellationToken);
        }

        return people.Count;
    }
}

/// <summary>Reminds, customer by customer, and deletes contacts that were removed long enough ago.</summary>
[Serves("platform.operation", DutyAction.Act)]
internal sealed class ContactUpkeep(IServiceScopeFactory scopes, OrganisationList organisations, DatabaseOutage outage, TimeProvider time, ILogger<ContactUpkeep> log) : PeriodicWork(time, outage, log)
{
    private readonly TimeProvider _time = time;

    protected override TimeSpan Every => TimeSpan.FromMinutes(30);

    protected override async Task RoundAsync(CancellationToken cancellationToken)
    {
        foreach (var customer in (await organisations.AllAsync(cancellationToken)).Where(organisation => organisation.Kind == OrganisationKind.Customer))
        {
            await using var scope = scopes.CreateAsyncScope();
            scope.ServiceProvider.GetRequiredService<TenantScope>().Open(customer.Id);
            await scope.ServiceProvider.GetRequiredService<ContactReminders>().SendAsync(customer.Id, cancellationToken);
            await DeleteAsync(scope.ServiceProvider.GetRequiredService<DeskwardContext>(), _time.Now(), cancellationToken);
        }
    }

    /// <summary>Deletes what was removed too long ago to be put back.</summary>
    internal static Task<int> DeleteAsync(DeskwardContext db, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var before = now - Contact.Kept;
        return db.Set<Contact>().Where(row => row.RemovedAt < before).ExecuteDeleteAsync(cancellationToken);
    }
}
