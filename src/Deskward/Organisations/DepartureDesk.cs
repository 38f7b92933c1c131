using Deskward.Audit;
using Deskward.Devices;
using Deskward.Platform;
using Deskward.Platform.Duties;
using Deskward.Responsibilities;
using Deskward.Sessions;
using Deskward.Tenants;
using Microsoft.EntityFrameworkCore;

namespace Deskward.Organisations;

/// <summary>Where a customer's departure is asked for, approved and undone. Each step is audited at the customer, in a scope with that one customer open.</summary>
public sealed class DepartureDesk(IServiceScopeFactory scopes, RightsRule rights, AuditTrail trail, TimeProvider time)
{
    internal const string Duty = "platform.off-boarding";

    /// <summary>The customer's owner asks to leave; nothing happens until the provider's owner approves.</summary>
    /// <param name="by">Who asks; null: the operator.</param>
    /// <param name="customer">Which customer.</param>
    /// <param name="reason">1 to 500 characters; its people read it.</param>
    /// <param name="confirmation">The customer's domain, typed by hand.</param>
    /// <param name="cancellationToken">Ends the work before it is saved.</param>
    internal Task<Refusal?> AskAsync(Member? by, Guid customer, string reason, string confirmation, CancellationToken cancellationToken) => InAsync(by, DutyAction.Act, customer, async (services, organisation) =>
    {
        var db = services.GetRequiredService<DeskwardContext>();
        if ((OrganisationLife.RefuseReason(reason) ?? RefuseConfirmation(organisation, confirmation)) is { } refusal)
        {
            return refusal;
        }

        if (await db.Set<Departure>().OpenOfAsync(customer, cancellationToken) is not null)
        {
            return Refusal.Conflict("It was asked for already.");
        }

        var departure = new Departure { TenantId = customer, Reason = reason.Trim(), AskedAt = time.Now() };
        db.Add(departure);
        Record(services, organisation, "organisation.leave", new { departure.Reason });
        return null;
    }, cancellationToken);

    /// <summary>The provider's owner approves: PCs are retired from now on, and after the retention time of the contract everything is deleted.</summary>
    internal Task<Refusal?> ApproveAsync(Member? by, Guid customer, string name, string confirmation, CancellationToken cancellationToken) => InAsync(by, DutyAction.Approve, customer, async (services, organisation) =>
    {
        if (await services.GetRequiredService<DeskwardContext>().Set<Departure>().OpenOfAsync(customer, cancellationToken) is not { ApprovedAt: null } departure)
        {
            return Refusal.Conflict("There is nothing to approve.");
        }

        if (RefuseConfirmation(organisation, confirmation) is { } refusal)
        {
            return refusal;
        }

        var retention = (await services.GetRequiredService<Contracts>().FiguresAsync(customer, cancellationToken))["retention.offboarding"];
        (departure.ApprovedAt, departure.ApprovedBy, departure.Version) = (time.Now(), name, departure.Version + 1);
        departure.SuspendedBefore = organisation.State == OrganisationState.Suspended ? organisation.StateReason : null;
        organisation.Move(OrganisationState.Leaving, departure.Reason, time.Now(), time.Now().AddDays(retention));
        Record(services, organisation, "organisation.leave-approve", new { organisation.DeleteAt });
        return null;
    }, cancellationToken);

    /// <summary>Either side takes it back, until deletion begins: the customer is what it was before, and PCs that were not told to leave stay.</summary>
    internal Task<Refusal?> UndoAsync(Member? by, Guid customer, CancellationToken cancellationToken) => InAsync(by, by?.IsProvider == true ? DutyAction.Approve : DutyAction.Act, customer, async (services, organisation) =>
    {
        var db = services.GetRequiredService<DeskwardContext>();
        if (organisation.State == OrganisationState.Deleting || await db.Set<Departure>().OpenOfAsync(customer, cancellationToken) is not { } departure)
        {
            return Refusal.Conflict("There is nothing to undo any more.");
        }

        (departure.UndoneAt, departure.Version) = (time.Now(), departure.Version + 1);
        Record(services, organisation, "organisation.leave-undo", null);
        if (organisation.State == OrganisationState.Leaving)
        {
            organisation.Move(departure.SuspendedBefore is null ? OrganisationState.Active : OrganisationState.Suspended, departure.SuspendedBefore, time.Now());
            await KeepAsync(services, customer, departure.ApprovedAt!.Value, cancellationToken);
        }

        return null;
    }, cancellationToken);

    private static async Task KeepAsync(IServiceProvider services, Guid customer, DateTimeOffset since, CancellationToken cancellationToken)
    {
        var (db, commands) = (services.GetRequiredService<DeskwardContext>(), services.GetRequiredService<CommandQueue>());
        foreach (var pc in await db.Set<Device>().Where(row => row.TenantId == customer && row.State == DeviceState.Retiring && row.RetiringSince >= since).OrderBy(row => row.Id).Select(row => row.Id).ToListAsync(cancellationToken))
        {
            await commands.KeepAsync(pc, cancellationToken); // One that was told already leaves all the same.
        }
    }

    /// <summary>What cannot be taken back is not done by a slip of the hand.</summary>
    private static Refusal? RefuseConfirmation(Organisation organisation, string typed) =>
        string.Equals(typed.Trim(), organisation.Domain, StringComparison.OrdinalIgnoreCase) ? null : Refusal.Invalid($"Type {organisation.Domain} to confirm.");

    private static void Record(IServiceProvider services, Organisation organisation, string action, object? after) =>
        services.GetRequiredService<AuditTrail>().Record(organisation.Id, action, organisation.Id, organisation.Name, after: after);

    /// <summary>Without a member it is the operator's command, who may.</summary>
    private async Task<Refusal?> InAsync(Member? by, DutyAction action, Guid customer, Func<IServiceProvider, Organisation, Task<Refusal?>> work, CancellationToken cancellationToken)
    {
        if (by is not null && rights(by, customer, Duty, action) == AccessLevel.None)
        {
            return Refusal.NotFound("customer");
        }

        await using var scope = scopes.CreateAsyncScope();
        scope.ServiceProvider.GetRequiredService<TenantScope>().Open(customer);
        scope.ServiceProvider.GetRequiredService<AuditTrail>().Actor = trail.Actor;
        var db = scope.ServiceProvider.GetRequiredService<DeskwardContext>();
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        await db.LockAsync(OrganisationLife.LockName(customer), cancellationToken);
        if (await db.Set<Organisation>().SingleOrDefaultAsync(row => row.Id == customer && row.Kind == OrganisationKind.Customer, cancellationToken) is not { } organisation)
        {
            return Refusal.NotFound("customer");
        }

        if (await work(scope.ServiceProvider, organisation) is { } refusal)
        {
            return refusal;
        }

        db.Announce(new Change(OrganisationList.ChangeKind, customer, customer));
        await db.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return null;
    }
}
