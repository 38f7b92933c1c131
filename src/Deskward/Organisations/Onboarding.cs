using Deskward.Audit;
using Deskward.Identity;
using Deskward.Identity.Passwords;
using Deskward.Platform;
using Deskward.Platform.Duties;
using Deskward.Responsibilities;
using Deskward.Tenants;

namespace Deskward.Organisations;

/// <summary>What a new customer begins with.</summary>
/// <param name="Name">As people write it.</param>
/// <param name="Domain">Its first mail domain, which the provider vouches for.</param>
/// <param name="Address">Address of its first person, in that domain.</param>
/// <param name="PersonName">Name of that person.</param>
/// <param name="TimeZone">IANA name.</param>
/// <param name="WorkingDays">Bits by day of the week, Sunday the lowest.</param>
public sealed record NewCustomer(string Name, string Domain, string Address, string PersonName, string TimeZone, int WorkingDays);

/// <summary>
/// Brings a customer into the service: organisation, first person (owner and IT administrator, invited by mail) and calendar. What comes before is checked as far as it can
/// be; a customer whose person or calendar was refused after all is there, and is completed on its page.
/// </summary>
public sealed class Onboarding(IServiceScopeFactory scopes, AuditTrail trail, TimeProvider time)
{
    private static readonly RoleSet First = RoleSet.Of(Role.CustomerOwner, Role.ItAdministrator);

    /// <summary>Adds the customer, in one transaction with its first person, who is invited by mail; its calendar follows.</summary>
    /// <param name="wanted">What it begins with.</param>
    /// <param name="by">Who adds it, as the invitation says it.</param>
    /// <param name="cancellationToken">Ends the work.</param>
    /// <returns>The customer; refused with the first thing that is wrong, and then nothing was added.</returns>
    internal async Task<Outcome<Organisation>> AddAsync(NewCustomer wanted, string by, CancellationToken cancellationToken)
    {
        if (!TimeZoneInfo.TryFindSystemTimeZoneById(wanted.TimeZone, out var zone) || !zone.HasIanaId)
        {
            return Refusal.Invalid($"There is no time zone '{wanted.TimeZone}'; give a name such as Europe/Zurich.");
        }

        if (wanted.WorkingDays is <= 0 or > 0b1111111)
        {
            return Refusal.Invalid("A week needs at least one working day.");
        }

        await using var scope = scopes.CreateAsyncScope();
        var services = scope.ServiceProvider;
        services.GetRequiredService<AuditTrail>().Actor = trail.Actor;
        var id = Guid.CreateVersion7();
        services.GetRequiredService<TenantScope>().Open(id);
        var db = services.GetRequiredService<DeskwardContext>();
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        var organisation = await services.GetRequiredService<OrganisationDirectory>().AddAsync(id, OrganisationKind.Customer, wanted.Name, wanted.Domain, cancellationToken);
        if (organisation.IsRefused)
        {
            return organisation.Refusal;
        }

        var person = await services.GetRequiredService<PeopleDirectory>().AddAsync(new NewPerson(organisation.Value.Id, wanted.Address, wanted.PersonName, First), cancellationToken);
        if (person.IsRefused)
        {
            return person.Refusal;
        }

        if (await services.GetRequiredService<AccountLinks>().InviteAsync(person.Value, by, cancellationToken) is { } uninvited)
        {
            return uninvited;
        }

        await transaction.CommitAsync(cancellationToken);
        foreach (var ready in services.GetServices<OrganisationReady>())
        {
            if (await ready(services, organisation.Value, cancellationToken) is { } unready)
            {
                return unready;
            }
        }

        return await services.GetRequiredService<Contracts>().SetCalendarAsync(organisation.Value.Id, wanted.TimeZone, wanted.WorkingDays, DateOnly.FromDateTime(time.Now().UtcDateTime), cancellationToken) is { } refusal
            ? refusal : organisation;
    }
}
