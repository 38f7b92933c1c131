using Deskward.Audit;
using Deskward.Platform;
using Microsoft.EntityFrameworkCore;

namespace Deskward.Responsibilities;

/// <summary>A figure as it is to be agreed on with a customer.</summary>
internal sealed record FigureWish(Guid Customer, string Key, int Value, DateOnly From);

/// <summary>
/// What is agreed with each customer: figures, calendar, delegations. Whoever may do so by the matrix writes at the standing level; therefore each
/// change runs in a scope of its own, with that one customer open, in the person's name.
/// </summary>
public sealed class Contracts(DeskwardContext db, AuditTrail trail, IServiceScopeFactory scopes, TimeProvider time)
{
    /// <summary>The figures that hold for a customer now; the customer must be readable.</summary>
    public async Task<FiguresOfDay> FiguresAsync(Guid customer, CancellationToken cancellationToken) =>
        await FiguresAsync(customer, (await CalendarAsync(customer, cancellationToken)).DayOf(time.Now()), cancellationToken);

    /// <summary>The figures that held for a customer on a day, or will by what is agreed now.</summary>
    public async Task<FiguresOfDay> FiguresAsync(Guid customer, DateOnly day, CancellationToken cancellationToken) =>
        new(await db.Set<ContractFigure>().AsNoTracking().Where(row => row.TenantId == customer).ToListAsync(cancellationToken), day);

    /// <summary>The figures of these keys that hold now, for many customers in one go; all must be readable.</summary>
    public async Task<IReadOnlyDictionary<Guid, FiguresOfDay>> FiguresAsync(IReadOnlyCollection<Guid> customers, IReadOnlyCollection<string> keys, CancellationToken cancellationToken)
    {
        var agreed = (await db.Set<ContractFigure>().AsNoTracking().Where(row => customers.Contains(row.TenantId) && keys.Contains(row.Key)).ToListAsync(cancellationToken)).ToLookup(row => row.TenantId);
        var calendars = await CalendarsAsync(customers, cancellationToken);
        return customers.ToDictionary(customer => customer, customer => new FiguresOfDay(agreed[customer], calendars[customer].DayOf(time.Now())));
    }

    /// <summary>How these customers count days, in one go.</summary>
    public async Task<IReadOnlyDictionary<Guid, CustomerCalendar>> CalendarsAsync(IReadOnlyCollection<Guid> customers, CancellationToken cancellationToken)
    {
        var versions = (await db.Set<CalendarVersion>().AsNoTracking().Where(row => customers.Contains(row.TenantId)).ToListAsync(cancellationToken)).ToLookup(row => row.TenantId);
        var holidays = (await db.Set<Holiday>().AsNoTracking().Where(row => customers.Contains(row.TenantId)).ToListAsync(cancellationToken)).ToLookup(row => row.TenantId, row => row.Day);
        return customers.ToDictionary(customer => customer, customer => new CustomerCalendar(versions[customer], holidays[customer]));
    }

    /// <summary>How a customer counts days.</summary>
    public Task<CustomerCalendar> CalendarAsync(Guid customer, CancellationToken cancellationToken) => CalendarAsync(db, customer, cancellationToken);

    internal static async Task<CustomerCalendar> CalendarAsync(DeskwardContext db, Guid customer, CancellationToken cancellationToken) => new(
        await db.Set<CalendarVersion>().AsNoTracking().Where(row => row.TenantId == customer).ToListAsync(cancellationToken),
        await db.Set<Holiday>().AsNoTracking().Where(row => row.TenantId == customer).Select(row => row.Day).ToListAsync(cancellationToken));

    /// <summary>All that was ever agreed on with a customer, or on one figure, the latest day first.</summary>
    internal async Task<IReadOnlyList<ContractFigure>> VersionsAsync(Guid customer, string? key, CancellationToken cancellationToken) => await db.Set<ContractFigure>().AsNoTracking()
        .Where(row => row.TenantId == customer && (key == null || row.Key == key)).OrderByDescending(row => row.ValidFrom).ThenByDescending(row => row.SetAt).ToListAsync(cancellationToken);

    /// <summary>Why a figure cannot be agreed on; null when it can.</summary>
    internal static Refusal? Refuse(FigureDefinition figure, int value) =>
        value < figure.Least || value > figure.Most ? Refusal.Invalid($"The figure must be between {figure.Least} and {figure.Most}.") : null;

