using Deskward.Audit;
using Deskward.Platform;
using Microsoft.EntityFrameworkCore;

namespace Deskward.Tenants;

/// <summary>
/// Suspends a customer and lets it go on. Whoever may do so by the matrix does it at the standing level; therefore each change runs in a scope of its own,
/// with that one customer open, in the person's name.
/// </summary>
public sealed class OrganisationLife(IServiceScopeFactory scopes, AuditTrail trail, TimeProvider time)
{
    /// <summary>Holds the customer: its PCs keep their state, its people read.</summary>
    /// <param name="organisation">The customer.</param>
    /// <param name="reason">1 to 500 characters; its people read it.</param>
    /// <param name="cancellationToken">Ends the work before it is saved.</param>
    public Task<Refusal?> SuspendAsync(Guid organisation, string reason, CancellationToken cancellationToken) => RefuseReason(reason) is { } refusal
        ? Task.FromResult<Refusal?>(refusal)
        : ChangeAsync(organisation, [OrganisationState.Active], row => row.Move(OrganisationState.Suspended, reason.Trim(), time.Now()), "organisation.suspend", cancellationToken);

    /// <summary>Lets a suspended customer go on.</summary>
    public Task<Refusal?> ResumeAsync(Guid organisation, CancellationToken cancellationToken) =>
        ChangeAsync(organisation, [OrganisationState.Suspended], row => row.Move(OrganisationState.Active, null, time.Now()), "organisation.resume", cancellationToken);

    /// <summary>What whoever ends or deletes a customer holds (<see cref="TransactionLock"/>).</summary>
    internal static string LockName(Guid organisation) => $"organisation:{organisation}";

    internal static Refusal? RefuseReason(string reason) => reason.Trim().Length is 0 or > Organisation.LongestReason || reason.Any(letter => char.IsControl(letter) && letter is not ('\n' or '\r' or '\t'))
        ? Refusal.Invalid($"Give a reason of 1 to {Organisation.LongestReason} characters.")
        : null;

    private async Task<Refusal?> ChangeAsync(Guid organisation, OrganisationState[] from, Action<Organisation> move, string audited, CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        scope.ServiceProvider.GetRequiredService<TenantScope>().Open(organisation);
        var (db, audit) = (scope.ServiceProvider.GetRequiredService<DeskwardContext>(), scope.ServiceProvider.GetRequiredService<AuditTrail>());
        audit.Actor = trail.Actor;
        if (await db.Set<Organisation>().SingleOrDefaultAsync(row => row.Id == organisation && row.Kind == OrganisationKind.Customer, cancellationToken) is not { } row)
        {
            return Refusal.NotFound("customer");
        }

        if (!from.Contains(row.State))
        {
            return Refusal.Conflict("The customer is not in the state that this needs. Look at it again.");
        }

        var before = new { State = row.State.ToString() };
        move(row);
        audit.Record(organisation, audited, organisation, row.Name, before, new { State = row.State.ToString(), Reason = row.StateReason });
        db.Announce(new Change(OrganisationList.ChangeKind, organisation, organisation));
        try
        {
            await db.SaveChangesAsync(cancellationToken);
            return null;
        }
        catch (DbUpdateConcurrencyException)
        {
            return Refusal.Conflict("Somebody else changed this meanwhile. Look at it again.");
        }
    }
}
