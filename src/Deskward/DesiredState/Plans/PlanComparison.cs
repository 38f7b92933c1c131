using Deskward.Platform.Plans;
using Deskward.Protocol.SyncMl;

namespace Deskward.DesiredState.Plans;

/// <summary>Why a PC does not show what was planned. The list is closed: there is no other reason.</summary>
public enum PlanReason
{
    /// <summary>It came to stand where the plan's PCs stand after the plan was carried out: nobody planned it for this PC.</summary>
    Joined,

    /// <summary>It is not managed any more, or does not stand where the plan left it.</summary>
    Left,

    /// <summary>It has not been heard of since.</summary>
    NotSeen,

    /// <summary>Its build, edition or kind of enrolment does not have the setting.</summary>
    NotApplicable,

    /// <summary>The PC refused it, or another authority's value is in force.</summary>
    Failed,

    /// <summary>Something that was decided later wants another value.</summary>
    Superseded,

    /// <summary>It was as planned and was found changed.</summary>
    Drifted,

    /// <summary>A setting of a user, and that user was not signed in.</summary>
    NoUserSignedIn,
}

/// <summary>What became of something planned.</summary>
public enum PlanResult
{
    AsPlanned,

    /// <summary>The PC was heard of since; it is under way.</summary>
    Waiting,

    Differs,
}

/// <summary>What became of one flip on one PC.</summary>
/// <param name="Path">The setting.</param>
/// <param name="Result">What became of it.</param>
/// <param name="Reason">Why it differs; null unless it does.</param>
public sealed record FlipResult(string Path, PlanResult Result, PlanReason? Reason);

/// <summary>A PC as the comparison of a plan sees it.</summary>
internal sealed record PcUnderPlan
{
    /// <summary>It was one of the plan's PCs.</summary>
    internal required bool IsPlanned { get; init; }

    internal required bool IsManaged { get; init; }

    /// <summary>It stands in the set in which the plan left it.</summary>
    internal required bool IsWhereLeft { get; init; }

    /// <summary>It was heard of since the plan was carried out.</summary>
    internal required bool IsSeen { get; init; }

    /// <summary>What is wanted of it now, as all PCs of its set share it.</summary>
    internal required PlannerTarget Shared { get; init; }

    /// <summary>The same with its own values.</summary>
    internal required PlannerTarget Own { get; init; }

    internal required Evidence Evidence { get; init; }

    internal required PlannerFacts Facts { get; init; }
}

/// <summary>Compares what was planned with the evidence; pure.</summary>
internal static class PlanComparison
{
    internal static IReadOnlyList<FlipResult> Compare(PlannedChange change, PcUnderPlan pc) => [.. change.Flips.Select(flip => Compare(flip, pc))];

    /// <summary>The worst of them: what differs, then what waits.</summary>
    internal static PlanResult WorstOf(IEnumerable<FlipResult> results) => results.Select(result => result.Result).DefaultIfEmpty(PlanResult.AsPlanned).Max();

    /// <summary>
    /// 1. whether the plan spoke of this PC, and the PC is still there; 2. whether what was planned is still wanted of it; 3. what the PC acknowledged and showed.
    /// </summary>
    internal static FlipResult Compare(PlannedFlip flip, PcUnderPlan pc)
    {
        if (!pc.IsPlanned || !pc.IsManaged) // 1
        {
            return Differs(flip, pc.IsPlanned ? PlanReason.Left : PlanReason.Joined);
        }

        if (!IsWanted(flip, pc.Shared)) // 2
        {
            return Differs(flip, pc.IsWhereLeft ? PlanReason.Superseded : PlanReason.Left);
        }

        var entry = pc.Evidence.Find(flip.Path); // 3
        return pc.Own.Find(flip.Path) is { } setting ? Written(flip, setting, entry, pc) : Removed(flip, entry, pc);
    }

    /// <summary>Whether a document has of a setting what was planned.</summary>
    internal static bool IsWanted(PlannedFlip flip, PlannerTarget target) => target.Find(flip.Path) is { } setting ? flip.IsSet && setting.ValueHash == flip.Mark : !flip.IsSet;

    private static FlipResult Written(PlannedFlip flip, PlannerSetting setting, EvidenceEntry? entry, PcUnderPlan pc)
    {
        if (!pc.Facts.Applies(setting) || entry?.Standing == Standing.NotApplicable)
        {
            return Differs(flip, PlanReason.NotApplicable);
        }

        if (entry is null || entry.IsLeaving || entry.Value != setting.ValueHash)
        {
            return Missing(flip, pc);
        }

        return entry.Standing switch
        {
            Standing.Acknowledged or Standing.Verified when entry.IsOverruled => Differs(flip, PlanReason.Failed),
            Standing.Acknowledged or Standing.Verified => new FlipResult(flip.Path, PlanResult.AsPlanned, null),
            Standing.Failed or Standing.LeftBehind => Differs(flip, PlanReason.Failed),
            Standing.Differs => Differs(flip, PlanReason.Drifted),
            Standing.Untouched or Standing.Sent or Standing.Pending or Standing.NotApplicable => pc.IsSeen ? new FlipResult(flip.Path, PlanResult.Waiting, null) : Differs(flip, PlanReason.NotSeen),
        };
    }

    private static FlipResult Removed(PlannedFlip flip, EvidenceEntry? entry, PcUnderPlan pc)
    {
        if (entry is not { MayHold: true })
        {
            return new FlipResult(flip.Path, PlanResult.AsPlanned, null);
        }

        // What the plan said would stay, stays.
        return entry.Standing == Standing.LeftBehind ? flip.WayBack == WayBack.None ? new FlipResult(flip.Path, PlanResult.AsPlanned, null) : Differs(flip, PlanReason.Failed)
            : entry is { Standing: Standing.Failed, IsLeaving: true } ? Differs(flip, PlanReason.Failed) : Missing(flip, pc);
    }

    private static FlipResult Missing(PlannedFlip flip, PcUnderPlan pc) =>
        !pc.IsSeen ? Differs(flip, PlanReason.NotSeen) : LocUri.IsOfUser(flip.Path) ? Differs(flip, PlanReason.NoUserSignedIn) : new FlipResult(flip.Path, PlanResult.Waiting, null);

    private static FlipResult Differs(PlannedFlip flip, PlanReason reason) => new(flip.Path, PlanResult.Differs, reason);
}
