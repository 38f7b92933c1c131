using Deskward.Audit;
using Deskward.Groups;
using Deskward.Identity;
using Deskward.Platform;
using Deskward.Platform.Duties;
using Deskward.Policies.Exceptions;
using Deskward.Responsibilities;
using Microsoft.EntityFrameworkCore;

namespace Deskward.Demo;

/// <summary>What a newcomer finds on the page of exceptions: one that the provider approved and a PC shows, and one that waits.</summary>
internal static class DemoExceptions
{
    private const string Limit = "./Device/Vendor/MSFT/Policy/Config/LocalPoliciesSecurityOptions/InteractiveLogon_MachineInactivityLimit\t1800";

    /// <summary>After the groups of the demo, of which the exception needs one.</summary>
    /// <returns>Whether there was anything to make.</returns>
    internal static async Task<bool> MakeAsync(IServiceProvider services, Guid customer, CancellationToken cancellationToken)
    {
        await using var scope = services.CreateAsyncScope();
        var provider = scope.ServiceProvider;
        provider.GetRequiredService<TenantScope>().Open(customer);
        var db = provider.GetRequiredService<DeskwardContext>();
        if (await db.Set<ExceptionRequest>().AnyAsync(cancellationToken) || await db.Set<Group>().Where(row => row.Kind == GroupKind.Dynamic).FirstOrDefaultAsync(cancellationToken) is not { } group
            || (await db.HoldersAsync(customer, [Role.ItAdministrator], cancellationToken)).FirstOrDefault() is not { } administrator)
        {
            return false;
        }

        var (desk, audit, today) = (provider.GetRequiredService<ExceptionDesk>(), provider.GetRequiredService<AuditTrail>(), (await provider.GetRequiredService<Contracts>().CalendarAsync(customer, cancellationToken))
            .DayOf(provider.GetRequiredService<TimeProvider>().Now()));
        audit.Actor = new Actor(ActorKind.Person, administrator.Id, administrator.UserName!);
        var longer = new ExceptionWish(ExceptionType.Policies, "Warehouse staff read from the screen with both hands full.", "Lock these notebooks after 30 minutes instead of 15.", today.AddMonths(8), group.Id, Limit);
        var asked = Must(await desk.AskAsync(customer, administrator.Id, longer, cancellationToken));
        Must(await desk.AskAsync(customer, administrator.Id, new ExceptionWish(ExceptionType.SecurityAgents, "The insurer demands its own agent on some PCs.", "Install it beside Defender, in passive mode.", today.AddMonths(12), group.Id, ""), cancellationToken));
        audit.Actor = Actor.Service;
        Must(await desk.DecideAsync(asked, new ExceptionDecision(true, ExceptionAssessment.All, ExceptionNeed.NotMet, today.AddMonths(6), "The notebooks never leave the warehouse."), cancellationToken));
        return true;
    }

    private static ExceptionRequest Must(Outcome<ExceptionRequest> outcome) => outcome.IsRefused ? throw new InvalidDataException(outcome.Refusal.Message) : outcome.Value;
}
