using Deskward.Platform;

namespace Deskward.Groups;

/// <summary>The PCs that a group gets and those that leave it.</summary>
internal sealed record MemberMove(Guid Group, IReadOnlyCollection<Guid> Come, IReadOnlyCollection<Guid> Leave)
{
    internal int Count => Come.Count + Leave.Count;
}

/// <summary>Moves PCs between groups in the transaction that is open, and lets upper modules follow. The caller holds <see cref="MemberRows.AloneAsync"/>.</summary>
internal sealed class MemberMoves(DeskwardContext db, IEnumerable<GroupChanging> changing, IEnumerable<MembershipDeciding> deciding, IEnumerable<MembershipEffects> effects)
{
    /// <summary>To be called once for what somebody decided, before any of it is applied.</summary>
    internal Task<Refusal?> DecideAsync(MembershipDecision decision, CancellationToken cancellationToken) => deciding.AskAsync(decision, cancellationToken);

    /// <summary>What somebody's decision would do, if it were carried out now.</summary>
    internal Task<MembershipEffect> WouldDoAsync(IReadOnlyCollection<MembershipDraft> drafts, CancellationToken cancellationToken) => effects.TellAsync(drafts, cancellationToken);

    /// <summary>Takes PCs out of a group and brings others in.</summary>
    /// <returns>How many rows changed.</returns>
    internal Task<int> ApplyAsync(Guid tenant, Guid group, IReadOnlyCollection<Guid> come, IReadOnlyCollection<Guid> leave, CancellationToken cancellationToken) =>
        ApplyAsync(tenant, [new MemberMove(group, come, leave)], cancellationToken);

    /// <summary>The same for many groups, with as few statements as for one.</summary>
    internal async Task<int> ApplyAsync(Guid tenant, IReadOnlyCollection<MemberMove> moves, CancellationToken cancellationToken)
    {
        var left = await MemberRows.RemoveAsync(db, tenant, moves.SelectMany(move => move.Leave.Select(pc => new Membership(move.Group, pc))), cancellationToken);
        if (left > 0)
        {
            await TellAsync(new GroupChange(tenant, [.. moves.Where(move => move.Leave.Count > 0).Select(move => move.Group)], GroupChangeKind.Left), cancellationToken);
        }

        var came = await MemberRows.AddAsync(db, tenant, moves.SelectMany(move => move.Come.Select(pc => new Membership(move.Group, pc))), cancellationToken);
        if (came > 0)
        {
            await TellAsync(new GroupChange(tenant, [.. moves.Where(move => move.Come.Count > 0).Select(move => move.Group)], GroupChangeKind.Joined), cancellationToken);
        }

        return left + came;
    }

    private async Task TellAsync(GroupChange change, CancellationToken cancellationToken)
    {
        foreach (var hook in changing)
        {
            // Only a deletion may be refused.
            if (await hook(db, change, cancellationToken) is { } refusal)
            {
                throw new InvalidOperationException(refusal.Message);
            }
        }
    }
}
