using Deskward.Grants;
using Deskward.Platform;
using Deskward.Tenants;
using Microsoft.EntityFrameworkCore;

namespace Deskward.Policies.Exceptions;

/// <summary>What a customer asks for: the four fields, and what it means for which PCs.</summary>
public sealed record ExceptionWish(ExceptionType? Type, string Requirement, string Proposal, DateOnly? Until, Guid Group, string Settings);

/// <summary>Why and how an exception is revoked.</summary>
/// <param name="Reason">Why.</param>
/// <param name="Advice">What the customer should do.</param>
/// <param name="ShorterDays">After a severe incident: after how many days the service level is lost; null: as the contract has it.</param>
public sealed record Revocation(string Reason, string Advice, int? ShorterDays);

/// <summary>
/// Where exceptions are asked for, decided, revoked, appealed and ended. The pages decide who may; each step runs with the customer and the provider open,
/// so that either side is told in the transaction of the step.
/// </summary>
public sealed class ExceptionDesk(CustomerWork work, OrganisationList organisations)
{
    internal const string Duty = "P1.exceptions";

    /// <returns>The request; Invalid with what is missing or wrong, NotFound when there is no such group.</returns>
    public Task<Outcome<ExceptionRequest>> AskAsync(Guid customer, Guid? asker, ExceptionWish wish, CancellationToken cancellationToken) =>
        InAsync(customer, book => book.AskAsync(asker, wish, cancellationToken));

    /// <summary>Approves or refuses. Approved, its settings are assigned to its PCs at once.</summary>
    /// <param name="exception">As it was looked at: another decision meanwhile is a conflict.</param>
    /// <param name="decision">The decision.</param>
    /// <param name="cancellationToken">Cancels it.</param>
    public Task<Outcome<ExceptionRequest>> DecideAsync(ExceptionRequest exception, ExceptionDecision decision, CancellationToken cancellationToken) =>
        InAsync(exception.TenantId, book => book.DecideAsync(exception, decision, cancellationToken));

    /// <summary>Tells the customer that the exception shall go. It stays until the customer consents.</summary>
    public Task<Outcome<ExceptionRequest>> RevokeAsync(ExceptionRequest exception, Revocation revocation, CancellationToken cancellationToken) =>
        InAsync(exception.TenantId, book => book.RevokeAsync(exception, revocation, cancellationToken));

    /// <summary>The customer objects to the revocation; at any time, also after the service level is lost.</summary>
    public Task<Outcome<ExceptionRequest>> AppealAsync(ExceptionRequest exception, string text, CancellationToken cancellationToken) =>
        InAsync(exception.TenantId, book => book.AppealAsync(exception, text, cancellationToken));

    /// <summary>Answers an appeal: reinstates the exception, service level included, or lets the revocation go on.</summary>
    public Task<Outcome<ExceptionRequest>> AnswerAppealAsync(ExceptionRequest exception, bool reinstate, string answer, CancellationToken cancellationToken) =>
        InAsync(exception.TenantId, book => book.AnswerAppealAsync(exception, reinstate, answer, cancellationToken));

    /// <summary>The customer takes back a request, or ends an exception: that is the consent to its removal.</summary>
    /// <param name="exception">As it was looked at.</param>
    /// <param name="digest">That of the plan which the person saw: another one is refused with Conflict; null when nobody looked.</param>
    /// <param name="cancellationToken">Cancels it.</param>
    public Task<Outcome<ExceptionRequest>> EndAsync(ExceptionRequest exception, string? digest, CancellationToken cancellationToken) =>
        InAsync(exception.TenantId, book => book.EndAsync(exception, ExceptionEnding.Consent, digest, cancellationToken));

    private async Task<Outcome<ExceptionRequest>> InAsync(Guid customer, Func<ExceptionBook, Task<Outcome<ExceptionRequest>>> step)
    {
        var all = await organisations.AllAsync(CancellationToken.None);
        var (provider, name) = (all.Single(organisation => organisation.Kind == OrganisationKind.Provider).Id, all.Single(organisation => organisation.Id == customer).Name);
        return await work.InAsync([customer, provider], async services =>
        {
            var db = services.GetRequiredService<DeskwardContext>();
            await using var transaction = await db.Database.BeginTransactionAsync();
            await db.LockAsync($"policies.exceptions:{customer}", CancellationToken.None);
            var book = ActivatorUtilities.CreateInstance<ExceptionBook>(services, new ExceptionPlace(customer, name, provider));
            var outcome = await step(book);
            if (outcome.IsRefused)
            {
                return outcome;
            }

            try
            {
                await db.SaveChangesAsync();
                await transaction.CommitAsync();
                return outcome;
            }
            catch (DbUpdateConcurrencyException)
            {
                return Refusal.Conflict("Somebody else was quicker. Look at the request again.");
            }
        });
    }
}

/// <summary>The customer of an exception, and who it asks.</summary>
internal sealed record ExceptionPlace(Guid Customer, string CustomerName, Guid Provider);
