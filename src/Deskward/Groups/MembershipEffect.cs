using Deskward.Platform;
using Deskward.Platform.Plans;

namespace Deskward.Groups;

/// <summary>Members who would come and go.</summary>
public sealed record MembershipDraft(Guid TenantId, Guid GroupId, IReadOnlyCollection<Guid> In, IReadOnlyCollection<Guid> Out);

/// <summary>What a change of members would do to the documents of PCs. Nothing, where the groups carry nothing.</summary>
/// <param name="Carried">What the groups carry, as people call it.</param>
/// <param name="Plan">What becomes of the documents.</param>
public sealed record MembershipEffect(IReadOnlyList<string> Carried, DocumentPlan Plan)
{
    public static MembershipEffect None { get; } = new([], DocumentPlan.Empty);

    /// <summary>How many PCs get another document.</summary>
    public int Pcs => Plan.Pcs;
}

/// <summary>Somebody's decision about members, about to be carried out.</summary>
/// <param name="Cause">What was decided.</param>
/// <param name="Name">What it was done to, as people call it.</param>
/// <param name="Group">The group; null when there are several.</param>
/// <param name="Drafts">Who comes and goes.</param>
/// <param name="Digest">That of the plan of documents which the person saw; null when nobody looked.</param>
public sealed record MembershipDecision(PlanCause Cause, string Name, Guid? Group, IReadOnlyCollection<MembershipDraft> Drafts, string? Digest);

/// <summary>Tells what a change of members would do, all groups at once; an upper module that gives PCs their documents registers it. Changes nothing.</summary>
public delegate Task<MembershipEffect> MembershipEffects(IReadOnlyCollection<MembershipDraft> drafts, CancellationToken cancellationToken);

/// <summary>
/// Asked before a decision is carried out, in its transaction: an upper module keeps what it does. Refuses with Conflict when that is not what the person saw.
/// </summary>
public delegate Task<Refusal?> MembershipDeciding(MembershipDecision decision, CancellationToken cancellationToken);

/// <summary>Asks whoever has registered.</summary>
internal static class MembershipHooks
{
    internal static async Task<MembershipEffect> TellAsync(this IEnumerable<MembershipEffects> hooks, IReadOnlyCollection<MembershipDraft> drafts, CancellationToken cancellationToken)
    {
        foreach (var hook in hooks)
        {
            return await hook(drafts, cancellationToken);
        }

        return MembershipEffect.None;
    }

    internal static async Task<Refusal?> AskAsync(this IEnumerable<MembershipDeciding> hooks, MembershipDecision decision, CancellationToken cancellationToken)
    {
        foreach (var hook in hooks)
        {
            if (await hook(decision, cancellationToken) is { } refusal)
            {
                return refusal;
            }
        }

        return null;
    }
}
