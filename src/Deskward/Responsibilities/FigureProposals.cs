using Deskward.Audit;
using Deskward.Platform;
using Microsoft.EntityFrameworkCore;

namespace Deskward.Responsibilities;

/// <summary>
/// How the figures change that open a customer to the provider (<see cref="FigureDefinition.IsTheCustomers"/>): either side proposes, and the customer's
/// owner alone agrees. Each step is audited at the customer, and its owners are told.
/// </summary>
internal sealed class FigureProposals(DeskwardContext db, Contracts contracts, TimeProvider time)
{
    /// <summary>The proposals of a customer that wait for an answer, or those for one figure.</summary>
    internal async Task<IReadOnlyList<FigureProposal>> WaitingAsync(Guid customer, string? key, CancellationToken cancellationToken) => await db.Set<FigureProposal>().AsNoTracking()
        .Where(row => row.TenantId == customer && row.State == ProposalState.Waiting && (key == null || row.Key == key)).OrderBy(row => row.Id).ToListAsync(cancellationToken);

    /// <summary>Proposes another value from a day on; without effect until the customer's owner agrees.</summary>
    /// <returns>The proposal; refused when the figure is none of these, the day is past, it holds so already, or a proposal for it waits.</returns>
    internal async Task<Outcome<FigureProposal>> ProposeAsync(Guid customer, string key, int value, DateOnly from, CancellationToken cancellationToken)
    {
        FigureProposal? proposal = null;
        var refusal = await contracts.ChangeAsync(customer, [], async services =>
        {
            var (context, audit) = (services.GetRequiredService<DeskwardContext>(), services.GetRequiredService<AuditTrail>());
            if (Figures.Find(key) is not { IsTheCustomers: true } figure)
            {
                return Refusal.NotFound("figure");
            }

            if (Contracts.Refuse(figure, value) is { } wrong)
            {
                return wrong;
            }

            if (await contracts.RefusePastAsync(context, customer, from, cancellationToken) is { } past)
            {
                return past;
            }

            if (await context.Set<FigureProposal>().AnyAsync(row => row.TenantId == customer && row.Key == key && row.State == ProposalState.Waiting, cancellationToken))
            {
                return Refusal.Conflict("A proposal for this figure waits already; answer it or take it back first.");
            }

            var agreed = await context.Set<ContractFigure>().AsNoTracking().Where(row => row.TenantId == customer && row.Key == key).ToListAsync(cancellationToken);
            if (new FiguresOfDay(agreed, from)[key] == value && !agreed.Exists(row => row.ValidFrom > from))
            {
                return Refusal.Conflict("It holds so already.");
            }

            proposal = new FigureProposal { TenantId = customer, Key = key, Value = value, From = from, ProposedBy = audit.Actor.Name, ProposedById = audit.Actor.Id, ProposedAt = time.Now() };
            context.Add(proposal);
            audit.Record(customer, "contract.propose", proposal.Id, key, after: new { value, from });
            await services.GetRequiredService<ProposalNotices>().ProposedAsync(proposal, cancellationToken);
            return null;
        }, cancellationToken);
        return refusal is null ? proposal! : refusal;
    }

    /// <summary>The customer's owner agrees: the figure holds from the day that was proposed, but never from a past one.</summary>
    internal Task<Refusal?> AgreeAsync(FigureProposal proposal, CancellationToken cancellationToken) => AnswerAsync(proposal, ProposalState.Agreed, async (services, row) =>
    {
        var (context, audit) = (services.GetRequiredService<DeskwardContext>(), services.GetRequiredService<AuditTrail>());
        var today = (await Contracts.CalendarAsync(context, row.TenantId, cancellationToken)).DayOf(time.Now());
        row.From = row.From < today ? today : row.From;
        await contracts.AddFigureAsync(context, audit, new FigureWish(row.TenantId, row.Key, row.Value, row.From), cancellationToken);
        await services.GetRequiredService<ProposalNotices>().AgreedAsync(row, cancellationToken);
    }, cancellationToken);

    /// <summary>The customer's owner declines, or the provider takes it back.</summary>
    internal Task<Refusal?> CloseAsync(FigureProposal proposal, ProposalState state, CancellationToken cancellationToken) => AnswerAsync(proposal, state, async (services, row) =>
    {
        services.GetRequiredService<AuditTrail>().Record(row.TenantId, state == ProposalState.Declined ? "contract.decline" : "contract.withdraw", row.Id, row.Key, after: new { row.Value, row.From });
        await services.GetRequiredService<ProposalNotices>().ClosedAsync(row, cancellationToken);
    }, cancellationToken);

    /// <summary>With the organisation of who proposed it open as well: they are told the answer.</summary>
    private async Task<Refusal?> AnswerAsync(FigureProposal proposal, ProposalState state, Func<IServiceProvider, FigureProposal, Task> work, CancellationToken cancellationToken)
    {
        var home = proposal.ProposedById is { } id ? await TenantLookup.PersonAsync(db, id, cancellationToken) : null;
        return await contracts.ChangeAsync(proposal.TenantId, home is { } found ? [found.TenantId] : [], async services =>
        {
            var context = services.GetRequiredService<DeskwardContext>();
            if (await context.Set<FigureProposal>().SingleOrDefaultAsync(row => row.Id == proposal.Id && row.TenantId == proposal.TenantId, cancellationToken) is not { } row)
            {
                return Refusal.NotFound("proposal");
            }

            if (row.Answer(state, services.GetRequiredService<AuditTrail>().Actor.Name, time.Now()) is { } refusal)
            {
                return refusal;
            }

            await work(services, row);
            return null;
        }, cancellationToken);
    }
}
