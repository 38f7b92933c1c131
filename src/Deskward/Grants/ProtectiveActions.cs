using Deskward.Audit;
using Deskward.Platform;
using Deskward.Platform.Duties;
using Deskward.Responsibilities;
using Microsoft.EntityFrameworkCore;

namespace Deskward.Grants;

/// <summary>What an analyst is about to do.</summary>
/// <param name="Customer">Where.</param>
/// <param name="Duty">A duty whose action the matrix opens as protective, such as <c>P4.isolation</c>.</param>
/// <param name="Action">Which of its actions.</param>
/// <param name="ObjectId">What it is done to; null when it is no single thing.</param>
/// <param name="ObjectName">Its name; no name of a person.</param>
/// <param name="Reason">10 to 500 characters.</param>
public sealed record ProtectiveWish(Guid Customer, string Duty, DutyAction Action, Guid? ObjectId, string ObjectName, string Reason);

/// <summary>
/// Protective action without asking first: the contract allows it, it is recorded, the customer is told, and somebody else looks at it afterwards.
/// The duty that isolates, scans or stops calls <see cref="AuthoriseAsync"/> before it acts, and acts only when it is given an action.
/// </summary>
public sealed class ProtectiveActions(DeskwardContext page, CustomerWork work, RightsRule rights, IEnumerable<AccessUsed> used, TimeProvider time)
{
    internal const string ReviewDuty = "P4.review";

    /// <summary>Checks, records, tells, and sets the review. In a transaction of its own, which has ended when it returns.</summary>
    /// <returns>The record; or NotFound, NotAllowed when the duty or the contract does not allow it, Invalid when the reason is missing.</returns>
    public async Task<Outcome<ProtectiveAction>> AuthoriseAsync(Member analyst, string address, ProtectiveWish wish, CancellationToken cancellationToken)
    {
        if (rights(analyst, wish.Customer, wish.Duty, wish.Action) != AccessLevel.Protective)
        {
            return Refusal.NotAllowed("This is no protective action that you may take there.");
        }

        if (AccessRules.RefuseReason(wish.Reason.Trim()) is { } refusal)
        {
            return refusal;
        }

        var outcome = await work.InAsync([wish.Customer], async services =>
        {
            var db = services.GetRequiredService<DeskwardContext>();
            var contracts = services.GetRequiredService<Contracts>();
            var figures = await contracts.FiguresAsync(wish.Customer, cancellationToken);
            if (figures["protective.allowed"] == 0)
            {
                return Refusal.NotAllowed("The contract with this customer does not allow protective action without asking first.");
            }

            var (now, calendar) = (time.Now(), await contracts.CalendarAsync(wish.Customer, cancellationToken));
            var action = new ProtectiveAction
            {
                TenantId = wish.Customer, Duty = wish.Duty, Action = wish.Action, PersonId = analyst.Id, PersonAddress = address, ObjectId = wish.ObjectId, ObjectName = wish.ObjectName,
                Reason = wish.Reason.Trim(), At = now, ReviewDueAt = calendar.EndOf(calendar.AddWorkingDays(calendar.DayOf(now), figures["protective.review"])),
            };
            db.Add(action);
            services.GetRequiredService<AuditTrail>().Record(wish.Customer, "protective.act", action.Id, wish.ObjectName, after: new { wish.Duty, Action = wish.Action.ToString(), action.Reason, action.ReviewDueAt });
            action.Told = await services.GetRequiredService<AccessNotices>().ProtectiveAsync(action, cancellationToken);
            await db.SaveChangesAsync(cancellationToken);
            return (Outcome<ProtectiveAction>)action;
        });
        Note(outcome, analyst, address);
        return outcome;
    }

    /// <summary>What the review found; by a service lead, not by who acted.</summary>
    public async Task<Refusal?> ReviewAsync(Member lead, string address, ProtectiveAction action, ReviewVerdict verdict, string text, CancellationToken cancellationToken) =>
        rights(lead, action.TenantId, ReviewDuty, DutyAction.Decide) == AccessLevel.None
            ? Refusal.NotFound("protective action")
            : await ChangeAsync(action, "protective.review", row => row.ReviewBy(lead, address, verdict, text, time.Now()), new { Verdict = verdict.ToString(), Text = text.Trim() }, cancellationToken);

    /// <summary>What the customer says to it.</summary>
    public async Task<Refusal?> CommentAsync(Member by, string address, ProtectiveAction action, string text, CancellationToken cancellationToken) =>
        rights(by, action.TenantId, ReviewDuty, DutyAction.Approve) != AccessLevel.Full
            ? Refusal.NotFound("protective action")
            : await ChangeAsync(action, "protective.comment", row => row.CommentBy(address, text, time.Now()), new { Text = text.Trim() }, cancellationToken);

    /// <summary>Those of the customers that are open, the unreviewed first.</summary>
    internal async Task<List<ProtectiveAction>> AllAsync(int skip, int take, CancellationToken cancellationToken) =>
        await page.Set<ProtectiveAction>().AsNoTracking().OrderBy(row => row.ReviewedAt != null).ThenByDescending(row => row.At).ThenBy(row => row.Id)
            .Skip(skip).Take(take).ToListAsync(cancellationToken);

    private async Task<Refusal?> ChangeAsync(ProtectiveAction action, string audited, Func<ProtectiveAction, Refusal?> change, object after, CancellationToken cancellationToken) =>
        await work.InAsync([action.TenantId], async services =>
        {
            var db = services.GetRequiredService<DeskwardContext>();
            var row = await db.Set<ProtectiveAction>().SingleAsync(found => found.Id == action.Id, cancellationToken);
            if (change(row) is { } refusal)
            {
                return refusal;
            }

            services.GetRequiredService<AuditTrail>().Record(row.TenantId, audited, row.Id, row.ObjectName, after: after);
            try
            {
                await db.SaveChangesAsync(cancellationToken);
                return null;
            }
            catch (DbUpdateConcurrencyException)
            {
                return Refusal.Conflict("Somebody else changed this meanwhile. Look at it again.");
            }
        });

    private void Note(Outcome<ProtectiveAction> outcome, Member analyst, string address)
    {
        if (!outcome.IsRefused)
        {
            var use = new AccessUse(analyst.Id, address, outcome.Value.TenantId, AccessLevel.Protective, outcome.Value.Duty, outcome.Value.Action, $"/protective-actions/{outcome.Value.Id}");
            foreach (var hears in used)
            {
                hears(use);
            }
        }
    }
}
