using Deskward.Platform;
using Deskward.Responsibilities;
using Deskward.Tenants;

namespace Deskward.Contacts;

/// <summary>Whether somebody is named for each area: requests and changes wait for it. A customer begins with its help desk and its security.</summary>
internal static class ContactReadiness
{
    internal static readonly ReadinessCheck Check = new("contacts", 35, (services, customer, stop) => LookAsync(services, customer, security: false, stop)) { Page = _ => "/contacts" };

    internal static readonly ReadinessCheck SecurityCheck = new("security-contacts", 36, (services, customer, stop) => LookAsync(services, customer, security: true, stop))
    {
        Page = _ => "/security-contacts", Duty = ContactAreas.SecurityDuty,
    };

    private static async Task<ReadinessFinding> LookAsync(IServiceProvider services, Guid customer, bool security, CancellationToken cancellationToken)
    {
        var all = (await ContactEvidence.StandingsAsync(
            services.GetRequiredService<DeskwardContext>(), services.GetRequiredService<Contracts>(), [customer], services.GetRequiredService<TimeProvider>().Now(), cancellationToken))[customer];
        var standings = all.Where(standing => ContactAreas.Of(security).Contains(standing.Area)).ToList();
        var missing = standings.Where(standing => standing.State == AreaState.Missing).Select(standing => standing.Area).OrderByDescending(IsNeeded).ToList();
        return missing is [var first, ..] ? new(IsNeeded(first) ? Readiness.NotReady : Readiness.Advisory, "readiness.contacts.missing." + first)
            : standings.Exists(standing => standing.State is AreaState.Unconfirmed or AreaState.Overdue) ? new(Readiness.Advisory, "readiness.contacts.unconfirmed")
            : new(Readiness.Ready, "readiness.contacts.named");
    }

    private static bool IsNeeded(ContactArea area) => area is ContactArea.HelpDesk or ContactArea.Security;
}
