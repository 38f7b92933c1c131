using Deskward.Platform;

namespace Deskward.Groups;

/// <summary>Members who would come and go.</summary>
public sealed record MembershipDraft(Guid TenantId, Guid GroupId, IReadOnlyCollection<Guid> In, IReadOnlyCollection<Guid> Out);

/// <summary>PCs that stand alike and would come to stand elsewhere together.</summary>
/// <param name="Set">The assignment set in which they stand.</param>
/// <param name="Pcs">How many of them.</param>
/// <param name="Gains">True: they get what the group carries; false: they lose it.</param>
public sealed record SetEffect(Guid Set, int Pcs, bool Gains);

/// <summary>What a change of members would do to the documents of PCs. Nothing, where the group carries nothing.</summary>
/// <param name="Carried">What the group carries, as people call it.</param>
/// <param name="Sets">The sets whose PCs get another document.</param>
public sealed record MembershipEffect(IReadOnlyList<string> Carried, IReadOnlyList<SetEffect> Sets)
{
    public static MembershipEffect None { get; } = new([], []);

    /// <summary>How many PCs get another document.</summary>
    public int Pcs => Sets.Sum(set => set.Pcs);
}

/// <summary>Tells what a change of members would do; an upper module that gives PCs their documents registers it. Changes nothing.</summary>
public delegate Task<MembershipEffect> MembershipEffects(DeskwardContext db, MembershipDraft draft, CancellationToken cancellationToken);
