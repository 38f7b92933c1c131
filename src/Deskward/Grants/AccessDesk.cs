using Deskward.Audit;
using Deskward.Identity;
using Deskward.Platform;
using Deskward.Platform.Duties;
using Deskward.Platform.Portal;
using Deskward.Responsibilities;
using Microsoft.EntityFrameworkCore;

namespace Deskward.Grants;

/// <summary>What a provider's person asks for.</summary>
public sealed record AccessWish(Guid Customer, Role Role, string Reason, int Hours);

/// <summary>Where access to a customer is asked for, answered and ended. Every step is audited at the customer.</summary>
public sealed class AccessDesk(CustomerWork work, RightsRule rights, TimeProvider time)
{
    internal const string Duty = "platform.access";

    /// <summary>
    /// Asks for a role at a customer. Where the contract has automatic access and the customer allows the role beforehand, it is granted at once.
    /// </summary>
    /// <returns>The request; refused when the asker does not hold the role, a figure is out of range, or the same is open already.</returns>
    public async Task<Outcome<AccessRequest>> AskAsync(Member asker, string name, string address, AccessWish wish, CancellationToken cancellationToken)
    {
        if (AccessRules.Refuse(asker, wish) is { } refusal)
        {
            return refusal;
        }

        if (rights(asker, wish.Customer, Duty, DutyAction.Request) == AccessLevel.None)
        {
            return Refusal.NotFound("customer");
        }

        return await work.InAsync([wish.Customer], async services =>
        {
            var db = services.GetRequiredService<DeskwardContext>();
            await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
            await db.LockAsync($"access:{asker.Id}:{wish.Customer}", cancellationToken);
            var figures = await services.GetRequiredService<Contracts>().FiguresAsync(wish.Customer, cancellationToken);
            if (wish.Hours > figures["access.longest"])
            {
                return Refusal.Invalid($"The contract with this customer gives access for at most {figures["access.longest"]} hours.");
            }

            if (await IsOpenAsync(db, asker, wish, cancellationToken))
            {
                return Refusal.Conflict("You asked for this role there already, or hold it.");
            }

            var request = new AccessRequest
            {
                TenantId = wish.Customer, PersonId = asker.Id, PersonName = name, PersonAddress = address, Role = wish.Role, Reason = wish.Reason.Trim(), Hours = wish.Hours, RequestedAt = time.Now(),
            };
            db.Add(request);
            var audit = services.GetRequiredService<AuditTrail>();
            Record(audit, request, "access.request", after: new { Role = wish.Role.FullName, request.Hours, request.Reason });
            if (figures["access.automatic"] == 1 && await db.Set<AccessTerms>().SingleOrDefaultAsync(cancellationToken) is { } terms && terms.AutomaticRoles.Has(wish.Role))
            {
                request.Answer(true, new Answerer(null, "", SecondPerson.Contract), time.Now());
                Record(audit, request, "access.approve", after: new { By = nameof(SecondPerson.Contract), request.Until });
            }

            var notices = services.GetRequiredService<AccessNotices>();
            await (request.State == AccessState.Approved ? notices.OpenedAsync(request, cancellationToken) : notices.RequestedAsync(request, cancellationToken));

            Announce(db, request);
            await db.SaveChangesAsync(cancellationToken);
            await transaction.CommitAsync(cancellationToken);
            return (Outcome<AccessRequest>)request;
        });
    }