    /// <summary>Agrees on another figure from a day on; the past stays as it was. What opens the customer to the provider goes through <see cref="FigureProposals"/>.</summary>
    internal Task<Refusal?> SetFigureAsync(Guid customer, string key, int value, DateOnly from, CancellationToken cancellationToken) => ChangeAsync(customer, async (context, audit) =>
    {
        if (Figures.Find(key) is not { } figure)
        {
            return Refusal.NotFound("figure");
        }

        if (figure.IsTheCustomers)
        {
            return Refusal.Invalid("What opens the customer to the provider is not the provider's to set.");
        }

        if (Refuse(figure, value) is { } wrong)
        {
            return wrong;
        }

        if (await RefusePastAsync(context, customer, from, cancellationToken) is { } past)
        {
            return past;
        }

        await AddFigureAsync(context, audit, new FigureWish(customer, key, value, from), cancellationToken);
        return null;
    }, cancellationToken);

    /// <summary>Adds what was agreed; saved by the caller, under the lock of <see cref="ChangeAsync(Guid, IEnumerable{Guid}, Func{IServiceProvider, Task{Refusal}}, CancellationToken)"/>.</summary>
    internal async Task AddFigureAsync(DeskwardContext context, AuditTrail audit, FigureWish wish, CancellationToken cancellationToken)
    {
        var before = (await FiguresOf(context, wish.Customer, wish.From, cancellationToken))[wish.Key];
        context.Add(new ContractFigure { TenantId = wish.Customer, Key = wish.Key, Value = wish.Value, ValidFrom = wish.From, SetAt = time.Now(), SetBy = audit.Actor.Name });
        audit.Record(wish.Customer, "contract.figure", null, wish.Key, new { value = before }, new { value = wish.Value, from = wish.From });
        context.Announce(new Change(DelegationKeeper.Kind, wish.Customer, Guid.Empty));
    }

    /// <summary>Agrees on time zone and working week from a day on.</summary>
    internal Task<Refusal?> SetCalendarAsync(Guid customer, string zone, int workingDays, DateOnly from, CancellationToken cancellationToken) => ChangeAsync(customer, async (context, audit) =>
    {
        if (!TimeZoneInfo.TryFindSystemTimeZoneById(zone, out var found) || !found.HasIanaId)
        {
            return Refusal.Invalid($"There is no time zone '{zone}'; give a name such as Europe/Zurich.");
        }

        if (workingDays is <= 0 or > 0b1111111)
        {
            return Refusal.Invalid("A week needs at least one working day.");
        }

        if (await RefusePastAsync(context, customer, from, cancellationToken) is { } past)
        {
            return past;
        }

        context.Add(new CalendarVersion { TenantId = customer, TimeZone = zone, WorkingDays = workingDays, ValidFrom = from, SetAt = time.Now(), SetBy = audit.Actor.Name });
        audit.Record(customer, "contract.calendar", null, zone, after: new { zone, workingDays, from });
        return null;
    }, cancellationToken);

    /// <summary>Adds a day on which the customer does not work, or takes it back when the name is empty.</summary>
    internal Task<Refusal?> SetHolidayAsync(Guid customer, DateOnly day, string name, CancellationToken cancellationToken) => ChangeAsync(customer, async (context, audit) =>
    {
        if (name.Length > 100 || name.Any(char.IsControl))
        {
            return Refusal.Invalid("The name must have at most 100 characters, none of them a control character.");
        }

        if (await RefusePastAsync(context, customer, day, cancellationToken) is { } past)
        {
            return past;
        }

        var present = await context.Set<Holiday>().SingleOrDefaultAsync(row => row.TenantId == customer && row.Day == day, cancellationToken);
        var before = present is null ? null : new { present.Name };
        if (present is not null)
        {
            context.Remove(present);
        }

        if (name.Length > 0)
        {
            context.Add(new Holiday { TenantId = customer, Day = day, Name = name });
        }

        audit.Record(customer, "contract.holiday", null, day.ToString("o", null), before, name.Length == 0 ? null : new { name });
        return null;
    }, cancellationToken);

    /// <summary>Proposes to put a duty into other hands from a day on; without effect until the customer agrees.</summary>
    internal Task<Refusal?> ProposeAsync(Guid customer, string duty, DutyHolder to, DateOnly from, CancellationToken cancellationToken) => ChangeAsync(customer, async (context, audit) =>
    {
        if (Matrix.Default.Find(duty) is not { } found)
        {
            return Refusal.NotFound("duty");
        }

        if (found.Delegable?.Contains(to) != true)
        {
            return Refusal.Invalid($"The duty {duty} stays where it is; it cannot be handed over.");
        }

        if (await RefusePastAsync(context, customer, from, cancellationToken) is { } past)
        {
            return past;
        }

        if (await context.Set<Delegation>().AnyAsync(row => row.TenantId == customer && row.Duty == duty && (row.Until == null || row.Until > from), cancellationToken))
        {
            return Refusal.Conflict("The duty is handed over, or proposed to be, already; end that first.");
        }

        var delegation = new Delegation { TenantId = customer, Duty = duty, To = to, From = from, ProposedBy = audit.Actor.Name, ProposedAt = time.Now() };
        context.Add(delegation);
        audit.Record(customer, "delegation.propose", delegation.Id, duty, after: new { to = to.ToString(), from });
        return null;
    }, cancellationToken);

