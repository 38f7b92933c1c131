namespace Deskward.Policies.Exceptions;

/// <summary>The notices that the calendar demands.</summary>
public enum ExceptionNoticeKind
{
    /// <summary>The agreed end is 30 days away.</summary>
    EndIn30,

    /// <summary>The agreed end is 5 days away.</summary>
    EndIn5,

    /// <summary>Day 0 of a revocation.</summary>
    Revoked,

    RevokedDay30,

    RevokedDay60,

    /// <summary>Seven days before the service level is lost.</summary>
    RevokedFinal,

    /// <summary>The service level is lost.</summary>
    LevelLost,
}

/// <summary>A notice and the day it is due.</summary>
internal readonly record struct DatedNotice(ExceptionNoticeKind Kind, DateOnly Anchor, DateOnly Day);

/// <summary>Which notice of an exception is due on which day of the customer's calendar: pure.</summary>
internal static class ExceptionTimeline
{
    private const int FinalBefore = 7;

    /// <summary>All notices of an exception by day, sent or not: of its end, then of its revocation. The last is late when the final notice was.</summary>
    internal static IEnumerable<DatedNotice> Of(ExceptionRequest exception, IReadOnlyCollection<ExceptionNotice> sent) =>
        exception.State != ExceptionState.Approved ? [] : [.. OfEnd(exception), .. OfRevocation(exception, sent)];

    /// <summary>
    /// What is to be told now. When several of one kind have come due at once, because nobody could send them, only the last is told: earlier ones
    /// would say what is not so any more.
    /// </summary>
    internal static IEnumerable<DatedNotice> Due(ExceptionRequest exception, IReadOnlyCollection<ExceptionNotice> sent, DateOnly today)
    {
        var come = Of(exception, sent).Where(notice => notice.Day <= today).ToList();
        return come.GroupBy(notice => notice.Kind is ExceptionNoticeKind.EndIn30 or ExceptionNoticeKind.EndIn5)
            .Select(group => group.Last()).Where(notice => !IsSent(notice, sent));
    }

    private static IEnumerable<DatedNotice> OfEnd(ExceptionRequest exception) => exception.AgreedEnd is not { } end ? []
        : [new(ExceptionNoticeKind.EndIn30, end, end.AddDays(-30)), new(ExceptionNoticeKind.EndIn5, end, end.AddDays(-5))];

    private static IEnumerable<DatedNotice> OfRevocation(ExceptionRequest exception, IReadOnlyCollection<ExceptionNotice> sent)
    {
        if (exception.RevokedOn is not { } zero)
        {
            yield break;
        }

        var final = Math.Max(0, exception.RevokedDays - FinalBefore);
        yield return new(ExceptionNoticeKind.Revoked, zero, zero);
        foreach (var (kind, days) in ((ExceptionNoticeKind, int)[])[(ExceptionNoticeKind.RevokedDay30, 30), (ExceptionNoticeKind.RevokedDay60, 60)])
        {
            if (days < final)
            {
                yield return new(kind, zero, zero.AddDays(days));
            }
        }

        // Nobody loses the service level without having had the last notice for its time, even where it could not be sent in time.
        var lost = zero.AddDays(exception.RevokedDays);
        if (final > 0)
        {
            yield return new(ExceptionNoticeKind.RevokedFinal, zero, zero.AddDays(final));
            if (sent.FirstOrDefault(row => row.Kind == ExceptionNoticeKind.RevokedFinal && row.Anchor == zero) is not { } told)
            {
                yield break;
            }

            lost = told.Day.AddDays(FinalBefore) > lost ? told.Day.AddDays(FinalBefore) : lost;
        }

        yield return new(ExceptionNoticeKind.LevelLost, zero, lost);
    }

    private static bool IsSent(DatedNotice notice, IReadOnlyCollection<ExceptionNotice> sent) => sent.Any(row => row.Kind == notice.Kind && row.Anchor == notice.Anchor);
}
