using Deskward.Platform;

namespace Deskward.Policies.Exceptions;

/// <summary>The published criteria; to approve, all must hold. The first is looked at before anything else.</summary>
[Flags]
public enum ExceptionCriteria
{
    None = 0,

    /// <summary>It touches no app and no policy that is not negotiable.</summary>
    Negotiable = 1,

    /// <summary>It does not reduce the security of the system.</summary>
    Security = 2,

    /// <summary>It costs the provider nothing significant to maintain.</summary>
    Cost = 4,

    /// <summary>It harms neither stability nor reliability: no kernel crash, no hang.</summary>
    Stability = 8,

    /// <summary>It does not restrict operating the service, nor conflict with its core technology.</summary>
    Operation = 16,

    /// <summary>It is more than a personal preference, such as the Start menu or the taskbar.</summary>
    Substance = 32,
}

/// <summary>What the need was found to be.</summary>
public enum ExceptionNeed
{
    /// <summary>The provider's technology does not meet it.</summary>
    NotMet,

    /// <summary>The provider's technology meets it: an exception is for a migration alone, of 3 to 12 months.</summary>
    Met,

    /// <summary>Restricted productivity software that the work cannot do without.</summary>
    NeededForWork,
}

/// <summary>The provider's decision with what it stands on.</summary>
/// <param name="Approve">Yes or no.</param>
/// <param name="Criteria">Those that hold.</param>
/// <param name="Need">What the need is.</param>
/// <param name="AgreedEnd">The last day; not looked at when it is refused.</param>
/// <param name="Answer">What the customer is told.</param>
public sealed record ExceptionDecision(bool Approve, ExceptionCriteria Criteria, ExceptionNeed Need, DateOnly AgreedEnd, string Answer)
{
    /// <summary>That of the plan which the person saw, when it is approved; null when nobody looked.</summary>
    public string? Digest { get; init; }
}

/// <summary>What the published criteria allow to be decided.</summary>
public static class ExceptionAssessment
{
    internal const int ShortestText = 10;
    private const int LeastMigration = 3;
    private const int MostMigration = 12;

    internal static IReadOnlyList<ExceptionCriteria> Each { get; } = [.. Enum.GetValues<ExceptionCriteria>().Where(one => one != ExceptionCriteria.None)];

    /// <summary>Every criterion.</summary>
    public static ExceptionCriteria All { get; } = Each.Aggregate((all, one) => all | one);

    /// <returns>Null when it can be decided so; otherwise what stands against it.</returns>
    internal static Refusal? Refuse(ExceptionDecision decision, ExceptionType type, DateOnly wantedUntil, DateOnly today)
    {
        if (decision.Answer.Length is < ShortestText or > ExceptionRequestMapping.LongestText)
        {
            return Refusal.Invalid($"Say in {ShortestText} to {ExceptionRequestMapping.LongestText} characters what the decision stands on.");
        }

        if (!decision.Approve)
        {
            return decision.Criteria == All && decision.Need != ExceptionNeed.Met ? Refusal.Conflict("All criteria hold: there is nothing by which it could be refused.") : null;
        }

        return decision.Criteria != All ? Refusal.Conflict("It can be approved only when all criteria hold.")
            : decision.Need == ExceptionNeed.NeededForWork && type != ExceptionType.ProductivitySoftware ? Refusal.Conflict("Only productivity software can be needed for the work in this sense.")
            : RefuseEnd(decision, wantedUntil, today);
    }

    private static Refusal? RefuseEnd(ExceptionDecision decision, DateOnly wantedUntil, DateOnly today) =>
        decision.AgreedEnd <= today || decision.AgreedEnd > wantedUntil ? Refusal.Invalid("The agreed end must lie after today, and not after the day that was asked for.")
        : decision.Need == ExceptionNeed.Met && (decision.AgreedEnd < today.AddMonths(LeastMigration) || decision.AgreedEnd > today.AddMonths(MostMigration))
            ? Refusal.Conflict($"Where the provider's technology meets the need, an exception is for a migration: it ends in {LeastMigration} to {MostMigration} months.")
        : null;
}