    /// <summary>The customer agrees to what was proposed.</summary>
    internal Task<Refusal?> AgreeAsync(Guid customer, Guid delegation, CancellationToken cancellationToken) => ChangeAsync(customer, async (context, audit) =>
    {
        if (await context.Set<Delegation>().SingleOrDefaultAsync(row => row.Id == delegation, cancellationToken) is not { } row)
        {
            return Refusal.NotFound("delegation");
        }

        if (row.AgreedAt is not null)
        {
            return Refusal.Conflict("It was agreed to already.");
        }

        if (row.Until is not null)
        {
            return Refusal.Conflict("The proposal was taken back or declined.");
        }

        row.From = row.HoldsFrom((await CalendarAsync(context, customer, cancellationToken)).DayOf(time.Now()));
        (row.AgreedAt, row.AgreedBy, row.Version) = (time.Now(), audit.Actor.Name, row.Version + 1);
        audit.Record(customer, "delegation.agree", row.Id, row.Duty, after: new { to = row.To.ToString(), row.From });
        context.Announce(new Change(DelegationKeeper.Kind, customer, row.Id));
        return null;
    }, cancellationToken);

    /// <summary>Ends a delegation from a day on, or takes a proposal back.</summary>
    internal Task<Refusal?> EndAsync(Guid customer, Guid delegation, DateOnly until, CancellationToken cancellationToken) => ChangeAsync(customer, async (context, audit) =>
    {
        if (await context.Set<Delegation>().SingleOrDefaultAsync(row => row.Id == delegation, cancellationToken) is not { } row)
        {
            return Refusal.NotFound("delegation");
        }

        if (await RefusePastAsync(context, customer, until, cancellationToken) is { } past)
        {
            return past;
        }

        if (row.Until <= until)
        {
            return Refusal.Conflict("It ends earlier already.");
        }

        (row.Until, row.Version) = (until, row.Version + 1);
        audit.Record(customer, "delegation.end", row.Id, row.Duty, after: new { until });
        context.Announce(new Change(DelegationKeeper.Kind, customer, row.Id));
        return null;
    }, cancellationToken);

    /// <summary>Why nothing can begin on this day; null when it can.</summary>
    internal async Task<Refusal?> RefusePastAsync(DeskwardContext context, Guid customer, DateOnly day, CancellationToken cancellationToken) =>
        day < (await CalendarAsync(context, customer, cancellationToken)).DayOf(time.Now()) ? Refusal.Invalid("The day lies in the past; what held then stays.")
        : day > DateOnly.FromDateTime(time.Now().UtcDateTime).AddYears(10) ? Refusal.Invalid("The day lies too far ahead.")
        : null;

    private static async Task<FiguresOfDay> FiguresOf(DeskwardContext context, Guid customer, DateOnly day, CancellationToken cancellationToken) =>
        new(await context.Set<ContractFigure>().AsNoTracking().Where(row => row.TenantId == customer).ToListAsync(cancellationToken), day);

    private Task<Refusal?> ChangeAsync(Guid customer, Func<DeskwardContext, AuditTrail, Task<Refusal?>> change, CancellationToken cancellationToken) =>
        ChangeAsync(customer, [], services => change(services.GetRequiredService<DeskwardContext>(), services.GetRequiredService<AuditTrail>()), cancellationToken);

    /// <summary>Changes the contract of a customer, one change at a time, in a scope of its own and in the person's name; saved when nothing is refused.</summary>
    /// <param name="customer">Whose contract.</param>
    /// <param name="alsoOpen">Other organisations that the change needs.</param>
    /// <param name="change">What is done, with the services of that scope.</param>
    /// <param name="cancellationToken">Ends the work before it is saved.</param>
    internal async Task<Refusal?> ChangeAsync(Guid customer, IEnumerable<Guid> alsoOpen, Func<IServiceProvider, Task<Refusal?>> change, CancellationToken cancellationToken)
    {
        await using var own = scopes.CreateAsyncScope();
        own.ServiceProvider.GetRequiredService<TenantScope>().Open(alsoOpen.Prepend(customer).Distinct());
        own.ServiceProvider.GetRequiredService<AuditTrail>().Actor = trail.Actor;
        var context = own.ServiceProvider.GetRequiredService<DeskwardContext>();
        await using var transaction = await context.Database.BeginTransactionAsync(cancellationToken);
        await context.LockAsync($"contract:{customer}", cancellationToken);
        if (await change(own.ServiceProvider) is { } refusal)
        {
            return refusal;
        }

        await context.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return null;
    }
}
