using System.Globalization;
using Deskward.Identity;
using Deskward.Notices;
using Deskward.Platform;
using Deskward.Platform.Duties;
using Microsoft.EntityFrameworkCore;

namespace Deskward.Responsibilities;

/// <summary>What is told of proposals that open a customer to the provider, in the transaction of what it tells about.</summary>
internal sealed class ProposalNotices(DeskwardContext db, NoticeBoard board)
{
    internal static readonly NoticeKind Proposed = new("responsibilities.proposed");
    internal static readonly NoticeKind Agreed = new("responsibilities.agreed") { Importance = NoticeImportance.High };
    internal static readonly NoticeKind Declined = new("responsibilities.declined") { MayOptOut = true };

    /// <summary>Tells the customer's owners that they are asked.</summary>
    internal async Task ProposedAsync(FigureProposal proposal, CancellationToken cancellationToken) => await board.SendAsync(
        Of(Proposed, proposal, proposal.ProposedBy, await OwnersAsync(proposal, cancellationToken), $"/contract/proposals/{proposal.Id}"), cancellationToken);

    /// <summary>Tells all owners of the customer, and who proposed it, that it was agreed to.</summary>
    internal async Task AgreedAsync(FigureProposal proposal, CancellationToken cancellationToken)
    {
        List<Recipient> readers = [.. await OwnersAsync(proposal, cancellationToken), .. await ProposerAsync(proposal, cancellationToken)];
        await board.SendAsync(Of(Agreed, proposal, proposal.AnsweredBy!, readers, PageOf(proposal)), cancellationToken);
    }

    /// <summary>Tells who proposed it that it was declined; whoever takes their own proposal back knows.</summary>
    internal async Task ClosedAsync(FigureProposal proposal, CancellationToken cancellationToken)
    {
        if (proposal.State == ProposalState.Declined && proposal.AnsweredBy != proposal.ProposedBy)
        {
            await board.SendAsync(Of(Declined, proposal, proposal.AnsweredBy!, await ProposerAsync(proposal, cancellationToken), PageOf(proposal)), cancellationToken);
        }
    }

    private async Task<List<Recipient>> OwnersAsync(FigureProposal proposal, CancellationToken cancellationToken) =>
        [.. (await db.HoldersAsync(proposal.TenantId, [Role.CustomerOwner], cancellationToken)).Select(owner => owner.AsRecipient())];

    private async Task<List<Recipient>> ProposerAsync(FigureProposal proposal, CancellationToken cancellationToken) =>
        [.. (await db.Set<Person>().AsNoTracking().Where(person => person.Id == proposal.ProposedById && person.IsEnabled).ToListAsync(cancellationToken)).Select(person => person.AsRecipient())];

    private static string PageOf(FigureProposal proposal) => $"/contract/figure?customer={proposal.TenantId}&key={proposal.Key}";

    private static Notice Of(NoticeKind kind, FigureProposal proposal, string by, IReadOnlyCollection<Recipient> readers, string page) => new(kind, proposal.TenantId)
    {
        To = readers,
        Values = new Dictionary<string, NoticeValue>
        {
            ["figure"] = NoticeValue.OfText("contract.figure." + proposal.Key), ["value"] = NoticeValue.OfText(proposal.Value == 1 ? "contract.yes" : "contract.no"),
            ["effect"] = NoticeValue.OfText("contract.effect." + proposal.Key + (proposal.Value == 1 ? ".1" : ".0")), ["day"] = proposal.From.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture), ["name"] = by,
        },
        Link = NoticeLink.Page(page),
    };
}