    /// <summary>The second person's answer: somebody of the provider or of the customer with the duty, and never the asker.</summary>
    /// <returns>Null; or NotFound, NotAllowed, or Conflict when it was answered, has lapsed, or the asker has lost the role.</returns>
    public async Task<Refusal?> AnswerAsync(Member by, string address, AccessRequest request, bool approve, CancellationToken cancellationToken)
    {
        if (rights(by, request.TenantId, Duty, DutyAction.Approve) == AccessLevel.None)
        {
            return Refusal.NotFound("request");
        }

        var asker = await HomeOfAsync(request.PersonId, cancellationToken);
        return await work.InAsync(asker is { } home ? [request.TenantId, home] : [request.TenantId], async services =>
        {
            var db = services.GetRequiredService<DeskwardContext>();
            var row = await db.Set<AccessRequest>().SingleAsync(found => found.Id == request.Id, cancellationToken);
            var person = await db.Set<Person>().AsNoTracking().SingleOrDefaultAsync(found => found.Id == row.PersonId, cancellationToken);
            if (approve && (person is not { IsEnabled: true } || !person.Roles.Has(row.Role)))
            {
                return Refusal.Conflict("Who asked does not hold this role at the provider any more.");
            }

            if (row.Answer(approve, new Answerer(by.Id, address, by.IsProvider ? SecondPerson.Provider : SecondPerson.Customer), time.Now()) is { } refusal)
            {
                return refusal;
            }

            if (approve)
            {
                await services.GetRequiredService<AccessNotices>().OpenedAsync(row, cancellationToken);
            }

            Record(services.GetRequiredService<AuditTrail>(), row, approve ? "access.approve" : "access.decline", after: new { For = row.PersonAddress, Role = row.Role.FullName, row.Until });
            return await SaveAsync(db, row, cancellationToken);
        });
    }

    /// <summary>Takes back one's own request, ends one's own grant, or, as a person of the customer, anybody's grant.</summary>
    /// <returns>Null; or NotFound, NotAllowed, or Conflict when there is nothing to end.</returns>
    public async Task<Refusal?> EndAsync(Member by, string address, AccessRequest request, CancellationToken cancellationToken)
    {
        if (rights(by, request.TenantId, Duty, DutyAction.Close) == AccessLevel.None)
        {
            return Refusal.NotFound("request");
        }

        if (by.IsProvider && by.Id != request.PersonId)
        {
            return Refusal.NotAllowed("At the provider, only the one who has the access ends it.");
        }

        return await work.InAsync([request.TenantId], async services =>
        {
            var db = services.GetRequiredService<DeskwardContext>();
            var row = await db.Set<AccessRequest>().SingleAsync(found => found.Id == request.Id, cancellationToken);
            var was = row.StateAt(time.Now());
            if (row.End(new Answerer(by.Id, address, SecondPerson.Customer), by.IsProvider ? AccessEnding.Engineer : AccessEnding.Customer, time.Now()) is { } refusal)
            {
                return refusal;
            }

            Record(services.GetRequiredService<AuditTrail>(), row, was == AccessState.Requested ? "access.withdraw" : "access.end", after: new { For = row.PersonAddress, Role = row.Role.FullName });
            return await SaveAsync(db, row, cancellationToken);
        });
    }

    internal static void Record(AuditTrail audit, AccessRequest request, string action, object after) =>
        audit.Record(request.TenantId, action, request.Id, request.PersonAddress, after: after);

    /// <summary>Nodes that keep something open by this grant hear that it changed.</summary>
    internal static void Announce(DeskwardContext db, AccessRequest request) => db.Announce(new Change(LiveAnswers.GrantChange, request.TenantId, request.PersonId));

    private static async Task<Refusal?> SaveAsync(DeskwardContext db, AccessRequest row, CancellationToken cancellationToken)
    {
        Announce(db, row);
        try
        {
            await db.SaveChangesAsync(cancellationToken);
            return null;
        }
        catch (DbUpdateConcurrencyException)
        {
            return Refusal.Conflict("Somebody else was quicker. Look at the request again.");
        }
    }

    private async Task<bool> IsOpenAsync(DeskwardContext db, Member asker, AccessWish wish, CancellationToken cancellationToken)
    {
        var mine = await db.Set<AccessRequest>().AsNoTracking().Where(row => row.PersonId == asker.Id && row.Role == wish.Role
            && (row.State == AccessState.Requested || row.State == AccessState.Approved)).ToListAsync(cancellationToken);
        return mine.Exists(row => row.StateAt(time.Now()) is AccessState.Requested or AccessState.Approved);
    }

    private Task<Guid?> HomeOfAsync(Guid person, CancellationToken cancellationToken) => work.InAsync([], async services =>
        (await TenantLookup.PersonAsync(services.GetRequiredService<DeskwardContext>(), person, cancellationToken))?.TenantId);
}
